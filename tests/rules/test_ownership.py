"""Who may do what, written down a second time from model §4 and compared with the engine, case by case.

`WHO` and `WHEN` are the expected verdicts: every action stands in both, and one that does not fails here.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations, permutations, product
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Text
from app.rules.judging import Permit, Refusal, judge, who_can
from app.rules.ownership import POLICY, Action
from app.rules.parties import INSIDERS, Actor, Item, Relation, Sight, relations, sight
from app.rules.vocabulary import AgencyKind, PlanStatus, Role, Scope, TaskStatus, Visibility

# yes: in its own right; for: in the name of those who may; no: never.
WHO = """
                    accountable coordinator plan_owner secretariat superior monitor technician reader
plan.draw_up        no          no          yes        for         no       no      no         no
activity.record     yes         yes         no         for         no       no      no         no
activity.revise     yes         yes         no         for         no       no      no         no
activity.withdraw   yes         yes         no         for         no       no      no         no
key.manage          no          no          no         no          no       no      yes        no
"""

# The key's scope, and the states of plan and task in which it can be done at all.
WHEN = """
                    scope   plan     task     visibility
plan.draw_up        push    draft    any      any
activity.record     push    active   active   normal,internal
activity.revise     push    active   active   normal,internal
activity.withdraw   push    active   active   normal,internal
key.manage          admin   any      any      any
"""

# How much of a task each of them may see.
SEES = """
                    normal  internal  status_only
accountable         whole   whole     whole
coordinator         whole   nothing   aggregate
plan_owner          whole   whole     whole
secretariat         whole   whole     whole
superior            whole   whole     whole
monitor             whole   nothing   aggregate
technician          whole   nothing   aggregate
reader              whole   nothing   aggregate
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
    "task_not_active": Text("Nhiệm vụ không ở trạng thái đang thực hiện.", "The task is not in force."),
    "status_only": Text(
        "Nhiệm vụ này chỉ theo dõi trạng thái: không lưu bản ghi hoạt động.",
        "This duty is tracked by status only: no activity record is stored.",
    ),
    "another_agency": None,  # the rule itself
}
LACKS = {
    Scope.PUSH: Text("Khóa truy cập này không có quyền “Gửi báo cáo”.", "This key lacks the scope “push”."),
    Scope.ADMIN: Text(
        "Khóa truy cập này không có quyền “Quản trị kỹ thuật”.", "This key lacks the scope “admin”."
    ),
}


def grid(text: str) -> dict[str, dict[str, str]]:
    head, *rows = (line.split() for line in text.strip().splitlines())
    return {row[0]: dict(zip(head, row[1:], strict=True)) for row in rows}


class Row(NamedTuple):
    """The expected verdicts on one action."""

    yes: frozenset[Relation]
    behalf: frozenset[Relation]
    scope: Scope
    plan: frozenset[PlanStatus]
    task: frozenset[TaskStatus]
    visibility: frozenset[Visibility]


def row(action: str) -> Row:
    who, when = grid(WHO)[action], grid(WHEN)[action]

    def those(word: str) -> frozenset[Relation]:
        return frozenset(Relation(relation) for relation, said in who.items() if said == word)

    def allowed(column: str, every: Iterable[str]) -> list[str]:
        return list(every) if when[column] == "any" else when[column].split(",")

    return Row(
        those("yes"),
        those("for"),
        Scope(when["scope"]),
        frozenset(PlanStatus(word) for word in allowed("plan", PlanStatus)),
        frozenset(TaskStatus(word) for word in allowed("task", TaskStatus)),
        frozenset(Visibility(word) for word in allowed("visibility", Visibility)),
    )


def missing(text: str, names: Iterable[str]) -> set[str]:
    return set(names) ^ set(grid(text))


EXPECTED = {Action(action): row(action) for action in grid(WHO)}
BODY = [relation for relation in Relation if relation is not Relation.TECHNICIAN]
# Every kind of agency that exists, and two that have come to an end.
KINDS = [
    *((kind, True) for kind in (None, *AgencyKind)),
    (AgencyKind.EXTERNAL_PARTNER, False),
    (AgencyKind.STATE_DEPARTMENT, False),
]
SCOPES = [frozenset(some) for n in range(len(Scope) + 1) for some in combinations(Scope, n)]
STRONGEST_FIRST = [
    Relation.ACCOUNTABLE,
    Relation.COORDINATOR,
    Relation.PLAN_OWNER,
    Relation.SECRETARIAT,
    Relation.SUPERIOR,
    Relation.MONITOR,
    Relation.TECHNICIAN,
    Relation.READER,
]
ME = "SVHTTDL"


