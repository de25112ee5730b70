"""Operations: is the process alive, can it serve."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import text

from app import migration
from app.errors import Busy, Text

router = APIRouter(tags=["operations"])


class Health(BaseModel):
    status: Literal["ok"] = Field(examples=["ok"])


@router.get("/livez", operation_id="get_livez", summary="Tiến trình còn sống · The process lives")
async def get_livez() -> Health:
    """Trả lời nghĩa là còn sống. · To answer is to live."""
    return Health(status="ok")


@router.get("/readyz", operation_id="get_readyz", summary="Sẵn sàng phục vụ · Ready to serve")
def get_readyz(request: Request) -> Health:
    """Cơ sở dữ liệu trả lời và đúng phiên bản lược đồ, và không đang dừng; nếu không là 503. · The database
    answers and has the schema this program needs, and nobody has asked it to stop; 503 otherwise."""
    if request.app.state.leaving:
        raise Busy(5, Text("Hệ thống đang dừng", "The service is stopping"))
    database = request.app.state.database
    with database.reading() as session:
        session.execute(text("SELECT 1"))
    if migration.current(database.engine) != request.app.state.schema:
        raise Busy(
            30,
            Text(
                "Lược đồ chưa đúng phiên bản: chạy ttdn migrate",
                "The schema is out of date: run ttdn migrate",
            ),
        )
    return Health(status="ok")
