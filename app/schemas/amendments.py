"""Amendments and proposals on the wire: the decision, and what it changes; one form for both."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from app.errors import Text
from app.rules import decisions
from app.rules.amending import ProposalState
from app.rules.decisions import NotADocumentNumber
from app.schemas.base import AgencyRef, Clean, Day, In, Labelled, Number, Out, Reason, Title
from app.schemas.changing import Change
from app.schemas.lists import Listing, Page, codes_of, one_of, sort_by
from app.schemas.outputs import Can, CanFilter
from app.schemas.progress import Levels

ChangesInVietnamese = Annotated[
    list[str],
    Field(
        description="từng thay đổi bằng tiếng Việt, theo thứ tự của `changes` · each change in Vietnamese, "
        "in the order of `changes`",
        examples=[["Trọng số nhiệm vụ IV.7.a: 2"]],
    ),
]
Changes = Annotated[list[Change], Field(min_length=1, max_length=100)]


def _document_number(text: str) -> str:
    try:
        number = decisions.parse(text)
    except NotADocumentNumber as error:
        raise _said(error.code, error.text) from error
    if not number.decides:
        kind = number.type_label
        raise _said(
            "document_decides_nothing",
            Text(
                f"{kind.vi} không phải là văn bản quyết định.",
                f"{kind.en}: a document of this type decides nothing.",
            ),
        )
    return number.printed


def _said(code: str, text: Text) -> PydanticCustomError:
    return PydanticCustomError(code, "{en}", {"vi": text.vi, "en": text.en})


class DecisionIn(In):
    """The document that decides: Party `NN-TYPE/ISSUER`, State `NN/TYPE-ISSUER` or `NN/YYYY/TYPE-ISSUER`."""

    number: Annotated[
        str,
        Field(min_length=1, max_length=200, examples=["09-QĐ/BCĐ-TTĐN"]),
        Clean,
        AfterValidator(_document_number),
    ]
    decided_on: Annotated[Day, Field(examples=["2023-06-30"])]
    issuer: Annotated[Title, Field(description="cơ quan ban hành · the issuing body")]

    @model_validator(mode="after")
    def _of_that_year(self) -> Self:
        try:
            decisions.check(decisions.parse(self.number), self.decided_on)
        except NotADocumentNumber as error:
            raise _said(error.code, error.text) from error
        return self


class AmendmentIn(In):
    """A decision and all it changes: done together or not at all. `amends_revision` is the revision it was
    written for; another one in force is 409."""

    decision: DecisionIn
    summary: Reason | None = None
    amends_revision: Annotated[int | None, Field(ge=1, le=1_000_000), Number] = None
    changes: Changes


class ProposalIn(In):
    """What an office asks the plan's owner to decide, and why."""

    reason: Reason
    changes: Changes


class AcceptanceIn(In):
    """The decision that accepts a proposal as it stands: the amendment is made from both."""

    decision: DecisionIn
    summary: Reason | None = None
    amends_revision: Annotated[int | None, Field(ge=1, le=1_000_000), Number] = None


class AnswerIn(In):
    """Why a proposal is declined, or withdrawn."""

    reason: Reason


class DecisionOut(Out):
    """The document that decided."""

    number: str
    type_label: str = Field(description="loại văn bản · the kind of document", examples=["Quyết định"])
    decided_on: date
    issuer: str


class AmendmentOut(Out):
    """One decision and what it changed. Changes of tasks that the caller may not see are left out."""

    revision: int = Field(description="lần điều chỉnh · the plan's revision since")
    decision: DecisionOut
    summary: str | None
    changes: list[dict[str, Any]]
    changes_vi: ChangesInVietnamese
    entered_by: AgencyRef
    entered_at: datetime


class AmendmentPage(Page):
    items: list[AmendmentOut]


class AmendmentFilter(Listing):
    sort: Annotated[str, sort_by("revision")] = "-revision"


class AmendmentResult(Out):
    """What came of it: the plan's figures before and after. `applied` is false for a rehearsal, of which
    nothing is kept."""

    applied: bool
    amendment: AmendmentOut
    before: Levels
    after: Levels


class ProposalOut(Labelled):
    """A proposal as it stands."""

    id: str
    state: ProposalState
    state_label: str = ""
    proposed_by: AgencyRef
    reason: str
    changes: list[dict[str, Any]]
    changes_vi: ChangesInVietnamese
    proposed_at: datetime
    settled_at: datetime | None
    answer: str | None = Field(description="lý do từ chối hoặc rút · why it was declined or withdrawn")
    amendment: int | None = Field(description="lần điều chỉnh đã chấp nhận · the revision that accepted it")
    can: Can


class ProposalPage(Page):
    items: list[ProposalOut]


class ProposalFilter(Listing):
    state: Annotated[str | None, one_of(ProposalState)] = None
    proposed_by: Annotated[str | None, codes_of("cơ quan đề xuất · proposing agencies", "SVHTTDL")] = None
    can: CanFilter = None
    sort: Annotated[str, sort_by("id")] = "-id"


class ProposalResult(Out):
    """What came of it; the amendment where it was accepted."""

    result: Literal["proposed", "accepted", "declined", "withdrawn", "unchanged"]
    proposal: ProposalOut
    amendment: AmendmentResult | None = None
