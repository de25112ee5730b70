"""A batch as NDJSON, a record a line: what cannot be read is told in its place and keeps no other out."""

import json
import unicodedata
from typing import Any

import httpx
import pytest

from tests.service import PLAN, Service
from tests.writing import news, rows

URL = f"{PLAN}/activities/batch"
NDJSON = {"Content-Type": "application/x-ndjson"}


def line(task: str = "IV.7.a", **facts: Any) -> bytes:
    """A record as a line."""
    return json.dumps(news(task, **facts), ensure_ascii=False).encode()


def push(client: httpx.Client, body: bytes, **headers: str) -> httpx.Response:
    """Push lines."""
    return client.post(URL, content=body, headers={**NDJSON, **headers})


def told(answer: httpx.Response) -> list[str | tuple[str, str]]:
    """What came of each line: the result, or where and why not."""
    assert answer.status_code == 200, answer.text
    return [
        row["result"]
        if row["refusal"] is None
        else (row["refusal"]["errors"][0]["pointer"], row["refusal"]["errors"][0]["code"])
        for row in answer.json()["results"]
    ]


def test_lines_are_taken_as_the_same_records_in_a_list_would_be(service: Service) -> None:
    records = [news("IV.7.a", output="M1"), {**news("IV.7.a"), "titel": "x"}, news("IV.6.a"), 7, None]
    body = "\n".join(json.dumps(one, ensure_ascii=False) for one in records).encode()
    asked = {"dry_run": "true"}
    as_lines = service["SVHTTDL"].post(URL, content=body, headers=NDJSON, params=asked)
    as_list = service["SVHTTDL"].post(URL, json={"records": records}, params=asked)
    assert as_lines.json() == as_list.json()
    assert [row["result"] for row in as_lines.json()["results"]] == ["created", *["refused"] * 4]


BROKEN: list[tuple[bytes, str, str]] = [
    (b'{"task": "IV.7.a", ', "", "syntax_error"),
    (b'1],"records":[2', "", "syntax_error"),
    ('{"title": "Lễ hội"}'.encode("utf-16"), "", "bad_encoding"),
    (b'{"title": "L\xea\xec h\xf4\xf2i"}', "", "bad_encoding"),  # as Windows-1258 has it
    (b'{"title": "a", "title": "b"}', "/title", "duplicate_key"),
    (b'{"quantity": NaN}', "/quantity", "not_a_number"),
    (b'{"quantity": 1e999}', "/quantity", "number_out_of_range"),
    (b'{"title": "a\\u0000b"}', "/title", "control_character"),
    (b'{"title": "\\ud800"}', "/title", "lone_surrogate"),
    (b"[" * 100 + b"]" * 100, "", "too_deep"),
]


@pytest.mark.parametrize(("broken", "pointer", "code"), BROKEN)
def test_a_line_that_cannot_be_read_is_told_in_its_place(
    service: Service, broken: bytes, pointer: str, code: str
) -> None:
    broken = broken.replace(b"\n", b" ")
    answer = push(service["SVHTTDL"], b"\n".join([line(output="M1"), broken, line("IV.7.b", output="M1")]))
    assert told(answer) == ["created", (f"/records/1{pointer}", code), "created"]
    assert rows(service)["activities"] == 2


def test_a_mark_at_the_beginning_windows_ends_and_empty_lines_mean_nothing(service: Service) -> None:
    body = b"\xef\xbb\xbf" + line(output="M1") + b"\r\n\r\n  \n" + line("IV.7.b") + b"\r\n"
    assert told(push(service["SVHTTDL"], body)) == ["created", "created"]


def test_both_forms_of_vietnamese_are_one_record(service: Service) -> None:
    key = {"source_system": "qlvb", "external_id": "Số 07/ĐỐI NGOẠI"}
    forms = [unicodedata.normalize(form, line(**key).decode()).encode() for form in ("NFC", "NFD")]
    assert forms[0] != forms[1]
    assert told(push(service["SVHTTDL"], b"\n".join(forms))) == ["created", "unchanged"]


def test_too_many_lines_and_none_are_refused_as_a_whole(service: Service) -> None:
    for body, code in ((b"{}\n" * 1001, "too_many"), (b"\n \n", "too_few")):
        answer = push(service["SVHTTDL"], body)
        assert answer.status_code == 422
        assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/records", code)]
    too_large = push(service["SVHTTDL"], b"x" * (1024 * 1024 + 1))
    assert too_large.status_code == 413


def test_a_repeated_push_of_lines_gets_the_first_answer(service: Service) -> None:
    office, key = service["SVHTTDL"], {"Idempotency-Key": "lines-1"}
    first = push(office, line() + b"\n{broken", **key)
    again = push(office, b"\n" + line() + b"\r\n{broken", **key)
    assert (again.status_code, again.content) == (200, first.content)
    other = push(office, line() + b"\n{broken otherwise", **key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_lines_are_taken_here_only(service: Service) -> None:
    answer = service["SVHTTDL"].post(f"{PLAN}/activities", content=line(), headers=NDJSON)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert answer.json()["accepted"] == ["application/json"]
    wrong = service["SVHTTDL"].post(URL, content=line(), headers={"Content-Type": "text/csv"})
    assert wrong.json()["accepted"] == ["application/json", "application/x-ndjson"]
    compressed = push(service["SVHTTDL"], line(), **{"Content-Encoding": "gzip"})
    assert compressed.status_code == 415
