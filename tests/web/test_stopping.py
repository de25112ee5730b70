"""A request that outlasts what a stop grants it is answered like any other that cannot be done now."""

import asyncio
import socket
import threading

import uvicorn
from fastapi import FastAPI

from app.web import entrance
from tests.web.conftest import Connection, head


def test_what_outlasts_the_grace_is_told_to_come_again() -> None:
    app, begun = FastAPI(openapi_url=None, docs_url=None, redoc_url=None), threading.Event()

    @app.get("/endless")
    async def endless() -> None:
        begun.set()
        await asyncio.Event().wait()

    entrance.install(app)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        with Connection(listening.getsockname()[1]) as client:
            client.socket.sendall(head("GET", "/endless"))
            assert begun.wait(30)
            server.should_exit = True
            answer = client.answer()
        thread.join(30)
    assert not thread.is_alive()
    assert answer.status == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"].isdigit()
    assert answer.json["code"] == "busy"
