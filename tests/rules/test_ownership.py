"""Who may do what: the engine against the policy as it is written down a second time in `tests.verdicts`,
case by case, forwards and backwards; and what a refusal says.

Every action and every relation stands in its tables, and one that does not fails here.
"""

from collections.abc import Iterable
from dataclasses import FrozenInstanceError, replace
from itertools import combinations, permutations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Text
from app.rules.judging import Permit, Refusal, allowed, judge, sentence, who_can
from app.rules.ownership import POLICY, Action
from app.rules.parties import Actor, Item, Relation, holders, relations
from app.rules.vocabulary import AgencyKind, PlanStatus, Role, Scope, TaskStatus, Visibility
from tests.patience import TIMES, many, untraced
from tests.verdicts import (
    EXPECTED,
    KINDS,
    LACKS,
    ME,
    NAMED,
    ORDER,
    REASONS,
    SCOPES,
    SEES,
    SHORT,
    STATES,
    TO_BE,
    WHEN,
    WHO,
    WRITING,
    check,
    good,
    grid,
    item_where,
    me,
    missing,
    to_be,
)

# --- the tables are whole ------------------------------------------------------------------------------


def test_every_action_and_relation_is_in_the_tables() -> None:
    assert not missing(WHO, Action)
    assert not missing(WHEN, Action)
    assert not missing(SEES, SHORT)
    assert set(POLICY) == set(Action)
    assert list(Relation) == ORDER, "who is more than one thing acts as the first of them"
    for said in grid(WHO).values():
        assert list(said) == list(SHORT)
        assert set(said.values()) <= {"yes", "for", "not", "-"}
    for seen in grid(SEES).values():
        assert set(seen) == set(Visibility)


def test_an_action_that_is_not_in_the_table_would_be_noticed() -> None:
    assert missing(WHO, [*Action, "plan.burn"]) == {"plan.burn"}
    assert missing(WHEN, list(Action)[1:]) == {Action.PLAN_READ}


def test_every_word_of_the_tables() -> None:
    """Each action, each relation by itself, where nothing else is in the way."""
    for action, relation in product(Action, Relation):
        named = TO_BE.get(relation, (relation,))
        scopes = {EXPECTED[action].scope} | ({Scope.ADMIN} if relation is Relation.TECHNICIAN else set())
        mine = to_be(named, scopes)
        assert relation in mine or (relation, scopes) == (Relation.READER, {Scope.ADMIN})
        check(action, me(scopes), item_where(named, *good(action)), mine)


def test_every_state_of_the_tables() -> None:
    """Each action, in each state of plan, task and visibility, by one that may."""
    for action, state in product(Action, STATES):
        relation = next(one for one in ORDER if one in EXPECTED[action].yes)
        scopes, named = {EXPECTED[action].scope}, TO_BE.get(relation, (relation,))
        scopes |= {Scope.ADMIN} if relation is Relation.TECHNICIAN else set()
        check(action, me(scopes), item_where(named, *state), to_be(named, scopes))


def test_nobody_changes_the_policy_while_it_runs() -> None:
    with pytest.raises(TypeError):
        POLICY[Action.KEY_MANAGE] = POLICY[Action.PLAN_DRAW_UP]  # type: ignore[index]
    verdicts = [judge(me(), action, item_where(())) for action in (Action.PLAN_READ, Action.PLAN_AMEND)]
    rule = POLICY[Action.PLAN_AMEND]
    frozen: list[tuple[Any, str]] = [
        (rule, "may"),
        (rule.where, "plan"),
        (me(), "agency"),
        (item_where(()), "owner"),
        (verdicts[0], "as_"),
        (verdicts[1], "code"),
    ]
    for thing, name in frozen:
        with pytest.raises(FrozenInstanceError):
            setattr(thing, name, None)


# --- a rule as an official would say it ---------------------------------------------------------------


def named(relation: Relation) -> Text:
    """A relation inside a sentence."""
    english = relation.label_en if relation.label_en.startswith("The ") else f"The {relation.label_en}"
    start = len("The ")
    return Text(
        relation.label_vi[0].lower() + relation.label_vi[1:],
        f"the {english[start].lower()}{english[start + 1 :]}",
    )


