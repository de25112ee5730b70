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
_SYNTAX: Final = {
    "Expecting ',' delimiter": "thiếu dấu phẩy, hay có dấu nháy kép trong chuỗi",
    "Expecting ':' delimiter": "thiếu dấu hai chấm sau tên trường",
    "Expecting property name": "tên trường phải nằm trong dấu nháy kép thẳng; sau mục cuối không có dấu phẩy",
    "Illegal trailing comma": "thừa dấu phẩy sau mục cuối",
    "Expecting value": "phải là một giá trị: chuỗi trong dấu nháy kép thẳng, số, true, false, null",
    "Invalid control character": "chuỗi có ký tự tab hay xuống dòng",
    "Invalid \\": "dấu \\ trong chuỗi dùng sai",
    "Unterminated string": "chuỗi bắt đầu từ đây không có dấu nháy kép đóng",
    "Extra data": "còn nội dung sau dấu ngoặc đóng cuối cùng",
}
"""What Python's reader says, by how it begins."""


class _Twice(dict[str, Any]):
    """An object that has a key twice. The walk, which knows where it stands, reports it."""

    keys_twice: tuple[str, ...] = ()


def load(path: Path) -> tuple[Any, list[Found]]:
    """Read the file: its content, cleaned, and what was wrong with it. `Invalid` when nothing can be read."""
    faults: list[Found] = []
    return _cleaned(_parsed(path), (), faults), faults


def _parsed(path: Path) -> Any:
    read = b""
    try:
        read = path.read_bytes()
        text = read.decode("utf-8-sig")  # editors on Windows put a byte order mark in front
        return json.loads(text, object_pairs_hook=_object)
    except OSError:
        raise _unreadable("unreadable_file") from None
    except UnicodeDecodeError as error:
        line, byte = read.count(b"\n", 0, error.start) + 1, error.start
        raise _unreadable(
            "not_utf8", Text(f"dòng {line}, byte {byte}", f"line {line}, byte {byte}")
        ) from None
    except json.JSONDecodeError as error:
        line, column, why = error.lineno, error.colno, _why(error)
        place = Text(f"dòng {line}, cột {column}: {why.vi}", f"line {line}, column {column}: {why.en}")
        raise _unreadable("syntax", place) from None
    except (ValueError, RecursionError):
        raise _unreadable("too_deep") from None


def _why(error: json.JSONDecodeError) -> Text:
    """What Python's reader found, in both languages; a file that was cut off is told as that."""
    if not error.doc[error.pos :].strip():
        return Text("tệp trống hay kết thúc giữa chừng", "the file is empty or ends before its end")
    said = next((vi for en, vi in _SYNTAX.items() if error.msg.startswith(en)), "sai cú pháp")
    return Text(said, error.msg)


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
