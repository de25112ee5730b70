"""What is hostile to any write: made for each operation from a request that is honest (`policy.requests`)."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tests.books import CSV, XLSX, csv_of, xlsx_of
from tests.faults.hostile import DATES, IN_TEXT, NUMBERS, documents, media
from tests.policy.requests import Batch, File, Request

NAMES: Mapping[str, str] = {
    "NUL": "%00",
    "not UTF-8": "%FF",
    "surrogate": "%ED%A0%80",
    "bad escape": "%zz",
    "2^63": "9223372036854775808",
    "long": "a" * 5000,
    "letters": "%C4%91%E1%BB%91i",
    "slash": "..%2f..",
    "quote": "x'--",
    "nothing": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
}
"""In the place of a name in the path: there is nothing there."""

QUERIES: Mapping[str, str] = {
    "unknown": "nothing=1",
    "a key": "api_key=1",
    "NUL": "dry_run=%00",
    "not UTF-8": "dry_run=%FF",
    "half an escape": "a=%4",
    "twice": "dry_run=true&dry_run=true",
    "a name of NUL": "%00=1",
}
"""Behind the path: refused, whatever the operation knows."""

VALUES: Mapping[str, str] = {
    **{f"text: {name}": value for name, (value, _) in IN_TEXT.items()},
    **{f"number: {name}": value for name, value in NUMBERS.items()},
    **{f"date: {name}": value for name, value in DATES.items()},
    "nothing in it": "{}",
    "a list of nothing": "[]",
    "a list of lists": "[[[[]]]]",
    "2,000 of them": "[" + ",".join(["1"] * 2000) + "]",
}
"""In the place of any member: mostly refused. Where one is honest it is taken, and that is well."""


class Shot(NamedTuple):
    """One hostile request: where to, with what, and the status it must get (None: whatever, but no 5xx).

    `pointer` is what its first error names (None: not looked at).
    """

    name: str
    path: str
    body: bytes
    headers: Mapping[str, str | None]
    status: int | None
    pointer: str | None = None


def certain(request: Request, operation: Mapping[str, Any]) -> Iterator[Shot]:
    """What is refused for certain."""
    sheet, body = isinstance(request, File), _wire(request)
    if not sheet and "requestBody" in operation:
        members = _members(request) or {next(iter(_published(operation))): '"Xong"'}
        text = next(iter(members))
        for case in (*documents(request.method, members, text), *media(request.method, _joined(members))):
            if case.pointer == "header:idempotency-key" and not _takes(operation, "Idempotency-Key"):
                continue
            pointer = None if isinstance(request, Batch) else case.pointer
            headers = {**request.headers, **case.headers}
            yield Shot(case.name, request.path, case.body, headers, case.status, pointer)
    usual = {**request.headers, "Content-Type": CSV if sheet else "application/json"}
    yield from (Shot(f"file: {name}", request.path, *sent) for name, sent in (_files() if sheet else ()))
    parts = request.path.split("/")
    for place, part in enumerate(parts):
        if part.isupper() or any(letter.isdigit() for letter in part):
            for name, instead in NAMES.items():
                path = "/".join([*parts[:place], instead, *parts[place + 1 :]])
                yield Shot(f"path: {name}", path, body, usual, 404)
    for name, query in QUERIES.items():
        yield Shot(f"query: {name}", f"{request.path}?{query}", body, usual, 422)
    for name, head in (("none", None), ("half", "Bearer"), ("basic", "Basic YTpi"), ("NUL", "Bearer a\xff")):
        yield Shot(f"key: {name}", request.path, body, {**usual, "Authorization": head}, 401)


def likely(request: Request, operation: Mapping[str, Any]) -> Iterator[Shot]:
    """What is wrong in one member, or one cell, each."""
    if isinstance(request, File):
        usual: Mapping[str, str | None] = {"Content-Type": CSV}
        for heading in request.body:
            for name, value in VALUES.items():
                cells = {**request.body, heading: value.strip('"')}
                body = csv_of([str(cell) for cell in cells.values()], headings=list(cells))
                yield Shot(f"{heading}, {name}", request.path, body, usual, None)
        return
    members = _members(request)
    known = {} if isinstance(request, Batch) else _published(operation)
    for member in dict.fromkeys([*members, *known]):
        for name, value in VALUES.items():
            body = _joined({**members, member: value})
            if isinstance(request, Batch):
                body = b'{"records": [' + body + b"]}"
            yield Shot(f"{member}, {name}", request.path, body, request.headers, None)


def _members(request: Request) -> dict[str, str]:
    return {name: json.dumps(value, ensure_ascii=False) for name, value in request.body.items()}


def _joined(members: Mapping[str, str]) -> bytes:
    spelt = ", ".join(f'"{name}": {value}' for name, value in members.items())
    return ("{" + spelt + "}").encode("utf-8", "surrogatepass")


def _wire(request: Request) -> bytes:
    """The honest body as it is sent."""
    if isinstance(request, File):
        return csv_of([str(cell) for cell in request.body.values()], headings=list(request.body))
    honest = _joined(_members(request))
    return b'{"records": [' + honest + b"]}" if isinstance(request, Batch) else honest


def _takes(operation: Mapping[str, Any], header: str) -> bool:
    return any(one["name"] == header for one in operation.get("parameters", ()))


def _published(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    """The members of an operation's body, as `test_hostile_writes` resolved them."""
    found: Mapping[str, Any] = operation.get("members", {})
    return found


def _files() -> Iterator[tuple[str, tuple[bytes, Mapping[str, str | None], int]]]:
    """Files that are none."""
    csv: Mapping[str, str | None] = {"Content-Type": CSV}
    xlsx: Mapping[str, str | None] = {"Content-Type": XLSX}
    whole = xlsx_of(["a"] * 6)
    yield "empty", (b"", csv, 422)
    yield "only blanks", (b" \r\n \r\n", csv, 422)
    yield "only NUL", (b"\x00" * 1000, csv, 422)
    yield "no heading that is known", (csv_of(["1"], headings=["Một"]), csv, 422)
    yield "more than may be", (b"a" * 10_600_000, csv, 413)
    yield "JSON for a file", (b"{}", {"Content-Type": "application/json"}, 415)
    yield "compressed", (b"\x1f\x8b", {**csv, "Content-Encoding": "gzip"}, 415)
    yield "text for a book", (b"PK is no zip", xlsx, 422)
    yield "half a book", (whole[: len(whole) // 2], xlsx, 422)
    yield "an empty book", (_zip({}), xlsx, 422)
    yield "a bomb", (_zip({"xl/workbook.xml": b" " * 60_000_000}), xlsx, 422)
    laughs = b'<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "' + b"&b;" * 1000 + b'">]><workbook>&c;</workbook>'
    yield "entities", (_zip({"xl/workbook.xml": laughs}), xlsx, 422)


def _zip(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()
