"""Bodies on record: where a plan that is to be loaded says otherwise of them, all of it at once.

Codes are global to an installation, so a new plan meets the bodies of those that are there.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.errors import Fault, Text
from app.models import Agency, Membership


@dataclass(frozen=True, slots=True)
class Said:
    """What a plan says of its bodies: their facts by code; who has something to do in it; who is in which
    group from when until when; and its first day."""

    bodies: Mapping[str, Mapping[str, Any]]
    working: Collection[str]
    stays: Sequence[tuple[str, str, date | None, date | None]]
    begins: date


def faults(session: Session, said: Said) -> list[Fault]:
    """Each place where it does not fit what is on record."""
    on_record = session.scalars(select(Agency).where(Agency.code.in_(said.bodies)).order_by(Agency.code))
    found = [fault for agency in on_record for fault in _of_body(agency, said)]
    return [*found, *_of_stays(session, said)]


def _of_body(agency: Agency, said: Said) -> Iterator[Fault]:
    at, facts = f"/agencies/{agency.code}", said.bodies[agency.code]
    if agency.name_vi != facts["name_vi"]:
        yield Fault(
            f"{at}/name_vi",
            "on_record_otherwise",
            Text(
                f"Mã này trong hệ thống là “{agency.name_vi}”: cùng một cơ quan thì ghi đúng tên ấy, hoặc "
                "nhập quyết định đổi tên trước (thay đổi “name”); cơ quan khác hay cơ quan kế tục thì dùng "
                "mã khác",
                f"On record this code is “{agency.name_vi}”: for the same body give that name, or enter the "
                "decision that renames it first (the change `name`); for another or its successor another "
                "code",
            ),
        )
    if agency.kind is not facts["kind"]:
        yield Fault(
            f"{at}/kind",
            "on_record_otherwise",
            Text(
                f"Cơ quan này trong hệ thống thuộc loại {agency.kind.value}",
                f"On record this body is of kind {agency.kind.value}",
            ),
        )
    if agency.valid_to is not None and agency.valid_to < said.begins and agency.code in said.working:
        yield Fault(
            at,
            "ended_before_the_plan",
            Text(
                f"Cơ quan này đã kết thúc hoạt động ngày {agency.valid_to:%d/%m/%Y}, trước khi kế hoạch bắt "
                "đầu: giao cho cơ quan kế tục",
                f"This body came to an end on {agency.valid_to.isoformat()}, before the plan begins: name "
                "its successor",
            ),
        )


def _of_stays(session: Session, said: Said) -> Iterator[Fault]:
    group, member = aliased(Agency), aliased(Agency)
    query = (
        select(Membership, group.code, member.code)
        .join(group, group.id == Membership.group_id)
        .join(member, member.id == Membership.member_id)
        .where(group.code.in_({one[0] for one in said.stays}))
    )
    on_record = [(row, codes) for row, *codes in session.execute(query)]
    for in_group, body, first, last in said.stays:
        stays = [row for row, codes in on_record if codes == [in_group, body]]
        if not any((row.valid_from, row.valid_to) == (first, last) for row in stays):
            for row in stays:
                if overlaps(row, first, last):
                    at = f"/agencies/{in_group}/members"
                    yield Fault(at, "on_record_otherwise", overlap_told(in_group, body, row, first, last))


def overlaps(row: Membership, first: date | None, last: date | None) -> bool:
    """Whether a stay on record and one of these days have a day in common; None is an open end."""
    begins, ends = row.valid_from or date.min, row.valid_to or date.max
    return begins <= (last or date.max) and (first or date.min) <= ends


def overlap_told(group: str, member: str, row: Membership, first: date | None, last: date | None) -> Text:
    """That a body was in a group on some of these days already."""
    old, new = _days(row.valid_from, row.valid_to), _days(first, last)
    return Text(
        f"{member} đã là thành viên của {group} trong thời gian {old}, chồng lên {new} trong tệp",
        f"{member} is on record as a member of {group}, {old}, which overlaps the file's {new}",
    )


def _days(first: date | None, last: date | None) -> str:
    """A period as people of both languages read it; … is an open end."""
    return f"{first or '…'} – {last or '…'}"
