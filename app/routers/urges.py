"""Urges (đôn đốc): a body is reminded of what it owes, answers, and the reminder gets an outcome."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.rules.parties import Actor
from app.schemas.urges import (
    UrgeAnswerIn,
    UrgeFilter,
    UrgeIn,
    UrgeOut,
    UrgeOutcomeIn,
    UrgePage,
    UrgeResult,
    UrgesMade,
)
from app.services import urges, urging
from app.web.answers import Answer
from app.web.brought import Repeat
from app.web.desk import AtDesk

router = APIRouter(prefix="/v1/plans/{plan}/urges", tags=["urges"])

_SAID: dict[str, Any] = {
    "response_model": UrgeResult,
    "status_code": 201,
    "responses": {200: {"model": UrgeResult, "description": "Đã như vậy từ trước · It was so already"}},
}


@router.get("", operation_id="find_urges", summary="Danh sách đôn đốc · List urges", response_model=UrgePage)
def find_urges(plan: str, ask: Annotated[UrgeFilter, Query()], desk: AtDesk) -> Response:
    """Mới nhất trước. `can=urge.answer` là đôn đốc chờ mình trả lời, `state=overdue` là đôn đốc quá hạn. ·
    Latest first. `can=urge.answer` is what waits for the caller's answer; `state=overdue` what is late."""
    return desk.listing(ask, lambda session, actor, page: urges.find(session, actor, plan, page))


@router.post(
    "",
    operation_id="urge",
    summary="Đôn đốc một cơ quan · Urge a body",
    response_model=UrgesMade,
    status_code=201,
)
def urge(plan: str, body: UrgeIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Cơ quan theo dõi đôn đốc mọi cơ quan, cơ quan chịu trách nhiệm đôn đốc cơ quan phối hợp với mình, cơ
    quan kiểm tra quyết toán đôn đốc quyết toán. Nêu một nhóm thì mỗi thành viên được phân công nhận một đôn
    đốc. · The monitor urges any body, an accountable body its own coordinators, the settlement checker
    settlement. Naming a group urges each of its assigned members; `Location` is told of a single urge."""

    def made(session: Session, actor: Actor) -> Answer:
        result, version = urging.urge(session, actor, plan, body)
        if len(result.urges) > 1:
            return Answer(result, status=201)
        only = result.urges[0]
        headers = {"Location": f"urges/{only.id}"}
        return Answer(result, status=201, version=version, tagged=only, headers=headers)

    return desk.write(made, repeat)


@router.get("/{urge}", operation_id="get_urge", summary="Một đôn đốc · One urge", response_model=UrgeOut)
def get_urge(plan: str, urge: str, desk: AtDesk) -> Response:
    """Chỉ hai cơ quan liên quan, chủ kế hoạch, bộ phận giúp việc, cơ quan theo dõi và cấp trên xem được. ·
    Seen by the two bodies, the plan's owner, its secretariat, the monitor and the superiors alone."""
    return desk.one(lambda session, actor: urges.get(session, actor, plan, urge))


@router.post(
    "/{urge}/answers", operation_id="answer_urge", summary="Trả lời đôn đốc · Answer an urge", **_SAID
)
def answer_urge(plan: str, urge: str, body: UrgeAnswerIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Cơ quan được đôn đốc trả lời một lần, kể cả khi quá hạn; gửi lại đúng lời cũ thì không thay đổi gì. ·
    The urged body answers once, late or not; the same words again change nothing."""
    return desk.write(lambda session, actor: _said(*urging.answer(session, actor, plan, urge, body)), repeat)


@router.post(
    "/{urge}/outcomes", operation_id="close_urge", summary="Kết thúc đôn đốc · Close an urge", **_SAID
)
def close_urge(plan: str, urge: str, body: UrgeOutcomeIn, desk: AtDesk, repeat: Repeat) -> Response:
    """Cơ quan đôn đốc ghi kết quả, đã có trả lời hay chưa; sau đó không trả lời được nữa. · The body that
    urged says how it ended, answered or not; afterwards it can no longer be answered."""
    return desk.write(lambda session, actor: _said(*urging.close(session, actor, plan, urge, body)), repeat)


def _said(result: UrgeResult, version: int) -> Answer:
    """The tag is the urge's own."""
    return Answer(result, status=201 if result.result == "done" else 200, version=version, tagged=result.urge)
