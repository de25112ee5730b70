"""Which of two pushes of the same record holds."""

from datetime import UTC, datetime, timedelta, timezone
from functools import reduce
from itertools import permutations

import pytest

from app.rules.versions import Version, of

FIRST, LATER = (datetime(2023, 5, day, 8, tzinfo=UTC) for day in (12, 13))


@pytest.mark.parametrize(
    ("pushed", "on_file", "expected"),
    [
        (LATER, FIRST, Version.NEWER),
        (FIRST, LATER, Version.STALE),
        (FIRST, FIRST, Version.SAME),
        (FIRST, FIRST.astimezone(timezone(timedelta(hours=7))), Version.SAME),
        (FIRST + timedelta(microseconds=1), FIRST, Version.NEWER),
        (FIRST, None, Version.NEWER),
        (None, FIRST, Version.STALE),
        (None, None, Version.UNDATED),
    ],
)
def test_the_version_that_changed_last_at_its_source_holds(
    pushed: datetime | None, on_file: datetime | None, expected: Version
) -> None:
    assert of(pushed, on_file) is expected


def test_whatever_the_order_the_last_version_is_what_remains() -> None:
    def take(on_file: datetime | None, pushed: datetime | None) -> datetime | None:
        return pushed if of(pushed, on_file) is Version.NEWER else on_file

    versions = [None, FIRST, LATER, LATER, FIRST + timedelta(hours=1)]
    assert {reduce(take, order) for order in permutations(versions)} == {LATER}
