"""A limit: an ASGI application that does nothing but answer bytes from a folder it has read at start."""

import os
from pathlib import Path

from starlette.types import Receive, Scope, Send

BODIES = {f"/{path.name}": path.read_bytes() for path in Path(os.environ["BENCHMARK_BODIES"]).iterdir()}


async def app(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer; the lifespan is declined, as the specification lets one."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    body = BODIES[scope["path"]]
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
