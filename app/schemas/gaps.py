"""Gaps on the wire: what a plan leaves open, each with the call that would close it."""

from typing import Annotated, Any

from pydantic import Field

from app.rules.gaps import GapKind
from app.schemas.base import AgencyRef, Labelled, Out, TaskRef
from app.schemas.lists import Asking, one_of
from app.schemas.occurrences import EventRef


class RepairOut(Out):
    """The request that would close it. What `fill` points at (RFC 6901) is for its maker to decide."""

    method: str = Field(examples=["POST"])
    path: str = Field(description="ghép sau địa chỉ của hệ thống · behind the service's address")
    headers: dict[str, str] = Field(description="cần gửi kèm · to be sent with it")
    body: dict[str, Any]
    fill: list[str] = Field(
        description="chỗ cần điền · pointers into the body", examples=[["/changes/0/target"]]
    )
    who_can: list[str]


class GapOut(Labelled):
    """One thing that is open."""

    kind: GapKind
    kind_label: str = ""
    tasks: list[TaskRef]
    agencies: list[AgencyRef]
    events: list[EventRef]
    text_vi: str
    text_en: str
    repair: RepairOut


class GapCount(Labelled):
    kind: GapKind
    kind_label: str = ""
    count: int = Field(description="khoảng trống: `gaps?kind=…` · gaps: `gaps?kind=…`")


class GapsOut(Out):
    """All that is open, as far as the caller may see."""

    plan: str
    counts: list[GapCount]
    items: list[GapOut]


class GapFilter(Asking):
    kind: Annotated[str | None, one_of(GapKind)] = None
