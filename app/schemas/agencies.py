"""Agencies on the wire."""

from datetime import date
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.rules.vocabulary import AgencyKind, Source
from app.schemas.base import AgencyRef, Day, Labelled
from app.schemas.lists import Listing, Page, Search, codes_of, include_of, one_of, sort_by


class AgencyName(Labelled):
    """A name the agency carried, from one day to another; null ends are open."""

    name_vi: str
    name_en: str
    valid_from: date | None
    valid_to: date | None
    source: Source
    source_label: str = ""


class Membership(Labelled):
    """A place in a group, from one day to another; null ends are open."""

    agency: AgencyRef
    valid_from: date | None
    valid_to: date | None
    source: Source
    source_label: str = ""


class AgencyOut(Labelled):
    """An organisation, never a person. `names`, `members` and `groups` are null unless asked for."""

    code: str = Field(examples=["SVHTTDL"])
    kind: AgencyKind
    kind_label: str = ""
    name_vi: str
    name_en: str
    entry: str | None = Field(description="mục của kế hoạch nêu tên · the plan's entry that names it")
    line: int | None
    source: Source
    source_label: str = ""
    note_vi: str | None
    note_en: str | None
    succession_vi: str | None = Field(description="cơ quan kế thừa, nếu biết · what became of it, if known")
    succession_en: str | None
    members_open: bool = Field(
        description="danh sách thành viên chưa đủ · the list of members is not complete"
    )
    valid_from: date | None
    valid_to: date | None
    names: list[AgencyName] | None = None
    members: list[Membership] | None = None
    groups: list[Membership] | None = None


class AgencyPage(Page):
    items: list[AgencyOut]


class AgencyFilter(Listing):
    q: Search = None
    kind: Annotated[str | None, one_of(AgencyKind)] = None
    group: Annotated[str | None, codes_of("nhóm · group", "G.UBH")] = None
    on: Annotated[
        Day | None, Field(description="thành viên tại ngày này · members on this day (with `group`)")
    ] = None
    sort: Annotated[str, sort_by("code", "name")] = "code"
    include: Annotated[str | None, include_of("names", "members", "groups")] = None

    @field_validator("on")
    @classmethod
    def _of_a_group(cls, on: date | None, asked: ValidationInfo) -> date | None:
        if on is not None and asked.data.get("group") is None:
            raise PydanticCustomError(
                "group_missing",
                "members of which group",
                {
                    "vi": "Thành viên của nhóm nào: nêu group khi có on.",
                    "en": "Members of which group: say `group` beside `on`.",
                },
            )
        return on
