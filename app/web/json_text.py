"""JSON read strictly: RFC 8259 with the promises of I-JSON (RFC 7493), and bounded.

The parser of the standard library is recursive and lenient: depth is measured before it, and `json_findings`
searches what it has read, but only where something is suspect, so that an ordinary body costs one C parse.
"""

import json
import re
from itertools import accumulate, islice
from typing import Any

from app.errors import Invalid, Malformed, Text
from app.web.faults import fault
from app.web.json_findings import WatchfulParser, findings

MOST_FAULTS = 50
_BOM = b"\xef\xbb\xbf"
# Strings are stepped over whole, also one that never ends: possessive, hence linear on any input.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))
_SUSPECT = re.compile(r"[\x7f-\x9f]|\\u(?:00[0189]|007f|d[89a-f])", re.IGNORECASE)


def without_bom(body: bytes) -> bytes:
    """The body without the mark that Windows tools put first; RFC 8259 §8.1 lets a reader ignore it."""
    return body.removeprefix(_BOM)


def read(body: bytes, *, max_depth: int, max_items: int) -> Any:
    """The value; Malformed (400) if this is no JSON, Invalid (422) if it is JSON that nobody should send."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Malformed(
            Text(f"Không phải UTF-8: byte thứ {error.start + 1}.", f"Not UTF-8 at byte {error.start + 1}."),
            faults=[fault("", "bad_encoding")],
        ) from None
    if _is_deeper(body, max_depth):
        raise Invalid(faults=[fault("", "too_deep", limit=max_depth)])
    parser = WatchfulParser()
    try:
        value = parser.decoder.decode(text)
    except json.JSONDecodeError as error:
        raise Malformed(
            Text(
                f"JSON sai ở dòng {error.lineno}, cột {error.colno}.",
                f"The JSON breaks at line {error.lineno}, column {error.colno}.",
            ),
            faults=[fault("", "syntax_error")],
            facts={"line": error.lineno, "column": error.colno},
        ) from None
    if parser.suspicious or _SUSPECT.search(text) or text.count(",") >= max_items:
        faults = list(islice(findings(value, (), max_items), MOST_FAULTS))
        if faults:
            raise Invalid(faults=faults)
    return value


def _is_deeper(body: bytes, max_depth: int) -> bool:
    """Told without parsing, since the parser is recursive: up one at each bracket that opens."""
    if body.count(b"[") + body.count(b"{") <= max_depth:
        return False
    steps = _STRING.sub(b"", body).translate(_STEPS, _NO_BRACKETS)
    return max(accumulate(memoryview(steps).cast("b")), default=0) > max_depth
