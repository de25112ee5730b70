"""Imports on the wire: a file of activities, budget lines or ledger entries, and what came of its rows."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.schemas.activities import Moved
from app.schemas.base import Out
from app.schemas.batches import BatchAsk, BatchCounts, Came, Taken
from app.schemas.lists import Format

MOST_TOLD = 1000


class ImportAsk(BatchAsk):
    """How a file is taken, and in which form what came of it is told."""

    format: Annotated[
        Format,
        Field(
            description="`csv`, `xlsx`: trả về chính bảng ấy, chỉ các dòng bị từ chối, thêm cột nói sai gì · "
            "the same sheet, its refused rows alone, with a column that says what is wrong"
        ),
    ] = "json"


class ColumnRead(Out):
    """A column that was understood."""

    heading: str = Field(examples=["Ngày thực hiện"])
    field: str = Field(examples=["occurred_on"])


class RowNotRead(Out):
    """A row that is no record, and was passed over."""

    row: int = Field(description="số dòng trong tệp · its number in the file")
    message_vi: str = Field(examples=["Dòng đánh số cột, không phải bản ghi"])
    message_en: str = Field(examples=["This row numbers the columns, and is no record"])


class ImportNote(Out):
    """How a cell was understood, where that was in doubt."""

    column: str | None = Field(description="tiêu đề cột; null là cả dòng · its heading; null: the whole row")
    message_vi: str
    message_en: str


class ImportFault(Out):
    """What is wrong with a row."""

    column: str | None = Field(description="tiêu đề cột; null là cả dòng · its heading; null: the whole row")
    code: str = Field(description="mã trong tài liệu lỗi · a code of docs/errors.md")
    message_vi: str
    message_en: str
    offered: list[str] = Field(description="những gì sẽ được nhận · what would be taken")


class LineRow(Came):
    """What came of a row of a file of budget lines."""

    line: str | None = None


class EntryRow(Came):
    """What came of a row of a file of ledger entries."""

    line: str | None = None
    entry: str | None = None


class ImportRow(Out):
    """A row that is refused, or about which there is something to say."""

    row: int = Field(description="số dòng trong tệp · its number in the file")
    result: Taken | Literal["refused"]
    activity: str | None = Field(description="id hoạt động · id of the activity; null where there is none")
    task: str | None
    output: str | None
    line: str | None = Field(description="mã dòng kinh phí · code of the budget line")
    entry: str | None = Field(description="id bút toán · id of the ledger entry")
    moved: list[Moved]
    notes: list[ImportNote]
    errors: list[ImportFault]
    facts: dict[str, Any] = Field(
        description="các thành phần khác của lời từ chối, như `who_can` · the other members of the refusal, "
        "such as `who_can`"
    )


class ImportResult(Out):
    """What came of a file. Of its rows only those are told that are refused or understood with a doubt."""

    applied: bool = Field(description="false khi làm thử · false for a rehearsal")
    in_parts: bool = Field(
        description="ghi từng nghìn dòng một, mỗi phần đứng riêng; làm thử cũng vậy · a thousand rows at a "
        "time, each lasting by itself; rehearsed so as well"
    )
    counts: BatchCounts
    rows_read: int
    sheet: str | None = Field(description="tên trang tính; null với CSV · null for CSV")
    sheets_not_read: list[str] = Field(
        description="các trang tính khác không đọc: chỉ đọc trang đầu tiên có đủ tiêu đề · the other sheets, "
        "none of which is read: only the first one with the headings is"
    )
    heading_row: int = Field(description="dòng tiêu đề · the row the headings are in")
    columns_read: list[ColumnRead]
    columns_not_read: list[str] = Field(
        description="các cột không đọc · columns passed over, by their headings"
    )
    rows_not_read: list[RowNotRead] = Field(
        description="các dòng bỏ qua vì không phải bản ghi, như dòng đánh số cột (1), (2) … dưới tiêu đề; "
        "không tính trong `rows_read` và `counts` · rows passed over that are no records, such as one that "
        "numbers the columns, (1), (2) …, under the headings; none of `rows_read` and `counts`"
    )
    rows: list[ImportRow]
    more: bool = Field(description=f"còn dòng nữa, chỉ kể {MOST_TOLD} · there are more than are told")
    receipts: list[str] = Field(
        description="id các biên nhận, mỗi nghìn dòng một; không có khi làm thử · ids of the signed "
        "receipts, one for each thousand rows; none for a rehearsal"
    )
