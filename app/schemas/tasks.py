"""Tasks and assignments on the wire: what is to be done, and by whom."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.rules.rag import Colour
from app.rules.vocabulary import (
    NOTHING_OWED,
    Role,
    Source,
    State,
    TaskFamily,
    TaskKind,
    TaskStatus,
    Visibility,
)
from app.schemas.base import AgencyRef, Day, Labelled, Out, Ratio, TaskRef, Until
from app.schemas.lists import Listing, Page, Search, codes_of, include_of, one_of, sort_by
from app.schemas.outputs import Can, CanFilter
from app.schemas.progress import Levels


class AssignmentOut(Labelled):
    """A task, a body and its role. The printed verb stands beside the effective role: they can differ."""

    id: str
    task: TaskRef
    agency: AgencyRef
    group: str | None = Field(description="nhóm mà phân công này thuộc về · the group it comes from")
    role: Role
    role_label: str = ""
    verb_printed: str | None
    role_read_vi: str | None = Field(description="vai trò hiểu từ văn bản · the role as read from the text")
    role_read_en: str | None
    source: Source
    source_label: str = ""
    fans_out: bool = Field(description="đã chia cho các thành viên · divided among the group's members")
    share: Ratio = Field(
        description="phần của nhiệm vụ · exact part of the task; 0 for roles that never count"
    )
    recorded_quantity: int = Field(
        description="số lượng đã ghi nhận của việc theo số lượng, kể cả vượt; việc khác là 0 · pieces of a "
        "counted duty recorded, surplus too; 0 for other duties, see `records`"
    )
    records: int = Field(description="số bản ghi còn hiệu lực · standing records")
    valid_from: date | None
    valid_to: date | None = Field(description="ngày cuối trước khi bàn giao · last day before the handover")
    succeeds: str | None = Field(description="nhận phần còn lại từ phân công này · whose rest it took over")
    progress: Levels | None = Field(description="chỉ với vai trò chịu trách nhiệm · for counted leads only")
    can: Can


class AssignmentPage(Page):
    items: list[AssignmentOut]


class AssignmentFilter(Listing):
    q: Search = None
    task: Annotated[str | None, codes_of("nhiệm vụ · tasks", "IV.9.1")] = None
    section: Annotated[str | None, codes_of("mục, gồm cả bên trong · sections, with all below", "IV.9")] = (
        None
    )
    agency: Annotated[str | None, codes_of("cơ quan · agencies", "BAOTV")] = None
    group: Annotated[str | None, codes_of("nhóm · groups", "G.UBH")] = None
    role: Annotated[str | None, one_of(Role)] = None
    state: Annotated[str | None, one_of(State, NOTHING_OWED)] = None
    can: CanFilter = None
    sort: Annotated[str, sort_by("task", "agency")] = "task"


class Part(Out):
    """A sub-item of a programme item."""

    code: str
    mark_printed: str | None
    title_vi: str
    title_en: str
    line: int | None


class Link(Labelled):
    """A programme item and a duty that carries it out: our reading of the plan."""

    task: TaskRef
    basis: Source
    basis_label: str = ""


class TaskOut(Labelled):
    """What must be done. `assignments`, `implemented_by`, `implements` are null in lists unless asked for."""

    code: str = Field(examples=["IV.7.a"])
    section: str = Field(examples=["IV.7"])
    family: TaskFamily
    family_label: str = ""
    kind: TaskKind
    kind_label: str = ""
    title_vi: str
    title_en: str
    lines: str | None = Field(
        description="dòng trong văn bản nguồn · lines of the source text", examples=["132/1"]
    )
    line: int | None
    visibility: Visibility
    visibility_label: str = ""
    status: TaskStatus
    status_label: str = ""
    superseded_by: str | None
    weight: int
    target: int | None = Field(
        description="số lượng phải có, null khi chưa giao · null until the owner sets it"
    )
    due_on: date
    due_source: Source
    due_source_label: str = ""
    note_vi: str | None
    note_en: str | None
    gap_vi: str | None = Field(description="phần chưa có cơ quan nào chịu trách nhiệm · the part nobody owns")
    gap_en: str | None
    parts: list[Part]
    state: State | None
    state_label: str | None = None
    progress: Levels
    can: Can
    assignments: list[AssignmentOut] | None = None
    implemented_by: list[Link] | None = None
    implements: list[Link] | None = None


class TaskPage(Page):
    items: list[TaskOut]


class TaskFilter(Listing):
    q: Search = None
    family: Annotated[str | None, one_of(TaskFamily)] = None
    kind: Annotated[str | None, one_of(TaskKind)] = None
    visibility: Annotated[str | None, one_of(Visibility)] = None
    status: Annotated[str | None, one_of(TaskStatus)] = None
    state: Annotated[str | None, one_of(State, NOTHING_OWED)] = None
    section: Annotated[str | None, codes_of("mục, gồm cả bên trong · sections, with all below", "IV")] = None
    agency: Annotated[str | None, codes_of("cơ quan được phân công · any assigned agency", "SVHTTDL")] = None
    lead: Annotated[str | None, codes_of("cơ quan chịu trách nhiệm · accountable agency", "SVHTTDL")] = None
    due_from: Annotated[Day | None, Field(description="hạn từ ngày · due on or after")] = None
    due_to: Annotated[Until, Field(description="hạn đến ngày · due on or before")] = None
    rag: Annotated[str | None, one_of(Colour)] = None
    can: CanFilter = None
    sort: Annotated[str, sort_by("code", "title", "due_on")] = "code"
    include: Annotated[str | None, include_of("assignments", "links")] = None