def item_where(
    mine: Iterable[Relation],
    plan_status: PlanStatus = PlanStatus.ACTIVE,
    task_status: TaskStatus = TaskStatus.ACTIVE,
    visibility: Visibility = Visibility.NORMAL,
) -> Item:
    """An item to which I am this, and other bodies are everything."""
    mine = set(mine)
    roles = {
        Relation.ACCOUNTABLE: (Role.LEAD, "BAOTV"),
        Relation.COORDINATOR: (Role.COORDINATE, "STTTT"),
        Relation.MONITOR: (Role.MONITOR, "TTBCD2"),
    }
    return Item(
        owner=ME if Relation.PLAN_OWNER in mine else "TTBCD",
        secretariat=ME if Relation.SECRETARIAT in mine else "BPGV",
        superiors=("TTTU", ME) if Relation.SUPERIOR in mine else ("TTTU",),
        plan_status=plan_status,
        task_status=task_status,
        visibility=visibility,
        clause="IV.7.a",
        roles={role: (other, ME) if is_ in mine else (other,) for is_, (role, other) in roles.items()},
    )


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
    if actor.kind is AgencyKind.EXTERNAL_PARTNER:
        yield "partner_cannot_write"
    if not actor.active:
        yield "agency_not_active"
    if item.plan_status not in row.plan:
        yield "plan_not_draft" if PlanStatus.DRAFT in row.plan else "plan_not_active"
    if item.task_status not in row.task:
        yield "task_not_active"
    if item.visibility not in row.visibility:
        yield "status_only"
    if not mine & (row.yes | row.behalf):
        yield "another_agency"


# --- the tables are whole ------------------------------------------------------------------------------


def test_every_action_and_relation_is_in_the_tables() -> None:
    assert not missing(WHO, Action)
    assert not missing(WHEN, Action)
    assert not missing(SEES, Relation)
    assert set(POLICY) == set(Action)
    for said in grid(WHO).values():
        assert set(said) == set(Relation)
        assert set(said.values()) <= {"yes", "for", "no"}
    for seen in grid(SEES).values():
        assert set(seen) == set(Visibility)


def test_an_action_that_is_not_in_the_table_would_be_noticed() -> None:
    assert missing(WHO, [*Action, "output.confirm"]) == {"output.confirm"}
    assert missing(WHEN, list(Action)[1:]) == {Action.PLAN_DRAW_UP}


def test_nobody_changes_the_policy_while_it_runs() -> None:
    with pytest.raises(TypeError):
        POLICY[Action.KEY_MANAGE] = POLICY[Action.PLAN_DRAW_UP]  # type: ignore[index]


# --- forwards: may I? ----------------------------------------------------------------------------------


@pytest.mark.parametrize("relation", BODY)
@pytest.mark.parametrize("action", Action)
def test_every_verdict(action: Action, relation: Relation) -> None:
    """Each relation × scopes of the key × kind of agency × states of plan, task and visibility."""
    row, met = EXPECTED[action], set()
    items = [item_where({relation}, *states) for states in product(PlanStatus, TaskStatus, Visibility)]
    for scopes, (kind, active) in product(SCOPES, KINDS):
        actor = me(scopes, kind, active)
        mine = {relation} - {Relation.READER} | ({Relation.TECHNICIAN} if Scope.ADMIN in scopes else set())
        for item in items:
            verdict = judge(actor, action, item)
            against = next(obstacles(row, actor, item, mine), None)
            if isinstance(verdict, Permit):
                assert against is None, (actor, item)
                assert (verdict.action, verdict.actor) == (action, actor)
                assert verdict.as_ in mine & (row.yes | row.behalf)
            else:
                assert verdict.code == against, (actor, item)
            met.add(against)
    may = relation in row.yes | row.behalf or Relation.TECHNICIAN in row.yes
    assert (None in met) == may


@pytest.mark.parametrize("action", Action)
def test_several_relations_at_once(action: Action) -> None:
    """I am told all that I am, strongest first, and who may in its own right never acts on behalf."""
    row = EXPECTED[action]
    plan_status = PlanStatus.DRAFT if PlanStatus.DRAFT in row.plan else PlanStatus.ACTIVE
    for number in range(len(STRONGEST_FIRST)):
        for some in combinations(STRONGEST_FIRST[:-2], number):
            technician = [Relation.TECHNICIAN] if row.scope is Scope.ADMIN else []
            mine = [*some, *technician] or [Relation.READER]
            actor, item = me({row.scope}), item_where(some, plan_status)
            assert list(relations(actor, item)) == mine
            own = [relation for relation in mine if relation in row.yes]
            behalf = [relation for relation in mine if relation in row.behalf]
            verdict = judge(actor, action, item)
            if own or behalf:
                assert verdict == Permit(action, actor, (own or behalf)[0])
            else:
                assert isinstance(verdict, Refusal)
                assert list(verdict.you_are) == mine


