"""Parties: what a caller is to an item, and how much of it that lets the caller see.

Nobody is a lead or a monitor by code. What a body is to an item follows from the plan's own assignments.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from operator import attrgetter

from app.rules.vocabulary import AgencyKind, PlanStatus, Role, Scope, TaskStatus, Visibility, Word


class Relation(Word):
    """What a caller is to an item; who is more than one thing acts as the first of them."""

    ACCOUNTABLE = "accountable", "Cơ quan chịu trách nhiệm", "Accountable body"
    FORMER_LEAD = "former_lead", "Cơ quan đã bàn giao", "Body that handed over"
    COORDINATOR = "coordinator", "Cơ quan phối hợp", "Coordinator"
    SPENDER = "spender", "Đơn vị của dòng kinh phí", "The line's agency"
    PROPOSER = "proposer", "Cơ quan đề xuất", "Proposer"
    URGER = "urger", "Cơ quan đôn đốc", "Body that urged"
    URGED = "urged", "Cơ quan được đôn đốc", "Body that was urged"
    PLAN_OWNER = "plan_owner", "Chủ kế hoạch", "Plan owner"
    SECRETARIAT = "secretariat", "Bộ phận giúp việc", "Secretariat"
    SUPERIOR = "superior", "Cấp trên", "Superior"
    MONITOR = "monitor", "Cơ quan theo dõi, đôn đốc", "Monitor"
    APPROVER = "approver", "Cấp trên xác nhận cho cơ quan theo dõi", "Superior who confirms for the monitor"
    SELF_MONITOR = "self_monitor", "Cơ quan theo dõi chính việc của mình", "Monitor of its own duty"
    FUNDER = "funder", "Cơ quan quyết định kinh phí", "Funding decider"
    SETTLER = "settler", "Cơ quan kiểm tra quyết toán", "Settlement checker"
    CLAIMANT = "claimant", "Cơ quan đã báo cáo đầu ra này", "Body that reported this output"
    TECHNICIAN = "technician", "Quản trị kỹ thuật", "Technical administrator"
    READER = "reader", "Cơ quan khác", "Another agency"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting: exactly one agency, through a key or the command line (`via`)."""

    agency: str | None
    kind: AgencyKind | None
    agency_id: int | None
    scopes: frozenset[Scope]
    via: str
    active: bool = True
    until: datetime | None = None
    """When the key ends by itself; None: never."""


@dataclass(frozen=True, slots=True)
class Item:
    """What the rules need to know about the thing acted on. Agencies are named by their codes.

    `roles` are the plan's own: lead and coordinate on this very item; monitor, fund and settle on the whole
    plan, by the clauses in `powers`. `superiors` see; `approver` is the one of them that confirms for the
    monitor. `former` handed the item over. `claimants` reported the output in question, for themselves or
    for others. `spender` is the agency of the budget line. `urgers` made the urge, or stand in for who made
    it. `voiceless` are those among all of them that can write nothing although the plan names them: partners,
    for one.
    """

    owner: str | None = None
    secretariat: str | None = None
    superiors: tuple[str, ...] = ()
    approver: str | None = None
    plan_status: PlanStatus = PlanStatus.ACTIVE
    task_status: TaskStatus = TaskStatus.ACTIVE
    visibility: Visibility = Visibility.NORMAL
    clause: str | None = None
    roles: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    powers: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    former: tuple[str, ...] = ()
    claimants: tuple[str, ...] = ()
    spender: str | None = None
    proposer: str | None = None
    urgers: tuple[str, ...] = ()
    urged: str | None = None
    voiceless: frozenset[str] = frozenset()


def relations(actor: Actor, item: Item) -> tuple[Relation, ...]:
    """Everything the actor is to the item, strongest first; a mere reader if nothing else."""
    found = _held(actor.agency, item)
    if Scope.ADMIN in actor.scopes:
        found += (Relation.TECHNICIAN,)
    return found or (Relation.READER,)


def _held(agency: str | None, item: Item) -> tuple[Relation, ...]:
    """What a body is to the item, strongest first."""
    return tuple(relation for relation, held in _HOLDERS.items() if agency in held(item))


def holders(relation: Relation, item: Item) -> tuple[str, ...]:
    """Backwards: the agencies that are this to the item."""
    return _HOLDERS[relation](item) if relation in _HOLDERS else ()


