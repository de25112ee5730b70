"""Imports: files of activities, of budget lines and of ledger entries, as offices keep them."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.rules.parties import Actor
from app.schemas.imports import ImportAsk, ImportResult
from app.services import activity_rows, entry_rows, importing, line_rows
from app.services.forms import Form
from app.services.importing import Import, Step
from app.sheets.table import inflated
from app.web import exports, refused, uploads
from app.web.brought import AsReceived, Repeat
from app.web.desk import AtDesk, Desk, Operation, Said
from app.web.large import LARGE
from app.web.long_files import LARGE_INFLATED, Place
from app.web.uploads import Upload, Uploaded
from app.web.validation import parsed

TAKES_FILES = "/imports"
"""How the address ends at which a body is a file of rows."""


@dataclass(frozen=True)
class Intake:
    """A file at the desk, and how it is to be taken."""

    ask: ImportAsk
    desk: Desk
    repeat: str | None
    upload: Upload
    received: AsReceived
    request: Request

    def take(self, plan: str, form: Form) -> Response:
        """Read it to its end, then take it part by part; in a place of its own where either takes long."""
        sender = self.desk.ahead(lambda session, actor: importing.begin(session, actor, plan))
        with Place() as place:
            place.need(len(self.upload.body) >= LARGE)
            place.need(inflated(*self.upload) >= LARGE_INFLATED)
            with Import(form, sender, *self.upload, self.ask, parsed, self.received) as work:
                place.need(work.in_parts)
                return self._take(plan, work)

    def _take(self, plan: str, work: Import) -> Response:
        def answering(step: Step) -> Operation:
            def operation(session: Session, actor: Actor) -> Said:
                result = step(session, actor)
                if result is not None:
                    refused.in_part(self.request.scope, result)
                if result is None or self.ask.format == "json":
                    return result
                return exports.attachment(self.request, work.sheet_of_refused(), self.ask.format)

            return operation

        return self.desk.write_in_turn(map(answering, work.steps(plan)), self.repeat)


async def intake(
    ask: Annotated[ImportAsk, Query()],
    desk: AtDesk,
    repeat: Repeat,
    upload: Uploaded,
    received: AsReceived,
    request: Request,
) -> Intake:
    """What a request with a file brings; asynchronous, since it waits for nothing."""
    return Intake(ask, desk, repeat, upload, received, request)


AtIntake = Annotated[Intake, Depends(intake)]
router = APIRouter(prefix="/v1/plans/{plan}")
_FILE: dict[str, Any] = {"response_model": ImportResult, "openapi_extra": uploads.PUBLISHED}


@router.post(
    "/imports",
    operation_id="import_activities",
    summary="Nhập hoạt động từ tệp Excel, CSV · Import activities from Excel or CSV",
    tags=["activities"],
    **_FILE,
)
def import_activities(plan: str, intake: AtIntake) -> Response:
    """Tệp là nội dung của yêu cầu; mẫu là tệp tải về từ danh sách hoạt động (`format=xlsx`). `dry_run=true`
    xem trước. Gửi lại cùng tệp không ghi trùng. · The file is the body; the template is the export of the
    list of activities (`format=xlsx`). `dry_run=true` is the preview. The same file again doubles nothing."""
    return intake.take(plan, activity_rows.FORM)


@router.post(
    "/budget/lines/imports",
    operation_id="import_budget_lines",
    summary="Nhập dòng kinh phí từ tệp Excel, CSV · Import budget lines from Excel or CSV",
    tags=["budget"],
    **_FILE,
)
def import_budget_lines(plan: str, intake: AtIntake) -> Response:
    """Mẫu là tệp tải về từ danh sách dòng kinh phí; khi bố trí thêm các cột Ngày phát sinh, Số văn bản, Ngày
    văn bản, Cơ quan ban hành. Dòng đã có thì phải nói đúng như cũ. · The template is the export of the lines;
    what allocates has the columns of its decision as well. A line on record has to say what it says."""
    return intake.take(plan, line_rows.FORM)


@router.post(
    "/budget/entries/imports",
    operation_id="import_ledger_entries",
    summary="Nhập nhu cầu, bố trí, cam kết, khoản chi từ tệp · Import needs, allocations, spendings",
    tags=["budget"],
    **_FILE,
)
def import_ledger_entries(plan: str, intake: AtIntake) -> Response:
    """Mẫu là tệp tải về từ sổ cái. Mỗi dòng là một bút toán; bút toán đã có không bao giờ sửa. Dòng không có
    mã nguồn được nhận biết theo nội dung, nên gửi lại cùng tệp không ghi trùng. · The template is the export
    of the ledger. Each row is an entry; those on record never change. A row without a key of its source is
    known by what it says, so that the same file again doubles nothing."""
    return intake.take(plan, entry_rows.FORM)
