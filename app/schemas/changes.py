"""The journal on the wire, and the caller."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from app.rules.ownership import Action
from app.rules.parties import Relation
from app.rules.vocabulary import AgencyKind, Operation, Scope, Subject
from app.schemas.base import AgencyRef, Clean, Labelled, Out
from app.schemas.difference import Moment
from app.schemas.lists import LONGEST_PAGE, Asking, codes_of, one_of


class ChangeOut(Labelled):
    """One changed row: who, when, by which right, from what to what."""

    id: str
    at: datetime
    plan: str | None
    task: str | None
    task_title_vi: str | None
    subject: Subject
    subject_label: str = ""
    ref: str
    output: str | None = Field(
        description="id đầu ra mà bước xử lý (`act`) nói tới, vì mã như M1 không nói là đầu ra nào; null với "
        "thay đổi khác · id of the output that an act is of, as no code like M1 says which; null for all "
        "other changes"
    )
    operation: Operation
    operation_label: str = ""
    version: int
    action: Action
    action_label: str = ""
    actor: str | None = Field(description="mã cơ quan · agency code; null for the technical administrator")
    actor_name_vi: str | None = Field(description="tên hiện nay · its name now")
    via: str = Field(description="khóa hoặc dòng lệnh · the key or the command line")
    before: dict[str, Any] | None = Field(description="null khi mới tạo · null for a new row")
    after: dict[str, Any] = Field(
        description="liên kết ghi bằng mã hoặc id · links by the code or id of what they lead to"
    )
    request_id: str | None


class ChangePage(Out):
    """A stretch of the feed, oldest first. Remember the last item's `id`, and ask `after` it next time; where
    there is no item, the one remembered before."""

    items: list[ChangeOut]
    next_cursor: str | None = Field(
        description="còn nữa: ghi vào `after` (là `id` cuối trang này; ở đây không có `cursor`); null khi "
        "đã đọc hết đến nay, lần sau hỏi `after` là `id` cuối cùng đã đọc · there is more: give it back as "
        "`after` (it is the last `id` of this page; there is no `cursor` here); null when there is no more "
        "for now: next time ask `after` the last `id` that was read"
    )


class ChangeFilter(Asking):
    after: Annotated[
        str | None,
        Field(
            min_length=26,
            max_length=26,
            description="`id` của thay đổi cuối đã đọc, cũng là `next_cursor` của trang trước; không nêu là "
            "từ đầu · last `id` seen, which is `next_cursor` of the page before; left out: from the first",
        ),
    ] = None
    newest: bool = Field(
        default=False,
        description="chỉ thay đổi mới nhất, để bắt đầu theo dõi · the last one alone: where to follow from",
    )
    from_: Annotated[
        Moment | None,
        Field(
            alias="from",
            description="chỉ thay đổi sau thời điểm này; một ngày là lúc hết ngày đó ở Việt Nam, như ở "
            "`progress/change`; để xem lại, còn giữ bản sao thì dùng `after` · only what changed after this "
            "instant: a day is its end in Vietnam, as in `progress/change`; to look back, while a copy is "
            "kept by `after`",
            examples=["2023-03-31"],
        ),
    ] = None
    limit: int = Field(default=50, ge=1, le=LONGEST_PAGE)
    plan: Annotated[str | None, codes_of("kế hoạch · plans", "ttdn-2023")] = None
    task: Annotated[
        str | None,
        codes_of(
            "nhiệm vụ, với phân công, đầu ra, hoạt động, bước xử lý, đôn đốc của nó · tasks, with their "
            "parts, outputs, records, acts and urges",
            "IV.7.a",
        ),
    ] = None
    subject: Annotated[str | None, one_of(Subject)] = None
    ref: Annotated[
        str | None,
        Field(min_length=1, max_length=300, description="mã hoặc id của bản ghi · its code or id"),
        Clean,
    ] = None


class Place(Out):
    """What the caller is in one plan: everything it is to any of its items, and to the plan itself."""

    plan: str
    relations: list[Relation]
    relation_labels: list[str]
    tasks: list[str] = Field(description="nhiệm vụ mình chịu trách nhiệm · tasks it is accountable for")


class MeOut(Labelled):
    """Who is calling, through which key, and what it is to each plan."""

    agency: AgencyRef | None
    agency_kind: AgencyKind | None
    agency_kind_label: str | None = None
    scopes: list[Scope]
    scope_labels: list[str]
    key: str
    key_label: str
    key_hint: str
    expires_at: datetime
    plans: list[Place]
