"""The ledger on the wire: what is stated, decided, committed and spent, and the entries that say so."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from app.rules.ledger import MOST, EntryKind
from app.schemas import natural_key
from app.schemas.amendments import DecisionIn
from app.schemas.base import AgencyRef, Clean, Day, In, Labelled, Number, Out, Reason, Title, Until
from app.schemas.budget import BudgetLineOut, LineCode, Vnd
from app.schemas.lists import Listing, Page, codes_of, one_of, sort_by
from app.schemas.natural_key import ExternalId, SourceSystem
from app.schemas.outputs import Can, CanFilter

Happened = Annotated[Day, Field(description="ngày phát sinh · the day it happened", examples=["2023-05-12"])]


class DocumentIn(In):
    """The paper it is by: a contract, a voucher, a report; however it is numbered."""

    number: Annotated[str, Field(min_length=1, max_length=80, examples=["15/HĐ-SVHTTDL"]), Clean]
    issued_on: Annotated[Day, Field(examples=["2023-05-10"])]
    issuer: Title | None = None


class Keyed(In):
    """What a source knows it by: the same `source_system` and `external_id` again is the same entry."""

    source_system: SourceSystem | None = None
    external_id: ExternalId | None = None

    @model_validator(mode="after")
    def _whole_natural_key(self) -> Self:
        natural_key.check(self.source_system, self.external_id)
        return self


class EntryIn(Keyed):
    """An amount on a line, and the paper that says so. An entry never changes: what was wrong is reversed."""

    line: LineCode
    amount_vnd: Vnd
    occurred_on: Happened
    document: DocumentIn | None = None
    note: Reason | None = None


def _some(amount: int) -> int:
    if amount == 0:
        raise PydanticCustomError(
            "no_amount",
            "zero says nothing",
            {"vi": "Số tiền phải khác 0.", "en": "An amount of zero says nothing."},
        )
    return amount


class CommitmentIn(EntryIn):
    """What an agency commits of what was allocated; or, below zero, what of that it will not spend."""

    amount_vnd: Annotated[
        int,
        Field(
            ge=-MOST,
            le=MOST,
            description="đồng, khác 0; âm là giảm cam kết · not zero; below zero it releases",
            examples=[150000000],
        ),
        Number,
        AfterValidator(_some),
    ]


class AllocationIn(Keyed):
    """What a decision gives to a line, within the plan's total."""

    line: LineCode
    amount_vnd: Vnd
    occurred_on: Happened
    decision: DecisionIn
    note: Reason | None = None


class TransferIn(In):
    """What a decision moves from one line to another: two entries that add up to nothing."""

    from_line: LineCode
    to_line: LineCode
    amount_vnd: Vnd
    occurred_on: Happened
    decision: DecisionIn
    note: Reason | None = None


class ReversalIn(In):
    """Why an entry is taken back; what a decision did is taken back by a decision."""

    reason: Reason
    occurred_on: Happened
    decision: Annotated[
        DecisionIn | None,
        Field(description="bắt buộc với bố trí và quyết toán · needed for allocations and settlements"),
    ] = None


class DocumentOut(Out):
    """The paper an entry cites. The day is null where the plan's own text is cited, and says none."""

    number: str
    issued_on: date | None
    issuer: str | None


class LedgerEntryOut(Labelled):
    """What one paper did to one line; it never changes."""

    id: str
    line: str = Field(examples=["SVHTTDL-01"])
    agency: AgencyRef | None
    kind: EntryKind
    kind_label: str = ""
    amount_vnd: int = Field(description="âm là lấy lại · below zero it takes back")
    amount_words_vi: str
    occurred_on: date
    document: DocumentOut | None
    note: str | None
    recorded_by: AgencyRef
    recorded_at: datetime
    reverses: str | None = Field(description="id bút toán bị đảo · the entry that this one takes back")
    reversed_by: str | None = Field(description="id bút toán đảo · the entry that takes this one back")
    transfer: str | None = Field(
        description="chung cho hai bút toán điều chuyển · shared by the two of a transfer"
    )
    settlement: str | None
    source_system: str | None
    external_id: str | None
    can: Can = Field(
        description="thẩm quyền để đảo bút toán này, khi còn đảo được · by which power it can be reversed now"
    )


Result = Literal["created", "unchanged"]


class Posted(Out):
    """What came of it: the entries, and their lines as they stand now. `unchanged`: on record already."""

    result: Result
    entries: list[LedgerEntryOut]
    lines: list[BudgetLineOut]


class LedgerEntryPage(Page):
    items: list[LedgerEntryOut]


class LedgerEntryFilter(Listing):
    line: Annotated[str | None, codes_of("dòng kinh phí · lines", "SVHTTDL-01")] = None
    agency: Annotated[str | None, codes_of("đơn vị của dòng · the lines' agencies", "SVHTTDL")] = None
    kind: Annotated[str | None, one_of(EntryKind)] = None
    occurred_from: Day | None = None
    occurred_to: Until = None
    source_system: SourceSystem | None = None
    external_id: ExternalId | None = None
    can: CanFilter = None
    sort: Annotated[str, sort_by("id", "occurred_on")] = "-id"
