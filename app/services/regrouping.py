"""Regrouping: a body joins or leaves a group, or ends and is succeeded; every task it has there follows."""

from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import select

from app.errors import Invalid
from app.models import Agency, Assignment, BudgetLine, Plan, Urge
from app.models.unit import today
from app.rules.vocabulary import PlanStatus, Role
from app.schemas import changing as wire
from app.services import access, belonging, holding, looking_up, purse, reassigning
from app.services.drafting import Draft
from app.services.grounds import has_ended, is_current
from app.services.holding import Held
from app.services.sharing import ZERO, Place
from app.services.successions import give


def set_member(draft: Draft, change: wire.MemberChange) -> None:
    """From when to when a body belongs to a group. Only the plan that decides it follows at once."""
    day = today(draft.session)
    group = looking_up.group(draft, change.group, "/group")
    member = looking_up.body(draft, change.agency, "/agency", on=min(change.valid_to or day, day))
    if (change.valid_from or date.min) > min(day, change.valid_to or day):
        raise Invalid.at(
            "/valid_from",
            "dates_reversed",
            "Ngày bắt đầu phải trước ngày kết thúc, và không sau hôm nay",
            "It has to begin before it ends, and not after today",
        )
    before = belonging.members_of(draft, group, day)
    belonging.enter(draft, group, member, change.valid_from, change.valid_to)
    after = belonging.members_of(draft, group, day)
    for task in draft.tasks.values():
        held = holding.hold(draft, task)
        for role in (Role.LEAD, Role.COORDINATE):
            for head in held.current(role):
                if head.agency_id == group.id:
                    _regroup(held, head, before, after)
        held.settle()


def _regroup(held: Held, head: Assignment, before: list[int], after: list[int]) -> None:
    """Divide what a group has in a task among the members it has now, alike."""
    pot = _given_back(held, head, before, after)
    leads = {row.agency_id for row in held.bodies(Role.LEAD)} if head.role is Role.COORDINATE else set()
    receiving = [body for body in after if body not in leads]
    new = pot / len(receiving) if receiving else ZERO
    for body in receiving:
        row = next((one for one in _of(held, head) if one.agency_id == body), None)
        apart = row.share if row is not None and row.group_id != head.agency_id else ZERO
        stay = belonging.last_stay(held.draft, head.agency_id, body)
        since = stay.valid_from if stay is not None else None
        if row is None or not is_current(row, held.today):
            place = Place(apart + new, None if apart else head.agency_id)
            rest = reassigning.still_to_do(held, since)
            row = reassigning.arrive(held, body, head.role, place, rest=rest, since=since)
            row.valid_from = since or row.valid_from
        give(row, apart + new)
    head.fans_out = bool(after)
    for row in held.bodies(head.role):
        reassigning.as_long_as_it_belongs(held, row)
    give(head, pot)


def _given_back(held: Held, head: Assignment, before: list[int], after: list[int]) -> Fraction:
    """All that can be divided anew: what members have through the group, but for what those who left keep.
    Who is there by its own name or through another group as well has a member's part through this one."""
    pot = ZERO if head.fans_out else head.share
    part = head.share / len(before) if head.fans_out and before else ZERO
    elsewhere = _elsewhere(held, head)
    for row in _of(held, head):
        here_alone = row.group_id == head.agency_id and row.agency_id not in elsewhere
        if here_alone and row.agency_id not in after:
            pot += _leave(held, row, head)
        elif here_alone:
            pot += row.share
            give(row, ZERO)
        elif row.agency_id in before and is_current(row, held.today):
            through = min(row.share, part)
            pot += through
            give(row, row.share - through)
            if row.group_id == head.agency_id:
                row.group_id = elsewhere[row.agency_id]
    return pot


def _elsewhere(held: Held, head: Assignment) -> dict[int, int]:
    """The members of the other groups that have the same role in the task, with a group of each."""
    others = [row for row in held.current(head.role) if row.fans_out and row is not head]
    return {
        body: row.agency_id
        for row in others
        for body in belonging.members_of(held.draft, held.agency(row), held.today)
    }


def _of(held: Held, head: Assignment) -> list[Assignment]:
    """All single bodies of the same role, past ones included."""
    return [row for row in held.assignments if row.role is head.role and row is not head and not row.fans_out]


def _leave(held: Held, row: Assignment, head: Assignment) -> Fraction:
    """End a member's part: what it reported and what had begun stays its own, with the share that goes with
    it; the rest of its share is returned. Who was there through several groups leaves with the last one."""
    heads = [head, *(other for other in held.current(head.role) if other.fans_out and other is not head)]
    last = (belonging.last_stay(held.draft, one.agency_id, row.agency_id) for one in heads)
    ends = [stay.valid_to for stay in last if stay is not None and stay.valid_to]
    last_day = max(ends, default=held.today - timedelta(1))
    kept, share = held.kept(row), row.share
    whole = sum(output.weight for output in kept)
    for output in kept:
        begun = output.period_from is not None and output.period_from <= last_day
        if not (holding.is_done(output) or begun):
            holding.drop(output)
    row.valid_to = min(row.valid_to or last_day, last_day)
    stays = sum(output.weight for output in kept if not output.dropped)
    give(row, share * stays / whole if whole else ZERO)
    return share - row.share


