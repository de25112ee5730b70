"""The changes a decision can make to a plan, one form each. `change` says which."""

from typing import Annotated, Literal

from pydantic import Field

from app.rules.vocabulary import AgencyKind, PeriodKind, Role, TaskKind, TaskStatus, Visibility
from app.schemas.base import Clause, Day, In, Number, Title, formed

Body = Annotated[str, formed(r"^[A-Z0-9]+(\.[A-Z0-9]+)*$", "SVHTTDL", min_length=1, max_length=35)]
Share = Annotated[str, formed(r"^[1-9]\d{0,8}/[1-9]\d{0,8}$", "1/2")]
Threshold = Annotated[str, formed(r"^(0|[1-9]\d{0,3})/[1-9]\d{0,3}$", "1/4")]
Weight = Annotated[int, Field(ge=1, le=1_000_000), Number]
Target = Annotated[int, Field(ge=1, le=1000), Number]


class WeightChange(In):
    """How much a task weighs beside others."""

    change: Literal["weight"]
    task: Clause
    weight: Weight


class TargetChange(In):
    """How many pieces each accountable body of a counted task owes; null: not set (nothing is owed)."""

    change: Literal["target"]
    task: Clause
    target: Target | None


class Milestone(In):
    """One milestone. `code` names one that is there already; without a day it is due with the task."""

    code: Annotated[str, formed(r"^M[1-9]\d{0,2}$", "M1")] | None = None
    title_vi: Title
    title_en: Title
    due_on: Day | None = None
    weight: Weight = 1


class MilestonesChange(In):
    """All milestones of a deliverable; one that is not named is no longer owed."""

    change: Literal["milestones"]
    task: Clause
    milestones: Annotated[list[Milestone], Field(min_length=1, max_length=100)]


class DeadlineChange(In):
    """When a task is due; null: at the end of the plan's year."""

    change: Literal["deadline"]
    task: Clause
    due_on: Day | None


class PeriodChange(In):
    """How often a continuous duty reports, from the next period on; without a task, all that follow the
    plan."""

    change: Literal["reporting_period"]
    task: Clause | None = None
    period: PeriodKind


class VisibilityChange(In):
    """Who sees a task. Nothing that was reported may become, or cease to be, status-only."""

    change: Literal["visibility"]
    task: Clause
    visibility: Visibility


class StatusChange(In):
    """Cancel, suspend, supersede, carry over, or take up again. `superseded_by` goes with superseded only."""

    change: Literal["status"]
    task: Clause
    status: TaskStatus
    superseded_by: Clause | None = None


class Lead(In):
    """An accountable body or group with its part of the task; all equal unless all are given."""

    agency: Body
    share: Share | None = None


class LeadsChange(In):
    """Who answers for a task. Who leaves keeps what it did; what was open goes to those who come."""

    change: Literal["leads"]
    task: Clause
    leads: Annotated[list[Lead], Field(min_length=1, max_length=50)]


class CoordinatorsChange(In):
    """Who coordinates: all of them; an empty list is nobody."""

    change: Literal["coordinators"]
    task: Clause
    coordinators: Annotated[list[Body], Field(max_length=100)]


class MemberChange(In):
    """A body's place in a group, from a day on or up to a day."""

    change: Literal["member"]
    group: Body
    agency: Body
    valid_from: Day | None = None
    valid_to: Day | None = None


class AgencyChange(In):
    """An organisation that is not on record yet, never a person."""

    change: Literal["agency"]
    code: Body
    kind: AgencyKind
    name_vi: Title
    name_en: Title


class NameChange(In):
    """A body bears another name from a day on; it stays the same body, under its code, with all it has."""

    change: Literal["name"]
    agency: Body
    name_vi: Title
    name_en: Title
    on: Day


class SuccessionChange(In):
    """A body ends and another takes its place in this plan from that day on."""

    change: Literal["succession"]
    agency: Body
    successor: Body
    on: Day


class PowerChange(In):
    """Who holds a power over the whole plan, given by a clause: to monitor, to fund, to check settlement."""

    change: Literal["power"]
    power: Literal[Role.MONITOR, Role.FUND, Role.SETTLE]
    task: Clause
    agency: Body


class ApproverChange(In):
    """The superior that confirms what the monitor itself has to do."""

    change: Literal["approver"]
    agency: Body


class DutyChange(In):
    """A duty that the plan did not have."""

    change: Literal["duty"]
    code: Clause
    section: Clause
    title_vi: Title
    title_en: Title
    kind: TaskKind
    leads: Annotated[list[Lead], Field(min_length=1, max_length=50)]
    coordinators: Annotated[list[Body], Field(max_length=100)] = Field(default=[])
    visibility: Visibility = Visibility.NORMAL
    weight: Weight = 1
    target: Target | None = None
    due_on: Day | None = None
    implements: Annotated[list[Clause], Field(max_length=50)] = Field(default=[])


class ImplementationChange(In):
    """A duty carries out a programme item; `closes_gap`: and nothing of the item is without an owner now."""

    change: Literal["implementation"]
    item: Clause
    duty: Clause
    closes_gap: Annotated[bool, Field(strict=True)] = False


class ThresholdsChange(In):
    """From where on the plan's colours are amber and red; what is not named stays."""

    change: Literal["thresholds"]
    obligation_red: Threshold | None = None
    obligation_amber: Threshold | None = None
    node_red: Threshold | None = None
    node_amber: Threshold | None = None


Change = Annotated[
    WeightChange
    | TargetChange
    | MilestonesChange
    | DeadlineChange
    | PeriodChange
    | VisibilityChange
    | StatusChange
    | LeadsChange
    | CoordinatorsChange
    | MemberChange
    | AgencyChange
    | NameChange
    | SuccessionChange
    | PowerChange
    | ApproverChange
    | DutyChange
    | ImplementationChange
    | ThresholdsChange,
    Field(discriminator="change"),
]