SAID = {
    Action.PLAN_READ: Text("Xem kế hoạch: mọi cơ quan có khóa.", "Read the plan: any agency with a key."),
    Action.PLAN_DRAW_UP: Text(
        "Lập kế hoạch: chủ kế hoạch; bộ phận giúp việc được làm thay.",
        "Draw up the plan: the plan owner; the secretariat on behalf.",
    ),
    Action.CALENDAR_EDIT: Text(
        "Sửa lịch sự kiện: chủ kế hoạch hoặc bộ phận giúp việc.",
        "Change the calendar: the plan owner or the secretariat.",
    ),
    Action.SPENDING_RECORD: Text(
        "Ghi cam kết chi, chi: đơn vị của dòng kinh phí; "
        "không bao giờ là cơ quan quyết định kinh phí hoặc cơ quan kiểm tra quyết toán.",
        "Record commitment and spending: the line's agency; "
        "never the funding decider nor the settlement checker.",
    ),
    Action.OUTPUT_RETURN: Text(
        "Trả lại đầu ra: cơ quan theo dõi, đôn đốc hoặc cấp trên xác nhận cho cơ quan theo dõi; không bao "
        "giờ là cơ quan chịu trách nhiệm, cơ quan đã bàn giao hoặc cơ quan đã báo cáo đầu ra này.",
        "Return an output: the monitor or the superior who confirms for the monitor; "
        "never the accountable body, the body that handed over nor the body that reported this output.",
    ),
    Action.KEY_MANAGE: Text(
        "Quản lý khóa truy cập: quản trị kỹ thuật.", "Manage API keys: the technical administrator."
    ),
}


def test_a_rule_is_said_as_an_official_would() -> None:
    assert {action: sentence(action) for action in SAID} == SAID


@pytest.mark.parametrize("action", Action)
def test_every_rule_says_who_may_who_stands_in_and_who_never_may(action: Action) -> None:
    row = EXPECTED[action]

    def parts(language: str, either: str, behalf: str, never: str, nor: str) -> str:
        def names(some: Iterable[Relation]) -> list[str]:
            return [getattr(named(relation), language) for relation in ORDER if relation in some]

        def listed(some: Iterable[Relation], word: str) -> str:
            *others, last = names(some)
            return ", ".join(others) + (f" {word} " if others else "") + last

        label = action.label_vi if language == "vi" else action.label_en
        said = [f"{label}: {listed(row.yes, either)}"]
        said += [behalf.format(name) for name in names(row.behalf)]
        said += [never + listed(row.never, nor)] if row.never else []
        return "; ".join(said) + "."

    if Relation.READER not in row.yes:
        assert sentence(action) == Text(
            parts("vi", "hoặc", "{} được làm thay", "không bao giờ là ", "hoặc"),
            parts("en", "or", "{} on behalf", "never ", "nor"),
        )
    assert len({sentence(other) for other in Action}) == len(Action)


# --- nothing is anybody's by default -------------------------------------------------------------------


def test_what_nobody_is_nobody_can_be() -> None:
    """A caller without an agency matches no empty place of an item."""
    nobody = me({Scope.PUSH}, kind=None, agency=None)
    assert relations(nobody, Item()) == (Relation.READER,)
    for action in Action:
        assert isinstance(judge(nobody, action, Item(plan_status=PlanStatus.DRAFT)), Refusal)
    technician = me({Scope.ADMIN}, kind=None, agency=None)
    assert relations(technician, Item()) == (Relation.TECHNICIAN,)
    for action in (Action.KEY_MANAGE, Action.SERVICE_OPERATE):
        assert judge(technician, action, Item()) == Permit(action, technician, Relation.TECHNICIAN)
    for relation in Relation:
        assert holders(relation, Item()) == ()


def test_an_item_is_what_is_in_force_and_a_body_exists_unless_something_else_is_said() -> None:
    assert Item() == Item(plan_status=PlanStatus.ACTIVE, task_status=TaskStatus.ACTIVE)
    assert (Item().visibility, Item().clause, Item().voiceless) == (Visibility.NORMAL, None, frozenset())
    body = Actor("A", None, 1, frozenset(), "key:x")
    assert (body.active, body.until) == (True, None)
    anywhere = POLICY[Action.KEY_MANAGE]
    assert (anywhere.where.plan, anywhere.where.task, anywhere.where.visibility) == (None, None, None)


