"""What uvicorn never sends but ASGI allows, and what a client does when it goes away."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException, WebSocket
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Message

from app.errors import Unauthenticated
from app.web import entrance
from tests.web.conftest import make_app


def call(
    app: FastAPI,
    method: str,
    path: str,
    incoming: Iterable[Message] = ({"type": "http.request", "body": b"", "more_body": False},),
    headers: Iterable[tuple[bytes, bytes]] = (),
    query: bytes = b"",
    **more: Any,
) -> list[Message]:
    """One request straight through the application; what it sends back."""
    waiting, sent = list(incoming), []

    async def receive() -> Message:
        if not waiting:
            await asyncio.Event().wait()  # a client that only listens
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": list(headers)}
    asyncio.run(app({**scope, "root_path": "", **more}, receive, send))
    return sent


@pytest.fixture
def plain() -> FastAPI:
    """Beside the sample: a mount, a socket, a stream, and what only the framework raises."""
    app = FastAPI(openapi_url=None)

    @app.get("/stream")
    def stream() -> StreamingResponse:
        return StreamingResponse(iter([b"a", b"b"]))

    @app.get("/key")
    def key() -> None:
        raise Unauthenticated

    @app.get("/teapot")
    def teapot() -> None:
        raise HTTPException(503, detail="inside", headers={"Retry-After": "7"})

    @app.get("/files/{name:path}")
    def files(name: str) -> str:
        return name

    @app.websocket("/socket")
    async def listen(socket: WebSocket) -> None:
        await socket.accept()
        await socket.close()

    app.mount("/within", PlainTextResponse("mounted"))
    entrance.install(app)
    return app


def test_a_client_that_leaves_while_sending_is_not_answered() -> None:
    half = {"type": "http.request", "body": b'{"title"', "more_body": True}
    headers = [(b"content-type", b"application/json"), (b"transfer-encoding", b"chunked")]

    assert call(make_app(), "POST", "/v1/things", [half, {"type": "http.disconnect"}], headers) == []


def test_a_body_that_was_not_announced_is_judged_all_the_same() -> None:
    body = {"type": "http.request", "body": b'{"title": "x"}'}

    without = call(make_app(), "POST", "/v1/things", [body])
    right = call(make_app(), "POST", "/v1/things", [body], [(b"content-type", b"application/json")])

    assert without[0]["status"] == 415
    assert right[0]["status"] == 201


def test_a_server_that_gives_no_raw_path() -> None:
    assert call(make_app(), "GET", "/v1/things/đ")[0]["status"] == 200
    assert call(make_app(), "GET", "/v1/things/a\x00")[0]["status"] == 404


def test_empty_pieces_of_a_query_mean_nothing() -> None:
    assert call(make_app(), "GET", "/v1/things", query=b"&&q=a&")[0]["status"] == 200


def test_head_of_a_stream(plain: FastAPI) -> None:
    start, *bodies = call(plain, "HEAD", "/stream")

    assert start["status"] == 200
    assert [body["body"] for body in bodies] == [b""]


def test_401_says_how(plain: FastAPI) -> None:
    start = call(plain, "GET", "/key")[0]

    assert start["status"] == 401
    assert (b"www-authenticate", b'Bearer realm="ttdn"') in start["headers"]


def test_the_framework_keeps_its_headers_and_loses_its_words(plain: FastAPI) -> None:
    start, body = call(plain, "GET", "/teapot")

    assert start["status"] == 503
    assert (b"retry-after", b"7") in start["headers"]
    assert b"inside" not in body["body"]


def test_mounts_and_deep_paths_are_found(plain: FastAPI) -> None:
    assert call(plain, "GET", "/within/a/b/c")[0]["status"] == 200
    assert call(plain, "BREW", "/within/a")[0]["status"] == 200, "a mount decides about methods itself"
    assert call(plain, "GET", "/files/a/b/c")[0]["status"] == 200
    assert call(plain, "PUT", "/files/a/b/c")[0]["status"] == 405


def test_sockets_pass(plain: FastAPI) -> None:
    sent = call(plain, "GET", "/socket", [{"type": "websocket.connect"}], type="websocket", subprotocols=[])

    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.close"]


def test_the_directory_is_read_at_start_up(plain: FastAPI) -> None:
    sent = call(
        plain, "GET", "/", [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}], type="lifespan"
    )

    assert [message["type"] for message in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
