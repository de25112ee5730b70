"""Settlements on the wire: what a line's agency says it has spent for good, and what its checker says to
that."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.rules.ledger import SettlementState
from app.schemas.amendments import DecisionIn, DecisionOut
from app.schemas.base import AgencyRef, In, Labelled, Reason
from app.schemas.budget import LineCode, Vnd
from app.schemas.ledger import Happened
from app.schemas.lists import Listing, Page, codes_of, one_of, sort_by
from app.schemas.outputs import Can, CanFilter


class SettlementIn(In):
    """What has been spent from a line and is handed in to be checked."""

    line: LineCode
    amount_vnd: Vnd
    note: Reason | None = None


class AcceptanceOfSettlementIn(In):
    """The document that accepts a settlement as it was submitted."""

    decision: DecisionIn
    occurred_on: Happened
    note: Reason | None = None


class ReturnOfSettlementIn(In):
    """What is missing."""

    missing: Reason


class WithdrawalOfSettlementIn(In):
    """Why it is not to be checked."""

    reason: Reason


class SettlementOut(Labelled):
    """A settlement as it stands."""

    id: str
    line: str
    agency: AgencyRef | None
    amount_vnd: int
    amount_words_vi: str
    note: str | None
    state: SettlementState
    state_label: str = ""
    submitted_by: AgencyRef
    submitted_at: datetime
    decided_by: AgencyRef | None = Field(
        description="ai giải quyết, hoặc rút lại · who decided it, or withdrew it"
    )
    decided_at: datetime | None
    decision: DecisionOut | None
    missing: str | None
    reason: str | None = Field(description="lý do rút lại · why it was withdrawn")
    entry: str | None = Field(description="id bút toán quyết toán · the entry that it became")
    can: Can


class SettlementPage(Page):
    items: list[SettlementOut]


class SettlementFilter(Listing):
    line: Annotated[str | None, codes_of("dòng kinh phí · lines", "SVHTTDL-01")] = None
    agency: Annotated[str | None, codes_of("đơn vị của dòng · the lines' agencies", "SVHTTDL")] = None
    state: Annotated[str | None, one_of(SettlementState)] = None
    can: CanFilter = None
    sort: Annotated[str, sort_by("id")] = "-id"
