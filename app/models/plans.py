"""Plans: one numbered document for one year, with what is known about the document itself."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Json, Name, Recorded, SearchText, SortKey
from app.rules.vocabulary import PeriodKind, PlanStatus


class Plan(Recorded):
    __tablename__ = "plans"

    slug: Mapped[str] = mapped_column(unique=True)
    number: Mapped[Name]
    number_printed: Mapped[Name]
    title_vi: Mapped[Name]
    title_en: Mapped[Name]
    sort_key: Mapped[SortKey]
    search_text: Mapped[SearchText]
    year: Mapped[int] = mapped_column(index=True)
    period_from: Mapped[date]
    period_to: Mapped[date]
    effective_on: Mapped[date | None]
    issued_on: Mapped[date | None]
    place: Mapped[Name | None]
    signer_office_vi: Mapped[Name | None]
    signer_office_en: Mapped[Name | None]
    issuer_vi: Mapped[Name]
    issuer_en: Mapped[Name]
    owner_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    secretariat_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    superior_id: Mapped[int | None] = mapped_column(
        ForeignKey("agencies.id"), doc="approves for the owner itself"
    )
    superiors: Mapped[Json] = mapped_column(
        doc="codes of the superior bodies the plan goes to, who see all of it"
    )
    reporting_period: Mapped[PeriodKind]
    status: Mapped[PlanStatus]
    revision: Mapped[int] = mapped_column(default=1)
    funding_source_vi: Mapped[Name | None]
    funding_source_en: Mapped[Name | None]
    events_open: Mapped[bool]
    thresholds: Mapped[Json | None] = mapped_column(doc="of the colours, as fractions; null: the usual ones")
    stated: Mapped[Json] = mapped_column(doc="where each fact that needs saying comes from, by field")
    source_text: Mapped[Json | None] = mapped_column(
        doc="file name, digest and lines of the text it was read from"
    )
    legal_bases: Mapped[Json]
    recipients: Mapped[Json]
    anomalies: Mapped[Json]
    file_digest: Mapped[str] = mapped_column(
        doc="SHA-256 of the plan file's content: loading it again is a no-op"
    )

    @property
    def ref(self) -> str:
        return self.slug

    @property
    def plan_of(self) -> int | None:
        return self.id
