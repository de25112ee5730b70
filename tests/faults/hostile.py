"""Requests that mean harm, or come from a program that knows no better, for the operations of records.

`{activities}`, `{activity}` and `{withdrawals}` stand for the addresses of a real record. A body is an honest
one in which something was replaced, in the spelling that goes over the wire.
"""

import gzip
from collections.abc import Iterator, Mapping
from typing import NamedTuple

HONEST: Mapping[str, Mapping[str, str]] = {
    "POST {activities}": {
        "task": '"IV.7.a"',
        "output": '"M1"',
        "occurred_on": '"2023-05-12"',
        "kind": '"training"',
        "title": '"Tập huấn"',
    },
    "PATCH {activity}": {"title": '"Tập huấn"'},
    "POST {withdrawals}": {"reason": '"Ghi nhầm"'},
}
"""Three writes of records, with what they take: member → its JSON text. All the others: `hostile_writes`."""

TEXT = {"POST {activities}": "title", "PATCH {activity}": "title", "POST {withdrawals}": "reason"}


class Case(NamedTuple):
    """One request, the status it must get, and the pointer its first error names (None: not looked at)."""

    name: str
    operation: str
    body: bytes
    status: int
    pointer: str | None = None
    headers: Mapping[str, str | None] = {}
    """In place of the usual ones; None leaves one out."""


IN_TEXT = {
    "escaped NUL": (r'"a\u0000b"', 422),
    "escaped bell": (r'"a\u0007b"', 422),
    "raw NUL": ('"a\x00b"', 400),
    "delete": (r'"a\u007fb"', 422),
    "C1 control": ('"a\x9bb"', 422),
    "line feed": (r'"a\nb"', 422),
    "lone high surrogate": (r'"\ud800"', 422),
    "lone low surrogate": (r'"\udfff x"', 422),
    "surrogates turned round": (r'"\ude00\ud83d"', 422),
    "empty": ('""', 422),
    "only blanks": ('" \u00a0\u3000 "', 422),
    "number for text": ("1", 422),
    "boolean for text": ("true", 422),
    "list for text": ('["a"]', 422),
    "object for text": ('{"a": "b"}', 422),
    "null": ("null", 422),
    "too long": ('"' + "ấ" * 1001 + '"', 422),
}

NUMBERS = {
    "2^63": "9223372036854775808",
    "-2^63-1": "-9223372036854775809",
    "2^63-1": "9223372036854775807",
    "2^31": "2147483648",
    "10^30": "1000000000000000000000000000000",
    "1e30": "1e30",
    "1e999": "1e999",
    "-1e999": "-1e999",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "5,000 digits": "9" * 5000,
    "zero": "0",
    "negative": "-1",
    "minus zero": "-0.0",
    "a half": "1.5",
    "true": "true",
    "false": "false",
    "digits as text": '"3"',
    "null": "null",
}

DATES = {
    "0000-00-00": '"0000-00-00"',
    "9999-12-31": '"9999-12-31"',
    "year 10000": '"10000-01-01"',
    "negative year": '"-2023-05-12"',
    "no such day": '"2023-02-29"',
    "month 13": '"2023-13-01"',
    "Vietnamese order": '"12/05/2023"',
    "an instant": '"2023-05-12T00:00:00Z"',
    "an instant without zone": '"2023-05-12T00:00:00"',
    "seconds since 1970": "1683849600",
    "seconds as text": '"1683849600"',
    "boolean": "true",
    "real number": "1683849600.0",
    "basic format": '"20230512"',
    "week date": '"2023-W19-5"',
    "full-width digits": '"２０２３-０５-１２"',
    "null": "null",
}

_JSON = {"Content-Type": "application/json"}


def bodies() -> Iterator[Case]:
    """Texts that no write takes, then what is meant for one field of a record."""
    for operation, members in HONEST.items():
        text = TEXT[operation]
        for name, (value, status) in IN_TEXT.items():
            pointer = f"/{text}" if status == 422 else None
            yield Case(f"text: {name}", operation, _spelt(members, text, value), status, pointer)
    for operation in ("POST {activities}", "PATCH {activity}"):
        members = HONEST[operation]
        for name, value in NUMBERS.items():
            yield Case(f"quantity: {name}", operation, _spelt(members, "quantity", value), 422, "/quantity")
        for name, value in DATES.items():
            body = _spelt(members, "occurred_on", value)
            yield Case(f"date: {name}", operation, body, 422, "/occurred_on")
    yield from _fields()


