"""Random histories, beside the year that somebody wrote: the service says what the model computes of them."""

from collections.abc import Iterator

import pytest

from tests.laws.histories import History
from tests.laws.lab import Lab
from tests.patience import TIMES, untraced
from tests.year import comparing
from tests.year.comparing import Evening
from tests.year.taking import Year

pytestmark = untraced

HISTORIES, ACTS = 3 * TIMES, 60
DECIDED = ("weight", "status", "deadline", "thresholds", "target", "milestones")
"""What a decision changes of a task; who answers for it is left to the script, and to the laws."""


@pytest.fixture(scope="module")
def lab(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The database that every history gets a copy of."""
    made = Lab(backend, tmp_path_factory.mktemp("lab"))
    yield made
    made.close()


@pytest.mark.parametrize("seed", range(300, 300 + HISTORIES))
def test_a_random_history_is_as_the_model_computes_it(lab: Lab, seed: int) -> None:
    with lab.copy() as stage:
        history, year = History(stage, seed, kinds=DECIDED), Year()
        history.run(ACTS)
        for step in history.taken:
            year.take(step)
        evening = Evening(history.player, year, history.today)
        for check in (comparing.owner_and_outsider, comparing.outputs, comparing.explained):
            found = list(check(evening))
            assert not found, "\n".join([f"{len(found)} in all", *found[:20]])
