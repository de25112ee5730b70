"""XML read as it comes, in memory that does not grow with it: elements are told, never kept.

Office files have no document type (ECMA-376 Part 2, §8.1.4), so one that has is refused: no entity is ever
declared, let alone fetched. A tag longer than any honest one is refused as well.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol
from xml.parsers import expat

from app.sheets.archive import Archive, broken, too_large

_LONGEST_TAG: Final = 1024 * 1024
LONGEST_TEXT: Final = 100_000
"""Three times what Excel takes in a cell."""
_MOST_ELEMENTS: Final = 10_000_000
"""Of one member: more than 200,000 rows of 20 columns have; as many take some fifteen seconds."""
_MOST_IN_ALL: Final = 20_000_000
"""Of all that is read of a file: such a sheet and its texts have no more."""


class Runs:
    """A text in parts, as a cell has it whose words look different from each other."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0

    def clear(self) -> None:
        """Begin a new one."""
        self._parts.clear()
        self._length = 0

    def add(self, part: str) -> None:
        """One more part of it; Invalid (422) when it is longer than a cell's text can be."""
        self._parts.append(part)
        self._length += len(part)
        if self._length > LONGEST_TEXT:
            raise broken()

    def whole(self) -> str:
        """All of it."""
        return "".join(self._parts)


class Listener(Protocol):
    """Who is told of elements, by their names without prefix."""

    def start(self, name: str, attributes: Mapping[str, str], /) -> None:
        """An element begins."""

    def end(self, name: str, text: str, /) -> None:
        """An element ends; `text` stood in it after the last other tag."""


def listen(archive: Archive, member: str, listener: Listener) -> Iterator[None]:
    """Tell of all elements of a member; gives back control after each piece, so that what was heard can be
    handed on."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    texts: list[str] = []
    length = elements = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal length, elements
        texts.clear()
        length = 0
        elements += 1
        archive.elements += 1
        if elements > _MOST_ELEMENTS or archive.elements > _MOST_IN_ALL:
            raise too_large()
        listener.start(name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        nonlocal length
        listener.end(name.rpartition(":")[2], "".join(texts))
        texts.clear()
        length = 0

    def hear(text: str) -> None:
        nonlocal length
        length += len(text)
        if length > LONGEST_TEXT:
            raise broken()
        texts.append(text)

    def refuse(*_: Any) -> None:
        raise broken()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = hear, refuse
    fed = 0
    try:
        for piece in archive.pieces(member):
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                raise broken()
            yield
        parser.Parse(b"", True)
        yield
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise broken() from error