@pytest.mark.parametrize("action", Action)
def test_a_row_holds_relations_and_nothing_else(action: Action) -> None:
    rule = POLICY[action]
    assert rule.may | rule.on_behalf | rule.never <= set(Relation)


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
        why=Text(
            "Ghi hoạt động: cơ quan chịu trách nhiệm hoặc cơ quan phối hợp; bộ phận giúp việc được làm thay.",
            "Record an activity: the accountable body or the coordinator; the secretariat on behalf.",
        ),
        action=Action.ACTIVITY_RECORD,
        clause="IV.7.a",
        granted_by=(),
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
        granted_by=(),
        you_are=(Relation.ACCOUNTABLE, Relation.PLAN_OWNER),
        needs=(Relation.TECHNICIAN,),
        who_can=(),
        on_behalf=(),
    )


@pytest.mark.parametrize("action", Action)
def test_a_refusal_names_the_clauses_that_give_the_power_it_asks_for(action: Action) -> None:
    """A power over others comes from the plan; what a body is by itself does not."""
    clauses = {Role.MONITOR: ("IV.1.3",), Role.FUND: ("IV.8.a",), Role.SETTLE: ("IV.2.a", "IV.2.b")}
    expected = {
        Relation.MONITOR: clauses[Role.MONITOR],
        Relation.FUNDER: clauses[Role.FUND],
        Relation.SETTLER: clauses[Role.SETTLE],
    }
    nobody = me(set(), agency=None)
    for powers in ({}, clauses):
        verdict = judge(nobody, action, replace(item_where([]), powers=powers))
        assert isinstance(verdict, Refusal)
        needed = [relation for relation in expected if relation in EXPECTED[action].yes]
        assert verdict.granted_by == (
            tuple(clause for relation in needed for clause in expected[relation]) if powers else ()
        )


@pytest.mark.parametrize("action", Action)
def test_every_reason_is_a_sentence_in_both_languages(action: Action) -> None:
    row, said = EXPECTED[action], set()
    bodies = [
        (AgencyKind.STATE_DEPARTMENT, True),
        (AgencyKind.EXTERNAL_PARTNER, True),
        (AgencyKind.MEDIA, False),
    ]
    for scopes, body, state, relation in product(SCOPES, bodies, STATES, (Relation.READER, *row.never)):
        item = item_where(TO_BE.get(relation, (relation,)), *state)
        verdict = judge(me(scopes, *body), action, item)
        if isinstance(verdict, Permit):
            continue
        first = next((one for one in verdict.you_are if one in row.never), Relation.READER)
        own = {
            "scope_missing": LACKS[row.scope],
            "another_agency": sentence(action),
            "own_work": Text(
                f"Cơ quan của bạn không làm được việc này vì là {named(first).vi}.",
                f"Your agency cannot do this, being {named(first).en}.",
            ),
        }
        assert verdict.why == (own.get(verdict.code) or REASONS[verdict.code])
        assert (verdict.action, verdict.clause) == (action, "IV.7.a")
        said.add(verdict.code)
    expected = {"scope_missing"}
    if row.scope is not Scope.READ:
        expected |= {"partner_cannot_write", "agency_not_active"}
    if row.scope is Scope.PUSH:
        expected |= {"technician_cannot_write", "another_agency"}
    if len(row.plan) == 1:
        expected |= {"plan_not_draft" if PlanStatus.DRAFT in row.plan else "plan_not_active"}
    if len(row.task) == 1:
        expected |= {"task_not_active"}
    if len(row.visibility) < len(Visibility):
        expected |= {"status_only" if Visibility.NORMAL in row.visibility else "not_status_only"}
    if row.never:
        expected |= {"own_work"}
    assert said == expected
    assert said <= set(REASONS)


def test_who_is_barred_twice_is_told_the_stronger_reason() -> None:
    item = item_where((Relation.ACCOUNTABLE, Relation.CLAIMANT))
    refused = judge(me(), Action.OUTPUT_CONFIRM, item)
    assert isinstance(refused, Refusal)
    assert refused.why.en == "Your agency cannot do this, being the accountable body."


# --- backwards: who can? -------------------------------------------------------------------------------

POOL = ("BAOTV", "DAITV", "SCT", "STTTT", "X.BNT", "TTBCD", "BPGV", "TTTU")
one_body = st.sampled_from((None, *POOL))
bodies = st.sampled_from([some for number in range(4) for some in permutations(POOL, number)])
mute = st.sampled_from([frozenset(some) for number in range(3) for some in combinations(POOL, number)])
items = st.builds(
    Item,
    owner=one_body,
    secretariat=one_body,
    superiors=bodies,
    approver=one_body,
    # Mostly a state in which something may be done.
    plan_status=st.sampled_from((*PlanStatus, *[PlanStatus.ACTIVE] * 3)),
    task_status=st.sampled_from((TaskStatus.ACTIVE,) * 5 + tuple(TaskStatus)),
    visibility=st.sampled_from(Visibility),
    roles=st.fixed_dictionaries(dict.fromkeys(Role, bodies)),
    former=bodies,
    claimants=bodies,
    spender=one_body,
    proposer=one_body,
    urgers=bodies,
    urged=one_body,
    voiceless=mute,
)


