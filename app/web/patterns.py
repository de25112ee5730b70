"""Patterns in words: what does not fit one is told which words are taken, or a text that fits.

A list of codes is a pattern on the wire (`schemas.lists`), so that OpenAPI has it; its words are read off it.
"""

import re
from typing import Final

from app.errors import Fault, Text
from app.schemas.base import EXAMPLES
from app.web.faults import fault

_LISTED: Final = re.compile(
    r"\^(?P<minus>-\?)?\((?P<words>[\w.|]+)\)\(,(?:-\?)?\((?P=words)\)\)(?:\*|\{0,\d+\})\$"
)


def misfit(pointer: str, pattern: str) -> Fault:
    """A text that is not of the form its place asks for."""
    if listed := _LISTED.fullmatch(pattern):
        return _none_of(pointer, listed["words"].replace("|", ", "), ordered=listed["minus"] is not None)
    if example := EXAMPLES.get(pattern):
        return Fault(
            pointer,
            "wrong_pattern",
            Text(
                f"Không đúng dạng quy định, ví dụ: {example}.",
                f"This does not have the required form; an example: {example}.",
            ),
        )
    return fault(pointer, "wrong_pattern")


def _none_of(pointer: str, words: str, *, ordered: bool) -> Fault:
    minus = Text("; dấu trừ là giảm dần", "; a minus is descending")
    vi, en = minus if ordered else ("", "")
    return Fault(
        pointer,
        "wrong_pattern",
        Text(
            f"Chỉ nhận (cách nhau bằng dấu phẩy): {words}{vi}.",
            f"Only these are taken (separated by commas): {words}{en}.",
        ),
    )