def documents(operation: str, members: Mapping[str, str], text: str) -> Iterator[Case]:
    """What is no JSON, or JSON that nobody should send."""
    honest = _spelt(members)
    escaped = f"\\u{ord(text[0]):04x}{text[1:]}"
    deep = b"[" * 100_000 + b"]" * 100_000
    for name, body, status, pointer in (
        ("empty", b"", 422, ""),
        ("only blanks", b"  ", 400, None),
        ("cut off", honest[:-1], 400, None),
        ("cut in a letter", b'{"' + text.encode() + b'": "\xe1\xbb', 400, None),
        ("not UTF-8", b'{"' + text.encode() + b'": "\xff\xfe"}', 400, None),
        ("surrogate as UTF-8", b'{"' + text.encode() + b'": "\xed\xa0\x80"}', 400, None),
        ("UTF-16", honest.decode().encode("utf-16"), 400, None),
        ("mark and nothing", b"\xef\xbb\xbf", 400, None),
        ("two marks", b"\xef\xbb\xbf\xef\xbb\xbf" + honest, 400, None),
        ("two documents", honest + honest, 400, None),
        ("comment", honest + b"//", 400, None),
        ("a list", b"[" + honest + b"]", 422, ""),
        ("a number", b"1", 422, ""),
        ("null", b"null", 422, ""),
        ("NaN alone", b"NaN", 422, ""),
        ("100,000 deep", deep, 422, ""),
        ("100,000 deep, open", b'{"a":' * 100_000, 422, ""),
        ("same name twice", _spelt(members)[:-1] + f', "{text}": "b"}}'.encode(), 422, f"/{text}"),
        ("same name by escape", honest[:-1] + f', "{escaped}": "b"}}'.encode(), 422, f"/{text}"),
        ("unknown field", honest[:-1] + b', "id": "x"}', 422, "/id"),
        ("version", honest[:-1] + b', "version": 1}', 422, "/version"),
        ("level", honest[:-1] + b', "status": "standing"}', 422, "/status"),
        ("prototype", honest[:-1] + b', "__proto__": {"admin": true}}', 422, "/__proto__"),
        ("NUL in a name", honest[:-1] + rb', "a\u0000": 1}', 422, None),
        ("surrogate in a name", honest[:-1] + rb', "\ud800": 1}', 422, None),
        ("20,000 names", b"{" + b",".join(b'"%d":1' % n for n in range(20_000)) + b"}", 422, ""),
        ("10 MB", b'{"' + text.encode() + b'": "' + b"a" * 10_000_000 + b'"}', 413, None),
    ):  # fmt: skip
        yield Case(f"document: {name}", operation, body, status, pointer)


