"""Why a body takes no part: every body that counts for nothing has one reason, and both sentences."""

from itertools import product

from app.rules.omission import SENTENCES, Omission, why
from app.rules.rollup import COUNTED_STATUSES
from app.rules.vocabulary import TaskKind, TaskStatus


def reason(
    status: TaskStatus = TaskStatus.ACTIVE,
    kind: TaskKind = TaskKind.CONTINUOUS,
    *,
    owed: int = 0,
    target: int | None = None,
    is_group: bool = False,
    handed_over: bool = False,
) -> Omission | None:
    return why(status=status, kind=kind, owed=owed, target=target, is_group=is_group, handed_over=handed_over)


def test_every_reason_has_both_sentences() -> None:
    assert set(SENTENCES) == set(Omission)
    for said in SENTENCES.values():
        assert said.vi
        assert said.en
        assert said.vi != said.en


def test_the_reason_is_the_first_that_applies() -> None:
    assert reason(TaskStatus.CANCELLED, owed=4) is Omission.CANCELLED
    assert reason(TaskStatus.SUPERSEDED, is_group=True) is Omission.SUPERSEDED
    assert reason(TaskStatus.DRAFT) is Omission.DRAFT
    assert reason(kind=TaskKind.COUNTED, is_group=True) is Omission.MEMBERS_UNKNOWN
    assert reason(kind=TaskKind.TRIGGERED) is Omission.NOT_TRIGGERED
    assert reason(TaskStatus.SUSPENDED, TaskKind.TRIGGERED) is Omission.NOT_TRIGGERED
    assert reason(kind=TaskKind.TRIGGERED, handed_over=True) is Omission.NOTHING_LEFT
    assert reason(kind=TaskKind.COUNTED) is Omission.NO_TARGET
    assert reason(kind=TaskKind.COUNTED, target=3) is Omission.NOTHING_LEFT
    assert reason(kind=TaskKind.DELIVERABLE) is Omission.NOTHING_LEFT


def test_there_is_a_reason_exactly_for_what_does_not_count() -> None:
    for status, kind, owed, target, is_group, handed_over in product(
        TaskStatus, TaskKind, (0, 1), (None, 2), (False, True), (False, True)
    ):
        found = reason(status, kind, owed=owed, target=target, is_group=is_group, handed_over=handed_over)
        assert (found is None) is (status in COUNTED_STATUSES and owed > 0)
