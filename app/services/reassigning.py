"""Reassigning: a decision changes who answers for a task, and who coordinates.

Nothing is taken from anybody's name: who leaves keeps what it did and the share that goes with that, and what
was open is owed by those who come.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import select

from app.models import Agency, Assignment, Membership
from app.rules.lifecycle import Planned, owed_from_the_start
from app.rules.vocabulary import AgencyKind, OutputKind, Role, Source
from app.schemas import changing as wire
from app.services import assigning, holding, looking_up
from app.services.drafting import Draft
from app.services.holding import Held, give
from app.services.looking_up import refuse

ZERO, ALL = Fraction(0), Fraction(1)


class Place(NamedTuple):
    """What a body has in a task: its share, and the group it is there for (None: named itself)."""

    share: Fraction = ZERO
    group: int | None = None


def set_leads(draft: Draft, change: wire.LeadsChange) -> None:
    """Who answers for a task from now on. What the shares say is divided is what nobody keeps."""
    held = holding.hold(draft, looking_up.duty(draft, change.task))
    named = [
        (looking_up.body(draft, one.agency, f"/leads/{place}/agency", group=True), one.share)
        for place, one in enumerate(change.leads)
    ]
    heads, places = _resolved(held, _shared(named))
    leaving = [row for row in held.bodies(Role.LEAD) if row.agency_id not in places]
    before = next((row for row in leaving if held.kept(row)), None)
    rest = {row.id: hand_over(held, row) for row in leaving}
    kept = sum((row.share for row in held.former() if row.agency_id not in places), ZERO)
    for agency_id, place in places.items():
        share = Place((ALL - kept) * place.share, place.group)
        arrive(held, agency_id, Role.LEAD, share, before, rest[before.id] if before else None)
    _work_through_members(held, Role.LEAD, {id_: (ALL - kept) * share for id_, share in heads.items()})
    held.settle()


def _shared(named: Sequence[tuple[Agency, str | None]]) -> list[tuple[Agency, Fraction]]:
    """Each with its share: as given, or all alike."""
    given = [Fraction(share) for _, share in named if share is not None]
    if len({agency.code for agency, _ in named}) < len(named):
        raise refuse("/leads", "repeated", "Một cơ quan được nêu hai lần", "A body is named twice")
    if given and (len(given) < len(named) or sum(given) != ALL):
        raise refuse(
            "/leads",
            "shares_not_one",
            "Nêu phần của mọi cơ quan, tổng bằng 1; hoặc không nêu phần nào",
            "Give the share of each, summing to 1; or give none",
        )
    return [(agency, Fraction(share) if share else ALL / len(named)) for agency, share in named]


def _resolved(
    held: Held, named: Iterable[tuple[Agency, Fraction]]
) -> tuple[dict[int, Fraction], dict[int, Place]]:
    """Groups that work through members, with their shares; and every body with its own."""
    heads: dict[int, Fraction] = {}
    places: dict[int, Place] = {}
    for agency, share in named:
        members = members_of(held.draft, agency, held.today)
        if members:
            heads[agency.id] = share
        for body in members or [agency.id]:
            before = places.get(body, Place(ZERO, agency.id if members else None))
            part = share / len(members) if members else share
            places[body] = Place(before.share + part, before.group if members else None)
    return heads, places


def members_of(draft: Draft, agency: Agency, day: date) -> list[int]:
    """The members a group has on a day; none for a single body."""
    if agency.kind is not AgencyKind.GROUP:
        return []
    query = select(Membership).where(Membership.group_id == agency.id).order_by(Membership.id)
    return [row.member_id for row in draft.session.scalars(query) if assigning.valid_on(row, day)]


def _work_through_members(held: Held, role: Role, heads: Mapping[int, Fraction]) -> None:
    """The groups of a task: their rows count for nothing, and hold what their members have between them."""
    for row in held.current(role):
        if row.fans_out and row.agency_id not in heads:
            row.valid_to = held.today - timedelta(1)
    for agency_id, share in heads.items():
        row = arrive(held, agency_id, role, Place(share))
        row.fans_out = True


def hand_over(held: Held, row: Assignment) -> list[Planned]:
    """End a lead: it keeps what it reported, and the share that goes with it. What was open is returned."""
    kept = held.kept(row)
    rest = [output for output in kept if not holding.is_done(output)]
    whole = sum(output.weight for output in kept)
    done = whole - sum(output.weight for output in rest)
    give(row, row.share * done / whole if whole else ZERO)
    row.valid_to = held.today - timedelta(1)
    planned = [holding.as_planned(output) for output in rest]
    for output in rest:
        output.dropped = True
    return planned


def arrive(
    held: Held,
    agency_id: int,
    role: Role,
    place: Place,
    before: Assignment | None = None,
    rest: Sequence[Planned] | None = None,
) -> Assignment:
    """Begin an assignment, or let one go on with its share. A lead that comes owes the `rest` that the one
    `before` it had not done; or, where nobody leaves, what there is still to do of the whole."""
    row = next((one for one in held.assignments if (one.agency_id, one.role) == (agency_id, role)), None)
    stays = row is not None and holding.is_current(row, held.today)
    if row is None:
        row = Assignment(
            plan_id=held.task.plan_id,
            task_id=held.task.id,
            agency_id=agency_id,
            order_key=f"{held.task.order_key}:{len(held.assignments) + 1:03}",
            role=role,
            source=Source.DECISION,
            valid_from=held.today,
            succeeds_id=before.id if before else None,
            share_numerator=0,
            share_denominator=1,
        )
        held.enter(row)
    row.valid_to, row.group_id, row.fans_out, row.source = None, place.group, False, Source.DECISION
    give(row, place.share)
    if role is Role.LEAD and not stays and held.agency(row).kind is not AgencyKind.GROUP:
        own = [holding.as_planned(output) for output in held.kept(row)]
        mine = {one.code for one in own}
        to_do = still_to_do(held) if rest is None else rest
        held.owe(row, [*own, *(one for one in to_do if one.code not in mine)])
    return row


def still_to_do(held: Held, since: date | None = None) -> list[Planned]:
    """What a body owes that comes while the plan is in force: what others owe, but no period that had ended
    before it came."""
    shape = next((held.kept(row) for row in held.owing() if held.kept(row)), None)
    planned = (
        owed_from_the_start(assigning.terms(held.draft.plan, held.task))
        if shape is None
        else [holding.as_planned(output) for output in shape if output.kind is not OutputKind.OCCURRENCE]
    )
    return [one for one in planned if (one.period_to or date.max) >= (since or held.today)]


def set_coordinators(draft: Draft, change: wire.CoordinatorsChange) -> None:
    """Who coordinates from now on. What is named itself comes before what is only in a group, and a lead of
    the task does not coordinate with itself through one."""
    held = holding.hold(draft, looking_up.duty(draft, change.task))
    named = [
        looking_up.agency(draft, code, f"/coordinators/{place}")
        for place, code in enumerate(change.coordinators)
    ]
    leads = {row.agency_id for row in held.bodies(Role.LEAD)}
    heads: dict[int, Fraction] = {}
    wanted: dict[int, int | None] = {}
    for agency in named:
        members = members_of(draft, agency, held.today)
        heads |= {agency.id: ZERO} if members else {}
        wanted |= {body: agency.id for body in members if body not in leads}
    wanted |= {agency.id: None for agency in named if agency.id not in heads}
    for row in held.bodies(Role.COORDINATE):
        if row.agency_id not in wanted:
            row.valid_to = held.today - timedelta(1)
    for agency_id, group in wanted.items():
        arrive(held, agency_id, Role.COORDINATE, Place(ZERO, group))
    _work_through_members(held, Role.COORDINATE, heads)
    held.settle()


def set_power(draft: Draft, change: wire.PowerChange) -> None:
    """Who holds a power over the whole plan. It stands on a clause, beside the duty of that clause."""
    held = holding.hold(draft, looking_up.duty(draft, change.task))
    body = looking_up.body(draft, change.agency, "/agency")
    for task in draft.tasks.values():
        others = held if task is held.task else holding.hold(draft, task)
        for row in others.current(change.power):
            row.valid_to = held.today - timedelta(1)
    arrive(held, body.id, change.power, Place())
    held.settle()