def succeed(draft: Draft, change: wire.SuccessionChange) -> None:
    """A body ends; another takes all its places in this plan, and what it had open."""
    day = today(draft.session)
    old = looking_up.body(draft, change.agency, "/agency", on=date.min)
    new = looking_up.body(draft, change.successor, "/successor")
    if change.on > day:
        raise Invalid.at("/on", "in_the_future", "Chưa đến ngày này", "This day has not come")
    if old is new:
        raise Invalid.at("/successor", "is_itself", "Là chính cơ quan này", "This is the agency itself")
    if change.on <= (old.valid_from or date.min):
        raise Invalid.at(
            "/on", "dates_reversed", "Kết thúc trước khi bắt đầu", "It would end before it begins"
        )
    last_day = change.on - timedelta(1)
    if old.valid_to not in (None, last_day):  # another plan may have entered the same end
        raise Invalid.at(
            "/on",
            "ended_otherwise",
            "Cơ quan này đã kết thúc hoạt động vào một ngày khác",
            "This agency has come to an end on another day",
        )
    _leave_its_own_plans_to_it(draft, old, day)
    belonging.hand_on(draft, old, new, change.on)
    for task in draft.tasks.values():
        held = holding.hold(draft, task)
        for row in [row for row in held.assignments if row.agency_id == old.id]:
            if is_current(row, day) and not row.fans_out:
                _take_over(held, row, new)
        held.settle()
    _take_the_plans(draft, old, new)
    _take_the_money(draft, old, new)
    _take_the_urges(draft, old, new)
    access.open_for_change(draft.session, draft.permit, [old])
    old.valid_to = last_day
    old.succession_vi = f"→ {new.code} từ ngày {change.on:%d/%m/%Y}"
    old.succession_en = f"→ {new.code} from {change.on.isoformat()}"


def _take_over(held: Held, row: Assignment, new: Agency) -> None:
    """One place of the body that ends. Who leads a task already does not coordinate it as well."""
    share, before = row.share, row if reassigning.has_begun(held, row) else None
    rest = reassigning.hand_over(held, row)
    mine = next(
        (one for one in held.assignments if (one.agency_id, one.role) == (new.id, row.role)), None
    )  # it may have handed its own part over before
    if row.role is Role.COORDINATE and any(one.agency_id == new.id for one in held.bodies(Role.LEAD)):
        return
    had = mine.share if mine is not None else ZERO
    there = mine if mine is not None and is_current(mine, held.today) else row
    place = Place(had + share - row.share, there.group_id)
    came = reassigning.arrive(held, new.id, row.role, place, before, rest if before else None)
    reassigning.as_long_as_it_belongs(held, came)


def _leave_its_own_plans_to_it(draft: Draft, old: Agency, day: date) -> None:
    """No plan changes hands by a decision of another plan's owner, as long as its own can decide."""
    if draft.plan.owner_id == old.id or has_ended(old.valid_to, day):
        return
    owned = select(Plan.id).where(Plan.owner_id == old.id, Plan.status == PlanStatus.ACTIVE)
    if draft.session.scalars(owned).first() is not None:
        raise Invalid.at(
            "/agency",
            "owns_another_plan",
            "Cơ quan này là chủ của kế hoạch khác: việc kế thừa được ghi trước ở kế hoạch đó",
            "This body owns another plan: its succession is entered in that plan first",
        )


def _take_the_plans(draft: Draft, old: Agency, new: Agency) -> None:
    """Owner, secretariat and superior follow in every plan: an owner that has ended decides nothing, so it
    could not be followed by a decision of its own. What else it has elsewhere is for the plans there."""
    plans = select(Plan).order_by(Plan.id)
    named = [
        plan.id
        for plan in draft.session.scalars(plans)
        if old.id in (plan.owner_id, plan.secretariat_id, plan.superior_id) or old.code in plan.superiors
    ]
    locked = plans.where(Plan.id.in_(named)).with_for_update(key_share=True)
    for plan in draft.session.scalars(locked.execution_options(populate_existing=True)).all():
        access.open_for_change(draft.session, draft.permit, [plan])
        for name in ("owner_id", "secretariat_id", "superior_id"):
            if getattr(plan, name) == old.id:
                setattr(plan, name, new.id)
        superiors = (new.code if code == old.code else code for code in plan.superiors)
        plan.superiors = list(dict.fromkeys(superiors))


def _take_the_money(draft: Draft, old: Agency, new: Agency) -> None:
    """The lines of the body that ends: what is left there is spent, and settled, by the other. What comes
    with it, lines or a power over money, must not meet the other kind there."""
    query = select(BudgetLine).where(BudgetLine.plan_id == draft.plan.id, BudgetLine.agency_id == old.id)
    locked = query.order_by(BudgetLine.id).with_for_update().execution_options(populate_existing=True)
    lines = draft.session.scalars(locked).all()
    access.open_for_change(draft.session, draft.permit, lines)
    for line in lines:
        line.agency_id = new.id
    draft.session.flush()
    held = purse.is_held(draft.session, draft.plan.id, new, today(draft.session))
    if held and purse.has_lines(draft.session, draft.plan.id, new):
        raise purse.apart("/successor")


def _take_the_urges(draft: Draft, old: Agency, new: Agency) -> None:
    """What the body that ends was urged to do and has not answered is the other's to answer, unless it is the
    one that urged. What was answered stays as it was said, and by whom."""
    query = select(Urge).where(
        Urge.plan_id == draft.plan.id,
        Urge.to_id == old.id,
        Urge.urged_by_id != new.id,
        Urge.answered_at.is_(None),
        Urge.closed_at.is_(None),
    )
    locked = query.order_by(Urge.id).with_for_update().execution_options(populate_existing=True)
    waiting = draft.session.scalars(locked).all()
    access.open_for_change(draft.session, draft.permit, waiting)
    for one in waiting:
        one.to_id = new.id
