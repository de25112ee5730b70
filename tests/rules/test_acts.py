"""What may be done to an output, and what becomes of it: as a table of model §2, and in any history."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Text
from app.rules.acts import ActKind, Facts, Obstacle, after, is_open
from app.rules.vocabulary import Level
from tests.patience import many

# What is on record: c claimed, e a standing record, C confirmed, S self-confirmed, R returned; - nothing.
# What an act makes of it: the same letters, or why it cannot be done.
TABLE = """
        claim  withdrawal  confirmation  self_confirmation  return
-       c      -           !evidence     !evidence          !nothing
c       c      -           !evidence     !evidence          R
e       ce     e           eC            eS                 eR
ce      ce     e           ceC           ceS                eR
eS      ceS    eS          eC            eS                 eR
ceS     ceS    eS          ceC           ceS                eR
eC      ceC    !confirmed  eC            eC                 eR
ceC     ceC    !confirmed  ceC           ceC                eR
R       c      R           !evidence     !evidence          R
eR      ce     eR          !evidence     !evidence          eR
"""

# The same where nothing but a status may be stored: the claim is its own evidence.
STATUS_ONLY = """
        claim  withdrawal  confirmation  self_confirmation  return
-       c      -           !evidence     !evidence          !nothing
c       c      -           cC            cS                 R
cC      cC     !confirmed  cC            cC                 R
R       c      R           !evidence     !evidence          R
"""

STANDS = {
    "-": Level.NONE,
    "c": Level.REPORTED,
    "e": Level.EVIDENCED,
    "C": Level.CONFIRMED,
    "R": Level.NONE,
}
"""The last of the letters that says something of the level, S apart; a status-only claim is evidenced."""

WHY = {
    "!owed": Obstacle(
        "not_owed",
        Text(
            "Đầu ra này không còn phải thực hiện theo quyết định điều chỉnh",
            "By decision, this output is no longer owed",
        ),
    ),
    "!confirmed": Obstacle(
        "already_confirmed",
        Text(
            "Đầu ra đã được xác nhận: cơ quan theo dõi phải trả lại trước",
            "The output is confirmed: the monitor has to return it first",
        ),
    ),
    "!evidence": Obstacle(
        "not_evidenced",
        Text(
            "Chỉ xác nhận đầu ra có minh chứng còn hiệu lực",
            "Only an output with standing evidence can be confirmed",
        ),
    ),
    "!nothing": Obstacle(
        "nothing_reported",
        Text(
            "Chưa có báo cáo hay minh chứng nào để trả lại",
            "Nothing has been reported that could be returned",
        ),
    ),
}


def on_record(letters: str, *, owed: bool = True, status_only: bool = False, evidence: int = 1) -> Facts:
    return Facts(
        claimed="c" in letters,
        evidence=evidence if "e" in letters else 0,
        confirmed="C" in letters,
        self_confirmed="S" in letters,
        returned="R" in letters,
        owed=owed,
        status_only=status_only,
    )


def cells(table: str) -> list[tuple[str, ActKind, str]]:
    head, *rows = (line.split() for line in table.strip().splitlines())
    return [(row[0], ActKind(head[place]), row[place + 1]) for row in rows for place in range(len(head))]


def made_of(becomes: str, **rest: Any) -> Facts | Obstacle:
    return WHY.get(becomes) or on_record(becomes, **rest)


EVERYTHING = [
    Facts(claimed, evidence, *others)
    for claimed, evidence in product((False, True), (0, 1, 3))
    for others in product((False, True), repeat=5)
]
"""Every fact with every other, whether any history leads there or not."""


def test_every_act_is_in_the_tables() -> None:
    for table in (TABLE, STATUS_ONLY):
        assert {kind for _, kind, _ in cells(table)} == set(ActKind)
    assert [kind.value for kind in ActKind] == TABLE.split("\n")[1].split()


@pytest.mark.parametrize(("state", "kind", "becomes"), cells(TABLE))
def test_what_becomes_of_an_output(state: str, kind: ActKind, becomes: str) -> None:
    for evidence in (1, 2, 7):
        found = after(kind, on_record(state, evidence=evidence))
        assert found == made_of(becomes, evidence=evidence)
        assert is_open(kind, on_record(state, evidence=evidence)) == (becomes[0] != "!" and becomes != state)


@pytest.mark.parametrize(("state", "kind", "becomes"), cells(TABLE))
def test_what_is_no_longer_owed_can_only_not_be_claimed(state: str, kind: ActKind, becomes: str) -> None:
    wanted = "!owed" if kind is ActKind.CLAIM else becomes
    assert after(kind, on_record(state, owed=False)) == made_of(wanted, owed=False)
    assert is_open(kind, on_record(state, owed=False)) == (wanted[0] != "!" and wanted != state)


@pytest.mark.parametrize(("state", "kind", "becomes"), cells(STATUS_ONLY))
def test_a_status_only_claim_is_its_own_evidence(state: str, kind: ActKind, becomes: str) -> None:
    assert after(kind, on_record(state, status_only=True)) == made_of(becomes, status_only=True)


def test_where_an_output_stands() -> None:
    for state, _, _ in cells(TABLE):
        assert on_record(state).level is STANDS[state.rstrip("S")[-1]], state
    for state, _, _ in cells(STATUS_ONLY):
        level = Level.EVIDENCED if state == "c" else STANDS[state[-1]]
        assert on_record(state, status_only=True).level is level, state


def test_nothing_is_on_record_until_something_is_said() -> None:
    assert Facts() == on_record("-")
    assert Facts().owed
    with pytest.raises(FrozenInstanceError):
        Facts().claimed = True  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        WHY["!owed"].code = "other"  # type: ignore[misc]


# --- of any facts whatever -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ActKind)
def test_done_again_nothing_changes(kind: ActKind) -> None:
    for facts in EVERYTHING:
        once = after(kind, facts)
        if isinstance(once, Facts):
            assert after(kind, once) == once, facts


@pytest.mark.parametrize("kind", ActKind)
def test_it_is_open_when_it_would_change_something(kind: ActKind) -> None:
    for facts in EVERYTHING:
        once = after(kind, facts)
        assert is_open(kind, facts) == (isinstance(once, Facts) and once != facts), facts


@pytest.mark.parametrize("kind", ActKind)
def test_an_act_says_nothing_of_what_it_is_not_about(kind: ActKind) -> None:
    for facts in EVERYTHING:
        once = after(kind, facts)
        if isinstance(once, Facts):
            kept = (facts.evidence, facts.owed, facts.status_only)
            assert (once.evidence, once.owed, once.status_only) == kept


def test_levels_are_nested() -> None:
    """Take away what carries a level, and the output stands on the one below."""
    for facts in EVERYTHING:
        if facts.level is Level.CONFIRMED:
            assert replace(facts, confirmed=False).level is Level.EVIDENCED
        if facts.level is Level.EVIDENCED:
            below = replace(facts, evidence=0, status_only=False).level
            assert below is (Level.REPORTED if facts.claimed else Level.NONE)
        if facts.level is Level.REPORTED:
            assert replace(facts, claimed=False).level is Level.NONE


def test_what_was_returned_stands_nowhere() -> None:
    for facts in EVERYTHING:
        assert (facts.returned and facts.level is not Level.NONE) is False


def test_only_what_is_evidenced_is_confirmed() -> None:
    for facts, kind in product(EVERYTHING, (ActKind.CONFIRMATION, ActKind.SELF_CONFIRMATION)):
        evidenced = not facts.returned and (facts.evidence > 0 or (facts.claimed and facts.status_only))
        assert isinstance(after(kind, facts), Facts) == evidenced, facts


# --- of any history ------------------------------------------------------------------------------------

Step = ActKind | str
RECORD, UNRECORD, DROP, TAKE_UP = "record", "unrecord", "drop", "take up"
RISING = (ActKind.CLAIM, ActKind.CONFIRMATION, ActKind.SELF_CONFIRMATION, RECORD, DROP, TAKE_UP)
ORDER = list(Level)
histories = st.lists(st.sampled_from([*ActKind, RECORD, UNRECORD, DROP, TAKE_UP]), max_size=24)


def taken(facts: Facts, step: Step) -> Facts:
    """One step as the services take it: what cannot be done is not done, a record that alone carries a
    confirmed output stays, and a mark goes with the evidence it was made on."""
    others: dict[str, Callable[[], Facts]] = {
        RECORD: lambda: replace(facts, evidence=facts.evidence + 1),
        UNRECORD: lambda: replace(facts, evidence=max(facts.evidence - 1, int(facts.confirmed))),
        DROP: lambda: replace(facts, owed=False),
        TAKE_UP: lambda: replace(facts, owed=True),
    }
    found = after(step, facts) if isinstance(step, ActKind) else others[step]()
    if isinstance(found, Obstacle) or (facts.status_only and step in (RECORD, UNRECORD)):
        return facts
    return replace(found, self_confirmed=found.self_confirmed and found.level is Level.EVIDENCED)


def walk(status_only: bool, history: list[Step]) -> list[tuple[Facts, Step, Facts]]:
    facts, found = Facts(status_only=status_only), []
    for step in history:
        before, facts = facts, taken(facts, step)
        found.append((before, step, facts))
    return found


@many
@given(status_only=st.booleans(), history=histories)
def test_any_order_of_acts_and_records_ends_in_a_legal_state(status_only: bool, history: list[Step]) -> None:
    for _, _, facts in walk(status_only, history):
        assert facts.evidence >= 0
        carried = facts.evidence > 0 or (status_only and facts.claimed)
        if facts.confirmed:
            assert carried
            assert facts.level is Level.CONFIRMED
            assert not facts.self_confirmed
        if facts.self_confirmed:
            assert facts.level is Level.EVIDENCED
        if facts.returned:
            assert (facts.claimed, facts.confirmed, facts.self_confirmed) == (False, False, False)


@many
@given(status_only=st.booleans(), history=histories)
def test_levels_fall_by_a_return_or_a_withdrawal_alone(status_only: bool, history: list[Step]) -> None:
    for before, step, facts in walk(status_only, history):
        if step in RISING:
            assert ORDER.index(facts.level) >= ORDER.index(before.level)
        if step is ActKind.RETURN:
            assert facts.level is Level.NONE


@many
@given(status_only=st.booleans(), history=histories)
def test_what_was_returned_stands_on_no_level_until_it_is_claimed(
    status_only: bool, history: list[Step]
) -> None:
    returned = False
    for before, step, facts in walk(status_only, history):
        if step is ActKind.RETURN and before.level is not Level.NONE:
            returned = True
        if step is ActKind.CLAIM and facts.owed:
            returned = False
        assert facts.returned == returned
        assert facts.level is Level.NONE or not returned


@many
@given(status_only=st.booleans(), history=histories, twice=st.sampled_from(ActKind))
def test_an_act_sent_twice_is_the_same_as_once(
    status_only: bool, history: list[Step], twice: ActKind
) -> None:
    *_, (_, _, once) = walk(status_only, [*history, twice])
    assert taken(once, twice) == once
