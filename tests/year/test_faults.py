"""Faults planted in the service: the checks of the year have to notice every one of them.

A check that holds on a broken build too proves nothing. One database is enough: they are planted in Python.
"""

from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from tests.laws import planted
from tests.laws.planted import Plant
from tests.patience import untraced
from tests.year import comparing, playing
from tests.year.comparing import OUTSIDER, Check, Evening, of
from tests.year.conftest import empty_database
from tests.year.player import OWNER
from tests.year.stage import in_process

pytestmark = untraced

HALF_TIME = date(2023, 6, 30)
"""By then one duty is cancelled with work done, one suspended, and several owe nothing yet."""
sections, agencies, tasks, assignments = (of(OWNER, by) for by in ("section", "agency", "task", "assignment"))
outsiders = of(OUTSIDER, "agency")

NOTICED_BY: Mapping[Plant, tuple[Check, ...]] = {
    planted.cancelled_counted: (sections, agencies, tasks, assignments, outsiders, comparing.explained),
    planted.unnormalised: (sections, agencies, tasks, outsiders, comparing.explained),
    planted.rounded_at_nodes: (sections, agencies, tasks, assignments, outsiders, comparing.explained),
    planted.undefined_as_nothing: (sections, agencies, tasks, assignments, outsiders, comparing.explained),
}


@pytest.fixture(scope="module")
def half_time(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    """The last evening of June. Read from it; never write to it."""
    with empty_database("sqlite", tmp_path_factory.mktemp("half")) as url, in_process(url) as stage:
        *_, evening = playing.evenings(stage, until=HALF_TIME)
        yield evening


def found(check: Check, evening: Evening) -> list[str]:
    """What a check says; that the service no longer answers is a finding as well."""
    try:
        return list(check(evening))
    except (AssertionError, KeyError) as broken:
        return [repr(broken)]


def test_the_checks_find_nothing_where_nothing_is_planted(half_time: Evening) -> None:
    assert {
        check.__name__: found(check, half_time) for checks in NOTICED_BY.values() for check in checks
    } == {check.__name__: [] for checks in NOTICED_BY.values() for check in checks}


def test_every_planted_fault_has_checks_that_notice_it() -> None:
    assert set(NOTICED_BY) == set(planted.PLANTED)


@pytest.mark.parametrize(
    ("fault", "check"),
    [(fault, check) for fault, checks in NOTICED_BY.items() for check in checks],
    ids=lambda one: one.__name__,
)
def test_a_planted_fault_is_noticed(
    half_time: Evening, monkeypatch: pytest.MonkeyPatch, fault: Plant, check: Check
) -> None:
    fault(monkeypatch)
    assert found(check, half_time)
