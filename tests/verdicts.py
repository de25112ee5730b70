"""The policy, written down a second time from model §4: who may do what, when it can be done, who sees what.

`WHO`, `WHEN` and `SEES` are the expected verdicts, from the model's words and from what each relation is said
to be; `check` compares the engine with them. Nothing here is read off the code under test.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations, product
from typing import NamedTuple

from app.errors import Text
from app.rules.judging import Permit, Refusal, judge
from app.rules.ownership import Action
from app.rules.parties import Actor, Item, Relation, Sight
from app.rules.vocabulary import AgencyKind, PlanStatus, Role, Scope, TaskStatus, Visibility

# The short names of the columns, in the order in which one acts as the first of all that one is.
SHORT = {
    "lead": Relation("accountable"),
    "form": Relation("former_lead"),
    "coor": Relation("coordinator"),
    "spen": Relation("spender"),
    "prop": Relation("proposer"),
    "urgr": Relation("urger"),
    "urgd": Relation("urged"),
    "ownr": Relation("plan_owner"),
    "secr": Relation("secretariat"),
    "supr": Relation("superior"),
    "moni": Relation("monitor"),
    "appr": Relation("approver"),
    "self": Relation("self_monitor"),
    "fund": Relation("funder"),
    "sett": Relation("settler"),
    "clai": Relation("claimant"),
    "tech": Relation("technician"),
    "read": Relation("reader"),
}

# yes: in its own right; for: in the name of those who may; not: never, whatever else it is;
# -: not by being this.
WHO = """
                    lead form coor spen prop urgr urgd ownr secr supr moni appr self fund sett clai tech read
plan.read           yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes
plan.draw_up        -    -    -    -    -    -    -    yes  for  -    -    -    -    -    -    -    -    -
plan.amend          -    -    -    -    -    -    -    yes  -    -    -    -    -    -    -    -    -    -
plan.propose        yes  -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -
proposal.decide     -    -    -    -    -    -    -    yes  -    -    -    -    -    -    -    -    -    -
proposal.withdraw   -    -    -    -    yes  -    -    -    -    -    -    -    -    -    -    -    -    -
agency.edit         -    -    -    -    -    -    -    yes  -    -    -    -    -    -    -    -    -    -
calendar.edit       -    -    -    -    -    -    -    yes  yes  -    -    -    -    -    -    -    -    -
calendar.steward    -    -    -    -    -    -    -    yes  -    -    -    -    -    -    -    -    -    -
calendar.subscribe  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes
activity.record     yes  -    yes  -    -    -    -    -    for  -    -    -    -    -    -    -    -    -
activity.revise     yes  yes  yes  -    -    -    -    -    for  -    -    -    -    -    -    -    -    -
activity.withdraw   yes  yes  yes  -    -    -    -    -    for  -    -    -    -    -    -    -    -    -
occurrence.open     yes  -    -    -    -    -    -    -    for  -    -    -    -    -    -    -    -    -
output.claim        yes  yes  -    -    -    -    -    -    for  -    -    -    -    -    -    -    -    -
output.withdraw     yes  yes  -    -    -    -    -    -    for  -    -    -    -    -    -    -    -    -
output.confirm      not  not  -    -    -    -    -    -    -    -    yes  yes  -    -    -    not  -    -
output.self_confirm -    -    -    -    -    -    -    -    -    -    -    -    yes  -    -    -    -    -
output.return       not  not  -    -    -    -    -    -    -    -    yes  yes  -    -    -    not  -    -
status.report       yes  yes  -    -    -    -    -    -    for  -    -    -    -    -    -    -    -    -
status.decide       not  not  -    -    -    -    -    -    -    -    yes  yes  -    -    -    not  -    -
urge.content        -    -    -    -    -    -    -    -    -    -    yes  -    -    -    -    -    -    -
urge.coordinator    yes  -    -    -    -    -    -    -    -    -    yes  -    -    -    -    -    -    -
urge.settlement     -    -    -    -    -    -    -    -    -    -    -    -    -    -    yes  -    -    -
urge.answer         -    -    -    -    -    -    yes  -    -    -    -    -    -    -    -    -    -    -
urge.close          -    -    -    -    -    yes  -    -    -    -    -    -    -    -    -    -    -    -
need.state          -    -    -    yes  -    -    -    -    -    -    -    -    -    not  not  -    -    -
line.correct        -    -    -    yes  -    -    -    -    -    -    -    -    -    yes  -    -    -    -
allocation.decide   -    -    -    not  -    -    -    -    -    -    -    -    -    yes  -    -    -    -
spending.record     -    -    -    yes  -    -    -    -    -    -    -    -    -    not  not  -    -    -
settlement.submit   -    -    -    yes  -    -    -    -    -    -    -    -    -    not  not  -    -    -
settlement.withdraw -    -    -    yes  -    -    -    -    -    -    -    -    -    not  not  -    -    -
settlement.decide   -    -    -    not  -    -    -    -    -    -    -    -    -    -    yes  -    -    -
key.manage          -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    yes  -
service.operate     -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    -    yes  -
"""

# The key's scope, and what plan and task must be for it to be done at all.
WHEN = """
                    scope   plan     task     visibility