def media(operation: str, honest: bytes) -> Iterator[Case]:
    """What is sent as something else than it is."""
    for name, headers, status in (
        ("no content type", {"Content-Type": None}, 415),
        ("text/plain", {"Content-Type": "text/plain"}, 415),
        ("form", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ("multipart", {"Content-Type": "multipart/form-data; boundary=x"}, 415),
        ("latin-1", {"Content-Type": "application/json; charset=iso-8859-1"}, 415),
        ("two types", {"Content-Type": "application/json, text/plain"}, 415),
        ("gzip, said so", {**_JSON, "Content-Encoding": "gzip"}, 415),
        ("40 KB header", {**_JSON, "X-Long": "a" * 40_000}, 431),
    ):
        body = gzip.compress(honest) if "gzip" in name else honest
        yield Case(f"media: {name}", operation, body, status, None, headers)
    yield Case("media: gzip, not said", operation, gzip.compress(honest), 400, None)
    if operation.startswith("POST"):
        for name, key in (("empty", ""), ("256 signs", "k" * 256), ("letters", "kh\xf3a"), ("blank", " ")):
            headers = {"Idempotency-Key": key}
            yield Case(f"repeat key: {name}", operation, honest, 422, "header:idempotency-key", headers)


def _fields() -> Iterator[Case]:
    """One field of a record at a time."""
    post, honest = "POST {activities}", HONEST["POST {activities}"]
    for name, field, value in (
        ("301 letters after NFC", "title", '"' + "ấ" * 301 + '"'),
        ("no such task", "task", '"IV.99.z"'),
        ("task with quotes", "task", """ "IV.7.a' OR '1'='1" """),
        ("NUL in the task", "task", r'"IV.7.a\u0000"'),
        ("no such output", "output", '"M99"'),
        ("output as a number", "output", "1"),
        ("no such kind", "kind", '"TRAINING"'),
        ("kind as a list", "kind", '["training"]'),
        ("no such channel", "channel", '"carrier pigeon"'),
        ("occurrence as text", "opens_occurrence", '"yes"'),
        ("occurrence as a number", "opens_occurrence", "1"),
        ("no such language", "languages", '["english"]'),
        ("language as text", "languages", '"vi"'),
        ("21 languages", "languages", "[" + ",".join(['"vi"'] * 21) + "]"),
        ("2,000 languages", "languages", "[" + ",".join(['"vi"'] * 2000) + "]"),
        ("link with a script", "link", '"javascript:alert(1)"'),
        ("link with a password", "link", '"https://a:b@example.org/"'),
        ("link with a line", "link", r'"https://example.org/\r\nSet-Cookie: a"'),
        ("link to a file", "link", '"file:///etc/passwd"'),
        ("link too long", "link", '"https://example.org/' + "a" * 2000 + '"'),
        ("half a natural key", "external_id", '"1"'),
        ("source with capitals", "source_system", '"QLVB"'),
    ):
        yield Case(f"field: {name}", post, _spelt(honest, field, value), 422)


def _spelt(members: Mapping[str, str], name: str | None = None, value: str = "") -> bytes:
    spelt = {**members, **({name: value} if name else {})}
    return ("{" + ", ".join(f'"{member}": {text}' for member, text in spelt.items()) + "}").encode(
        "utf-8", "surrogatepass"
    )


TARGETS: Mapping[str, tuple[str, int]] = {
    "NUL in q": ("{activities}?q=a%00b", 422),
    "surrogate in q": ("{activities}?q=%ED%A0%80", 422),
    "not UTF-8 in q": ("{activities}?q=%FF%FE", 422),
    "half an escape": ("{activities}?q=%4", 422),
    "line in q": ("{activities}?q=a%0D%0AX:1", 422),
    "q too long": ("{activities}?q=" + "a" * 5000, 422),
    "codes too long": ("{activities}?task=" + "a," * 2000 + "a", 422),
    "a code of nothing": ("{activities}?task=IV.7.a,,IV.7.b", 422),
    "limit 2^63": ("{activities}?limit=9223372036854775808", 422),
    "limit 10^30": ("{activities}?limit=1" + "0" * 30, 422),
    "limit 5,000 digits": ("{activities}?limit=" + "9" * 5000, 422),
    "limit 0": ("{activities}?limit=0", 422),
    "limit -1": ("{activities}?limit=-1", 422),
    "limit NaN": ("{activities}?limit=NaN", 422),
    "limit 1e2": ("{activities}?limit=1e2", 422),
    "limit 1.5": ("{activities}?limit=1.5", 422),
    "limit empty": ("{activities}?limit=", 422),
    "limit twice": ("{activities}?limit=1&limit=2", 422),
    "unknown parameter": ("{activities}?limti=1", 422),
    "count maybe": ("{activities}?count=maybe", 422),
    "cursor made up": ("{activities}?cursor=abc", 422),
    "cursor of NUL": ("{activities}?cursor=AAAAAAAA", 422),
    "cursor of a list": ("{activities}?cursor=W10", 422),
    "cursor of an object": ("{activities}?cursor=e30", 422),
    "cursor of 2^63": ("{activities}?cursor=WyItaWQiLCA5MjIzMzcyMDM2ODU0Nzc1ODA4XQ", 422),
    "cursor too long": ("{activities}?cursor=" + "A" * 5000, 422),
    "sort by anything": ("{activities}?sort=password", 422),
    "sort with SQL": ("{activities}?sort=id;DROP+TABLE+plans", 422),
    "date 0000-00-00": ("{activities}?occurred_from=0000-00-00", 422),
    "date in year 10000": ("{activities}?occurred_to=10000-01-01", 422),
    "date as a number": ("{activities}?occurred_from=1683849600", 422),
    "date as an instant": ("{activities}?occurred_from=2023-05-12T00:00:00", 422),
    "kind unknown": ("{activities}?kind=training,nothing", 422),
    "4,000 tasks": ("{activities}?task=" + ",".join(["IV.7.a"] * 4000), 422),
    "after nothing": ("/v1/changes?after=0", 422),
    "after NUL": ("/v1/changes?after=%00", 422),
    "year 10^30": ("/v1/plans/ttdn-2023/events?year=1" + "0" * 30, 422),
    "progress by anything": ("/v1/plans/ttdn-2023/progress?by=person", 422),
    "NUL in the path": ("{activities}/%00", 404),
    "NUL at the end": ("{activity}%00", 404),
    "not UTF-8 in the path": ("{activities}/%FF", 404),
    "surrogate in the path": ("{activities}/%ED%A0%80", 404),
    "bad escape in the path": ("{activities}/%zz", 404),
    "2^63 in the path": ("{activities}/9223372036854775808", 404),
    "long path": ("{activities}/" + "a" * 5000, 404),
    "letters in the path": ("{activities}/%C4%91%E1%BB%91i", 404),
    "dots": ("{activities}/../../../etc/passwd", 404),
    "slash at the end": ("{activities}/", 404),
    "no such plan": ("/v1/plans/%F0%9F%98%80/activities", 404),
    "plan with a quote": ("/v1/plans/ttdn-2023'--/activities", 404),
    "30,000 in the query": ("{activities}?q=" + "a" * 33_000, 431),
    "key in the query": ("{activities}?api_key=1", 422),
}
"""Addresses for GET: what is asked, and the status it must get."""
