"""The pieces by themselves, where HTTP would hide which one it was."""

import sqlite3
import time
from contextlib import suppress
from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic_core import PydanticCustomError
from sqlalchemy import create_engine, exc, text
from starlette.exceptions import HTTPException

from app.errors import Failure, Fault, Invalid, Malformed, Text
from app.failing import is_passing
from app.web.faults import MESSAGES, pointer_to
from app.web.json_text import read
from app.web.languages import preferred
from app.web.problems import as_failure


@pytest.mark.parametrize(
    ("accept_language", "chosen"),
    [
        ("", "vi"),
        ("en", "en"),
        ("EN-us", "en"),
        ("vi", "vi"),
        ("vi-VN,vi;q=0.9,en-US;q=0.8", "vi"),
        ("en-US,en;q=0.9,vi;q=0.8", "en"),
        ("en;q=0.5,vi;q=0.6", "vi"),
        ("en;q=0.5", "en"),
        ("en, vi", "en"),
        ("vi, en", "vi"),
        ("*", "vi"),
        ("fr", "vi"),
        ("fr, *;q=0.1", "vi"),
        ("vi;q=0, *;q=0.5", "en"),
        ("en;q=0", "vi"),
        ("en;q=0, vi;q=0", "vi"),
        ("en ; q = 1.000 , vi;q=0.999", "en"),
        ("en;q=2", "vi"),
        ("en;q=abc, vi;q=0.1", "vi"),
        ("," * 5000 + "en", "vi"),
        ("english", "vi"),
        ("\xe9;q=1,en;q=0.3", "en"),
    ],
)
def test_language(accept_language: str, chosen: str) -> None:
    assert preferred(accept_language) == chosen


def strictly(body: bytes) -> Any:
    return read(body, max_depth=32, max_items=1000)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"[" * 32 + b"]" * 32, None),
        (b"9223372036854775807", 2**63 - 1),
        (b"-9223372036854775808", -(2**63)),
        (b"-0", 0),
        (b"1e-999", 0.0),
        (rb'"\ud83d\ude00"', "😀"),
        (rb'"a\tb\nc"', "a\tb\nc"),
        ('"tiếng Việt \u00a0"'.encode(), "tiếng Việt \u00a0"),
        (b'"' + b"[{" * 100 + b'"', "[{" * 100),
        (rb'"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["', None),
        (b"[" + b"1," * 999 + b"1]", [1] * 1000),
        (b"[" + b"[]," * 500 + b"[]]", [[]] * 501),
    ],
)
def test_what_is_json_is_read(body: bytes, value: object) -> None:
    assert value is None or strictly(body) == value
    strictly(body)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b'[{"":' * 100_000, b"[" * 1_000_000])
def test_depth_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        strictly(body)
    assert refused.value.faults[0].code == "too_deep"