plan.read           read    any      any      any
plan.draw_up        push    draft    any      any
plan.amend          push    active   any      any
plan.propose        push    active   any      any
proposal.decide     push    active   any      any
proposal.withdraw   push    active   any      any
agency.edit         push    active   any      any
calendar.edit       push    active   any      any
calendar.steward    push    active   any      any
calendar.subscribe  read    any      any      any
activity.record     push    active   active   normal,internal
activity.revise     push    active   active   normal,internal
activity.withdraw   push    active   active   normal,internal
occurrence.open     push    active   active   normal,internal
output.claim        push    active   active   normal,internal
output.withdraw     push    active   active   normal,internal
output.confirm      push    active   active   normal,internal
output.self_confirm push    active   active   normal,internal
output.return       push    active   active   normal,internal
status.report       push    active   active   status_only
status.decide       push    active   active   status_only
urge.content        push    active   active   normal,internal
urge.coordinator    push    active   active   normal,internal
urge.settlement     push    active   any      any
urge.answer         push    active   any      any
urge.close          push    active   any      any
need.state          push    active   any      any
line.correct        push    active   any      any
allocation.decide   push    active   any      any
spending.record     push    active   any      any
settlement.submit   push    active   any      any
settlement.withdraw push    active   any      any
settlement.decide   push    active   any      any
key.manage          admin   any      any      any
service.operate     admin   any      any      any
"""

# How much of a task each of them may see. Who judges itself is a monitor, the approver one of the superiors.
SEES = """
        normal  internal  status_only
