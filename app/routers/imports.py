"""Imports: files of records, as offices keep them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.rules.parties import Actor
from app.schemas.imports import ImportAsk, ImportResult
from app.services import importing
from app.services.importing import Import, Step
from app.web import exports, uploads
from app.web.desk import AsReceived, AtDesk, Operation, Repeat, Said
from app.web.uploads import Uploaded
from app.web.validation import parsed

TAKES_FILES = "/imports"
"""How the address ends at which a body is a file of rows."""

router = APIRouter(prefix="/v1/plans/{plan}/imports", tags=["activities"])


@router.post(
    "",
    operation_id="import_activities",
    summary="Nhập hoạt động từ tệp Excel, CSV · Import activities from Excel or CSV",
    response_model=ImportResult,
    openapi_extra=uploads.PUBLISHED,
)
def import_activities(
    plan: str,
    ask: Annotated[ImportAsk, Query()],
    desk: AtDesk,
    repeat: Repeat,
    upload: Uploaded,
    received: AsReceived,
    request: Request,
) -> Response:
    """Tệp là nội dung của yêu cầu; mẫu là tệp tải về từ danh sách hoạt động (`format=xlsx`). `dry_run=true`
    xem trước. Gửi lại cùng tệp không ghi trùng. · The file is the body; the template is the export of the
    list of activities (`format=xlsx`). `dry_run=true` is the preview. The same file again doubles nothing."""
    desk.ahead(lambda session, actor: importing.begin(session, actor, plan))
    with Import(upload.body, upload.kind, ask, parsed, received) as work:

        def answering(step: Step) -> Operation:
            def operation(session: Session, actor: Actor) -> Said:
                result = step(session, actor)
                if result is None or ask.format == "json":
                    return result
                return exports.attachment(request, work.sheet_of_refused(), ask.format)

            return operation

        return desk.write_in_turn(map(answering, work.steps(plan)), repeat)
