"""Which addresses there are, which methods each takes, and which parameters each operation knows.

The router alone names one route's methods in `Allow`, refuses HEAD where GET works and sends redirects. Here
everything is decided before it, from its own routes and what their functions ask for, which is what the
contract is made from too: what it does not name is refused.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, Self

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from pydantic import BaseModel
from starlette.convertors import PathConvertor
from starlette.responses import Response
from starlette.routing import Host, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import MethodNotAllowed, NotFound
from app.web.head import check_query, check_size, path_of


class Place(NamedTuple):
    """One route: the paths it stands for, its methods (none named: all of them), and if it is published
    the names of its query parameters and its own.

    `depth` is the number of slashes in such a path; None where there may be any number.
    """

    pattern: re.Pattern[str]
    methods: frozenset[str]
    parameters: frozenset[str] | None
    operation: str | None
    depth: int | None

    @classmethod
    def of(cls, route: RouteContext) -> Self:
        """Read it off a route."""
        published = isinstance(route.original_route, APIRoute) and route.include_in_schema
        anywhere = not route.methods or _runs_deep(route.param_convertors)
        return cls(
            route.path_regex,
            frozenset(route.methods or ()),
            frozenset(_asked_for(route.dependant)) if published else None,
            route.operation_id if published else None,
            None if anywhere else str(route.path_format).count("/"),
        )


class Directory:
    """All places, filed by the number of slashes in their path."""

    def __init__(self, places: list[Place]) -> None:
        self._deep = [place for place in places if place.depth is None]
        self._by_depth = {
            depth: [place for place in places if place.depth in (None, depth)]
            for depth in {place.depth for place in places}
            if depth is not None
        }

    @classmethod
    def of(cls, app: FastAPI) -> Self:
        """Read it off the application once all its routes are in place."""
        return cls(
            [
                Place.of(route)
                for route in iter_route_contexts(app.routes)
                if not isinstance(route.original_route, (WebSocketRoute, Host))
            ]
        )

    def at(self, path: str) -> list[Place]:
        """The places a path leads to, the router's first choice first. What is spelt out whole is no name in
        a gap: `activities/batch` is not also an activity."""
        filed = self._by_depth.get(path.count("/"), self._deep)
        found = [place for place in filed if place.pattern.match(path)]
        gaps = min((place.pattern.groups for place in found), default=0)
        return [place for place in found if place.pattern.groups == gaps]


class Signpost:
    """Pure ASGI: 404, 405 with a full `Allow`, OPTIONS, HEAD as GET, and the parameters of each operation."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._directory: Directory | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through what the directory knows, which is read at start-up so that no request waits for it."""
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        if self._directory is None:
            self._directory = Directory.of(scope["app"])
        if scope["type"] == "http":
            check_size(scope)
            places = self._directory.at(path_of(scope))
            if not places:
                raise NotFound
            scope, answer = _directed(scope, places)
            if answer is not None:
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _directed(scope: Scope, places: list[Place]) -> tuple[Scope, Response | None]:
    """The request as the router shall see it, or the answer that needs no router."""
    allowed = {method for place in places for method in place.methods}
    if all(place.methods for place in places):
        if scope["method"] == "HEAD" and "HEAD" not in allowed and "GET" in allowed:
            scope = {**scope, "method": "GET"}  # a copy: the server must still know that it was HEAD
        elif scope["method"] == "OPTIONS" and "OPTIONS" not in allowed:
            return scope, Response(status_code=204, headers=_allow(allowed))
        elif scope["method"] not in allowed:
            raise MethodNotAllowed(headers=_allow(allowed))
    method = scope["method"]
    place = next((place for place in places if not place.methods or method in place.methods), places[0])
    scope["state"]["operation"] = place.operation
    check_query(scope, place.parameters)
    return scope, None


def _allow(methods: set[str]) -> dict[str, str]:
    """`Allow` (RFC 9110 §10.2.1), and what PATCH takes (RFC 5789 §3.1)."""
    answered = methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
    patched = {"Accept-Patch": "application/merge-patch+json, application/json"} if "PATCH" in methods else {}
    return {"Allow": ", ".join(sorted(answered)), **patched}


def _asked_for(dependant: Dependant) -> Iterator[str]:
    """The names of the query parameters of a function and of all it depends on."""
    for field in dependant.query_params:
        model = field.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield from (member.alias or name for name, member in model.model_fields.items())
        else:
            yield field.alias
    for needed in dependant.dependencies:
        yield from _asked_for(needed)


def _runs_deep(convertors: Mapping[str, object]) -> bool:
    """Whether a parameter of the path may itself hold slashes."""
    return any(isinstance(convertor, PathConvertor) for convertor in convertors.values())