def _judges_of_their_own(item: Item) -> tuple[str, ...]:
    """Monitors that are themselves accountable for the item, or have reported it."""
    monitors = item.roles.get(Role.MONITOR, ())
    own = {*item.roles.get(Role.LEAD, ()), *item.former, *item.claimants}
    return tuple(code for code in monitors if code in own)


def _approvers(item: Item) -> tuple[str, ...]:
    """Who confirms where every monitor of the plan would judge its own work."""
    monitors = item.roles.get(Role.MONITOR, ())
    alone = bool(monitors) and set(monitors) == set(_judges_of_their_own(item))
    return (item.approver,) if item.approver and alone else ()


def _role(role: Role) -> Callable[[Item], tuple[str, ...]]:
    """Those to whom the plan gives it."""
    return lambda item: item.roles.get(role, ())


def _one(name: str) -> Callable[[Item], tuple[str, ...]]:
    """The one body that the item names."""
    code: Callable[[Item], str | None] = attrgetter(name)

    def held(item: Item) -> tuple[str, ...]:
        return (one,) if (one := code(item)) else ()

    return held


_IN_THE_PLAN: Mapping[Relation, Role] = {
    Relation.ACCOUNTABLE: Role.LEAD,
    Relation.COORDINATOR: Role.COORDINATE,
    Relation.MONITOR: Role.MONITOR,
    Relation.FUNDER: Role.FUND,
    Relation.SETTLER: Role.SETTLE,
}
"""The relations that are roles which the plan gives."""

_HELD: Mapping[Relation, Callable[[Item], tuple[str, ...]]] = {
    **{relation: _role(role) for relation, role in _IN_THE_PLAN.items()},
    Relation.FORMER_LEAD: attrgetter("former"),
    Relation.SPENDER: _one("spender"),
    Relation.PROPOSER: _one("proposer"),
    Relation.URGER: attrgetter("urgers"),
    Relation.URGED: _one("urged"),
    Relation.PLAN_OWNER: _one("owner"),
    Relation.SECRETARIAT: _one("secretariat"),
    Relation.SUPERIOR: attrgetter("superiors"),
    Relation.APPROVER: _approvers,
    Relation.SELF_MONITOR: _judges_of_their_own,
    Relation.CLAIMANT: attrgetter("claimants"),
}
_HOLDERS = {relation: _HELD[relation] for relation in Relation if relation in _HELD}
"""Who is what to an item, strongest first; a technician and a reader are so by themselves."""


def granted_by(relation: Relation, item: Item) -> tuple[str, ...]:
    """The clauses of the plan that make somebody this, over whatever the plan holds."""
    return item.powers.get(_IN_THE_PLAN[relation], ()) if relation in _IN_THE_PLAN else ()


class Sight(StrEnum):
    """How much of a task a caller may see."""

    WHOLE = "whole"
    AGGREGATE = "aggregate"
    NOTHING = "nothing"


INSIDERS = frozenset(
    {
        Relation.ACCOUNTABLE,
        Relation.FORMER_LEAD,
        Relation.PLAN_OWNER,
        Relation.SECRETARIAT,
        Relation.SUPERIOR,
        Relation.MONITOR,
    }
)
"""Who sees an internal or status-only task whole: those the model names, the secretariat, which keeps the
plan owner's records, and the monitor, which judges them (docs/decisions/0003-secretariat-sight.md)."""


def is_insider(actor: Actor, item: Item) -> bool:
    """Whether the caller is one of those."""
    return _inside(actor.agency, item)


def _inside(agency: str | None, item: Item) -> bool:
    return bool(INSIDERS & set(_held(agency, item)))


def sight(actor: Actor, item: Item) -> Sight:
    """Internal tasks do not exist for outsiders; status-only ones exist for them only in one sum."""
    if seen_by(actor.agency, item):
        return Sight.WHOLE
    return Sight.AGGREGATE if item.visibility is Visibility.STATUS_ONLY else Sight.NOTHING


def seen_by(agency: str | None, item: Item) -> bool:
    """Whether a body sees the item whole: what it is urged to do, for one, must be known to it."""
    return item.visibility is Visibility.NORMAL or _inside(agency, item)


def part_of(item: Item, body: str, claimants: tuple[str, ...] = ()) -> Item:
    """One body's own part of an item: of those who do the work, nobody else is anything to it."""
    doing = {
        role: (body,) if body in item.roles.get(role, ()) else () for role in (Role.LEAD, Role.COORDINATE)
    }
    return replace(
        item,
        roles={**item.roles, **doing},
        former=(body,) if body in item.former else (),
        claimants=claimants,
    )
