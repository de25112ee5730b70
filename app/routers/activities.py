"""Activities: what offices push, correct and withdraw."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.rules.parties import Actor
from app.schemas.activities import (
    ActivityFilter,
    ActivityIn,
    ActivityOut,
    ActivityPage,
    ActivityPatch,
    ActivityResult,
    WithdrawalIn,
)
from app.schemas.batches import BatchAsk, BatchIn, BatchResult
from app.services import activities, batching, receipts, recording
from app.web import lines, refused
from app.web.answers import Answer, Matching
from app.web.brought import AsReceived, Repeat, Unreadable
from app.web.desk import AtDesk
from app.web.validation import parsed

TAKES_LINES = "/activities/batch"
"""How the address ends at which a body may also be lines of JSON."""

router = APIRouter(prefix="/v1/plans/{plan}/activities", tags=["activities"])


@router.get(
    "",
    operation_id="find_activities",
    summary="Danh sách hoạt động · List activities",
    response_model=ActivityPage,
)
def find_activities(plan: str, ask: Annotated[ActivityFilter, Query()], desk: AtDesk) -> Response:
    """Bản ghi mới nhất trước; bản ghi đã rút vẫn còn, có đánh dấu. · Latest first; withdrawn records stay,
    marked."""
    return desk.listing(ask, lambda session, actor, page: activities.find(session, actor, plan, page))


@router.post(
    "",
    operation_id="record_activity",
    summary="Ghi một hoạt động · Record an activity",
    response_model=ActivityResult,
    status_code=201,
    responses={200: {"model": ActivityResult, "description": "Đã có từ trước · Already on record"}},
)
def record_activity(
    plan: str, body: ActivityIn, desk: AtDesk, repeat: Repeat, received: AsReceived
) -> Response:
    """Cơ quan chịu trách nhiệm ghi việc đã làm: bản ghi thành minh chứng và tiến độ thay đổi. Cùng
    `source_system` và `external_id` là cùng một bản ghi. · The accountable body records what was done: the
    record becomes evidence and moves the roll-up. The same `source_system` and `external_id` is the same
    record (200)."""

    def record(session: Session, actor: Actor) -> Answer:
        result, version = recording.record(session, actor, plan, body)
        return _said(receipts.for_record(session, actor, plan, received, result), version)

    return desk.write(record, repeat)


@router.post(
    "/batch",
    operation_id="push_activities",
    summary="Ghi nhiều hoạt động · Record many activities",
    response_model=BatchResult,
    openapi_extra=lines.PUBLISHED,
)
def push_activities(
    plan: str,
    body: BatchIn,
    ask: Annotated[BatchAsk, Query()],
    desk: AtDesk,
    repeat: Repeat,
    unreadable: Unreadable,
    received: AsReceived,
    request: Request,
) -> Response:
    """Đến 1.000 bản ghi một lần; mỗi bản ghi được xét như khi gửi riêng và có kết quả riêng. Cũng nhận NDJSON
    (`application/x-ndjson`), mỗi dòng một bản ghi. · Up to 1,000 records at once; each is judged as it would
    be alone and has a result of its own. NDJSON (`application/x-ndjson`), a record a line, is taken too."""
    records = [
        unreadable.get(place) or parsed(ActivityIn, record) for place, record in enumerate(body.records)
    ]

    def push(session: Session, actor: Actor) -> BatchResult:
        result = batching.push(session, actor, plan, records, ask)
        refused.in_part(request.scope, result)
        return receipts.for_batch(session, actor, plan, received, result)

    return desk.write(push, repeat)


@router.get(
    "/{activity}",
    operation_id="get_activity",
    summary="Một hoạt động · One activity",
    response_model=ActivityOut,
)
def get_activity(plan: str, activity: str, desk: AtDesk) -> Response:
    """Một bản ghi; ETag dùng cho If-Match khi sửa. · One record; its ETag is what If-Match wants."""
    return desk.one(lambda session, actor: activities.get(session, actor, plan, activity))


@router.patch(
    "/{activity}",
    operation_id="revise_activity",
    summary="Sửa một hoạt động · Correct an activity",
    response_model=ActivityResult,
)
def revise_activity(plan: str, activity: str, body: ActivityPatch, desk: AtDesk, match: Matching) -> Response:
    """Chỉ những trường nêu tên thay đổi (RFC 7396); cần If-Match. · Only the named fields change; needs
    If-Match."""
    return desk.write(
        lambda session, actor: _said(
            *recording.revise(session, actor, plan, activity, body, match.versions())
        )
    )


@router.post(
    "/{activity}/withdrawals",
    operation_id="withdraw_activity",
    summary="Rút một hoạt động · Withdraw an activity",
    response_model=ActivityResult,
    status_code=201,
    responses={200: {"model": ActivityResult, "description": "Đã rút từ trước · Already withdrawn"}},
)
def withdraw_activity(plan: str, activity: str, body: WithdrawalIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Bản ghi ở lại cùng lý do nhưng không còn được tính. · The record stays, with the reason, and no longer
    counts."""
    return desk.write(
        lambda session, actor: _said(*recording.withdraw(session, actor, plan, activity, body)), repeat
    )


def _said(result: ActivityResult, version: int) -> Answer:
    """A push's answer; its tag is the record's own, so that a correction can follow at once."""
    made = result.result in ("created", "withdrawn")
    headers = {"Location": f"activities/{result.activity.id}"} if result.result == "created" else {}
    return Answer(
        result, status=201 if made else 200, version=version, tagged=result.activity, headers=headers
    )
