"""The document part of a plan file: its facts, its tree, what it wants, and what is odd in its text.

Field by field the names are those of the service's own records, so the loader only passes them on.
For those who write plans: docs/plan-format.md.
"""

import datetime as dt
import re
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, model_validator

from app.rules.vocabulary import AnomalyClass, PeriodKind, Source
from seed import fields
from seed.fields import Bilingual, Broken, Given, Item, Line, Lines, Long, Short, Stated


class Period(Item):
    """The days the plan covers, both included, within the plan's year."""

    first: dt.date = Field(alias="from")
    last: dt.date = Field(alias="to")
    source: Source


class LegalBasis(Item):
    """A document the plan rests on or cites; number and date as the text gives them, or null."""

    citation: Short
    number: Short | None
    date: dt.date | None
    issuer: Short | None
    line: Line | None
    note_vi: Long | None = None
    note_en: Long | None = None


class Recipient(Item):
    """One line of the list of recipients, as printed, with the agency it means."""

    printed: Short
    agency: fields.Agency | None
    line: Line | None


class SourceText(Item):
    """The text the plan was read from: a file's name (never its path), its digest, its number of lines."""

    file: Annotated[str, fields.formed(r"^[^/\\]+$", "ke-hoach-2024.txt", 200)]
    sha256_prefix: Annotated[str, fields.formed(r"^[0-9a-f]{8,64}$", "0123456789abcdef", 64)]
    lines: Annotated[int, Field(ge=1)]


class Plan(Item):
    """The facts of the document itself."""

    slug: fields.Slug
    number: Short
    number_printed: Short
    title_vi: Short
    title_en: Short
    year: Annotated[int, Field(ge=1945, le=9999)]
    period: Period
    issuer: Bilingual
    owner: fields.Body
    secretariat: fields.Body | None
    superior: fields.Body | None
    place: Stated[Short]
    issued_on: Stated[dt.date]
    effective_on: Given[dt.date]
    signer_office: Bilingual | None
    funding_source: Bilingual | None
    reporting_period: Given[PeriodKind]
    legal_bases: tuple[LegalBasis, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    source: SourceText | None

    @model_validator(mode="after")
    def _one_year(self) -> Self:
        opens, ends = dt.date(self.year, 1, 1), dt.date(self.year, 12, 31)
        if not opens <= self.period.first <= self.period.last <= ends:
            raise Broken("period_out_of_year", "period")
        for said, day in (("effective_on", self.effective_on.value), ("issued_on", self.issued_on.value)):
            if day is not None and day > self.period.last:
                raise Broken("after_the_period", said)
        return self


class Section(Item):
    """A node of the document's tree. Parents stand before their children, so no circle can be written."""

    code: fields.Clause
    parent: fields.Section | None
    title_vi: Short
    title_en: Short
    line: Line | None

    @model_validator(mode="after")
    def _parent_first(self, info: ValidationInfo) -> Self:
        order = fields.declared(info).sections
        if self.parent is not None and order.index(self.parent) >= order.index(self.code):
            raise Broken("parent_not_before", "parent")
        return self


class Placed(Item):
    """Something that stands on lines of the text; `line` is the first of `lines`, null when it has none."""

    lines: Lines | None
    line: Line | None

    @model_validator(mode="after")
    def _first_line(self) -> Self:
        first = re.match(r"\d+", self.lines) if self.lines else None
        if (int(first.group()) if first else None) != self.line:
            raise Broken("line_not_first", "line")
        return self


class Objective(Placed):
    """A purpose or requirement of Part I: tasks serve it, progress never counts it (model §1)."""

    code: fields.Clause
    section: fields.Section
    title_vi: Short
    title_en: Short


class Anomaly(Placed):
    """Something odd in the text: what is printed, and beside it how we read it."""

    number: Annotated[int, Field(ge=1)]
    printed: Short
    reading_vi: Long
    reading_en: Long
    anomaly_class: AnomalyClass = Field(alias="class")
