"""Anniversaries, and the calendars that programs subscribe to."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.rules.parties import Actor
from app.schemas.occurrences import OccurrenceDecisionIn, OccurrenceFilter, OccurrenceOut, OccurrencePage
from app.schemas.subscriptions import (
    CalendarFilter,
    SubscriptionFilter,
    SubscriptionIn,
    SubscriptionMade,
    SubscriptionOut,
    SubscriptionPage,
)
from app.services import anniversaries, calendar_keeping, feeds, subscriptions
from app.web import ical
from app.web.answers import Answer
from app.web.brought import Repeat
from app.web.desk import AtDesk, AtFeedDesk

router = APIRouter(prefix="/v1/plans/{plan}", tags=["events"])


@router.get(
    "/occurrences",
    operation_id="find_occurrences",
    summary="Kỷ niệm sắp tới · List anniversaries",
    response_model=OccurrencePage,
)
def find_occurrences(plan: str, ask: Annotated[OccurrenceFilter, Query()], desk: AtDesk) -> Response:
    """Mọi kỷ niệm trong một khoảng ngày: lần thứ mấy, năm tròn hay năm lẻ 5, còn bao nhiêu ngày, ai chủ trì,
    đã làm gì. `stage=preparing&recorded=false` là những gì cần làm ngay. · Every anniversary of a range
    of days: which one, in what kind of year, how far off, who prepares it, what was done. With
    `stage=preparing` and `recorded=false`: what has to be taken up now."""
    return desk.listing(ask, lambda session, actor, page: anniversaries.find(session, actor, plan, page))


@router.get(
    "/occurrences/{occurrence}",
    operation_id="get_occurrence",
    summary="Một kỷ niệm · One anniversary",
    response_model=OccurrenceOut,
)
def get_occurrence(plan: str, occurrence: str, desk: AtDesk) -> Response:
    """Theo sự kiện và năm. · By event and year: `E11-2028`."""
    return desk.read(lambda session, actor: anniversaries.get(session, actor, plan, occurrence))


@router.post(
    "/occurrences/{occurrence}/decisions",
    operation_id="decide_occurrence",
    summary="Không tổ chức, hoặc tổ chức lại · Cancel an anniversary, or hold it after all",
    response_model=OccurrenceOut,
    status_code=201,
)
def decide_occurrence(
    plan: str, occurrence: str, body: OccurrenceDecisionIn, desk: AtDesk, repeat: Repeat
) -> Response:
    """Kèm lý do; kỷ niệm ở lại trong lịch, có đánh dấu. · With the reason; it stays on the calendar."""
    return desk.write(
        lambda session, actor: Answer(
            calendar_keeping.decide(session, actor, plan, occurrence, body), status=201
        ),
        repeat,
    )


@router.get(
    "/calendar.ics",
    operation_id="get_calendar",
    summary="Lịch để đăng ký · The calendar as iCalendar",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
def get_calendar(plan: str, ask: Annotated[CalendarFilter, Query()], desk: AtFeedDesk) -> Response:
    """Lịch của kế hoạch, của một cơ quan hoặc với một nước. Ứng dụng lịch đọc bằng `sig` của một đăng ký,
    không bao giờ bằng khóa. · The plan's calendar, one agency's, or one country's (RFC 5545). Calendar
    programs read it by the `sig` of a subscription, never by the API key."""
    return desk.document(
        lambda session, actor: ical.render(feeds.find(session, actor, plan, ask), ask.lang), ical.MEDIA_TYPE
    )


@router.get(
    "/calendar/subscriptions",
    operation_id="find_subscriptions",
    summary="Đăng ký lịch · List calendar subscriptions",
    response_model=SubscriptionPage,
)
def find_subscriptions(plan: str, ask: Annotated[SubscriptionFilter, Query()], desk: AtDesk) -> Response:
    """Của cơ quan người gọi; quản trị kỹ thuật xem tất cả. · The caller's agency's own; a technical
    administrator sees all."""
    return desk.listing(ask, lambda session, actor, page: subscriptions.find(session, actor, plan, page))


@router.post(
    "/calendar/subscriptions",
    operation_id="subscribe",
    summary="Đăng ký một lịch · Subscribe to a calendar",
    response_model=SubscriptionMade,
    status_code=201,
)
def subscribe(plan: str, body: SubscriptionIn, desk: AtDesk) -> Response:
    """Địa chỉ chỉ hiện một lần và đọc với tư cách cơ quan người gọi; giữ kín như khóa. Không nhận
    Idempotency-Key, vì bí mật không được lưu. · The address is shown once and reads as the caller's agency.
    There is no Idempotency-Key here, since the secret is kept nowhere."""

    def make(session: Session, actor: Actor) -> Answer:
        made = subscriptions.subscribe(session, actor, plan, body)
        headers = {"Location": f"subscriptions/{made.subscription.id}"}
        return Answer(made, status=201, headers=headers)

    return desk.write(make)


@router.get(
    "/calendar/subscriptions/{subscription}",
    operation_id="get_subscription",
    summary="Một đăng ký lịch · One calendar subscription",
    response_model=SubscriptionOut,
)
def get_subscription(plan: str, subscription: str, desk: AtDesk) -> Response:
    """Không có bí mật. · Without its secret."""
    return desk.read(lambda session, actor: subscriptions.get(session, actor, plan, subscription))


@router.post(
    "/calendar/subscriptions/{subscription}/revocations",
    operation_id="revoke_subscription",
    summary="Thu hồi một đăng ký lịch · Revoke a calendar subscription",
    response_model=SubscriptionOut,
    status_code=201,
)
def revoke_subscription(plan: str, subscription: str, desk: AtDesk, repeat: Repeat) -> Response:
    """Địa chỉ ngừng trả lời ngay. · Its address answers no more, at once."""
    return desk.write(
        lambda session, actor: Answer(subscriptions.revoke(session, actor, plan, subscription), status=201),
        repeat,
    )
