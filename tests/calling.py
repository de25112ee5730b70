"""An application called in this process as a server calls it: whole messages, on an event loop of its own.

Starlette's test client does the same and crosses eight times from thread to thread for each request, which
is a sixth of what the suite costs in process. This crosses once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

ADDRESS = "http://testserver"


@contextmanager
def calling(app: FastAPI) -> Iterator[httpx.BaseTransport]:
    """Start the application, and let it be called until the block ends; what it raises it has to answer."""
    with start_blocking_portal() as portal:
        life = app.router.lifespan_context(app)
        with portal.wrap_async_context_manager(life):
            yield _Into(app, portal)


def client(transport: httpx.BaseTransport, secret: str | None = None) -> httpx.Client:
    """Whoever calls with a key, or without one."""
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return httpx.Client(transport=transport, base_url=ADDRESS, headers=headers, trust_env=False)


class _Into(httpx.BaseTransport):
    """httpx's own way into an application, from outside of its event loop."""

    def __init__(self, app: ASGIApp, portal: BlockingPortal) -> None:
        self._portal = portal
        self._into = httpx.ASGITransport(_with_state(app), raise_app_exceptions=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._portal.call(self._answered, request)

    async def _answered(self, request: httpx.Request) -> httpx.Response:
        found = await self._into.handle_async_request(request)
        whole = httpx.ByteStream(await found.aread())
        return httpx.Response(found.status_code, headers=found.headers, stream=whole)


def _with_state(app: ASGIApp) -> ASGIApp:
    """As servers that have a lifespan do."""

    async def called(scope: Scope, receive: Receive, send: Send) -> None:
        state: dict[str, Any] = {}
        await app({**scope, "state": state}, receive, send)

    return called