def test_what_nobody_is_nobody_can_be() -> None:
    """A caller without an agency matches no empty place of an item."""
    nobody = me({Scope.PUSH}, kind=None, agency=None)
    assert relations(nobody, Item()) == (Relation.READER,)
    for action in Action:
        assert isinstance(judge(nobody, action, Item(plan_status=PlanStatus.DRAFT)), Refusal)
    technician = me({Scope.ADMIN}, kind=None, agency=None)
    assert relations(technician, Item()) == (Relation.TECHNICIAN,)
    assert judge(technician, Action.KEY_MANAGE, Item()) == Permit(
        Action.KEY_MANAGE, technician, Relation.TECHNICIAN
    )


def test_powers_over_others_are_no_part_in_the_work() -> None:
    item = Item(roles={Role.FUND: (ME,), Role.SETTLE: (ME,)})
    assert relations(me(), item) == (Relation.READER,)


# --- what a refusal says -------------------------------------------------------------------------------


def test_a_refusal_helps_the_caller_to_do_it_right() -> None:
    """The trade department pushes to the culture department's duty."""
    item = Item(
        owner="TTBCD",
        secretariat="BPGV",
        superiors=("TTTU",),
        clause="IV.7.a",
        roles={Role.LEAD: ("SVHTTDL",), Role.MONITOR: ("TTBCD",)},
    )
    assert judge(me(agency="SCT"), Action.ACTIVITY_RECORD, item) == Refusal(
        code="another_agency",
        why=POLICY[Action.ACTIVITY_RECORD].says,
        action=Action.ACTIVITY_RECORD,
        clause="IV.7.a",
        you_are=(Relation.READER,),
        needs=(Relation.ACCOUNTABLE, Relation.COORDINATOR),
        who_can=("SVHTTDL",),
        on_behalf=("BPGV",),
    )


def test_a_refusal_names_the_technician_by_what_it_is() -> None:
    item = Item(owner=ME, secretariat="BPGV", clause="IV.7.a", roles={Role.LEAD: (ME,)})
    assert judge(me(), Action.KEY_MANAGE, item) == Refusal(
        code="scope_missing",
        why=LACKS[Scope.ADMIN],
        action=Action.KEY_MANAGE,
        clause="IV.7.a",
        you_are=(Relation.ACCOUNTABLE, Relation.PLAN_OWNER),
        needs=(Relation.TECHNICIAN,),
        who_can=(),
        on_behalf=(),
    )


@pytest.mark.parametrize("action", Action)
def test_every_reason_is_a_sentence_in_both_languages(action: Action) -> None:
    row, said = EXPECTED[action], set()
    states = product(PlanStatus, TaskStatus, Visibility)
    items = [item_where(some, *state) for state in states for some in ((), (Relation.ACCOUNTABLE,))]
    kinds = (AgencyKind.STATE_DEPARTMENT, AgencyKind.EXTERNAL_PARTNER)
    for scopes, kind, active, item in product(SCOPES, kinds, (True, False), items):
        verdict = judge(me(scopes, kind, active), action, item)
        if isinstance(verdict, Permit):
            continue
        own = {"scope_missing": LACKS[row.scope], "another_agency": POLICY[action].says}
        assert verdict.why == (own.get(verdict.code) or REASONS[verdict.code])
        assert (verdict.action, verdict.clause) == (action, "IV.7.a")
        assert list(verdict.needs) == [relation for relation in STRONGEST_FIRST if relation in row.yes]
        said.add(verdict.code)
    expected = {"scope_missing", "partner_cannot_write", "agency_not_active"}
    if row.scope is Scope.PUSH:
        expected |= {"technician_cannot_write", "another_agency"}
    if row.plan == {PlanStatus.DRAFT}:
        expected |= {"plan_not_draft"}
    if row.plan == {PlanStatus.ACTIVE}:
        expected |= {"plan_not_active", "task_not_active", "status_only"}
    assert said == expected


def test_every_rule_is_a_sentence_of_its_own() -> None:
    says = [rule.says for rule in POLICY.values()]
    assert len(set(says)) == len(says)
    for vi, en in says:
        assert vi != en
        assert vi.endswith(".")
        assert en.endswith(".")
        assert vi[0].isupper()
        assert en[0].isupper()


# --- backwards: who can? -------------------------------------------------------------------------------

