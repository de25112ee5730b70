"""What the standard library's JSON parser lets pass though JSON should not have it, kept visible and found.

It takes NaN, keeps the last of two like names, makes 1e999 infinite and lets half a character through.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from app.errors import Fault
from app.web.faults import fault, pointer_to

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_INTEGER = len(str(-(2**63)))


class _Unfit:
    """Stands in the parsed value where something was that JSON should not have had."""

    def __init__(self, code: str) -> None:
        self.code = code


class _Doubled(dict[str, Any]):
    """An object with a name twice in it."""

    again: frozenset[str] = frozenset()


class WatchfulParser:
    """The standard parser with an eye on what it would let pass."""

    def __init__(self) -> None:
        self.suspicious = False
        self.decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=self._integer,
            parse_float=self._real,
            parse_constant=lambda _: self._unfit("not_a_number"),
        )

    def _unfit(self, code: str) -> _Unfit:
        self.suspicious = True
        return _Unfit(code)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) == len(pairs):
            return value
        self.suspicious = True
        doubled = _Doubled(value)
        times = Counter(name for name, _ in pairs)
        doubled.again = frozenset(name for name, count in times.items() if count > 1)
        return doubled

    def _integer(self, digits: str) -> int | _Unfit:
        # Length first: turning a million digits into a number takes longer than reading them.
        if len(digits) <= _LONGEST_INTEGER and -(2**63) <= (number := int(digits)) < 2**63:
            return number
        return self._unfit("number_out_of_range")

    def _real(self, digits: str) -> float | _Unfit:
        # 1e30 has no fraction: an integer field would take it and the database would not.
        number = float(digits)
        return number if -(2.0**63) <= number < 2.0**63 else self._unfit("number_out_of_range")


def findings(value: Any, way: tuple[str | int, ...], max_items: int) -> Iterator[Fault]:
    """Everything unfit below here; never deeper than what `json_text` measured."""
    if isinstance(value, _Unfit):
        yield fault(pointer_to(way), value.code)
    elif isinstance(value, str):
        if code := _unfit_text(value):
            yield fault(pointer_to(way), code)
    elif isinstance(value, (dict, list)):
        if len(value) > max_items:
            yield fault(pointer_to(way), "too_many", limit=max_items)
        elif isinstance(value, dict):
            yield from _object_findings(value, way, max_items)
        else:
            for place, item in enumerate(value):
                yield from findings(item, (*way, place), max_items)


def _object_findings(value: dict[str, Any], way: tuple[str | int, ...], max_items: int) -> Iterator[Fault]:
    again = value.again if isinstance(value, _Doubled) else ()
    for name, member in value.items():
        if code := _unfit_text(name):
            yield fault(pointer_to(way), code)
        if name in again:
            yield fault(pointer_to((*way, name)), "duplicate_key")
        yield from findings(member, (*way, name), max_items)


def _unfit_text(text: str) -> str | None:
    if _SURROGATE.search(text):
        return "lone_surrogate"
    return "control_character" if _CONTROL.search(text) else None