@many
@given(item=items, ended=st.booleans())
def test_who_can_is_exactly_who_would_be_let(item: Item, ended: bool) -> None:
    """Each body asks with its own key; the voiceless are partners, or bodies that have come to an end."""
    for action in WRITING:
        stranger = judge(me(agency="STRANGER"), action, item)
        assert isinstance(stranger, Refusal)
        own: list[str] = []
        behalf: list[str] = []
        for code in POOL:
            muted = code in item.voiceless
            kind = AgencyKind.EXTERNAL_PARTNER if muted and not ended else AgencyKind.MEDIA
            verdict = judge(me(kind=kind, active=not (muted and ended), agency=code), action, item)
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


def test_keys_and_the_service_are_nobodys_by_the_plan() -> None:
    for action in (Action.KEY_MANAGE, Action.SERVICE_OPERATE):
        assert who_can(action, item_where(NAMED)) == ()


# --- forwards: may I? ----------------------------------------------------------------------------------


@untraced
@pytest.mark.parametrize("action", Action)
def test_every_verdict(action: Action) -> None:
    """Each relation × scopes of the key × kind of agency, where it can be done; and × states of plan, task
    and visibility, of a body that can write and of two that cannot."""
    row = EXPECTED[action]
    usual = [(AgencyKind.MEDIA, True), (AgencyKind.EXTERNAL_PARTNER, True), (AgencyKind.MEDIA, False)]
    keys = [*product((frozenset({Scope.READ}), frozenset({Scope.PUSH}), frozenset(Scope)), usual)]
    keys.append((frozenset({Scope.ADMIN}), usual[0]))
    for relation in ORDER:
        named, let = TO_BE.get(relation, (relation,)), False
        for scopes, body in product(SCOPES, KINDS):
            verdict = check(action, me(scopes, *body), item_where(named, *good(action)), to_be(named, scopes))
            let = let or isinstance(verdict, Permit)
        for (scopes, body), state in product(keys, STATES):
            check(action, me(scopes, *body), item_where(named, *state), to_be(named, scopes))
        mine = set(to_be(named, {row.scope}))
        assert let == bool(mine & (row.yes | row.behalf) and not mine & row.never)


@untraced
@pytest.mark.parametrize("action", Action)
def test_several_relations_at_once(action: Action) -> None:
    """I am told all that I am, strongest first; who may in its own right never acts on behalf; and what bars
    me bars me whatever else I am."""
    barred = 0
    for number in range(4):
        for named in combinations(NAMED, number):
            scopes = {EXPECTED[action].scope}
            actor, item = me(scopes), item_where(named, *good(action))
            mine = to_be(named, scopes)
            assert list(relations(actor, item)) == mine
            verdict = check(action, actor, item, mine)
            may = set(mine) & EXPECTED[action].yes
            barred += isinstance(verdict, Refusal) and verdict.code == "own_work" and bool(may)
    assert bool(barred) == bool(EXPECTED[action].never)


everything_i_am = st.sets(st.sampled_from(NAMED))
scopes_of_a_key = st.sampled_from(SCOPES)
bodies_of_a_kind = st.sampled_from(KINDS)
states_of_things = st.sampled_from(STATES)


@settings(many, max_examples=1000 * TIMES)
@given(named=everything_i_am, scopes=scopes_of_a_key, body=bodies_of_a_kind, state=states_of_things)
def test_any_verdict_on_anything(
    named: set[Relation],
    scopes: frozenset[Scope],
    body: tuple[AgencyKind | None, bool],
    state: tuple[PlanStatus, TaskStatus, Visibility],
) -> None:
    actor, item = me(scopes, *body), item_where(named, *state)
    verdicts = [check(action, actor, item, to_be(named, scopes)) for action in Action]
    yes = [verdict.action for verdict in verdicts if isinstance(verdict, Permit)]
    assert allowed(actor, Action, item) == yes
    assert allowed(actor, reversed(Action), item) == yes[::-1]
