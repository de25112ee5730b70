"""Plans, sections and objectives on the wire: the document itself."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.rules.vocabulary import AnomalyClass, PeriodKind, PlanStatus, Source
from app.schemas.base import AgencyRef, Labelled, Out
from app.schemas.lists import Listing, Page, Search, codes_of, one_of, sort_by


class PlanOut(Labelled):
    """One numbered document for one year."""

    slug: str = Field(examples=["ttdn-2023"])
    number: str = Field(examples=["07-KH/BCĐ-TTĐN"])
    number_printed: str
    title_vi: str
    title_en: str
    year: int = Field(examples=[2023])
    period_from: date
    period_to: date
    effective_on: date | None
    issued_on: date | None
    status: PlanStatus
    status_label: str = ""
    revision: int = Field(description="tăng sau mỗi lần điều chỉnh · raised by every amendment")
    issuer_vi: str
    issuer_en: str
    owner: AgencyRef


class PlanPage(Page):
    items: list[PlanOut]


class LegalBasis(Out):
    citation: str
    number: str | None
    date: date | None
    issuer: str | None
    line: int | None
    note_vi: str | None
    note_en: str | None


class Recipient(Out):
    printed: str
    agency: str | None
    line: int | None


class Anomaly(Labelled):
    """Something odd in the printed text: what is printed, and how we read it."""

    number: int
    lines: str | None
    printed: str
    reading_vi: str
    reading_en: str
    kind: AnomalyClass
    kind_label: str = ""


class SourceText(Out):
    file: str
    sha256_prefix: str
    lines: int


class Stated(Labelled):
    """Where a fact of the plan comes from."""

    fact: str = Field(examples=["issued_on"])
    source: Source
    source_label: str = ""


class PlanDetail(PlanOut):
    """The plan with its facts, its sources and the anomalies of its text."""

    place: str | None
    signer_office_vi: str | None
    signer_office_en: str | None
    secretariat: AgencyRef | None
    superior: AgencyRef | None
    reporting_period: PeriodKind
    reporting_period_label: str = ""
    funding_source_vi: str | None
    funding_source_en: str | None
    events_open: bool = Field(description="danh sách sự kiện để mở · the list of events is open")
    stated: list[Stated] = Field(description="nguồn của từng dữ kiện · where these facts come from")
    source_text: SourceText | None
    legal_bases: list[LegalBasis]
    recipients: list[Recipient]
    anomalies: list[Anomaly]


class PlanFilter(Listing):
    q: Search = None
    year: Annotated[int | None, Field(ge=1900, le=2200)] = None
    status: Annotated[str | None, one_of(PlanStatus)] = None
    sort: Annotated[str, sort_by("slug", "year")] = "slug"


class SectionOut(Out):
    """A node of the document's tree."""

    code: str = Field(examples=["IV.7"])
    parent: str | None = Field(examples=["IV"])
    title_vi: str
    title_en: str
    line: int | None


class SectionPage(Page):
    items: list[SectionOut]


class SectionFilter(Listing):
    q: Search = None
    parent: Annotated[str | None, codes_of("mục cha · parent", "IV")] = None
    sort: Annotated[str, sort_by("code")] = "code"


class ObjectiveOut(Out):
    """What the plan is for. Objectives are never counted in progress."""

    code: str = Field(examples=["I.1.5"])
    section: str = Field(examples=["I.1"])
    title_vi: str
    title_en: str
    lines: str | None
    line: int | None


class ObjectivePage(Page):
    items: list[ObjectiveOut]


class ObjectiveFilter(Listing):
    q: Search = None
    section: Annotated[str | None, codes_of("mục · section", "I.1")] = None
    sort: Annotated[str, sort_by("code")] = "code"
