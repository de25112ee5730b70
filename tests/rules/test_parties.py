"""Parties: who confirms when a monitor would judge itself, one body's own part, and what one may see."""

from dataclasses import replace
from itertools import permutations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import parties
from app.rules.judging import Permit, Refusal, judge, who_can
from app.rules.ownership import Action
from app.rules.parties import (
    INSIDERS,
    Actor,
    Item,
    Relation,
    Sight,
    holders,
    is_insider,
    part_of,
    relations,
    sight,
)
from app.rules.vocabulary import PlanStatus, Role, Scope, TaskStatus, Visibility
from tests.patience import many
from tests.verdicts import ME, NAMED, SIGHT, STATES, TO_BE, item_where, me

# --- judging one's own work ----------------------------------------------------------------------------

CONFIRMING = (Action.OUTPUT_CONFIRM, Action.OUTPUT_RETURN, Action.STATUS_DECIDE)
DOERS: list[dict[str, Any]] = [
    {"roles": {Role.LEAD: ("TTBCD",), Role.MONITOR: ("TTBCD",)}},
    {"roles": {Role.LEAD: ("SCT",), Role.MONITOR: ("TTBCD",)}, "former": ("TTBCD",)},
    {"roles": {Role.LEAD: ("SCT",), Role.MONITOR: ("TTBCD",)}, "claimants": ("TTBCD",)},
]


@pytest.mark.parametrize("doing", DOERS, ids=["lead", "former", "claimant"])
def test_the_monitors_own_duty_is_confirmed_by_its_superior_and_never_by_itself(
    doing: dict[str, Any],
) -> None:
    item = Item(superiors=("TTTU", "BTGTW"), approver="TTTU", **doing)
    monitor, approver, other = (me(agency=code) for code in ("TTBCD", "TTTU", "BTGTW"))
    assert holders(Relation.SELF_MONITOR, item) == ("TTBCD",)
    assert holders(Relation.APPROVER, item) == ("TTTU",)
    for action in CONFIRMING:
        seen = Visibility.STATUS_ONLY if action is Action.STATUS_DECIDE else Visibility.INTERNAL
        hers = replace(item, visibility=seen)
        no = judge(monitor, action, hers)
        assert isinstance(no, Refusal)
        assert (no.code, no.who_can) == ("own_work", ("TTTU",))
        assert judge(approver, action, hers) == Permit(action, approver, Relation.APPROVER)
        assert isinstance(judge(other, action, hers), Refusal)
    own = judge(monitor, Action.OUTPUT_SELF_CONFIRM, item)
    assert own == Permit(Action.OUTPUT_SELF_CONFIRM, monitor, Relation.SELF_MONITOR)
    assert isinstance(judge(approver, Action.OUTPUT_SELF_CONFIRM, item), Refusal)


def test_a_second_monitor_confirms_for_the_first_before_any_superior_does() -> None:
    roles = {Role.LEAD: ("TTBCD",), Role.MONITOR: ("TTBCD", "BTGTU")}
    item = Item(approver="TTTU", superiors=("TTTU",), roles=roles)
    assert holders(Relation.SELF_MONITOR, item) == ("TTBCD",)
    assert holders(Relation.APPROVER, item) == ()
    assert who_can(Action.OUTPUT_CONFIRM, item) == ("BTGTU",)
    both = replace(item, claimants=("BTGTU",))
    assert holders(Relation.SELF_MONITOR, both) == ("TTBCD", "BTGTU")
    assert who_can(Action.OUTPUT_CONFIRM, both) == ("TTTU",)


def test_where_nobody_monitors_nobody_confirms() -> None:
    item = Item(approver="TTTU", superiors=("TTTU",), roles={Role.LEAD: ("SCT",)})
    assert who_can(Action.OUTPUT_CONFIRM, item) == ()
    assert isinstance(judge(me(agency="TTTU"), Action.OUTPUT_CONFIRM, item), Refusal)


def test_where_the_plan_names_no_superior_nobody_confirms_the_monitors_own_duty() -> None:
    item = Item(roles={Role.LEAD: ("TTBCD",), Role.MONITOR: ("TTBCD",)})
    assert holders(Relation.APPROVER, item) == ()
    assert who_can(Action.OUTPUT_CONFIRM, item) == ()


def test_an_approver_that_reported_it_confirms_it_no_more_than_the_monitor_does() -> None:
    roles = {Role.LEAD: ("TTBCD",), Role.MONITOR: ("TTBCD",)}
    item = Item(approver="BPGV", roles=roles, claimants=("BPGV",))
    refused = judge(me(agency="BPGV"), Action.OUTPUT_CONFIRM, item)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.who_can) == ("own_work", ())


CODES = ("TTBCD", "BTGTU", "SCT", "TTTU", "BPGV")
some_codes = st.sampled_from([some for number in range(3) for some in permutations(CODES, number)])
judged_items = st.builds(
    Item,
    approver=st.sampled_from((None, *CODES)),
    visibility=st.sampled_from(Visibility),
    roles=st.fixed_dictionaries(dict.fromkeys((Role.LEAD, Role.MONITOR), some_codes)),
    former=some_codes,
    claimants=some_codes,
)


