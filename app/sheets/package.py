"""The parts of a workbook that say how its cells are to be read (ECMA-376 Part 1, §18).

Which sheets can be seen, the texts they share, which looks of a cell are those of a day.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Final, NamedTuple

from app.errors import Invalid
from app.sheets.archive import MOST_MEMBERS, Archive, broken
from app.sheets.found import unfit
from app.sheets.xml_events import Runs, listen

_ROOT: Final = "_rels/.rels"
_MOST_TEXT: Final = 128 * 1024 * 1024
"""What shared texts may take in memory, about."""
_A_TEXT: Final = 64
_MOST_LOOKS: Final = 65_536
_MOST_SHEETS: Final = 256
_MOST_LINKS: Final = 2 * MOST_MEMBERS
"""No part of an honest file leads to more than all of its members."""
_DAYS: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
"""The built-in formats that show a day or a time (§18.8.30)."""
_IN_PART: Final = (16, 17)
"""`d-mmm` and `mmm-yy`."""
_LITERAL: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FIRST_HALF, _LAST_HALF = 0xD800, 0xDFFF


class Part(NamedTuple):
    """One sheet: its name, and the member that holds it."""

    name: str
    member: str


class Package:
    """A workbook's visible sheets and what all of them share."""

    def __init__(self, body: bytes) -> None:
        self.archive = Archive(body)
        main = next((way for kind, way in _links(self.archive, _ROOT, "") if kind == "officeDocument"), None)
        if main is None or main not in self.archive:
            raise broken()
        folder, name = posixpath.split(main)
        ways = list(_relations(self.archive, f"{folder}/_rels/{name}.rels", folder))
        listed = _Workbook({id_: way for id_, _, way in ways})
        _heard(self.archive, main, listed)
        self.sheets = listed.sheets
        self.counts_from_1904 = listed.counts_from_1904
        shared = {kind: way for _, kind, way in ways}
        self.texts = _Texts()
        self.days = _Looks()
        for kind, part in (("sharedStrings", self.texts), ("styles", self.days)):
            if shared.get(kind, "") in self.archive:
                _heard(self.archive, shared[kind], part)


class _Workbook:
    """Which sheets can be seen, in their order."""

    def __init__(self, ways: Mapping[str, str]) -> None:
        self._ways = ways
        self.sheets: list[Part] = []
        self.counts_from_1904 = False

    def start(self, name: str, attributes: Mapping[str, str], /) -> None:
        if name == "workbookPr":
            self.counts_from_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet" and attributes.get("state", "visible") == "visible":
            id_ = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            if id_ in self._ways and len(self.sheets) < _MOST_SHEETS:
                self._list(Part(attributes.get("name", ""), self._ways[id_]))

    def end(self, name: str, text: str, /) -> None:
        """Nothing is said in its texts."""

    def _list(self, part: Part) -> None:
        if any(part.member == other.member for other in self.sheets):
            raise broken()  # one part for many sheets would be read again for each
        self.sheets.append(part)


class _Texts(list[str]):
    """The texts that cells share. Of one in several looks all its runs; not how it is pronounced."""

    def __init__(self) -> None:
        super().__init__()
        self._runs = Runs()
        self._spoken = False
        self._size = 0

    def start(self, name: str, _attributes: Mapping[str, str], /) -> None:
        if name == "si":
            self._runs.clear()
        self._spoken = self._spoken or name == "rPh"

    def end(self, name: str, text: str, /) -> None:
        if name == "t" and not self._spoken:
            self._runs.add(text)
        elif name == "rPh":
            self._spoken = False
        elif name == "si":
            whole = unescaped(self._runs.whole())
            self._size += _A_TEXT + 2 * len(whole)
            if self._size > _MOST_TEXT:
                raise _too_much_text()
            self.append(whole)


class Look(IntEnum):
    """What a number in a cell is seen as."""

    NUMBER = 0
    DAY = 1
    DAY_IN_PART = 2
    """Without its day, or without its year: `5/2023` typed into a cell is the first, and shows as May-23."""


class _Looks(list[Look]):
    """Of every look of a cell, what a number in it is seen as."""

    def __init__(self) -> None:
        super().__init__()
        self._own: dict[str, Look] = {}
        self._inside = False

    def start(self, name: str, attributes: Mapping[str, str], /) -> None:
        if name == "numFmt" and len(self._own) < _MOST_LOOKS:
            bare = _LITERAL.sub("", attributes.get("formatCode", "")).lower()
            self._own[attributes.get("numFmtId", "")] = _look(bare)
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside and len(self) < _MOST_LOOKS:
            form = attributes.get("numFmtId", "0")
            self.append(self._own[form] if form in self._own else _built_in(form))

    def end(self, name: str, _text: str, /) -> None:
        self._inside = self._inside and name != "cellXfs"


def unescaped(text: str) -> str:
    """The text behind `_x000A_` (§22.4.2.4); halves of characters stay as they are written."""
    if "_x" not in text:
        return text

    def sign(found: re.Match[str]) -> str:
        point = int(found[1], 16)
        return found[0] if _FIRST_HALF <= point <= _LAST_HALF else chr(point)

    return _ESCAPED.sub(sign, text)


def _look(form: str) -> Look:
    """What a format of the file's own shows of a number."""
    shown = set(form) & set("dmyhs")
    if form == "general" or not shown:
        return Look.NUMBER
    return Look.DAY if shown >= {"d", "y"} or shown & {"h", "s"} else Look.DAY_IN_PART


def _built_in(form: str) -> Look:
    number = int(form) if form.isdigit() else 0
    return Look.DAY_IN_PART if number in _IN_PART else Look.DAY if number in _DAYS else Look.NUMBER


def _heard(archive: Archive, member: str, part: "_Workbook | _Texts | _Looks | _Links") -> None:
    for _ in listen(archive, member, part):
        pass


class _Links:
    """The relations of a part: id, kind, and the member that each leads to."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.found: list[tuple[str, str, str]] = []

    def start(self, name: str, attributes: Mapping[str, str], /) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            if len(self.found) >= _MOST_LINKS:
                raise broken()
            target = attributes.get("Target", "")
            way = target if target.startswith("/") else f"/{self._folder}/{target}"
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found.append((attributes.get("Id", ""), kind, posixpath.normpath(way).lstrip("/")))

    def end(self, name: str, text: str, /) -> None:
        """Nothing is said in its texts."""


def _relations(archive: Archive, member: str, folder: str) -> Iterator[tuple[str, str, str]]:
    if member not in archive:
        return
    links = _Links(folder)
    _heard(archive, member, links)
    yield from links.found


def _links(archive: Archive, member: str, folder: str) -> Iterator[tuple[str, str]]:
    for _, kind, way in _relations(archive, member, folder):
        yield kind, way


def _too_much_text() -> Invalid:
    return unfit(
        "inflates_too_much",
        "Tệp có quá nhiều chữ: hãy chia thành nhiều tệp",
        "There is too much text in the file: send it in parts",
    )
