"""Parties: what a caller is to an item, and how much of it that lets the caller see.

Nobody is a lead or a monitor by code. What a body is to an item follows from the plan's own assignments.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.rules.vocabulary import AgencyKind, PlanStatus, Role, Scope, TaskStatus, Visibility, Word


class Relation(Word):
    """What a caller is to an item."""

    ACCOUNTABLE = "accountable", "Cơ quan chịu trách nhiệm", "Accountable body"
    COORDINATOR = "coordinator", "Cơ quan phối hợp", "Coordinator"
    PLAN_OWNER = "plan_owner", "Chủ kế hoạch", "Plan owner"
    SECRETARIAT = "secretariat", "Bộ phận giúp việc", "Secretariat"
    SUPERIOR = "superior", "Cấp trên", "Superior"
    MONITOR = "monitor", "Cơ quan theo dõi, đôn đốc", "Monitor"
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


@dataclass(frozen=True, slots=True)
class Item:
    """What the rules need to know about the thing acted on. Agencies are named by their codes.

    `voiceless` are those among them that can write nothing although the plan names them: partners, for one.
    """

    owner: str | None = None
    secretariat: str | None = None
    superiors: tuple[str, ...] = ()
    plan_status: PlanStatus = PlanStatus.ACTIVE
    task_status: TaskStatus = TaskStatus.ACTIVE
    visibility: Visibility = Visibility.NORMAL
    clause: str | None = None
    roles: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    voiceless: frozenset[str] = frozenset()


def relations(actor: Actor, item: Item) -> tuple[Relation, ...]:
    """Everything the actor is to the item, strongest first; a mere reader if nothing else."""
    found = tuple(relation for relation in Relation if actor.agency in holders(relation, item))
    if Scope.ADMIN in actor.scopes:
        found += (Relation.TECHNICIAN,)
    return found or (Relation.READER,)


def holders(relation: Relation, item: Item) -> tuple[str, ...]:
    """Backwards: the agencies that are this to the item."""
    match relation:
        case Relation.ACCOUNTABLE:
            return item.roles.get(Role.LEAD, ())
        case Relation.COORDINATOR:
            return item.roles.get(Role.COORDINATE, ())
        case Relation.MONITOR:
            return item.roles.get(Role.MONITOR, ())
        case Relation.PLAN_OWNER:
            return (item.owner,) if item.owner else ()
        case Relation.SECRETARIAT:
            return (item.secretariat,) if item.secretariat else ()
        case Relation.SUPERIOR:
            return item.superiors
        case _:
            return ()


class Sight(StrEnum):
    """How much of a task a caller may see."""

    WHOLE = "whole"
    AGGREGATE = "aggregate"
    NOTHING = "nothing"


INSIDERS = frozenset({Relation.ACCOUNTABLE, Relation.PLAN_OWNER, Relation.SECRETARIAT, Relation.SUPERIOR})
"""Who sees an internal or status-only task whole. The secretariat keeps the plan owner's records."""


def is_insider(actor: Actor, item: Item) -> bool:
    """Whether the caller is one of those."""
    return bool(INSIDERS & set(relations(actor, item)))


def sight(actor: Actor, item: Item) -> Sight:
    """Internal tasks do not exist for outsiders; status-only ones exist for them only in one sum."""
    if item.visibility is Visibility.NORMAL or is_insider(actor, item):
        return Sight.WHOLE
    return Sight.AGGREGATE if item.visibility is Visibility.STATUS_ONLY else Sight.NOTHING
