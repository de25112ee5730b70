"""A sheet goes to the service as it is, in one parcel: only the service knows what its columns mean.

`…/imports` is not on this branch. A gateway answers in its place as the contract has it, and holds the
command to that contract strictly; the rest of the way (spool, key, refusals, exit) is the real one.
"""

import json
from typing import Any

import pytest

from tests.clients.gateway import Gateway, Said
from tests.clients.pusher import Pusher
from tests.service import PLAN

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEETS = [
    ("tháng 5.csv", "text/csv", "﻿nhiệm vụ;tiêu đề\r\n".encode()),
    ("t.XLSX", XLSX, b"PK\x03\x04\x00\xff"),
]


def answer(*refused: dict[str, Any], **counts: int) -> Said:
    """What the contract has `imports` answer."""
    every = dict.fromkeys(("created", "updated", "unchanged", "stale", "refused"), 0) | counts
    body = {"applied": True, "counts": every, "results": list(refused)}
    return Said(200, {"Content-Type": "application/json"}, json.dumps(body).encode())


@pytest.mark.parametrize(("name", "media", "content"), SHEETS, ids=["csv", "xlsx"])
def test_a_sheet_is_one_parcel_byte_by_byte(
    behind: Pusher, gateway: Gateway, name: str, media: str, content: bytes
) -> None:
    gateway.before = lambda number: Said(503) if number == 0 else answer(created=2, unchanged=1)
    run = behind.push("--mode", "atomic", behind.file(name, content))
    assert (run.code, run.counts) == (0, {"created": 2, "unchanged": 1})
    first, again = gateway.seen
    assert first._replace(at=again.at) == again, "the same bytes under the same key"
    assert (again.path, again.media, again.body) == (
        f"{PLAN}/imports?mode=atomic&dry_run=false", media, content,
    )  # fmt: skip
    assert again.key
    assert behind.push(behind.file(name, content)).summary["inputs"][0]["state"] == "delivered_before"


def test_rows_that_are_refused_are_told_by_their_place(behind: Pusher, gateway: Gateway) -> None:
    fault = {"pointer": "/title", "code": "missing", "message_vi": "Thiếu", "message_en": "Missing"}
    why = {
        "status": 422,
        "code": "invalid_input",
        "detail_vi": "Sai",
        "detail_en": "Wrong",
        "errors": [fault],
    }
    gateway.before = lambda _: answer({"index": 3, "result": "refused", "refusal": why}, created=3, refused=1)
    run = behind.push(behind.file("x.csv", b"a;b\n"))
    assert (run.code, run.counts) == (1, {"created": 3, "refused": 1})
    told = run.summary["inputs"][0]
    assert [(one["line"], one["reasons"][1]) for one in told["refused"]] == [(4, "/title: Thiếu · Missing")]
    assert sorted(path.suffix for path in (behind.spool / "refused").iterdir()) == [".txt"]


def test_a_sheet_the_service_cannot_read_is_told_in_its_words(behind: Pusher, gateway: Gateway) -> None:
    """As a CSV in Windows-1258 or UTF-16 is."""
    problem = {"status": 400, "code": "malformed_request", "detail": "Tệp phải là UTF-8."}
    said = Said(400, {"Content-Type": "application/problem+json"}, json.dumps(problem).encode())
    gateway.before = lambda _: said
    run = behind.run(behind.file("x.csv", "tiêu đề\n".encode("utf-16")))
    assert run.code == 1
    assert "cả tệp · whole file [400 malformed_request]\n      Tệp phải là UTF-8." in run.out


def test_a_sheet_on_standard_input_is_named_by_its_format(behind: Pusher, gateway: Gateway) -> None:
    gateway.before = lambda _: answer(created=1)
    run = behind.push("--format", "csv", "-", given=b"a;b\n")
    assert (run.code, run.counts, gateway.seen[0].media) == (0, {"created": 1}, "text/csv")