@many
@given(item=judged_items)
def test_who_confirms_is_never_who_did_it_or_reported_it(item: Item) -> None:
    own = {*item.roles[Role.LEAD], *item.former, *item.claimants}
    monitors = set(item.roles[Role.MONITOR])
    approvers = {item.approver} - {None} if monitors and monitors <= own else set()
    for action, code in product((*CONFIRMING, Action.OUTPUT_SELF_CONFIRM), CODES):
        verdict = judge(me(agency=code), action, item)
        if action is Action.OUTPUT_SELF_CONFIRM:
            wanted = item.visibility is not Visibility.STATUS_ONLY and code in monitors & own
        else:
            kept = (item.visibility is Visibility.STATUS_ONLY) == (action is Action.STATUS_DECIDE)
            wanted = kept and code not in own and code in monitors | approvers
        assert isinstance(verdict, Permit) == wanted


# --- one body's own part -------------------------------------------------------------------------------


def test_of_those_who_do_the_work_a_part_has_one() -> None:
    item = item_where((Relation.ACCOUNTABLE, Relation.COORDINATOR, Relation.FORMER_LEAD, Relation.CLAIMANT))
    mine = part_of(item, ME)
    assert (mine.roles[Role.LEAD], mine.roles[Role.COORDINATE]) == ((ME,), (ME,))
    assert (mine.former, mine.claimants) == ((ME,), ())
    lead, coordinator = part_of(item, "BAOTV", ("BPGV",)), part_of(item, "STTTT")
    assert (lead.roles[Role.LEAD], lead.roles[Role.COORDINATE]) == (("BAOTV",), ())
    assert (lead.former, lead.claimants) == ((), ("BPGV",))
    assert (coordinator.roles[Role.LEAD], coordinator.roles[Role.COORDINATE]) == ((), ("STTTT",))
    nobodys = part_of(Item(former=("DAITV",)), "SCT")
    assert (nobodys.roles, nobodys.former) == ({Role.LEAD: (), Role.COORDINATE: ()}, ())


def test_a_part_keeps_all_that_is_the_plans_and_the_items() -> None:
    item = item_where(NAMED, PlanStatus.CLOSED, TaskStatus.SUSPENDED, Visibility.INTERNAL)
    item = replace(item, voiceless=frozenset({"STTTT"}))
    part = part_of(item, "BAOTV", ("BPGV",))
    work = {Role.LEAD: ("BAOTV",), Role.COORDINATE: ()}
    expected = replace(item, roles={**item.roles, **work}, former=(), claimants=("BPGV",))
    assert part == expected
    assert {role: part.roles[role] for role in (Role.MONITOR, Role.FUND, Role.SETTLE)} == {
        role: item.roles[role] for role in (Role.MONITOR, Role.FUND, Role.SETTLE)
    }


# --- what one may see ----------------------------------------------------------------------------------


def seen_by(relation: Relation) -> tuple[Actor, tuple[Relation, ...]]:
    """A caller that is this, and what an item must name it for that. An approver is one of the superiors."""
    scopes = {Scope.READ, Scope.ADMIN} if relation is Relation.TECHNICIAN else {Scope.READ}
    if relation is Relation.APPROVER:
        return me(scopes), (relation, Relation.SUPERIOR)
    return me(scopes), TO_BE.get(relation, (relation,))


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("relation", Relation)
def test_sight(relation: Relation, visibility: Visibility) -> None:
    actor, named = seen_by(relation)
    item = item_where(named, visibility=visibility)
    assert relation in relations(actor, item)
    assert sight(actor, item) is SIGHT[relation][visibility]
    assert is_insider(actor, item) == (SIGHT[relation][Visibility.INTERNAL] is Sight.WHOLE)


@pytest.mark.parametrize("visibility", Visibility)
def test_sight_is_the_best_of_all_that_one_is(visibility: Visibility) -> None:
    best_first = [Sight.WHOLE, Sight.AGGREGATE, Sight.NOTHING]
    for named in permutations([one for one in NAMED if one is not Relation.APPROVER], 2):
        item = item_where(named, visibility=visibility)
        words = [SIGHT[relation][visibility] for relation in relations(me(), item)]
        assert sight(me({Scope.READ}), item) is min(words, key=best_first.index)


def test_sight_does_not_depend_on_the_state_of_things() -> None:
    """What was done stays readable when plan, task or agency has come to an end."""
    for relation, (plan, task, visibility) in product(Relation, STATES):
        actor, named = seen_by(relation)
        item = item_where(named, plan, task, visibility)
        assert sight(replace(actor, active=False), item) is SIGHT[relation][visibility]


def test_insiders_are_those_who_see_everything() -> None:
    """Who judges itself is in as a monitor, the approver as a superior."""
    whole = {relation for relation, row in SIGHT.items() if set(row.values()) == {Sight.WHOLE}}
    assert whole - {Relation.SELF_MONITOR, Relation.APPROVER} == INSIDERS


def test_codes_of_sight_are_stable() -> None:
    assert [word.value for word in Sight] == ["whole", "aggregate", "nothing"]


@pytest.mark.parametrize("visibility", Visibility)
def test_a_body_sees_whole_what_is_open_or_its_own(visibility: Visibility) -> None:
    item = Item(owner="TTBCD", visibility=visibility, roles={Role.LEAD: ("SCT",)})
    assert (parties.seen_by("TTBCD", item), parties.seen_by("SCT", item)) == (True, True)
    assert parties.seen_by("BAOTV", item) is (visibility is Visibility.NORMAL)
