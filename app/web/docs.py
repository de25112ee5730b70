"""The contract to read and to try, with no internet: `/openapi.json`, and `/docs` in Vietnamese or English.

Swagger UI is served from `static/` (Apache-2.0, its licences beside it). All links of the page are relative,
so it works behind any path prefix, and nothing in it is inline, so its content policy can be strict.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from app.errors import NotFound
from app.web.answers import conditional, etag

_STATIC = Path(__file__).with_name("static")
_ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "docs.js": "text/javascript",
    "docs.css": "text/css",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_WORDS = {
    "vi": {
        "title": "Tài liệu API kế hoạch TTĐN",
        "lead": "Dịch vụ theo dõi kế hoạch thông tin đối ngoại. Bấm vào một dòng để xem và gọi thử.",
        "other": "en",
        "switch": "English",
        "contract": "Hợp đồng máy đọc (OpenAPI)",
    },
    "en": {
        "title": "API documentation of the TTDN plan service",
        "lead": "Who owes what in the external information plan, and how far it is. Open a line to try it.",
        "other": "vi",
        "switch": "Tiếng Việt",
        "contract": "Machine-readable contract (OpenAPI)",
    },
}


def install(app: FastAPI) -> None:
    """Serve both; the application is to be made with `openapi_url=None, docs_url=None, redoc_url=None`."""
    app.add_route("/openapi.json", _contract(app), include_in_schema=False)
    app.add_route("/docs", _page, include_in_schema=False)
    app.add_route("/docs/{asset}", _asset, include_in_schema=False)


async def _page(request: Request) -> Response:
    """The page; Vietnamese unless `?lang=en`."""
    chosen = "en" if request.query_params.get("lang") == "en" else "vi"
    page = Template((_STATIC / "docs.html").read_text(encoding="utf-8"))
    text = page.substitute(_WORDS[chosen], lang=chosen)
    headers = {"Content-Security-Policy": _POLICY, "Content-Language": chosen}
    return _fixed(request, text.encode(), "text/html; charset=utf-8", headers)


async def _asset(request: Request) -> Response:
    """One of the files the page asks for, and no other."""
    name = request.path_params["asset"]
    if name not in _ASSETS:
        raise NotFound
    return _fixed(request, (_STATIC / name).read_bytes(), f"{_ASSETS[name]}; charset=utf-8", {})


def _contract(app: FastAPI) -> Callable[[Request], Response]:
    """The contract under the prefix the caller came through. It is made when it is first asked for, half a
    second's work, on a thread: others are served meanwhile."""

    @cache
    def under(prefix: str) -> bytes:
        document: dict[str, Any] = app.openapi()
        if prefix:
            document = {**document, "servers": [{"url": prefix}]}
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()

    def contract(request: Request) -> Response:
        prefix = request.scope.get("root_path", "").rstrip("/")
        return _fixed(request, under(prefix), "application/json", {})

    return contract


def _fixed(request: Request, body: bytes, media_type: str, headers: dict[str, str]) -> Response:
    """Bytes that only a new release changes."""
    headers = {**headers, "ETag": etag(0, [body])}
    return conditional(request, Response(body, headers=headers, media_type=media_type))
