"""Urges (đôn đốc) on the wire: who is reminded of what, by when an answer is asked, what came of it."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.rules.urging import UrgeAbout, UrgeOutcome, UrgeState
from app.schemas.base import AgencyRef, Clean, Day, In, Labelled, Out, Reason, TaskRef, Until
from app.schemas.lists import Listing, Page, codes_of, one_of, sort_by
from app.schemas.outputs import Can, CanFilter


class UrgeIn(In):
    """A body is reminded of what it owes; a group is reminded member by member. Without a `task` it is about
    all that the body owes. A lead urges the coordinators of its own task, and names that task."""

    to: Annotated[
        str,
        Field(
            min_length=1,
            max_length=35,
            description="cơ quan hoặc nhóm được đôn đốc · the body or group that is urged",
            examples=["SVHTTDL"],
        ),
        Clean,
    ]
    about: UrgeAbout
    task: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=40,
            description="nhiệm vụ; không nêu là mọi việc · the duty; all it owes if left out",
            examples=["IV.7.a"],
        ),
        Clean,
    ] = None
    message: Annotated[Reason, Field(description="nội dung đôn đốc · what it is reminded of")]
    due_on: Annotated[Day, Field(description="hạn trả lời · the day to answer by", examples=["2023-06-30"])]


class UrgeAnswerIn(In):
    """What the urged body says to it."""

    answer: Reason


class UrgeOutcomeIn(In):
    """How it ended, as the body that urged says. It ends once."""

    outcome: UrgeOutcome
    note: Reason | None = None


class UrgeOut(Labelled):
    """A reminder, as it stands today."""

    id: str
    task: TaskRef | None = Field(
        description="null là mọi việc, hoặc việc không xem được · null: all it owes, or a duty not to be seen"
    )
    about: UrgeAbout
    about_label: str = ""
    by: AgencyRef
    to: AgencyRef
    message: str
    due_on: date
    state: UrgeState = Field(description="theo trả lời, kết quả và ngày hôm nay · derived, as of today")
    state_label: str = ""
    urged_at: datetime
    answer: str | None
    answered_at: datetime | None
    outcome: UrgeOutcome | None
    outcome_label: str | None = None
    outcome_note: str | None
    closed_at: datetime | None
    can: Can


class UrgesMade(Out):
    """The urge that was made; several when a group was named, one for each of its members assigned."""

    urges: list[UrgeOut]


class UrgeResult(Out):
    """What came of it. `unchanged`: it had been said in the same words before."""

    result: Literal["done", "unchanged"]
    urge: UrgeOut


class UrgePage(Page):
    items: list[UrgeOut]


class UrgeFilter(Listing):
    to: Annotated[str | None, codes_of("cơ quan được đôn đốc · bodies urged", "SVHTTDL")] = None
    urged_by: Annotated[str | None, codes_of("cơ quan đôn đốc · bodies that urged", "TTBCD")] = None
    task: Annotated[str | None, codes_of("nhiệm vụ · tasks", "IV.7.a")] = None
    about: Annotated[str | None, one_of(UrgeAbout)] = None
    state: Annotated[str | None, one_of(UrgeState)] = None
    due_from: Annotated[Day | None, Field(description="hạn từ ngày · due on or after")] = None
    due_to: Annotated[Until, Field(description="hạn đến ngày · due on or before")] = None
    can: CanFilter = None
    sort: Annotated[str, sort_by("id", "due_on")] = "-id"
