"""Answers: a message as bytes, with its ETag; 304 where the caller has them already."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Header
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.errors import PreconditionRequired, Stale

_STRONG = re.compile(r'(?<![\w/])"([0-9]{1,18})-[0-9a-f]{24}"')


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation says: the message, and what HTTP adds to it.

    `tagged` is the message that a GET of the resource would give, where that is not `body` itself.
    `version` is the row's: If-Match holds on it, whatever view of the row the tag came from.
    """

    body: BaseModel
    status: int = 200
    version: int = 0
    tagged: BaseModel | None = None
    headers: dict[str, str] = field(default_factory=dict)


def render(answer: Answer) -> Response:
    """The answer's bytes with their ETag, and a link to the next page where there is one."""
    content = _bytes(answer.body)
    tag = etag(answer.version, [content if answer.tagged is None else _bytes(answer.tagged)])
    return Response(
        content, answer.status, headers={**answer.headers, "ETag": tag}, media_type="application/json"
    )


def conditional(request: Request, response: Response) -> Response:
    """304 when the caller already has what would be sent (RFC 9110 §13.1.2)."""
    given = _conditions(request, "if-none-match")
    if given is None or response.status_code != 200:
        return response
    if not matches(given, response.headers["etag"]):
        return response
    kept = {name: value for name, value in response.headers.items() if name in ("etag", "link")}
    return Response(status_code=304, headers=kept)


def matches(if_none_match: str, etag: str) -> bool:
    """Whether a tag is among those the caller has, compared weakly (RFC 9110 §13.1.2)."""
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return "*" in tags or etag in tags


def next_link(request: Request, page: BaseModel, name: str = "cursor") -> dict[str, str]:
    """`Link: rel="next"` (RFC 8288), relative to the request, so that it holds behind any prefix."""
    cursor = getattr(page, "next_cursor", None)
    if cursor is None:
        return {}
    query = request.url.include_query_params(**{name: cursor}).query
    return {"Link": f'<?{query}>; rel="next"'}


def etag(version: int, content: Iterable[bytes]) -> str:
    """A strong tag: the version for If-Match, and a digest of the bytes for If-None-Match."""
    digest = hashlib.blake2b(digest_size=12)
    for piece in content:
        digest.update(piece)
    return f'"{version}-{digest.hexdigest()}"'


class IfMatch:
    """The versions a change is meant for, asked for once it is known who calls."""

    def __init__(self, given: str | None) -> None:
        self._given = given

    def versions(self) -> frozenset[int] | None:
        """None for `*`, any version. A weak tag proves nothing (RFC 9110 §13.1.1)."""
        if self._given is None:
            raise PreconditionRequired()
        return self.given()

    def given(self) -> frozenset[int] | None:
        """The same where the condition may be left out: no header is any version."""
        if self._given is None:
            return None
        if self._given.strip() == "*":
            return None
        versions = frozenset(int(version) for version in _STRONG.findall(self._given))
        if not versions:
            raise Stale()
        return versions


async def if_match(
    request: Request,
    _published: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description="ETag của bản ghi vừa đọc; bắt buộc. · ETag of the record as read; needed.",
        ),
    ] = None,
) -> IfMatch:
    """Read the header; the parameter is there to be published."""
    return IfMatch(_conditions(request, "if-match"))


Matching = Annotated[IfMatch, Depends(if_match)]


async def if_match_given(
    request: Request,
    _published: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description="ETag của đầu ra vừa xem; không bắt buộc. · ETag of what was looked at; optional.",
        ),
    ] = None,
) -> IfMatch:
    """The same header where it may be left out."""
    return IfMatch(_conditions(request, "if-match"))


MayMatch = Annotated[IfMatch, Depends(if_match_given)]


def _conditions(request: Request, name: str) -> str | None:
    """The tags of a condition; several lines are one list (RFC 9110 §5.3)."""
    lines = request.headers.getlist(name)
    return ", ".join(lines) if lines else None


def _bytes(message: BaseModel) -> bytes:
    return message.model_dump_json().encode()
