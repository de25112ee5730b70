"""Headings: the words above a sheet's columns, on its tab and in its cells: `headings.json`, in one place.

A column's words are looked up by the way to the member; where the same member of another item needs other
words, its item is named before it. A test fails when a column has none, or two columns of a list have the
same.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_CHOSEN: Final = json.loads(Path(__file__).with_name("headings.json").read_text(encoding="utf-8"))
TABS: Final[Mapping[str, str]] = _CHOSEN["sheets"]
"""Item → the name of its sheet: at most 31 characters, none of []:*?/\\ (the format's own rule)."""
CHANGES: Final[Mapping[str, str]] = _CHOSEN["changes"]
"""What a decision changes → its sentence."""
FACTS: Final[Mapping[str, str]] = _CHOSEN["facts"]
"""What a change says beside its sentence."""
NOTHING: Final[Mapping[str, str]] = _CHOSEN["nothing"]
"""What is said where a change sets nothing."""
_PARTS: Final[Mapping[str, str]] = _CHOSEN["parts"]
_WORDS: Final[Mapping[str, str]] = {
    way: words for group in _CHOSEN["columns"].values() for way, words in group.items()
}


def heading(item: str, path: Sequence[str]) -> str:
    """The words above the column of an item that this way leads to; LookupError where none were chosen."""
    *above, last = path
    if above and last in _PARTS:
        return f"{heading(item, above)} ({_PARTS[last]})"
    if above and above[0] == "progress":  # said of a task as of a node by itself
        return heading("ProgressRow", path[1:])
    way = ".".join(path)
    return _WORDS.get(f"{item}.{way}") or _WORDS[way]
