"""Calendar feeds on the wire: what is asked of one, and the subscriptions that programs fetch them by."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from app.schemas.base import AgencyRef, In, Out, Title
from app.schemas.events import AgencyCode, Country
from app.schemas.lists import Listing, Page, sort_by

Language = Literal["vi", "en"]


class CalendarFilter(BaseModel):
    """Whose calendar, in which language. With `sig` the subscription says whose."""

    model_config = ConfigDict(extra="forbid")

    agency: Annotated[
        AgencyCode | None,
        Field(
            description="thời hạn, kỳ báo cáo, đôn đốc và kỷ niệm của một cơ quan · what one body has ahead"
        ),
    ] = None
    country: Country | None = None
    lang: Annotated[Language, Field(description="ngôn ngữ · language")] = "vi"
    sig: Annotated[
        str | None,
        Field(
            max_length=100,
            description="bí mật của một đăng ký lịch, thay cho khóa · a subscription's secret, not a key",
        ),
    ] = None

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        if self.sig is not None and (self.agency is not None or self.country is not None):
            raise PydanticCustomError(
                "said_by_subscription",
                "the subscription says whose calendar it is",
                {
                    "vi": "Đăng ký lịch đã nêu là lịch nào: bỏ agency, country khi có sig.",
                    "en": "The subscription says whose it is: leave out agency and country beside sig.",
                },
            )
        return self


class SubscriptionIn(In):
    """A calendar to be subscribed to: the plan's, one agency's, or one country's."""

    label: Annotated[
        Title, Field(description="dùng ở đâu · where it is used", examples=["Lịch phòng Văn thư"])
    ]
    agency: AgencyCode | None = None
    country: Country | None = None


class SubscriptionOut(Out):
    """A subscription; its secret was shown once and is stored nowhere."""

    id: str
    label: str
    belongs_to: AgencyRef = Field(description="đọc với tư cách cơ quan này · it reads as this agency")
    agency: AgencyRef | None = Field(description="lịch của cơ quan nào · whose calendar; null: the plan's")
    country: str | None
    created_at: datetime
    revoked_at: datetime | None


class SubscriptionMade(Out):
    """The subscription and its address. Whoever knows the address reads the calendar: keep it like a key."""

    subscription: SubscriptionOut
    path: str = Field(
        description="ghép sau địa chỉ của hệ thống (kể cả tiền tố ở cổng); chỉ hiện một lần · to be put "
        "behind the service's address, a gateway's prefix included; shown this once",
        examples=["/v1/plans/ttdn-2023/calendar.ics?sig=…"],
    )


class SubscriptionPage(Page):
    items: list[SubscriptionOut]


class SubscriptionFilter(Listing):
    sort: Annotated[str, sort_by("id")] = "-id"
