"""How a figure moved between two instants, on the wire: work and scope, and what each of them comes from."""

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.rules.calendar import OFFICE_TIME
from app.rules.change import Course
from app.rules.vocabulary import Level
from app.schemas.base import AgencyRef, Exact, Labelled, Out, Ratio, Signed, TaskRef, instant_of
from app.schemas.explanation import AmendmentRef, PartFilter
from app.schemas.progress import By

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _moment(value: Any) -> Any:
    """An instant in UTC. A day is its end in Vietnam: all of it lies before."""
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return datetime.combine(date.fromisoformat(value), time.max, OFFICE_TIME).astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # no day of the calendar, or one beyond its ends
    if (found := instant_of(value)) is not None:
        return found
    raise PydanticCustomError(
        "not_a_moment",
        "This must be a day as YYYY-MM-DD or an RFC 3339 instant; in an address, + is written %2B.",
        {
            "vi": "Cần ngày dạng YYYY-MM-DD hoặc thời điểm RFC 3339; trong địa chỉ, dấu + viết là %2B.",
            "en": "This must be a day as YYYY-MM-DD or an RFC 3339 instant; in an address, + is written %2B.",
        },
    )


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
    ),
]


class DifferenceFilter(PartFilter):
    """The same filters, two instants, and a breakdown."""

    from_: Annotated[
        Moment | None,
        Field(
            alias="from",
            description="từ thời điểm nào; một ngày là lúc hết ngày đó ở Việt Nam, nên chỉ tính những gì sau "
            "ngày đó; không nêu là từ khi kế hoạch được đưa vào hệ thống · since when: a day is its end in "
            "Vietnam, so that what came after that day is told; left out: since the plan was put on record",
            examples=["2023-03-31"],
        ),
    ] = None
    to: Annotated[
        Moment | None,
        Field(
            description="đến thời điểm nào; một ngày là lúc hết ngày đó; không nêu là hiện nay · until when: "
            "a day is its end; left out: now",
            examples=["2023-06-30"],
        ),
    ] = None
    by: Annotated[Literal["task", "agency", "section"] | None, Field(description="cộng theo · summed by")] = (
        None
    )
    all: Annotated[bool, Field(description="cả những gì không thay đổi · also what has not moved")] = False


class Stand(Out):
    """Where something stands at one instant."""

    weight: Exact = Field(description="W")
    weight_share: Ratio = Field(description="s = W / ΣW; 0 nếu chưa xác định · 0 while undefined")
    value: Ratio = Field(description="p; null nếu chưa có việc phải làm · null while nothing is owed")


class BodyPart(Out):
    """What one body got on with, and what it gained or lost by scope."""

    assignment: str
    agency: AgencyRef
    work: Signed
    scope: Signed


class DifferenceItem(Labelled):
    """One part of the figure: a body's part of a task, with those it was handed over to.

    `key` is the assignment that had it first, or `status_only` for the duties of others tracked by status
    only, which are one item without task and bodies.
    """

    key: str
    task: TaskRef | None
    course: Course
    course_label: str = ""
    before: Stand | None = Field(description="null nếu không có ở thời điểm đầu · null where it was absent")
    after: Stand | None = Field(description="null nếu không có ở thời điểm sau · null where it is absent")
    work: Signed
    scope: Signed
    bodies: list[BodyPart] = Field(
        description="các cơ quan, theo thứ tự bàn giao · the bodies, in the order they handed it over"
    )


class DifferenceRow(Out):
    """Work and scope summed over what lies in one section, task or agency."""

    key: str
    parent: str | None = Field(description="for sections, the section above")
    title_vi: str
    title_en: str
    work: Signed
    scope: Signed


class DifferenceOut(Labelled):
    """after − before = delta = work + scope, exactly. All null where one of the figures is undefined."""

    plan: str = Field(examples=["ttdn-2023"])
    level: Level
    level_label: str = ""
    from_at: datetime | None = Field(
        description="thời điểm đầu; null khi kế hoạch chưa có hiệu lực · null before the plan took effect"
    )
    to_at: datetime | None = Field(description="thời điểm sau; null là hiện nay · null is now")
    before: Ratio
    after: Ratio
    delta: Signed
    work: Signed = Field(description="do thực hiện · by what was done, or taken back")
    scope: Signed = Field(description="do phạm vi · by what is owed, and how it weighs")
    made_by_scope: bool = Field(
        description="tăng mà phần lớn do phạm vi · it rose, and the larger part of that is scope"
    )
    said_vi: str
    said_en: str
    formula: str = Field(examples=["rollup-1"], description="tên cách tính · names the arithmetic")
    split: str = Field(examples=["work-scope-1"], description="tên cách tách · names the way of splitting")
    revision_before: int | None = Field(
        description="lần điều chỉnh ở thời điểm đầu; null trước khi có kế hoạch · null before the plan was "
        "on record"
    )
    revision_after: int | None
    as_of: datetime | None = Field(
        description="thay đổi mới nhất đã tính; null khi chưa có · instant of the latest change taken in; "
        "null before the first"
    )
    amendments: list[AmendmentRef] = Field(
        description="các quyết định ở giữa · the decisions between the two instants"
    )
    items: list[DifferenceItem]
    by: By | None
    by_label: str | None = None
    rows: list[DifferenceRow]
