"""The working part of a plan file: who there is, who owes what, and what is marked.

The rules cited are those of the domain's model: things §1, outputs §2, shares §3, powers §4.
"""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, model_validator

from app.rules import clauses
from app.rules.vocabulary import AgencyKind, EventKind, Role, Source, TaskFamily, TaskKind, Visibility
from seed import fields
from seed.document import Placed
from seed.fields import Bilingual, Broken, Item, ItemCode, Line, Long, Short

MOST_PIECES = 1000
"""Every piece owed is a row of its own, for each body that owes it."""


def _repeats(codes: Iterable[object]) -> bool:
    listed = list(codes)
    return len(listed) != len(set(listed))


class Dated(Item):
    """What holds from day to day, both included; an open end is null."""

    valid_from: date | None
    valid_to: date | None
    source: Source

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        _in_order(self.valid_from, self.valid_to)
        return self


def _in_order(first: date | None, last: date | None) -> None:
    if first and last and first > last:
        raise Broken("dates_reversed", "valid_to")


def _overlap(periods: Iterable[Dated]) -> bool:
    ends = sorted((one.valid_from or date.min, one.valid_to or date.max) for one in periods)
    return any(later[0] <= earlier[1] for earlier, later in pairwise(ends))


class Membership(Dated):
    """One body in a group."""

    agency: fields.Body


class Name(Dated):
    """A name an agency carries."""

    name_vi: Short
    name_en: Short


class Agency(Item):
    """An organisation, never a person. `names`: where it had several over time, or one with known dates.
    `members_open`: the list of members is known to be incomplete."""

    code: fields.AgencyCode
    kind: AgencyKind
    name_vi: Short
    name_en: Short
    entry: Short | None
    line: Line | None
    source: Source
    note_vi: Long | None = None
    note_en: Long | None = None
    succession_vi: Long | None = None
    succession_en: Long | None = None
    names: tuple[Name, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    members: tuple[Membership, ...] = ()
    members_open: bool = False

    @model_validator(mode="after")
    def _one_name_at_a_time(self) -> Self:
        _in_order(self.valid_from, self.valid_to)
        if _overlap(self.names):
            raise Broken("names_overlap", "names")
        if self.names and (self.name_vi, self.name_en) not in {(n.name_vi, n.name_en) for n in self.names}:
            raise Broken("name_not_listed", "names")
        return self

    @model_validator(mode="after")
    def _only_groups_have_members(self) -> Self:
        if self.kind is not AgencyKind.GROUP and (self.members or self.members_open):
            raise Broken("not_a_group", "members")
        for body in {one.agency for one in self.members}:
            if _overlap(one for one in self.members if one.agency == body):
                raise Broken("repeated", "members")
        return self


class Assignment(Item):
    """task × agency × role. The verb the plan prints is kept apart from the role it has (model §1)."""

    agency: fields.Agency
    role: Role
    verb_printed: Short | None = None
    role_read: Bilingual | None = None
    share: Annotated[str, fields.formed(r"^[1-9]\d{0,8}/[1-9]\d{0,8}$", "2/3", 19)] | None = None
    source: Source

    @model_validator(mode="after")
    def _partners_only_coordinate(self, info: ValidationInfo) -> Self:
        if self.role is not Role.COORDINATE and self.agency in fields.declared(info).partners:
            raise Broken("partner_not_accountable", "role")
        if self.share is not None and self.role is not Role.LEAD:
            raise Broken("share_without_lead", "share")
        return self


class Part(Item):
    """A sub-item of a task; its code counts with letters, `mark_printed` is what the text counts with."""

    code: fields.Clause
    mark_printed: Short | None = None
    title_vi: Short
    title_en: Short
    line: Line | None


class Task(Placed):
    """What must be done: a programme item (WHAT, carried out by duties) or a duty (WHO, with assignments)."""

    code: fields.Clause
    section: fields.Section
    family: TaskFamily
    kind: TaskKind
    title_vi: Short
    title_en: Short
    visibility: Visibility = Visibility.NORMAL
    weight: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    target: Annotated[int, Field(ge=1, le=MOST_PIECES)] | None = None
    due_on: fields.Deadline | None = None
    note_vi: Long | None = None
    note_en: Long | None = None
    parts: tuple[Part, ...] = ()
    implemented_by: tuple[fields.Duty, ...] = ()
    implemented_by_source: Source | None = None
    ownership_gap: Bilingual | None = None
    assignments: tuple[Assignment, ...] = ()

    @model_validator(mode="after")
    def _what_or_who(self) -> Self:
        if self.family is TaskFamily.PROGRAMME and self.assignments:
            raise Broken("programme_is_not_assigned", "assignments")
        if self.family is TaskFamily.DUTY and (self.implemented_by or self.ownership_gap):
            raise Broken("duty_is_not_implemented", "implemented_by")
        if (self.implemented_by_source is None) != (not self.implemented_by):
            raise Broken("links_need_source", "implemented_by_source")
        if _repeats(self.implemented_by):
            raise Broken("repeated", "implemented_by")
        if self.target is not None and self.kind is not TaskKind.COUNTED:
            raise Broken("target_not_counted", "target")
        if _repeats(part.code for part in self.parts):
            raise Broken("repeated", "parts")
        if not all(part.code.startswith(f"{self.code}.") for part in self.parts):
            raise Broken("part_elsewhere", "parts")
        if clauses.valid(self.section) and not clauses.lies_in(self.code, self.section):
            raise Broken("clause_elsewhere", "code")
        return self

    @model_validator(mode="after")
    def _as_a_decision_could_have_it(self, info: ValidationInfo) -> Self:
        """What no amendment may make of a task (`services.fitting`) is nothing to begin with either."""
        ends = fields.declared(info).ends
        if self.kind is TaskKind.CONTINUOUS and self.due_on and ends and self.due_on < ends:
            raise Broken("before_last_period", "due_on")
        if self.kind is TaskKind.COUNTED and self.visibility is Visibility.STATUS_ONLY:
            raise Broken("count_is_content", "visibility")
        return self

    @model_validator(mode="after")
    def _answered_for(self) -> Self:
        leads = [one for one in self.assignments if one.role is Role.LEAD]
        if self.family is TaskFamily.DUTY and not leads:
            raise Broken("no_lead", "assignments")
        if _repeats((one.agency, one.role) for one in self.assignments):
            raise Broken("repeated", "assignments")
        shares = [Fraction(one.share) for one in leads if one.share is not None]
        if shares and (len(shares) != len(leads) or sum(shares) != 1):
            raise Broken("shares_not_one", "assignments")
        return self


class Event(Item):
    """A dated event whose anniversaries the plan marks: the date it prints, and the date found out."""

    code: ItemCode
    kind: EventKind
    name_vi: Short
    name_en: Short
    counterpart: fields.Country | None
    date_printed: date
    date_verified: date | None
    verified_by: Long | None
    note_vi: Long | None = None
    note_en: Long | None = None
    task: fields.Task | None
    line: Line | None

    @model_validator(mode="after")
    def _verified_by_something(self) -> Self:
        if (self.date_verified is None) != (self.verified_by is None):
            raise Broken("verified_by_what", "verified_by")
        return self
