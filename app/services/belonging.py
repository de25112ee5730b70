"""Belonging: from when to when a body is in a group. Stays of one body in one group do not overlap."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from app.errors import Invalid
from app.models import Agency, Membership
from app.models.unit import today
from app.rules.vocabulary import AgencyKind, Source
from app.services import access, drafting, known_bodies
from app.services.drafting import Draft
from app.services.grounds import is_current


def members_of(draft: Draft, agency: Agency, day: date) -> list[int]:
    """The members a group has on a day; none for a single body."""
    if agency.kind is not AgencyKind.GROUP:
        return []
    query = select(Membership).where(Membership.group_id == agency.id).order_by(Membership.id)
    return [row.member_id for row in draft.session.scalars(query) if is_current(row, day)]


def last_stay(draft: Draft, group: int, member: int) -> Membership | None:
    """The present stay, or the latest one."""
    stays = _stays(draft, group, member)
    return max(stays, key=lambda row: row.valid_from or date.min, default=None)


def enter(draft: Draft, group: Agency, member: Agency, first: date | None, last: date | None) -> None:
    """A stay that is on record gets this end (none: open again); any other is a new one."""
    stays = _stays(draft, group.id, member.id)
    same = next((row for row in stays if row.valid_from == first), None)
    if same is None and first is None:
        days = (last, today(draft.session))
        same = next((row for day in days if day for row in stays if is_current(row, day)), None)
    begins = same.valid_from if same is not None else first
    if last is not None and last < (begins or date.min):
        raise Invalid.at(
            "/valid_to", "dates_reversed", "Kết thúc trước khi bắt đầu", "It would end before it begins"
        )
    if any(row is not same and known_bodies.overlaps(row, begins, last) for row in stays):
        raise Invalid.at(
            "/valid_from",
            "overlaps_another_stay",
            "Cơ quan đã là thành viên của nhóm trong một phần của thời gian này",
            "The body is on record as a member of the group for some of that time",
        )
    if same is None:
        _register(draft, group, member, first, last)
    else:
        access.open_for_change(draft.session, draft.permit, [same])
        same.valid_to = last
        draft.session.flush()


def hand_on(draft: Draft, old: Agency, new: Agency, on: date) -> None:
    """The places of a body that ends go to its successor, where that has none yet."""
    day = today(draft.session)
    places = draft.session.scalars(select(Membership).where(Membership.member_id == old.id)).all()
    for place in places:
        if not is_current(place, day):
            continue
        group, last = draft.session.get_one(Agency, place.group_id), place.valid_to
        access.open_for_change(draft.session, draft.permit, [place])
        place.valid_to = max(on - timedelta(1), place.valid_from or date.min)
        before = last_stay(draft, group.id, new.id)
        if before is None or not is_current(before, day):
            left = before.valid_to if before is not None else None
            free = left + timedelta(1) if left is not None and left < day else date.min
            _register(draft, group, new, max(on, free), last)


def _stays(draft: Draft, group: int, member: int) -> Sequence[Membership]:
    query = select(Membership).where(Membership.group_id == group, Membership.member_id == member)
    return draft.session.scalars(query.order_by(Membership.id)).all()


def _register(draft: Draft, group: Agency, member: Agency, first: date | None, last: date | None) -> None:
    facts = {"valid_from": first, "valid_to": last, "source": Source.DECISION}
    drafting.register_member(draft, group.code, member.code, facts)
