"""Asking for leave beforehand: what the caller may do with one thing, or why not, before anything is sent."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from app.rules.ownership import Action
from app.rules.parties import Relation
from app.schemas.base import Clean, Labelled, Out


class PermissionFilter(BaseModel):
    """One question: may I do this to that?"""

    model_config = ConfigDict(extra="forbid")

    action: Annotated[Action, Field(description="việc muốn làm · what is to be done")]
    on: Annotated[
        str,
        Field(
            min_length=1,
            max_length=300,
            description="địa chỉ của mục trong API, có hoặc không có `/v1/` · the address in this API, with "
            "or without `/v1/`: a plan, task, assignment, output, activity, urge, proposal, event, "
            "occurrence, budget line, ledger entry, settlement, agency",
            examples=["plans/ttdn-2023/tasks/IV.7.a"],
        ),
        Clean,
    ]


class RefusalOut(Out):
    """Why not, as the request itself would be told (403)."""

    reason: str = Field(description="mã trong tài liệu lỗi · a code of docs/errors.md")
    detail_vi: str
    detail_en: str
    clause: str | None = Field(description="điều khoản của mục này · the clause of the thing")
    granted_by: list[str] = Field(
        description="điều khoản giao thẩm quyền cần có · the clauses that give the power that is needed"
    )
    you_are: list[Relation]
    you_are_labels: list[str]
    needs: list[Relation]
    needs_labels: list[str]
    who_can: list[str] = Field(description="cơ quan có thẩm quyền · the agencies that hold this power")
    on_behalf: list[str] = Field(description="cơ quan được làm thay · who may do it in their name")
    instead: dict[str, Any] | None = Field(
        description="yêu cầu sẽ được nhận · a request of the caller's that would be accepted"
    )


class ObstacleOut(Out):
    """Why it is not possible now, whoever asks; or why it would change nothing."""

    reason: str
    text_vi: str
    text_en: str


class PermissionOut(Labelled):
    """Yes, or why not. What is allowed here is what stands in the thing's own `can`."""

    model_config = ConfigDict(serialize_by_alias=True)

    allowed: bool = Field(description="làm được và có thay đổi · it would be done, and change something")
    action: Action
    action_label: str = ""
    on: str
    as_: Relation | None = Field(
        serialization_alias="as", description="tư cách được làm · by being what; null when refused"
    )
    as_label: str | None
    refusal: RefusalOut | None
    obstacle: ObstacleOut | None
