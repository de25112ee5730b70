"""How long the long tests go on: with `TTDN_TEST_TIMES=10` those that draw at random draw ten times as often
as in CI, with `TTDN_TEST_KILLS=200` those that kill kill so often, or the part of it that each says, and
with `TTDN_TEST_EXAMPLES=30` the contract is tried with so many random requests for each operation, and with
chains of them, beside those that are worked out from it."""

import os

import pytest
from hypothesis import Phase, settings

TIMES = int(os.environ.get("TTDN_TEST_TIMES", "1"))
EXAMPLES = int(os.environ.get("TTDN_TEST_EXAMPLES", "0"))
KILLS = int(os.environ.get("TTDN_TEST_KILLS", "25"))

_ANYWAY = pytest.mark.skipif(False, reason="no mark says it")
untraced = _ANYWAY if "TTDN_TEST_TRACED" in os.environ else pytest.mark.no_cover
"""Long histories through code that shorter tests cover: coverage would only double their time. Where it is
asked which tests come by a line (`tests.house.sampled`), they count."""

UNMEASURED = {"COVERAGE_PROCESS_START": "", "COVERAGE_PROCESS_CONFIG": ""}
"""The same of a process, in its environment. One that is killed could not hand in its coverage anyway."""

many = settings(max_examples=200 * TIMES, deadline=None)
"""Of a law of the rules, which costs milliseconds: another two hundred in every run."""

until_found = settings(max_examples=2000, deadline=None, phases=[Phase.generate], database=None)
"""A fault needs one example, and nobody reads it: looking for the smallest one would take a minute."""
