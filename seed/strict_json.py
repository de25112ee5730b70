"""A JSON file read strictly, with every fault of its text found and placed.

Python's reader keeps the last of two equal keys and takes NaN; half a surrogate pair passes it too. Here
those are faults, and all text comes out normalised (NFC), so that equal codes are equal.
"""

import json
import math
from pathlib import Path
from typing import Any, Final

from app.errors import Fault, Invalid, Text
from app.rules import vietnamese
from seed.faults import Found, words

_DEEPEST: Final = 20


class _Twice(dict[str, Any]):
    """An object that has a key twice. The walk, which knows where it stands, reports it."""

    keys_twice: tuple[str, ...] = ()


def load(path: Path) -> tuple[Any, list[Found]]:
    """Read the file: its content, cleaned, and what was wrong with it. `Invalid` when nothing can be read."""
    faults: list[Found] = []
    return _cleaned(_parsed(path), (), faults), faults


def _parsed(path: Path) -> Any:
    try:
        # Editors on Windows put a byte order mark in front.
        text = path.read_bytes().decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_object)
    except OSError:
        raise _unreadable("unreadable_file") from None
    except UnicodeDecodeError as error:
        raise _unreadable("not_utf8", Text(f"byte {error.start}", f"byte {error.start}")) from None
    except json.JSONDecodeError as error:
        line, column = error.lineno, error.colno
        place = Text(f"dòng {line}, cột {column}", f"line {line}, column {column}: {error.msg}")
        raise _unreadable("syntax", place) from None
    except (ValueError, RecursionError):
        raise _unreadable("too_deep") from None


def _unreadable(code: str, place: Text | None = None) -> Invalid:
    text = words(code, place)
    return Invalid(text, faults=[Fault("", code, text)])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    twice = _Twice(plain)
    keys = [key for key, _ in pairs]
    twice.keys_twice = tuple(key for key in plain if keys.count(key) > 1)
    return twice


def _cleaned(value: Any, at: tuple[str | int, ...], faults: list[Found]) -> Any:
    """The value with its text normalised. What no field can take becomes null: it is already a fault."""
    if isinstance(value, str):
        try:
            return vietnamese.clean(value)
        except vietnamese.UnfitText as unfit:
            faults.append(Found(at, unfit.code))
    elif isinstance(value, float) and not math.isfinite(value):
        faults.append(Found(at, "not_finite"))
    elif not isinstance(value, dict | list):
        return value
    elif len(at) > _DEEPEST:
        faults.append(Found(at, "too_deep"))
    elif isinstance(value, list):
        return [_cleaned(one, (*at, place), faults) for place, one in enumerate(value)]
    else:
        if isinstance(value, _Twice):
            faults.extend(Found((*at, key), "duplicate_key") for key in value.keys_twice)
        return {_key(key, at, faults): _cleaned(one, (*at, key), faults) for key, one in value.items()}
    return None


def _key(key: str, at: tuple[str | int, ...], faults: list[Found]) -> str:
    try:
        return vietnamese.clean(key)
    except vietnamese.UnfitText as unfit:
        faults.append(Found(at, unfit.code))
        return ""
