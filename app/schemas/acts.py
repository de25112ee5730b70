"""Acts on outputs on the wire: claims, withdrawals, confirmations, returns; and the status of a period."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.rules.acts import ActKind
from app.rules.vocabulary import Level, Word
from app.schemas.activities import Moved
from app.schemas.base import AgencyRef, Day, In, Labelled, Out, Reason, Title, formed
from app.schemas.lists import Listing, Page, sort_by
from app.schemas.outputs import OutputOut


class ClaimIn(In):
    """An office says that an output is done. `{}` is enough."""

    note: Reason | None = None


class ConfirmationIn(In):
    """The monitor accepts what was evidenced. `{}` is enough; If-Match names the version looked at."""

    note: Reason | None = None


class ReturnIn(In):
    """The monitor sends an output back. It stands on no level until its body claims it again."""

    missing: Annotated[Reason, Field(description="còn thiếu gì · what is missing")]


class StatusEntry(Word):
    """All that may be said of a period of a status-only duty."""

    FULFILLED = "fulfilled", "Đã thực hiện", "Fulfilled"
    NOT_FULFILLED = "not_fulfilled", "Chưa thực hiện", "Not fulfilled"
    CONFIRMED = "confirmed", "Đã xác nhận", "Confirmed"
    RETURNED = "returned", "Trả lại", "Returned"


class StatusEntryIn(In):
    """A period and one of four words. There is no other field, and none will be added: nothing else is
    stored of a status-only duty."""

    period: Annotated[
        str,
        formed(
            r"^([0-9]{4}(-(M(0[1-9]|1[0-2])|Q[1-4]|H[12]))?|M[1-9][0-9]{0,2})$",
            "2023-Q1",
            description="kỳ báo cáo, hoặc mã mốc · the reporting period, or a milestone's code",
        ),
    ]
    entry: StatusEntry


class OccurrenceIn(In):
    """A triggered duty is due again: from now on it owes one more."""

    label: Annotated[Title | None, Field(description="gọi tên lần phát sinh · what it is")] = None
    due_on: Annotated[Day | None, Field(description="hạn; không nêu thì là cuối kỳ · by when")] = None


class ActOut(Labelled):
    """Who did what to an output, when, why, and in whose name."""

    id: str
    kind: ActKind
    kind_label: str = ""
    output: str = Field(description="id đầu ra · the output's id")
    by: AgencyRef
    on_behalf_of: AgencyRef | None = Field(description="làm thay cho · null when in its own right")
    reason: str | None
    level: Level = Field(description="mức sau đó · where it stood afterwards")
    level_label: str = ""
    acted_at: datetime


class ActPage(Page):
    items: list[ActOut]


class ActFilter(Listing):
    sort: Annotated[str, sort_by("id")] = "id"


class ActResult(Out):
    """What came of it. `unchanged`: it was so already, and the act shown is the earlier one, if any."""

    result: Literal["done", "unchanged"]
    act: ActOut | None
    output: OutputOut
    moved: list[Moved]
    hint_vi: str | None
    hint_en: str | None


class OccurrenceResult(Out):
    """The occurrence as it was opened."""

    output: OutputOut
