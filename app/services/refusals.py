"""Refusals: what one record of many is told, as it would be told alone."""

from app.errors import Failure
from app.schemas.batches import FaultOut, RefusalOfRecord


def of(place: int, failure: Failure) -> RefusalOfRecord:
    """The refusal of the record at a place. Nothing of the record itself is repeated."""
    faults, facts = failure.told()
    return RefusalOfRecord(
        status=failure.status,
        code=failure.code,
        detail_vi=failure.detail.vi,
        detail_en=failure.detail.en,
        errors=[
            FaultOut(
                pointer=f"/records/{place}{fault.pointer}",
                code=fault.code,
                message_vi=fault.message.vi,
                message_en=fault.message.en,
            )
            for fault in faults
        ],
        facts=facts,
    )