lead    whole   whole     whole
form    whole   whole     whole
coor    whole   nothing   aggregate
spen    whole   nothing   aggregate
prop    whole   nothing   aggregate
urgr    whole   nothing   aggregate
urgd    whole   nothing   aggregate
ownr    whole   whole     whole
secr    whole   whole     whole
supr    whole   whole     whole
moni    whole   whole     whole
appr    whole   whole     whole
self    whole   whole     whole
fund    whole   nothing   aggregate
sett    whole   nothing   aggregate
clai    whole   nothing   aggregate
tech    whole   nothing   aggregate
read    whole   nothing   aggregate
"""


# Why not, in the order in which the reasons are given.
REASONS = {
    "scope_missing": None,  # names the scope
    "technician_cannot_write": Text(
        "Khóa quản trị kỹ thuật không được ghi dữ liệu nghiệp vụ.",
        "A technical administrator's key can write no business record.",
    ),
    "partner_cannot_write": Text(
        "Đối tác bên ngoài không được ghi dữ liệu.", "An external partner cannot write."
    ),
    "agency_not_active": Text(
        "Cơ quan đã kết thúc hoạt động nên không được ghi dữ liệu.",
        "An agency that no longer exists cannot write.",
    ),
    "plan_not_draft": Text(
        "Kế hoạch đã có hiệu lực: chỉ được thay đổi theo một quyết định có dẫn chiếu.",
        "The plan has taken effect: only a cited decision changes it.",
    ),
    "plan_not_active": Text("Kế hoạch không ở trạng thái đang thực hiện.", "The plan is not in force."),
    "task_not_active": Text("Nhiệm vụ hiện không có hiệu lực.", "The task is not in force."),
    "status_only": Text(
        "Nhiệm vụ này chỉ theo dõi trạng thái: không lưu nội dung, chỉ báo trạng thái theo kỳ.",
        "This duty is tracked by status only: nothing is stored but the status of each period.",
    ),
    "not_status_only": Text(
        "Nhiệm vụ này không thuộc loại chỉ theo dõi trạng thái: hãy ghi hoạt động và báo cáo đầu ra.",
        "This duty is not tracked by status only: record activities and claim outputs.",
    ),
    "own_work": None,  # names what one is
    "another_agency": None,  # the rule itself
}
LACKS = {
    Scope.READ: Text("Khóa truy cập này không có quyền “Đọc”.", "This key lacks the scope “read”."),
    Scope.PUSH: Text("Khóa truy cập này không có quyền “Gửi báo cáo”.", "This key lacks the scope “push”."),
    Scope.ADMIN: Text(
        "Khóa truy cập này không có quyền “Quản trị kỹ thuật”.", "This key lacks the scope “admin”."
    ),
}


def grid(text: str) -> dict[str, dict[str, str]]:
    """Row → column → word."""
    head, *rows = (line.split() for line in text.strip().splitlines())
    return {row[0]: dict(zip(head, row[1:], strict=True)) for row in rows}


class Row(NamedTuple):
    """The expected verdicts on one action."""

    yes: frozenset[Relation]
    behalf: frozenset[Relation]
    never: frozenset[Relation]
    scope: Scope
    plan: frozenset[PlanStatus]
    task: frozenset[TaskStatus]
    visibility: frozenset[Visibility]


def row(action: str) -> Row:
    who, when = grid(WHO)[action], grid(WHEN)[action]

    def those(word: str) -> frozenset[Relation]:
        return frozenset(SHORT[relation] for relation, said in who.items() if said == word)

    def given(column: str, every: Iterable[str]) -> list[str]:
        return list(every) if when[column] == "any" else when[column].split(",")

    return Row(
        those("yes"),
        those("for"),
        those("not"),
        Scope(when["scope"]),
        frozenset(PlanStatus(word) for word in given("plan", PlanStatus)),
        frozenset(TaskStatus(word) for word in given("task", TaskStatus)),
        frozenset(Visibility(word) for word in given("visibility", Visibility)),
    )


def missing(text: str, names: Iterable[str]) -> set[str]:
    return set(names) ^ set(grid(text))


EXPECTED = {Action(action): row(action) for action in grid(WHO)}
SIGHT = {
    SHORT[short]: {Visibility(v): Sight(s) for v, s in seen.items()} for short, seen in grid(SEES).items()
}
ORDER = list(SHORT.values())
WRITING = [action for action in Action if EXPECTED[action].scope is Scope.PUSH]
STATES = list(product(PlanStatus, TaskStatus, Visibility))
# Every kind of agency that exists, and two that have come to an end.
KINDS = [
    *((kind, True) for kind in (None, *AgencyKind)),
    (AgencyKind.EXTERNAL_PARTNER, False),
    (AgencyKind.STATE_DEPARTMENT, False),
]
SCOPES = [frozenset(some) for n in range(len(Scope) + 1) for some in combinations(Scope, n)]
ME = "SVHTTDL"

# What an item names. The rest follows: who judges itself from these, a technician from the key, a reader from
# nothing. To be the approver is to be named so where every monitor would judge its own work.
NAMED = [
    relation
    for relation in ORDER
    if relation not in (Relation.SELF_MONITOR, Relation.TECHNICIAN, Relation.READER)
]
DOING = {Relation.ACCOUNTABLE, Relation.FORMER_LEAD, Relation.CLAIMANT}
TO_BE: dict[Relation, tuple[Relation, ...]] = {
    Relation.SELF_MONITOR: (Relation.MONITOR, Relation.CLAIMANT),
    Relation.TECHNICIAN: (),
    Relation.READER: (),
}


def item_where(
    mine: Iterable[Relation],
    plan_status: PlanStatus = PlanStatus.ACTIVE,
    task_status: TaskStatus = TaskStatus.ACTIVE,
    visibility: Visibility = Visibility.NORMAL,
) -> Item:
    """An item that names me as this, and other bodies as everything; where I may be the approver, the other
    monitor is the lead."""
    named = set(mine)

    def one(relation: Relation, other: str) -> str:
        return ME if relation in named else other

    def several(relation: Relation, other: str) -> tuple[str, ...]:
        return (other, ME) if relation in named else (other,)

    return Item(
        owner=one(Relation.PLAN_OWNER, "TTBCD"),
        secretariat=one(Relation.SECRETARIAT, "BPGV"),
        superiors=several(Relation.SUPERIOR, "TTTU"),
        approver=one(Relation.APPROVER, "TTTU"),
        plan_status=plan_status,
        task_status=task_status,
        visibility=visibility,
        clause="IV.7.a",
        roles={
            Role.LEAD: several(Relation.ACCOUNTABLE, "BAOTV"),
            Role.COORDINATE: several(Relation.COORDINATOR, "STTTT"),
            Role.MONITOR: several(Relation.MONITOR, "BAOTV" if Relation.APPROVER in named else "BTGTU"),
            Role.FUND: several(Relation.FUNDER, "STC"),
            Role.SETTLE: several(Relation.SETTLER, "KBNN"),
        },
        former=several(Relation.FORMER_LEAD, "DAITV"),
        claimants=several(Relation.CLAIMANT, "BAOTV"),
        spender=one(Relation.SPENDER, "SCT"),
        proposer=one(Relation.PROPOSER, "MTTQ"),
        urgers=several(Relation.URGER, "BTGTU"),
        urged=one(Relation.URGED, "BAOTV"),
    )


def to_be(named: Iterable[Relation], scopes: Iterable[Scope] = (Scope.PUSH,)) -> list[Relation]:
    """All that I am to such an item, strongest first."""
    found = set(named)
    judges_itself = Relation.MONITOR in found and bool(found & DOING)
    if Relation.MONITOR in found and not judges_itself:
        found.discard(Relation.APPROVER)
    if judges_itself:
        found.add(Relation.SELF_MONITOR)
    if Scope.ADMIN in scopes:
        found.add(Relation.TECHNICIAN)
    return [relation for relation in ORDER if relation in found] or [Relation.READER]


def me(
    scopes: Iterable[Scope] = (Scope.READ, Scope.PUSH),
    kind: AgencyKind | None = AgencyKind.STATE_DEPARTMENT,
    active: bool = True,
    agency: str | None = ME,
) -> Actor:
    return Actor(agency, kind, 1, frozenset(scopes), "key:test", active)


def obstacles(row: Row, actor: Actor, item: Item, mine: set[Relation]) -> Iterator[str]:
    """Every reason against it, from the tables alone."""
    if row.scope not in actor.scopes:
        yield "scope_missing"
    if row.scope is Scope.PUSH and Scope.ADMIN in actor.scopes:
        yield "technician_cannot_write"
    if row.scope is not Scope.READ and actor.kind is AgencyKind.EXTERNAL_PARTNER:
        yield "partner_cannot_write"
    if row.scope is not Scope.READ and not actor.active:
        yield "agency_not_active"
    if item.plan_status not in row.plan:
        yield "plan_not_draft" if PlanStatus.DRAFT in row.plan else "plan_not_active"
    if item.task_status not in row.task:
        yield "task_not_active"
    if item.visibility not in row.visibility:
        yield "status_only" if Visibility.NORMAL in row.visibility else "not_status_only"
    if mine & row.never:
        yield "own_work"
    if not mine & (row.yes | row.behalf):
        yield "another_agency"


def check(action: Action, actor: Actor, item: Item, mine: list[Relation]) -> Permit | Refusal:
    """The engine's verdict, which must be that of the tables."""
    row, verdict = EXPECTED[action], judge(actor, action, item)
    against = next(obstacles(row, actor, item, set(mine)), None)
    if isinstance(verdict, Permit):
        assert against is None, (action, actor, item)
        own = [relation for relation in mine if relation in row.yes | row.behalf]
        assert verdict == Permit(action, actor, own[0])
    else:
        assert verdict.code == against, (action, actor, item)
        assert list(verdict.you_are) == mine
        assert list(verdict.needs) == [relation for relation in ORDER if relation in row.yes]
    return verdict


def good(action: Action) -> tuple[PlanStatus, TaskStatus, Visibility]:
    """A state in which it can be done."""
    row = EXPECTED[action]
    return next(
        state
        for state in STATES
        if state[0] in row.plan and state[1] in row.task and state[2] in row.visibility
    )
