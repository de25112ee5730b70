"""How long the tests that draw at random go on: `TTDN_TEST_TIMES=10` is ten times as long as in CI."""

import os

TIMES = int(os.environ.get("TTDN_TEST_TIMES", "1"))
