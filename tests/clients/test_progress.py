"""Where somebody watches there is a bar; a terminal is needed for that, and is given."""

import os
import pty
import subprocess
import sys

import pytest

from tests.clients.pusher import COMMAND, Pusher, lines, series

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind"
)


def test_a_bar_is_drawn_and_taken_away_again(office: Pusher) -> None:
    file = office.file("x.ndjson", lines(series("watched", range(4))))
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [*COMMAND, "--batch", "1", file], env=office.environment(),
        stdout=subprocess.PIPE, stderr=theirs, check=False,
    )  # fmt: skip
    drawn = os.read(ours, 65536).decode().split("\r")
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 0
    assert [one[3:].replace("░", "").count("█") for one in drawn if "/4 lô · parcels" in one] == [
        7,
        15,
        22,
        30,
    ]
    assert drawn[-1] == "\x1b[K", "nothing is left where the summary comes"
    assert "4 tạo mới · created" in done.stdout.decode()
