"""The client is a package of its own: it builds, installs where nothing of ours is, and its command runs."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

from ttdn_client.push.asked import EPILOG
from ttdn_client.push.exits import Exit

SOURCE = Path(__file__).parents[2] / "clients" / "python"


def run(*command: str | Path, **environment: str) -> str:
    """What a command that succeeds prints."""
    done = subprocess.run(
        [str(part) for part in command], env={**os.environ, **environment}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_it_installs_and_its_command_runs(tmp_path: Path) -> None:
    """Only httpx is taken from the environment of the tests, so that this needs no network."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    copy = shutil.copytree(SOURCE, tmp_path / "copy", ignore=shutil.ignore_patterns("build", "*.egg-info"))
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, copy)
    (wheel,) = tmp_path.glob("ttdn_client-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {"ttdn_client/py.typed", "ttdn_client/push/spool.sql"} <= set(names)
    assert not [name for name in names if name.startswith(("app", "seed", "tests"))]
    fresh = tmp_path / "fresh"
    run(sys.executable, "-m", "venv", "--without-pip", fresh)
    programs = fresh / ("Scripts" if os.name == "nt" else "bin")
    run(*pip, "--python", programs / "python", "install", "--no-deps", "--no-index", wheel)
    ours = {"PYTHONPATH": sysconfig.get_path("purelib")}
    said = run(programs / "ttdn-push", "--help", **ours)
    assert "ttdn-push" in said
    assert "Gửi hoạt động, dòng kinh phí, bút toán" in said
    where = run(programs / "python", "-c", "import ttdn_client as t; print(t.__file__)", **ours)
    assert str(fresh) in where


def test_every_exit_code_is_documented() -> None:
    page = (SOURCE / "README.md").read_text(encoding="utf-8")
    told = [int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)]
    assert told == list(Exit)
    assert [int(code) for code in re.findall(r"(?:^|[:;] |;\n)(\d+) ", EPILOG)] == list(Exit)
