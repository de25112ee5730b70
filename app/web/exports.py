"""Exports: a whole list as one file, for whoever asks `format=csv` or `format=xlsx`.

The file is finished, on disk where it is large, before the first byte of it goes out: what fails on the way
is still a problem document, and a slow line holds no connection to the database. See decision 0020.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, TypeVar, get_args

import anyio.to_thread
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.errors import Fault, Invalid, Text
from app.schemas.lists import LONGEST_PAGE, Asking
from app.sheets import csv_file, workbook
from app.sheets.columns import Column, columns_of
from app.sheets.headings import TABS
from app.web.answers import conditional, etag
from app.web.long_files import Place

MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
IN_MEMORY: Final = 1024 * 1024
"""What is larger lies on the disk."""
_PIECE: Final = 64 * 1024
_OF_A_PAGE: Final = ("limit", "cursor", "count")
_READS: Final = re.compile(r"^(find|get)_")
_UNFIT: Final = re.compile(r"[^A-Za-z0-9.-]+")

Ask = TypeVar("Ask", bound=Asking)


def made(ask: Ask, find: Callable[[Ask], Any], cursor: str) -> IO[bytes]:
    """The file of all items, found page by page."""
    fields = type(ask).model_fields  # a generated client sends what is the default as well, and means nothing
    beside = [name for name in _OF_A_PAGE if name in fields and getattr(ask, name) != fields[name].default]
    if beside:
        raise Invalid(faults=[_whole(name) for name in beside])
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - it lives until it has been sent
    try:
        first = find(_page(ask, {}))
        item = get_args(type(first).model_fields["items"].annotation)[0]
        columns = _wanted(columns_of(item), first)
        headings = [column.heading for column in columns]
        rows = ([column.of(one) for column in columns] for one in _items(ask, find, cursor, first))
        with Place() as place:
            place.need(_next(first) is not None)
            if ask.format == "csv":
                csv_file.write(file, headings, rows)
            else:
                folded = {place for place, column in enumerate(columns) if column.folded}
                workbook.write(file, TABS[item.__name__], headings, rows, folded)
    except BaseException:
        file.close()
        raise
    return file


def answer(request: Request, file: IO[bytes], form: str) -> Response:
    """The file as an answer, under a name of its own; 304 where the caller has it."""
    length = file.seek(0, 2)
    headers = {
        **_attached(request, form),
        "Content-Length": str(length),
        "ETag": etag(0, _pieces(file)),
    }
    response = StreamingResponse(_sent(file), headers=headers, media_type=MEDIA_TYPES[form])
    said = conditional(request, response)
    if said is not response:
        file.close()
    return said


def attachment(request: Request, content: bytes, form: str) -> Response:
    """A file that is no list, as an answer."""
    return Response(content, headers=_attached(request, form), media_type=MEDIA_TYPES[form])


def _whole(name: str) -> Fault:
    return Fault(
        f"query:{name}",
        "whole_list",
        Text(
            "Tệp luôn gồm cả danh sách: bỏ limit, cursor, count khi có format",
            "A file is always the whole list: leave out limit, cursor and count beside format",
        ),
    )


def _items(ask: Ask, find: Callable[[Ask], Any], cursor: str, page: Any) -> Iterator[BaseModel]:
    yield from page.items
    while (following := _next(page)) is not None:
        page = find(_page(ask, {cursor: following}))
        yield from page.items


def _page(ask: Ask, where: dict[str, str]) -> Ask:
    """What is asked for, as the longest page from there on; a list without pages is asked for as it is."""
    longest = {"limit": LONGEST_PAGE} if "limit" in type(ask).model_fields else {}
    return ask.model_copy(update={**longest, **where})


def _next(page: Any) -> str | None:
    cursor: str | None = getattr(page, "next_cursor", None)
    return cursor


def _wanted(columns: tuple[Column, ...], first: Any) -> list[Column]:
    """The columns without those that items have on demand only, and nobody demanded."""
    some = next(iter(first.items), None)
    return [column for column in columns if not column.on_demand or column.of(some) is not None]


def _attached(request: Request, form: str) -> dict[str, str]:
    """`activities-ttdn-2023.xlsx`: what the operation finds, then what the path names; plain ASCII."""
    noun = _READS.sub("", str(request.scope["route"].operation_id)).replace("_", "-")
    name = "-".join(_UNFIT.sub("-", part) for part in (noun, *request.path_params.values()))
    return {"Content-Disposition": f'attachment; filename="{name}.{form}"'}


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


async def _sent(file: IO[bytes]) -> AsyncIterator[bytes]:
    """The file piece by piece; each waits until the one before has gone."""
    try:
        file.seek(0)
        while piece := await anyio.to_thread.run_sync(file.read, _PIECE):
            yield piece
    finally:
        file.close()
