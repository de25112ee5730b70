"""`ttdn-push` on a bad line to a server that is killed, killed itself: what it told as delivered is there,
once, and in the end everything is. The same test sees a build that lies."""

import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.models import Activity
from tests.faults.offices import SYSTEM, Tally, partial, recomputed, rolled_up, tally
from tests.faults.senders import Sender, died, sending
from tests.faults.sites import Site, launcher
from tests.faults.wire import Wire
from tests.patience import KILLS
from tests.servers import ServerProcess


def stored(site: Site) -> int:
    """How many records have come in."""
    query = select(func.count()).select_from(Activity).where(Activity.source_system == SYSTEM)
    return site.look(lambda session: session.scalars(query).one())


def killed(
    site: Site, server: ServerProcess, senders: Sequence[Sender], chance: random.Random, more: int = 10
) -> list[str]:
    """Kill the server in the midst of work, at a moment nobody chose, and start it again. Between the two,
    before anybody can push the rest: the batches of which there is a part."""
    aim, deadline = stored(site) + more, time.monotonic() + 60
    while stored(site) < aim:
        assert time.monotonic() < deadline, server.log[-2000:]
        time.sleep(0.02)
    time.sleep(chance.uniform(0, 0.5))
    server.kill9()
    torn = site.look(lambda session: partial(session, senders))
    server.start()
    return torn


def campaign(
    site: Site, server: ServerProcess, folder: Path, kills: int, seed: int
) -> tuple[Tally, dict[str, int]]:
    """What does not hold, and what happened on the way."""
    chance, torn = random.Random(seed), list[str]()
    with Wire(lambda: server.port, seed) as wire:
        with sending(site.secrets, wire, folder, seed) as senders:
            for _ in range(kills):
                torn += killed(site, server, senders, chance)
                assert not [line for sender in senders for line in sender.strange], server.log[-2000:]
        found = tally(site.url, senders)
        found.torn += torn
        undone = sum(not sender.is_done for sender in senders)
        events = {**wire.faults, "runs killed": died(senders), "server killed": kills, "undone": undone}
        return found, {**events, "records": sum(len(sender.titles) for sender in senders)}


@pytest.mark.timeout(120 + 30 * KILLS)
def test_what_the_command_told_as_delivered_is_there_whoever_dies(site: Site, tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    with site.serve() as server:
        found, events = campaign(site, server, tmp_path, KILLS, seed)
        with site.client("TTBCD", server.base_url) as owner:
            assert rolled_up(owner) == site.look(recomputed)
    print(f"seed {seed}: {found.acknowledged} acknowledged, {len(found.lost)} lost; {events}")  # noqa: T201
    assert (found.lost, found.doubled, found.torn, found.wrong) == ([], [], [], [])
    assert found.acknowledged == events["records"] == stored(site)
    assert events["undone"] == 0
    assert all(events[name] > 0 for name in ("delayed", "cut", "reset", "runs killed")), events


@pytest.mark.parametrize(
    ("build", "broken"),
    [("late_commit", "lost"), ("forgetful", "doubled"), ("piecemeal", "torn"), ("silent", "wrong")],
    ids=[
        "answers before it commits",
        "knows nothing again",
        "stores a batch in parts",
        "has a journal that lies",
    ],
)
def test_the_harness_sees_a_build_that_lies(site: Site, tmp_path: Path, build: str, broken: str) -> None:
    with site.serve(command=launcher(build)) as server:
        for seed in range(12):
            found, events = campaign(site, server, tmp_path, 1, seed)
            if faults := getattr(found, broken):
                print(f"{len(faults)} {broken} after {seed + 1} kills; {events}")  # noqa: T201
                return
    raise AssertionError(f"twelve kills of {build}, and nothing was {broken}: the harness is blind")
