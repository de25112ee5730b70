"""What is installed is what is locked, to the version, and nothing beside it."""

import re
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
OURS = {"ttdn", "ttdn-client"}
OF_THE_ENVIRONMENT = {"pip"}
"""What makes the environment, before the lock is read."""


def plain(name: str) -> str:
    """A name as the lock writes it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(text: str) -> dict[str, str]:
    """The packages a lock wants here, and their versions."""
    lines = re.findall(r"^([A-Za-z0-9][^\\\n]*==[^\\\n]*)", text, re.MULTILINE)
    wanted = [Requirement(line.strip()) for line in lines]
    return {
        plain(one.name): str(one.specifier).removeprefix("==")
        for one in wanted
        if one.marker is None or one.marker.evaluate()
    }


def installed() -> dict[str, str]:
    """The packages that are here."""
    found = {plain(one.metadata["Name"]): one.version for one in distributions()}
    return {name: version for name, version in found.items() if name not in OURS | OF_THE_ENVIRONMENT}


def test_what_is_installed_is_the_hashed_lock() -> None:
    text = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    assert installed() == locked(text), "run: make clean, then make test"
    assert len(locked(text)) > 50


def test_what_runs_is_a_part_of_what_is_tested() -> None:
    runtime, development = (
        locked((ROOT / name).read_text(encoding="utf-8"))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert runtime.items() <= development.items()


def test_every_package_of_a_lock_has_its_hashes() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        blocks = re.split(r"\n(?=[A-Za-z0-9])", text)
        assert [block.split()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block] == []


def test_another_version_and_another_package_would_be_seen() -> None:
    lock = 'a==1.0 \\\n    --hash=sha256:0\nb_c==2 ; python_version < "3"\nd[x]==3\n'
    assert locked(lock) == {"a": "1.0", "d": "3"}
    assert plain("Typing_Extensions") == "typing-extensions"