POOL = ("BAOTV", "DAITV", "SCT", "STTTT", "X.BNT", "TTBCD", "BPGV", "TTTU")
one_body = st.sampled_from((None, *POOL))
bodies = st.sampled_from([some for number in range(4) for some in permutations(POOL, number)])
mute = st.sampled_from([frozenset(some) for number in range(3) for some in combinations(POOL, number)])
items = st.builds(
    Item,
    owner=one_body,
    secretariat=one_body,
    superiors=st.tuples(one_body).map(lambda found: tuple(code for code in found if code)),
    # Mostly a state in which something may be done.
    plan_status=st.sampled_from((*PlanStatus, PlanStatus.ACTIVE)),
    task_status=st.sampled_from((TaskStatus.ACTIVE,) * 5 + tuple(TaskStatus)),
    visibility=st.sampled_from((Visibility.NORMAL,) * 2 + tuple(Visibility)),
    roles=st.fixed_dictionaries(dict.fromkeys((Role.LEAD, Role.COORDINATE, Role.MONITOR), bodies)),
    voiceless=mute,
)


@settings(max_examples=500, deadline=None)
@given(item=items, ended=st.booleans())
@pytest.mark.parametrize("action", [action for action in Action if EXPECTED[action].scope is Scope.PUSH])
def test_who_can_is_exactly_who_would_be_let(action: Action, item: Item, ended: bool) -> None:
    """Each body asks with its own key; the voiceless are partners, or bodies that have come to an end."""
    stranger = judge(me(agency="STRANGER"), action, item)
    assert isinstance(stranger, Refusal)
    own: list[str] = []
    behalf: list[str] = []
    for code in POOL:
        mute = code in item.voiceless
        kind = AgencyKind.EXTERNAL_PARTNER if mute and not ended else AgencyKind.MEDIA
        verdict = judge(me(kind=kind, active=not (mute and ended), agency=code), action, item)
        if isinstance(verdict, Permit):
            (own if verdict.as_ in EXPECTED[action].yes else behalf).append(code)
        else:
            assert (verdict.who_can, verdict.on_behalf) == (stranger.who_can, stranger.on_behalf)
    assert sorted(who_can(action, item)) == sorted(own)
    assert stranger.who_can == who_can(action, item)
    # Who may in its own right may also stand in as the secretariat.
    assert set(behalf) <= set(stranger.on_behalf) <= {*own, *behalf}


def test_who_can_names_each_once_in_the_order_of_relations_and_of_the_clause() -> None:
    item = Item(roles={Role.COORDINATE: ("STTTT", "DAITV", "SCT"), Role.LEAD: ("DAITV", "BAOTV")})
    assert who_can(Action.ACTIVITY_RECORD, item) == ("DAITV", "BAOTV", "STTTT", "SCT")


def test_a_partner_is_named_by_the_plan_and_never_offered() -> None:
    """IV.7.b lists the central press and the press outside the province beside the department."""
    item = Item(
        roles={Role.LEAD: ("SVHTTDL",), Role.COORDINATE: ("X.BDTW", "X.BNT")},
        voiceless=frozenset({"X.BDTW", "X.BNT"}),
    )
    assert who_can(Action.ACTIVITY_RECORD, item) == ("SVHTTDL",)
    partner = judge(me(kind=AgencyKind.EXTERNAL_PARTNER, agency="X.BNT"), Action.ACTIVITY_RECORD, item)
    assert isinstance(partner, Refusal)
    assert (partner.code, partner.you_are) == ("partner_cannot_write", (Relation.COORDINATOR,))


def test_keys_are_nobodys_by_the_plan() -> None:
    assert who_can(Action.KEY_MANAGE, item_where(BODY)) == ()


# --- what one may see ----------------------------------------------------------------------------------


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("relation", Relation)
def test_sight(relation: Relation, visibility: Visibility) -> None:
    scopes = {Scope.READ, Scope.ADMIN} if relation is Relation.TECHNICIAN else {Scope.READ}
    item = item_where({relation}, visibility=visibility)
    assert relations(me(scopes), item) == (relation,)
    assert sight(me(scopes), item) is Sight(grid(SEES)[relation][visibility])


@pytest.mark.parametrize("visibility", Visibility)
def test_sight_is_the_best_of_all_that_one_is(visibility: Visibility) -> None:
    best_first = [Sight.WHOLE, Sight.AGGREGATE, Sight.NOTHING]
    for one, other in permutations(STRONGEST_FIRST[:-2], 2):
        words = [Sight(grid(SEES)[relation][visibility]) for relation in (one, other)]
        seen = sight(me({Scope.READ}), item_where({one, other}, visibility=visibility))
        assert seen is min(words, key=best_first.index)


def test_sight_does_not_depend_on_the_state_of_things() -> None:
    """What was done stays readable when plan, task or agency has come to an end."""
    for relation, plan, task, visibility in product(BODY, PlanStatus, TaskStatus, Visibility):
        item = item_where({relation}, plan, task, visibility)
        assert sight(me(active=False), item) is Sight(grid(SEES)[relation][visibility])


def test_insiders_are_those_who_see_everything() -> None:
    seen = {Relation(relation) for relation, row in grid(SEES).items() if set(row.values()) == {"whole"}}
    assert seen == INSIDERS
