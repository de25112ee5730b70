"""Regrouping: a body joins or leaves a group, or ends and is succeeded; every task it has there follows."""

from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import select

from app.models import Agency, Assignment, Membership, Plan
from app.models.unit import today
from app.rules.vocabulary import Role, Source
from app.schemas import changing as wire
from app.services import access, assigning, drafting, holding, looking_up, reassigning
from app.services.drafting import Draft
from app.services.holding import Held, give
from app.services.looking_up import refuse
from app.services.reassigning import ZERO, Place

_FOREVER = date.max


def set_member(draft: Draft, change: wire.MemberChange) -> None:
    """From when to when a body belongs to a group. Only the plan that decides it follows at once."""
    group = looking_up.group(draft, change.group, "/group")
    member = looking_up.body(draft, change.agency, "/agency")
    day = today(draft.session)
    if (change.valid_from or date.min) > min(day, change.valid_to or day):
        raise refuse(
            "/valid_from",
            "dates_reversed",
            "Ngày bắt đầu phải trước ngày kết thúc, và không sau hôm nay",
            "It has to begin before it ends, and not after today",
        )
    before = reassigning.members_of(draft, group, day)
    _enter(draft, group, member, change.valid_from, change.valid_to)
    after = reassigning.members_of(draft, group, day)
    last_day = change.valid_to or _FOREVER
    for task in draft.tasks.values():
        held = holding.hold(draft, task)
        for role in (Role.LEAD, Role.COORDINATE):
            for head in held.current(role):
                if head.agency_id == group.id:
                    _regroup(held, head, before, after, last_day, change.valid_from)
        held.settle()


def _enter(draft: Draft, group: Agency, member: Agency, first: date | None, last: date | None) -> None:
    """A place that is there already gets its end; otherwise it is a new one."""
    query = select(Membership).where(Membership.group_id == group.id, Membership.member_id == member.id)
    for row in draft.session.scalars(query):
        begun = first in (None, row.valid_from)
        if (
            begun
            and (row.valid_to or _FOREVER) >= (last or date.min)
            and assigning.valid_on(row, max(row.valid_from or date.min, first or date.min))
        ):
            access.open_for_change(draft.session, draft.permit, [row])
            row.valid_to = last
            draft.session.flush()
            return
    facts = {"valid_from": first, "valid_to": last, "source": Source.DECISION}
    drafting.register_member(draft, group.code, member.code, facts)


def _regroup(
    held: Held,
    head: Assignment,
    before: list[int],
    after: list[int],
    last_day: date,
    since: date | None,
) -> None:
    """Divide what a group has in a task among the members it has now."""
    pot = head.share
    old = pot / len(before) if before else ZERO
    leads = {row.agency_id for row in held.bodies(Role.LEAD)}
    own = {row.agency_id: row for row in held.bodies(head.role)}
    for body in before:
        if body not in after and body in own:
            pot -= _leave(held, own[body], head, old, last_day)
    coming = [body for body in after if body not in before]
    if head.role is Role.COORDINATE:
        coming = [body for body in coming if body not in leads]
    came_back = {row.agency_id: row for row in held.former() if row.agency_id in coming}
    if head.role is Role.LEAD:  # what a member kept when it left goes back to the whole
        pot += sum((row.share for row in came_back.values() if row.group_id == head.agency_id), ZERO)
    new = pot / len(after) if after else ZERO
    for body in after:
        if body in before and body in own:
            give(own[body], own[body].share - old + new)
        elif body in own:  # named itself already: it has both parts
            give(own[body], own[body].share + new)
        elif body in coming:
            place = Place(new + _kept_apart(came_back.get(body), head), head.agency_id)
            rest = reassigning.still_to_do(held, since)
            row = reassigning.arrive(held, body, head.role, place, rest=rest)
            row.valid_from, row.valid_to = since or row.valid_from, None if last_day == _FOREVER else last_day
    head.fans_out = bool(after)
    give(head, pot)


def _kept_apart(former: Assignment | None, head: Assignment) -> Fraction:
    """What a body that comes through a group had kept when it handed over a part it had by its own name."""
    apart = former is not None and former.role is head.role and former.group_id != head.agency_id
    return former.share if former is not None and apart else ZERO


def _leave(held: Held, row: Assignment, head: Assignment, old: Fraction, last_day: date) -> Fraction:
    """End a member's part: what it reported and what had begun stays its own, with the share that goes with
    it, which is returned."""
    if row.group_id != head.agency_id:  # named itself too: that part stays
        give(row, row.share - old)
        return ZERO
    kept = held.kept(row)
    whole = sum(output.weight for output in kept)
    for output in kept:
        begun = output.period_from is not None and output.period_from <= last_day
        output.dropped = not (holding.is_done(output) or begun)
    row.valid_to = last_day
    stays = sum(output.weight for output in kept if not output.dropped)
    give(row, row.share * stays / whole if whole else ZERO)
    return row.share


def succeed(draft: Draft, change: wire.SuccessionChange) -> None:
    """A body ends; another takes all its places in this plan, and what it had open."""
    old = looking_up.body(draft, change.agency, "/agency")
    new = looking_up.body(draft, change.successor, "/successor")
    day = today(draft.session)
    if change.on > day:
        raise refuse("/on", "in_the_future", "Chưa đến ngày này", "This day has not come")
    if old is new:
        raise refuse("/successor", "is_itself", "Là chính cơ quan này", "This is the agency itself")
    for task in draft.tasks.values():
        held = holding.hold(draft, task)
        for row in [row for row in held.assignments if row.agency_id == old.id]:
            if holding.is_current(row, day) and not row.fans_out:
                _take_over(held, row, new)
        held.settle()
    places = select(Membership).where(Membership.member_id == old.id)
    for place in draft.session.scalars(places).all():
        if assigning.valid_on(place, day):
            access.open_for_change(draft.session, draft.permit, [place])
            place.valid_to = change.on - timedelta(1)
            group = draft.session.get_one(Agency, place.group_id)
            if new.id not in reassigning.members_of(draft, group, day):
                facts = {"valid_from": change.on, "valid_to": None, "source": Source.DECISION}
                drafting.register_member(draft, group.code, new.code, facts)
    _take_the_plan(draft, draft.plan, old, new)
    access.open_for_change(draft.session, draft.permit, [old])
    old.valid_to = change.on - timedelta(1)
    old.succession_vi = f"→ {new.code} từ ngày {change.on:%d/%m/%Y}"
    old.succession_en = f"→ {new.code} from {change.on.isoformat()}"


def _take_over(held: Held, row: Assignment, new: Agency) -> None:
    """One place of the body that ends. Who leads a task already does not coordinate it as well."""
    share, before = row.share, row if held.kept(row) else None
    rest = reassigning.hand_over(held, row)
    mine = next(
        (one for one in held.assignments if (one.agency_id, one.role) == (new.id, row.role)), None
    )  # it may have handed its own part over before
    if row.role is Role.COORDINATE and any(one.agency_id == new.id for one in held.bodies(Role.LEAD)):
        return
    had = mine.share if mine is not None else ZERO
    place = Place(had + share - row.share, mine.group_id if mine is not None else row.group_id)
    reassigning.arrive(held, new.id, row.role, place, before, rest if before else None)


def _take_the_plan(draft: Draft, plan: Plan, old: Agency, new: Agency) -> None:
    access.open_for_change(draft.session, draft.permit, [plan])
    for name in ("owner_id", "secretariat_id", "superior_id"):
        if getattr(plan, name) == old.id:
            setattr(plan, name, new.id)
    plan.superiors = [new.code if code == old.code else code for code in plan.superiors]
