"""Node and what `make typescript` installs: what JavaScript does with our answers."""

import os
import shutil
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "clients" / "typescript"


def node(package: str) -> str:
    """Node, where it can load a package; without it the test is skipped, and fails where it is required."""
    found = shutil.which("node")
    if found is None or not (FOLDER / "node_modules" / package).exists():
        assert os.environ.get("TTDN_TEST_REQUIRE_TYPESCRIPT") != "1", "make typescript is required here"
        pytest.skip("needs Node, and `make typescript` once")
    return found
