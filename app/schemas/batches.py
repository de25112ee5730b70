"""Batches on the wire: many records in one push, and what came of each."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from app.schemas.activities import Moved, ReceiptId
from app.schemas.base import In, Out

MOST_RECORDS = 1000

Record = Annotated[Any, WithJsonSchema({"$ref": "#/components/schemas/ActivityIn"})]
"""Judged one by one, so that one that is wrong does not keep the others from being taken."""


class BatchIn(In):
    """Records, each as it would be pushed alone."""

    records: Annotated[list[Record], Field(min_length=1, max_length=MOST_RECORDS)]


class BatchAsk(BaseModel):
    """How a batch is taken."""

    model_config = ConfigDict(extra="forbid")

    mode: Annotated[
        Literal["partial", "atomic"],
        Field(
            description="`partial`: bản ghi sai bị từ chối, các bản ghi khác được ghi; `atomic`: ghi tất cả "
            "hoặc không ghi gì · `partial`: what is wrong is refused, the rest taken; `atomic`: all or none"
        ),
    ] = "partial"
    dry_run: Annotated[
        bool, Field(description="làm thử, không lưu gì · show what would come of it, keep nothing")
    ] = False


class FaultOut(Out):
    """What is wrong, and where."""

    pointer: str = Field(description="trong cả lô · into the whole batch", examples=["/records/3/title"])
    code: str
    message_vi: str
    message_en: str


class RefusalOfRecord(Out):
    """What this record alone would have been told."""

    status: int = Field(examples=[422])
    code: str = Field(description="mã trong tài liệu lỗi · a code of docs/errors.md")
    detail_vi: str
    detail_en: str
    errors: list[FaultOut]
    facts: dict[str, Any] = Field(
        description="các thành phần khác của câu trả lời riêng, như `who_can`, `instead` · the other members "
        "of that answer, such as `who_can` and `instead`"
    )


Taken = Literal["created", "updated", "unchanged", "stale"]


class Came(Out):
    """What came of one record. One that is refused has a `refusal`, and nothing else."""

    index: int = Field(description="vị trí trong lô, từ 0 · its place in the batch, from 0")
    result: Taken | Literal["refused"]
    hint_vi: str | None = None
    hint_en: str | None = None
    refusal: RefusalOfRecord | None = None


class BatchRow(Came):
    """What came of a record of activity."""

    activity: str | None = Field(
        None, description="id bản ghi; null khi làm thử bản ghi mới · null in a rehearsal of a new one"
    )
    task: str | None = None
    agency: str | None = None
    output: str | None = Field(None, description="đầu ra có minh chứng này · the output it is evidence for")
    counts: bool = False
    moved: list[Moved] = Field([])


class BatchCounts(Out):
    """How many came to what."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    stale: int = 0
    refused: int = 0


class BatchResult(Out):
    """What came of a batch, record by record in the order they were sent."""

    applied: bool = Field(description="false khi làm thử · false for a rehearsal")
    counts: BatchCounts
    results: list[BatchRow]
    receipt: ReceiptId = None
