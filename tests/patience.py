"""How long the long tests go on: with `TTDN_TEST_TIMES=10` those that draw at random draw ten times as often
as in CI, with `TTDN_TEST_KILLS=200` those that kill kill so often."""

import os

import pytest

TIMES = int(os.environ.get("TTDN_TEST_TIMES", "1"))
KILLS = int(os.environ.get("TTDN_TEST_KILLS", "25"))

untraced = pytest.mark.no_cover
"""Long histories through code that shorter tests cover: coverage would only double their time."""
