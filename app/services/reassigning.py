"""Reassigning: a decision changes who answers for a task, and who coordinates.

Nothing is taken from anybody's name: who leaves keeps what it did and the share that goes with that, and what
was open is owed by those who come.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from app.models import Assignment
from app.rules.lifecycle import Planned, owed_from_the_start
from app.rules.vocabulary import AgencyKind, OutputKind, Role, Source, TaskKind
from app.schemas import changing as wire
from app.services import assigning, belonging, holding, looking_up, occurrences, purse, sharing
from app.services.drafting import Draft
from app.services.grounds import is_current
from app.services.holding import Held
from app.services.sharing import ZERO, Division, Place
from app.services.successions import give


def set_leads(draft: Draft, change: wire.LeadsChange) -> None:
    """Who answers for a task from now on. What former leads keep is taken off the shares of those who come in
    their place."""
    held = holding.hold(draft, looking_up.duty(draft, change.task))
    named = [
        (looking_up.body(draft, one.agency, f"/leads/{place}/agency", group=True), one.share)
        for place, one in enumerate(change.leads)
    ]
    stated = Division.of(held, sharing.stated(named))
    leading = {row.agency_id for row in held.bodies(Role.LEAD)}
    leaving = [
        row for row in (*held.bodies(Role.LEAD), *_ran_out(held)) if row.agency_id not in stated.places
    ]
    came = [agency_id for agency_id in stated.places if agency_id not in leading]
    after, taken, idle = _followed(held, leaving, came, list(stated.places))
    division = stated.beside(held, after, [body for body in idle if _is_new(held, body, stated)])
    for agency_id, place in division.places.items():
        arrive(held, agency_id, Role.LEAD, place, *taken.get(agency_id, ()))
    _work_through_members(held, Role.LEAD, division.heads)
    held.settle()


def _ran_out(held: Held) -> Iterator[Assignment]:
    """Former members of groups, whose day came without a decision about their work: what is open is handed
    over as that of the leads that leave now."""
    for row in held.former():
        if row.group_id is not None and not all(map(holding.is_done, held.kept(row))):
            yield row


def _followed(
    held: Held, leaving: Sequence[Assignment], came: Sequence[int], named: Sequence[int]
) -> tuple[dict[int, Sequence[int]], dict[int, tuple[Assignment, list[Planned]]], list[int]]:
    """End the leads that leave. By each, who comes in its place: as many as leave, one after the other; else
    all in that of all. By each who comes, after whom, and what was open. Where nobody comes, those who stay
    take up what has come up. Last, who comes for bodies that gave nothing back: they have done all."""
    after: dict[int, Sequence[int]] = {}
    taken: dict[int, tuple[Assignment, list[Planned]]] = {}
    idle: list[int] = []
    pairs = _paired(held, leaving, came) if len(leaving) == len(came) else [(leaving, came)]
    for rows, bodies in pairs:
        begun = [row for row in rows if has_begun(held, row)]
        had = [row.share for row in rows]
        rest = [one for row in rows for one in hand_over(held, row)]
        if rows and had == [row.share for row in rows]:
            idle += bodies
        after |= {row.id: bodies for row in rows}
        taken |= {body: (begun[0], rest) for body in bodies or named if begun}
    return after, taken, idle


def _paired(
    held: Held, leaving: Sequence[Assignment], came: Sequence[int]
) -> list[tuple[Sequence[Assignment], Sequence[int]]]:
    """Who comes in whose place: whoever led before in that of one that took over from it, as what it did
    then is a part of that line; the others one after the other."""
    left, new = list(leaving), list(came)
    pairs: list[tuple[Sequence[Assignment], Sequence[int]]] = []
    for body in came:
        for row in left:
            if any(one.agency_id == body for one in held.lines.beside(row)):
                pairs.append(([row], [body]))
                left.remove(row)
                new.remove(body)
                break
    return [*pairs, *(([row], [body]) for row, body in zip(left, new, strict=True))]


def _is_new(held: Held, body: int, stated: Division) -> bool:
    """Whether a body comes by its own name and has nothing of its own here."""
    own = [output for row in held.assignments if row.agency_id == body for output in held.kept(row)]
    return body not in stated.members and not own


def _work_through_members(held: Held, role: Role, heads: Mapping[int, Fraction]) -> None:
    """The groups of a task: their rows count for nothing, and hold what their members have between them."""
    for row in held.current(role):
        if row.fans_out and row.agency_id not in heads:
            row.valid_to = held.today - timedelta(1)
    for agency_id, share in heads.items():
        row = arrive(held, agency_id, role, Place(share))
        row.fans_out = True
    for row in held.bodies(role):
        as_long_as_it_belongs(held, row)


def as_long_as_it_belongs(held: Held, row: Assignment) -> None:
    """Who is there through a group leaves with its stay; through several, with the last one."""
    if row.group_id is not None:
        groups = {row.group_id, *(head.agency_id for head in held.current(row.role) if head.fans_out)}
        stays = (belonging.last_stay(held.draft, group, row.agency_id) for group in groups)
        ends = [stay.valid_to for stay in stays if stay is not None and is_current(stay, held.today)]
        known = [end for end in ends if end is not None]
        if ends:  # of a stay that another plan has ended, this one has not decided yet
            row.valid_to = max(known) if len(known) == len(ends) else None


def has_begun(held: Held, row: Assignment) -> bool:
    """Whether there was anything to do for a lead, or for one before it: who comes takes up what is left."""
    return bool(held.kept(row)) or row.succeeds_id is not None


def hand_over(held: Held, row: Assignment) -> list[Planned]:
    """End a lead: it keeps what it reported, and the share that goes with it. What was open is returned."""
    kept = held.kept(row)
    rest = [output for output in kept if not holding.is_done(output)]
    whole = sum(output.weight for output in kept)
    done = whole - sum(output.weight for output in rest)
    give(row, row.share * done / whole if whole else ZERO)
    yesterday = held.today - timedelta(1)
    row.valid_to = min(row.valid_to or yesterday, yesterday)
    planned = [holding.as_planned(output) for output in rest]
    for output in rest:
        holding.drop(output)
    return planned


def arrive(
    held: Held,
    agency_id: int,
    role: Role,
    place: Place,
    before: Assignment | None = None,
    rest: Iterable[Planned] | None = None,
    since: date | None = None,
) -> Assignment:
    """Begin an assignment, today or `since`, or let one go on with its share. A lead that comes owes the
    `rest` that the one `before` it had not done; or, where nobody leaves, what there is still to do of the
    whole."""
    row = next((one for one in held.assignments if (one.agency_id, one.role) == (agency_id, role)), None)
    stays = row is not None and is_current(row, held.today)
    if row is None:
        row = Assignment(
            plan_id=held.task.plan_id,
            task_id=held.task.id,
            agency_id=agency_id,
            order_key=f"{held.task.order_key}:{len(held.assignments) + 1:03}",
            role=role,
            source=Source.DECISION,
            valid_from=since or held.today,
            succeeds_id=before.id if before else None,
            group_id=place.group,
        )
        give(row, place.share)
        held.enter(row)
    row.valid_to, row.group_id, row.fans_out, row.source = None, place.group, False, Source.DECISION
    give(row, place.share)
    if role is Role.LEAD and held.agency(row).kind is not AgencyKind.GROUP:
        to_do = still_to_do(held) if rest is None and not stays else rest or ()
        taken = list(_taken_up(held, row, to_do, stays=stays))
        if taken or not stays:
            own = [holding.as_planned(one) for one in held.of(row) if not one.dropped]
            held.owe(row, [*own, *taken])
    return row


def _taken_up(held: Held, row: Assignment, rest: Iterable[Planned], *, stays: bool) -> Iterator[Planned]:
    """What a body takes up of the rest. Two occurrences are two, whatever each is called; of all else, who
    stays owes its own already."""
    mine = {output.code for output in held.of(row) if not output.dropped}
    last = max((output.number for output in held.of(row)), default=0)
    for one in rest:
        happened = one.kind is OutputKind.OCCURRENCE
        if one.code in mine and happened and one.period_from is None:
            last = max(last, one.number) + 1
            yield occurrences.numbered(one, last)
        elif one.code not in mine and (happened or not stays):
            last = max(last, one.number)
            mine.add(one.code)
            yield one


def still_to_do(held: Held, since: date | None = None) -> list[Planned]:
    """What a body owes that comes while the plan is in force: what others owe, but no period that had ended
    before it came."""
    shapes = [held.kept(row) for row in (*held.owing(), *held.former()) if held.kept(row)]
    if held.task.kind is TaskKind.CONTINUOUS:  # one body's periods fit together, those of two need not
        shapes = shapes[:1]
    shape = {output.code: output for outputs in reversed(shapes) for output in outputs}
    planned = (
        [holding.as_planned(one) for one in shape.values() if one.kind is not OutputKind.OCCURRENCE]
        if shapes
        else owed_from_the_start(assigning.terms(held.draft.plan, held.task))
    )
    return [one for one in planned if (one.period_to or date.max) >= (since or held.today)]


def set_coordinators(draft: Draft, change: wire.CoordinatorsChange) -> None:
    """Who coordinates from now on. What is named itself comes before what is only in a group, and a lead of
    the task does not coordinate with itself through one."""
    held = holding.hold(draft, looking_up.duty(draft, change.task))
    named = [
        looking_up.living(draft, code, f"/coordinators/{place}")
        for place, code in enumerate(change.coordinators)
    ]
    leads = {row.agency_id for row in held.bodies(Role.LEAD)}
    heads: dict[int, Fraction] = {}
    wanted: dict[int, int | None] = {}
    for agency in named:
        members = belonging.members_of(draft, agency, held.today)
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
    spends = not draft.is_proposed and purse.has_lines(draft.session, draft.plan.id, body)
    if change.power in purse.POWERS and spends:
        raise purse.apart("/agency")
    for task in draft.tasks.values():
        others = held if task is held.task else holding.hold(draft, task)
        for row in others.current(change.power):
            row.valid_to = held.today - timedelta(1)
    arrive(held, body.id, change.power, Place())
    held.settle()