@pytest.mark.parametrize(
    ("before", "over_and_over", "after"),
    [
        (b'"', rb"\"", b""),
        (b"", b"[]", b""),
        (b"", b"[", b""),
        (b"", b'{"a":', b""),
        (b"", b'[{"":', b""),
        (b"", b'"', b""),
        (b"", b"\\", b""),
        (b"[", b'"a",', b""),
        (b"", b"1", b""),
        (b"0.", b"1", b""),
        (b"{", b'"a":0,"b":0,', b'"c":0}'),
    ],
)
def test_a_full_megabyte_of_malice_takes_linear_time(
    before: bytes, over_and_over: bytes, after: bytes
) -> None:
    """Sixteen times the bytes take about sixteen times as long, where a square would be 256 times."""

    def taken(size: int) -> float:
        body = before + over_and_over * (size // len(over_and_over)) + after
        started = time.thread_time()
        with suppress(Failure):
            strictly(body)
        return time.thread_time() - started

    assert min(taken(1_000_000) for _ in range(3)) < 64 * max(taken(62_500) for _ in range(3)) + 0.01


def test_every_fault_is_told_up_to_fifty() -> None:
    with pytest.raises(Invalid) as refused:
        strictly(b"[" + b"NaN," * 99 + b"NaN]")
    assert [fault.pointer for fault in refused.value.faults] == [f"/{n}" for n in range(50)]


def test_pointers_stop_above_what_must_not_be_repeated() -> None:
    assert pointer_to(["a/b", "c~d", 0]) == "/a~1b/c~0d/0"
    assert pointer_to(["a", "ttdn_" + "x" * 33, "b"]) == "/a"
    assert pointer_to(["a", "<script>"]) == "/a"
    assert pointer_to(["x" * 65]) == ""


def invalid(*errors: dict[str, Any], body: Any = None) -> tuple[Fault, ...]:
    failure = as_failure(RequestValidationError(list(errors), body=body))
    assert isinstance(failure, Invalid)
    return failure.faults


def test_union_tags_are_no_part_of_a_pointer() -> None:
    way = ("body", "of", "deliverable", "title")
    (found,) = invalid({"type": "string_type", "loc": way}, body={"of": {"title": 1}})
    assert found.pointer == "/of/title"


def test_a_validator_may_bring_its_own_sentence() -> None:
    context = {"vi": "Sai.", "en": "Wrong."}
    own = PydanticCustomError("own_code", "Wrong.", context)
    (found,) = invalid({"type": own.type, "loc": ("body", "a"), "ctx": own.context}, body={"a": 1})
    assert found == Fault("/a", "own_code", Text("Sai.", "Wrong."))


def test_what_is_not_known_is_still_told() -> None:
    (found,) = invalid({"type": "brand_new_in_pydantic_3", "loc": ("header", "if-match")})
    assert (found.pointer, found.code) == ("header:if-match", "invalid_value")


def test_a_strict_filter_of_a_schema_speaks_like_the_door() -> None:
    (found,) = invalid({"type": "extra_forbidden", "loc": ("query", "colour")})
    assert (found.pointer, found.code) == ("query:colour", "unknown_parameter")


@pytest.mark.parametrize(
    ("found", "vi", "en"),
    [
        (
            {"type": "string_too_short", "ctx": {"min_length": 1}},
            "Không được để trống.",
            "This may not be empty.",
        ),
        (
            {"type": "string_too_short", "ctx": {"min_length": 2}},
            "Cần ít nhất 2 ký tự.",
            "At least 2 characters are needed.",
        ),
        (
            {"type": "greater_than_equal", "ctx": {"ge": 1}},
            "Phải từ 1 trở lên.",
            "This must be at least 1.",
        ),
        ({"type": "less_than_equal", "ctx": {"le": 9}}, "Phải không quá 9.", "This must be at most 9."),
    ],
)
def test_a_limit_is_told_as_people_say_it(found: dict[str, Any], vi: str, en: str) -> None:
    (told,) = invalid({**found, "loc": ("body", "a")}, body={"a": ""})
    assert told.message == Text(vi, en)


def test_same_faults_are_told_once() -> None:
    error = {"type": "missing", "loc": ("body", "a")}
    assert len(invalid(error, error, body={})) == 1


def test_messages_are_in_both_languages_with_the_same_blanks() -> None:
    for code, message in MESSAGES.items():
        assert code.islower()
        assert message.vi != message.en
        for blank in ("{limit}", "{allowed}", "{expected}", "{bound}"):
            assert (blank in message.vi) == (blank in message.en)


@pytest.mark.parametrize(
    ("status", "answered"),
    [(400, 400), (401, 401), (403, 403), (404, 404), (413, 413), (418, 400), (502, 500), (503, 503)],
)
def test_failures_of_the_framework(status: int, answered: int) -> None:
    failure = as_failure(HTTPException(status, detail="quoting <what came in>"))
    assert failure.status == answered
    assert "quoting" not in failure.detail.en


def test_json_invalid_of_the_framework_is_malformed() -> None:
    error = RequestValidationError([{"type": "json_invalid", "loc": ("body", 3)}])
    assert isinstance(as_failure(error), Malformed)


class Postgres(Exception):
    def __init__(self, sqlstate: str | None) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (exc.TimeoutError("pool"), True),
        (exc.OperationalError("", {}, Postgres("40P01")), True),
        (exc.OperationalError("", {}, Postgres("40001")), True),
        (exc.OperationalError("", {}, Postgres("55P03")), True),
        (exc.OperationalError("", {}, Postgres("57P01")), True),
        (exc.OperationalError("", {}, Postgres("08006")), True),
        (exc.OperationalError("", {}, Postgres("53300")), True),
        (exc.OperationalError("", {}, Postgres(None)), True),
        (exc.InterfaceError("", {}, Exception(), connection_invalidated=True), True),
        (exc.InterfaceError("", {}, Exception()), False),
        (exc.ProgrammingError("", {}, Postgres("42P01")), False),
        (exc.DataError("", {}, Postgres("22003")), False),
        (exc.IntegrityError("", {}, Postgres("23505")), False),
        (RuntimeError(), False),
    ],
)
def test_what_passes_by_itself(error: Exception, passing: bool) -> None:
    assert is_passing(error) is passing


def test_a_locked_file_passes_and_a_missing_table_does_not(tmp_path: Any) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/a.sqlite3", connect_args={"timeout": 0})
    holder = sqlite3.connect(tmp_path / "a.sqlite3", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with engine.connect() as waiting:
        with pytest.raises(exc.OperationalError) as locked:
            waiting.execute(text("CREATE TABLE t (a)"))
        holder.close()
        with pytest.raises(exc.OperationalError) as missing:
            waiting.execute(text("SELECT * FROM nothing"))
    engine.dispose()
    assert is_passing(locked.value)
    assert not is_passing(missing.value)
