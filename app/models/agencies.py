"""Agencies, groups and partners; the names they had over time; who belongs to a group from when to when."""

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Name, Recorded, SearchText, SortKey
from app.rules.vocabulary import AgencyKind, Source, Subject


class Agency(Recorded):
    """An organisation, never a person."""

    __tablename__ = "agencies"

    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[AgencyKind] = mapped_column(index=True)
    name_vi: Mapped[Name]
    name_en: Mapped[Name]
    sort_key: Mapped[SortKey]
    search_text: Mapped[SearchText]
    source: Mapped[Source]
    entry: Mapped[Name | None] = mapped_column(doc="the numbered entry of the plan that first names it")
    line: Mapped[int | None]
    note_vi: Mapped[Name | None]
    note_en: Mapped[Name | None]
    succession_vi: Mapped[Name | None]
    succession_en: Mapped[Name | None]
    members_open: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    @property
    def ref(self) -> str:
        return self.code


class AgencyName(Recorded):
    """A name an agency carries from one date to another; null ends are open."""

    __tablename__ = "agency_names"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    name_vi: Mapped[Name]
    name_en: Mapped[Name]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[Source]

    @property
    def subject(self) -> Subject:
        return Subject.AGENCY_NAME

    @property
    def ref(self) -> str:
        return self.name_vi


class Membership(Recorded):
    """An agency's place in a group; null ends are open."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("group_id", "member_id", "valid_from"),
        # To a unique constraint two nulls differ, and here null is a date: since ever.
        Index(
            "uq_memberships_group_id_member_id_since_ever",
            "group_id",
            "member_id",
            unique=True,
            sqlite_where=text("valid_from IS NULL"),
            postgresql_where=text("valid_from IS NULL"),
        ),
    )

    group_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[Source]
    label: Mapped[str]

    @property
    def ref(self) -> str:
        return self.label
