"""A small service behind the real door, on a real uvicorn: what a client meets is what is tested."""

import http.client
import io
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple, Self, cast

import pytest
import uvicorn
from fastapi import APIRouter, FastAPI, Query, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy.exc import OperationalError
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp

from app.errors import Fault, Invalid, Refused, Text
from app.rules.vietnamese import clean
from app.web import description, docs, entrance
from app.web.protocol import ProblemProtocol

MAX_BODY = 64 * 1024
Line = Annotated[str, AfterValidator(clean)]


class Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PartIn(Wire):
    name: Line


class ThingIn(Wire):
    title: Annotated[Line, Field(min_length=1, max_length=40)]
    kind: Literal["small", "large"] = "small"
    count: Annotated[int, Field(strict=True, ge=1, le=1000)] = 1
    on: date | None = None
    share: float | None = None
    parts: Annotated[list[PartIn], Field(max_length=3)] = []


class ThingPatch(Wire):
    title: Line | None = None


class ThingOut(BaseModel):
    code: str
    title: str
    kind: str


class ThingFilter(Wire):
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    q: str | None = None
    state: str | None = None


class LockedError(Exception):
    sqlite_errorcode = 5


class NoSuchTableError(Exception):
    sqlite_errorcode = 1


def _things() -> APIRouter:
    router = APIRouter(prefix="/things", tags=["things"])

    @router.get("", operation_id="list_things", summary="Các mục · The things")
    def list_things(filters: Annotated[ThingFilter, Query()]) -> list[ThingOut]:
        return [ThingOut(code="a", title=filters.q or "Một", kind="small")]

    @router.post("", operation_id="record_thing", summary="Ghi một mục · Record a thing", status_code=201)
    def record_thing(request: Request, thing: ThingIn) -> ThingOut:
        assert request.state.json["title"] is not None
        return ThingOut(code="b", title=thing.title, kind=thing.kind)

    @router.get("/{code}", operation_id="get_thing", summary="Một mục · One thing")
    def get_thing(code: Annotated[str, Field(max_length=10)]) -> ThingOut:
        return ThingOut(code=code, title="Một", kind="small")

    @router.patch("/{code}", operation_id="amend_thing", summary="Sửa một mục · Amend a thing")
    def amend_thing(code: str, change: ThingPatch) -> ThingOut:
        return ThingOut(code=code, title=change.title or "—", kind="small")

    @router.post("/{code}/confirmations", operation_id="confirm_thing", summary="Xác nhận · Confirm")
    def confirm_thing(code: str) -> ThingOut:
        return ThingOut(code=code, title="Một", kind="small")

    return router


def _troubles() -> APIRouter:
    router = APIRouter(prefix="/troubles", tags=["troubles"])

    @router.get("/unforeseen", operation_id="unforeseen", summary="Lỗi · Unforeseen")
    def unforeseen() -> None:
        raise RuntimeError("the-inside-of-the-service")

    @router.get("/locked", operation_id="locked", summary="Khóa · Locked")
    def locked() -> None:
        raise OperationalError("SELECT the-inside-of-the-service", {}, LockedError())

    @router.get("/no-table", operation_id="no_table", summary="Thiếu bảng · No table")
    def no_table() -> None:
        raise OperationalError("SELECT the-inside-of-the-service", {}, NoSuchTableError())

    @router.get("/refused", operation_id="refused", summary="Từ chối · Refused")
    def refused() -> None:
        facts = {"rule": Text("một quy định", "a rule"), "who_can": ["SVHTTDL"], "status": 200}
        raise Refused(facts=facts)

    @router.get("/many", operation_id="many", summary="Nhiều lỗi · Many faults")
    def many() -> None:
        raise Invalid(faults=[Fault(f"/{n}", "missing", Text("thiếu", "missing")) for n in range(200)])

    @router.get("/torn", operation_id="torn", summary="Đứt · Torn")
    def torn() -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"first"
            raise RuntimeError("the-inside-of-the-service")

        return StreamingResponse(pieces())

    return router


def make_app(examples: dict[str, Any] | None = None, folder: Any = None) -> FastAPI:
    """The small service; its routers are included twice over, as the real one's are."""
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        version="0.1.0",
        title="A service of things",
        description="Có những gì.\n\nWhat there is.",
    )
    v1 = APIRouter(prefix="/v1")
    v1.include_router(_things())
    v1.include_router(_troubles())
    app.include_router(v1)

    @app.get("/livez", operation_id="livez", summary="Sống · Alive", tags=["operations"])
    def livez() -> dict[str, str]:
        return {"status": "ok"}

    if examples is not None:
        (folder / "examples.json").write_text(json.dumps(examples), encoding="utf-8")
        description.describe(app, examples=folder / "examples.json", open_paths=("/livez",))
    else:
        description.describe(app, open_paths=("/livez",))
    docs.install(app)
    entrance.install(app, max_body_bytes=MAX_BODY)
    return app


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Unclosed(io.BufferedReader):
    """A file that stays open after an answer was read from it."""

    def close(self) -> None:
        """Not by whoever has read one answer."""


class Connection:
    """One TCP connection that is kept; takes raw bytes, since clients tidy up what we want to send."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._reader = Unclosed(socket.SocketIO(self.socket, "r"))

    def ask(self, request: bytes) -> Answer:
        self.socket.sendall(request)
        return self.answer(request.split(b" ", 1)[0].decode("latin-1"))

    def answer(self, method: str = "GET") -> Answer:
        response = http.client.HTTPResponse(cast(socket.socket, self), method=method)
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, response.read())

    def get(self, target: str = "/v1/things", **headers: str) -> Answer:
        return self.ask(head("GET", target, **headers))

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What is read: one file for all answers, since several may have come together."""
        return self._reader

    def is_gone(self) -> bool:
        """Whether nothing more is said, and the connection is closed."""
        try:
            return self._reader.read(1) == b""
        except ConnectionResetError:
            return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


def head(method: str, target: str | bytes, **headers: str) -> bytes:
    """The head of a request; `content_type=` becomes Content-Type."""
    target = target.encode("latin-1") if isinstance(target, str) else target
    lines = [method.encode() + b" " + target + b" HTTP/1.1", b"Host: test"]
    lines += [f"{name.replace('_', '-')}: {value}".encode("latin-1") for name, value in headers.items()]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def send(body: bytes, method: str = "POST", target: str = "/v1/things", **headers: str) -> bytes:
    """A request with a body, as JSON unless told otherwise."""
    return (
        head(
            method, target, **{"Content_Length": str(len(body)), "Content_Type": "application/json"} | headers
        )
        + body
    )


@contextmanager
def running(app: ASGIApp, root_path: str = "", keep_alive: int = 30) -> Iterator[int]:
    """The service on a free port."""
    config = uvicorn.Config(
        app,
        log_config=None,
        root_path=root_path,
        http=ProblemProtocol,
        timeout_keep_alive=keep_alive,
    )
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    with running(make_app()) as number:
        yield number


@pytest.fixture
def connection(port: int) -> Iterator[Connection]:
    with Connection(port) as opened:
        yield opened


Connect = Callable[[], Connection]
