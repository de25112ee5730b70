"""Operations: is the process alive, can it serve."""

import asyncio
from typing import Final, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.datastructures import State

from app import migration
from app.db import Database
from app.errors import Busy, Text

PATIENCE_SECONDS: Final = 3.0
"""How long a database is waited for that does not even refuse, by no thread that serves requests: all of
those may be waiting for it."""

router = APIRouter(tags=["operations"])


class Health(BaseModel):
    status: Literal["ok"] = Field(examples=["ok"])


class ReplicaHealth(BaseModel):
    """How far the replica is behind; null: not known, or more than is served."""

    serves: bool
    behind_bytes: int | None
    behind_seconds: float | None


class Readiness(Health):
    replica: ReplicaHealth | None = Field(description="null: none is named, the primary serves every read")


@router.get("/livez", operation_id="get_livez", summary="Tiến trình còn sống · The process lives")
async def get_livez() -> Health:
    """Trả lời nghĩa là còn sống. · To answer is to live."""
    return Health(status="ok")


@router.get("/readyz", operation_id="get_readyz", summary="Sẵn sàng phục vụ · Ready to serve")
async def get_readyz(request: Request) -> Readiness:
    """Cơ sở dữ liệu trả lời và đúng phiên bản lược đồ, và không đang dừng; nếu không là 503. · The database
    answers and has the schema this program needs, and nobody has asked it to stop; 503 otherwise."""
    state = request.app.state
    if state.leaving:
        raise Busy(5, Text("Hệ thống đang dừng", "The service is stopping"))
    asked = asyncio.wrap_future(state.readiness.ask())
    try:
        readiness: Readiness = await asyncio.wait_for(asyncio.shield(asked), PATIENCE_SECONDS)
    except TimeoutError:
        raise Busy(5, Text("Cơ sở dữ liệu không trả lời", "The database does not answer")) from None
    return readiness


def readiness(state: State) -> Readiness:
    """Whether the database is one that can be served from."""
    database: Database = state.database
    if not database.takes_writes():
        raise Busy(
            5,
            Text("Máy chủ cơ sở dữ liệu này không nhận ghi", "This database server takes no writes"),
        )
    schema = migration.current(database.engine)
    if schema is not None and not migration.known(schema):
        raise Busy(
            30,
            Text(
                "Lược đồ mới hơn chương trình này: hãy chạy chương trình mới",
                "The schema is newer than this program: run the newer one",
            ),
        )
    if schema != state.schema:
        raise Busy(
            30,
            Text(
                "Lược đồ chưa đúng phiên bản: chạy ttdn migrate",
                "The schema is out of date: run ttdn migrate",
            ),
        )
    lag = database.replica.lag() if database.replica else None
    told = lag and ReplicaHealth(serves=lag.serves, behind_bytes=lag.bytes, behind_seconds=lag.seconds)
    return Readiness(status="ok", replica=told)
