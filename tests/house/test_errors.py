"""`docs/errors.md` names every code that a caller can meet."""

import ast

import pytest

from app.errors import Failure
from app.web.faults import MESSAGES
from tests.house import errors
from tests.verdicts import REASONS

WORDED_ELSEWHERE = {
    "app/errors.py",
    "app/web/faults.py",
    "app/web/validation.py",
    "app/services/addressees.py",
    "app/services/batching.py",
    "app/services/extending.py",
    "app/services/importing.py",
    "app/services/line_keeping.py",
    "app/sheets/drafts.py",
    "app/sheets/found.py",
}
"""Where a fault's code is an argument; whoever hands it over is found."""


def test_the_page_is_in_step_with_the_code() -> None:
    assert errors.PAGE.read_text(encoding="utf-8") == errors.page(), "run: make errors"


def test_every_failure_has_a_code_of_its_own_and_two_titles() -> None:
    kinds = errors.failures()
    assert len({kind.code for kind in kinds}) == len(kinds)
    for kind in kinds:
        assert kind.title.vi != kind.title.en, kind
        assert kind is not Failure


def test_the_page_has_every_fault_of_the_table() -> None:
    assert set(MESSAGES) <= {entry.code for entry in errors.entries()}


def test_every_reason_of_a_refusal_is_told() -> None:
    told = {entry.code for entry in errors.entries() if entry.source == errors.JUDGING}
    assert told == set(REASONS)


def calls_of_fault() -> list[tuple[str, ast.Call]]:
    return [
        (path.relative_to(errors.ROOT).as_posix(), node)
        for path in sorted((errors.ROOT / "app").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Fault", "Invalid.at")
    ]


def test_the_page_has_every_fault_that_is_made_in_place() -> None:
    known = {entry.code for entry in errors.entries()}
    for source, call in calls_of_fault():
        codes = errors.strings(call.args[1])
        assert codes or source in WORDED_ELSEWHERE, source
        for code in codes:
            assert code in known, (code, source)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ('Fault("/task", "unknown_task", Text("Không có", "No such"))', "unknown_task"),
        ('Invalid.at("/x", "too_late", "Đã muộn", "Too late")', "too_late"),
        ('_fault("/x", "not_triggered", "Không theo lần", "No occurrences")', "not_triggered"),
        ('Fault("/x", "not_this" if a else "not_that", Text(f"Cần {b}", f"Needs {b}"))', "not_that"),
        ('X("empty_patch", "name one", {"vi": "Nêu một", "en": "Name one"})', "empty_patch"),
        ('{"key_gone": Text("Hết hạn", "Expired")}', "key_gone"),
        ('("plan_shut", Words("Đã đóng", "Closed"))', "plan_shut"),
    ],
)
def test_every_way_of_saying_a_code_is_read(source: str, code: str) -> None:
    assert code in {entry.code for entry in errors.of_source(source, errors.ROOT / "app" / "errors.py")}


@pytest.mark.parametrize(
    "source",
    ['WORD = "in_person", "Trực tiếp", "In person"', '("below_minimum", "gt", Text("lớn hơn", "more"))'],
)
def test_words_of_the_domain_are_no_errors(source: str) -> None:
    assert list(errors.of_source(source, errors.ROOT / "app" / "errors.py")) == []
