"""How long the tests that draw at random go on: `TTDN_TEST_TIMES=10` is ten times as long as in CI."""

import os

import pytest

TIMES = int(os.environ.get("TTDN_TEST_TIMES", "1"))

untraced = pytest.mark.no_cover
"""Long histories through code that shorter tests cover: coverage would only double their time."""
