"""Money on the wire: the plan's total, and the lines it is broken down to. Whole đồng."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.rules import classification
from app.rules.ledger import MOST
from app.schemas.amendments import DecisionIn
from app.schemas.base import AgencyRef, Clean, Day, In, Number, Out, Patch, TaskRef, Title, formed
from app.schemas.lists import Listing, Page, Search, codes_of, sort_by
from app.schemas.outputs import Can, CanFilter

Vnd = Annotated[int, Field(ge=1, le=MOST, description="đồng", examples=[150000000]), Number]
LineCode = Annotated[str, formed(r"^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$", "SVHTTDL-01", max_length=60), Clean]


Three = Annotated[str, formed(r"^[0-9]{3}$", "160"), Clean]
Four = Annotated[str, formed(r"^[0-9]{4}$", "6650"), Clean]
Chapter = Annotated[Three, Field(description="chương", examples=["425"])]
Category = Annotated[Three, Field(description="loại", examples=["160"])]
Subcategory = Annotated[
    Three, Field(description="khoản, phải đi cùng loại · with its category", examples=["161"])
]
Item = Annotated[Four, Field(description="mục", examples=["6650"])]
Subitem = Annotated[Four, Field(description="tiểu mục, phải đi cùng mục · with its item", examples=["6651"])]

Tasks = Annotated[list[Annotated[str, Clean]], Field(max_length=50, examples=[["IV.7.a"]])]
Things = Annotated[list[Annotated[str, Clean]], Field(max_length=50)]


class BudgetOut(Out):
    """The plan's money as this caller may see it: lines for tasks that are hidden from it take no part, as in
    progress. Always allocated + unallocated = total."""

    plan: str
    total_vnd: int = Field(examples=[2278000000])
    total_words_vi: str = Field(examples=["Hai tỷ, hai trăm bảy mươi tám triệu đồng"])
    needed_vnd: int = Field(
        description="nhu cầu các dòng đã nêu; số duy nhất có thể vượt 2^53, vì không tổng nào giới hạn nó · "
        "what lines are said to need; the one sum that may pass 2^53, since no total bounds it"
    )
    allocated_vnd: int
    unallocated_vnd: int
    unallocated_words_vi: str
    committed_vnd: int
    spent_vnd: int
    settled_vnd: int
    printed: str | None
    words_printed: str | None
    source_vi: str
    source_en: str
    line: int | None
    lines: int = Field(description="số dòng kinh phí · how many lines it is broken down to")


class BudgetLineOut(Out):
    """A line, and where it stands: what its entries add up to."""

    code: str
    agency: AgencyRef | None
    title_vi: str
    title_en: str
    tasks: list[TaskRef] = Field(
        description="nhiệm vụ được chi, những nhiệm vụ xem được · the tasks it is for, as far as seen"
    )
    outputs: list[str] = Field(description="id đầu ra · ids of outputs it is for")
    activities: list[str] = Field(description="id hoạt động · ids of records it is for")
    events: list[str] = Field(description="mã sự kiện · codes of events it is for")
    chapter: str | None = Field(description="chương")
    category: str | None = Field(description="loại")
    subcategory: str | None = Field(description="khoản")
    item: str | None = Field(description="mục")
    subitem: str | None = Field(description="tiểu mục")
    needed_vnd: int
    allocated_vnd: int
    committed_vnd: int
    spent_vnd: int
    settled_vnd: int
    line: int | None
    can: Can


class BudgetLinePage(Page):
    items: list[BudgetLineOut]


class BudgetLineFilter(Listing):
    q: Search = None
    agency: Annotated[str | None, codes_of("cơ quan · agencies", "STC")] = None
    task: Annotated[str | None, codes_of("nhiệm vụ · tasks", "IV.7.a")] = None
    can: CanFilter = None
    sort: Annotated[str, sort_by("code", "allocated_vnd", "spent_vnd")] = "code"


class FirstAllocationIn(In):
    """What the funding decider gives a line as it opens it."""

    amount_vnd: Vnd
    occurred_on: Annotated[Day, Field(examples=["2023-03-01"])]
    decision: DecisionIn


class BudgetLineIn(In):
    """A new line. An agency opens its own, and may say what it needs; the funding decider opens one together
    with what it allocates to it. Its code begins with the code of its agency: `SVHTTDL-01`."""

    code: LineCode
    agency: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=35,
            description="đơn vị của dòng, không nêu là chính mình · whose line; the caller's if left out",
        ),
        Clean,
    ] = None
    title_vi: Title
    title_en: Annotated[Title | None, Field(description="không nêu là `title_vi` · left out: `title_vi`")] = (
        None
    )
    tasks: Tasks = Field(default=[])
    outputs: Things = Field(default=[])
    activities: Things = Field(default=[])
    events: Things = Field(default=[])
    chapter: Chapter | None = None
    category: Category | None = None
    subcategory: Subcategory | None = None
    item: Item | None = None
    subitem: Subitem | None = None
    needed_vnd: Vnd | None = None
    allocation: FirstAllocationIn | None = None

    @model_validator(mode="after")
    def _parts_with_their_wholes(self) -> Self:
        if classification.missing({level: getattr(self, level) for level in classification.LEVELS}):
            code, why = classification.INCOMPLETE
            raise PydanticCustomError(code, "a part needs its whole", why._asdict())
        return self


class BudgetLinePatch(Patch):
    """A merge patch (RFC 7396): what is named changes, `null` empties what may be empty. A list is the whole
    list, of what the caller sees: links that are hidden from it stay. A task stays as long as one of its
    outputs or records does. An English title that is only the copy of the Vietnamese one goes on being that;
    `null` makes it that."""

    title_vi: Title = ""
    title_en: Title | None = None
    tasks: Tasks = Field(default=[])
    outputs: Things = Field(default=[])
    activities: Things = Field(default=[])
    events: Things = Field(default=[])
    chapter: Chapter | None = None
    category: Category | None = None
    subcategory: Subcategory | None = None
    item: Item | None = None
    subitem: Subitem | None = None
