"""The hunt for mutants bites: it makes every one it should, and a weak test lets them pass."""

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from textwrap import dedent

import pytest

from tests.house import mutants
from tests.house.mutations import mutants as mutants_of


class Part(Enum):
    LEAD = "lead"
    HELP = "help"
    LOOK = "look"


NAMES = {"Is": Part, "Part": Part, "HERE": (1,), "THERE": (2,), "other": (3,)}


def made_of(source: str) -> set[str]:
    """What becomes of a line, in as many ways as there are."""
    return {one.source.strip() for one in mutants_of(dedent(source), NAMES)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a is b", {"x = a is not b"}),
        ("x = a in b", {"x = a not in b"}),
        ("x = a < b", {"x = a <= b"}),
        ("x = a is None", {"x = a is not None"}),
        ("x = a and b", {"x = a or b", "x = a", "x = b"}),
        ("x = not a", {"x = a"}),
        ("x = a // b", {"x = a % b", "x = a", "x = b"}),
        ("x = a**b", {"x = a + b", "x = a", "x = b"}),
        ("x = a | b", {"x = a & b", "x = a", "x = b"}),
        ("x = a if b else c", {"x = a", "x = c", "x = a if True else c", "x = a if False else c"}),
        ("x = f(a, b=True)", {"x = f(a, b=False)", "x = f(a)"}),
        ("x = 'code'", {"x = 'XXcode'"}),
        ("x = 1", {"x = 2"}),
        ("x = None", {"x = 'XX'"}),
        ("x = HERE", {"x = THERE"}),
        ("x = a.lower()", {"x = a"}),
        ("x = [a for a in b if a in c]", {
            "x = [a for a in b]",
            "x = [a for a in b if a not in c]",
            "x = [a for a in reversed((*b,)) if a in c]",
        }),
        ("x = Is.LEAD", {"x = Is.HELP", "x = Is.LOOK"}),
        ("x = {Is.LEAD: a}", {"x = {}", "x = {Is.HELP: a}", "x = {Is.LOOK: a}"}),
        ("x: int | None = a", set()),
        ("'A docstring.'", set()),
    ],
)  # fmt: skip
def test_a_line_is_changed_in_every_way(source: str, expected: set[str]) -> None:
    assert made_of(source) == expected


def test_a_mutant_knows_its_line() -> None:
    source = "def f(a):\n    b = 1\n    if a:\n        return b\n    return a\n"
    assert {one.line: one.change.split("\n")[1] for one in mutants_of(source, NAMES)}.keys() == {2, 3, 4, 5}


def test_a_statement_is_changed_in_every_way() -> None:
    source = """
        def f(a):
            if a:
                return b
            a += c
            return None
        """
    body = "def f(a):\n    {}\n        {}\n    {}\n    return {}"
    assert made_of(source) == {
        body.format("if True:", "return b", "a += c", "None"),
        body.format("if False:", "return b", "a += c", "None"),
        body.format("if a:", "return None", "a += c", "None"),
        body.format("if a:", "return b", "pass", "None"),
        body.format("if a:", "return b", "a += c", "'XX'"),
    }


def test_a_row_of_the_policy_is_changed_in_every_way() -> None:
    """Each relation in and out of those who may and never may; on behalf of each, or of none; elsewhere."""
    found = made_of("x = _row(HERE, Is.LEAD, behalf=Is.HELP, never=(Is.LOOK,))")
    assert found == {
        "x = _row(THERE, Is.LEAD, behalf=Is.HELP, never=(Is.LOOK,))",
        "x = _row(HERE, behalf=Is.HELP, never=(Is.LOOK,))",
        "x = _row(HERE, Is.LEAD, Is.HELP, behalf=Is.HELP, never=(Is.LOOK,))",
        "x = _row(HERE, Is.LEAD, Is.LOOK, behalf=Is.HELP, never=(Is.LOOK,))",
        "x = _row(HERE, Is.LEAD, behalf=Is.LEAD, never=(Is.LOOK,))",
        "x = _row(HERE, Is.LEAD, never=(Is.LOOK,))",
        "x = _row(HERE, Is.LEAD, behalf=Is.LOOK, never=(Is.LOOK,))",
        "x = _row(HERE, Is.LEAD, behalf=Is.HELP, never=(Is.LOOK, Is.LEAD))",
        "x = _row(HERE, Is.LEAD, behalf=Is.HELP, never=(Is.LOOK, Is.HELP))",
        "x = _row(HERE, Is.LEAD, behalf=Is.HELP, never=())",
    }


def test_of_a_vocabulary_only_codes_are_changed() -> None:
    before = "class Part(Word):\n    LEAD = ('{}', 'Chủ trì', 'Lead')\n    HELP = '{}'"
    assert made_of(before.format("lead", "help")) == {
        before.format("XXlead", "help"),
        before.format("lead", "XXhelp"),
    }


STRONG = """
    from datetime import date

    from app.rules.urging import UrgeState, state

    def test_closed():
        day = date(2023, 1, 1)
        assert state(answered=False, closed=True, due_on=day, today=day) is UrgeState.CLOSED
    """
WEAK = """
    from app.rules import urging

    def test_it_is_there():
        assert urging.state
    """
WRONG: Callable[[str], str] = lambda source: source.replace("if closed:", "if not closed:")  # noqa: E731


@pytest.mark.parametrize(
    ("tests", "verdict"), [(STRONG, "killed"), (WEAK, "survived")], ids=["strong", "weak"]
)
def test_what_a_test_does_not_look_at_is_let_pass(
    tests: str, verdict: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "app.rules.urging"
    written = tmp_path / "test_written.py"
    written.write_text(dedent(tests), encoding="utf-8")
    monkeypatch.setattr(mutants, "TESTS", {module: (str(written),)})
    source = (mutants.ROOT / "app" / "rules" / "urging.py").read_text(encoding="utf-8")
    assert WRONG(source) != source
    desk = mutants.Desk(tmp_path / "desk")
    assert desk.run(module, source, 60) == "survived"
    assert desk.run(module, WRONG(source), 60) == verdict
    assert desk.run(module, "", 60) == "killed"
    assert (mutants.ROOT / "app" / "rules" / "urging.py").read_text(encoding="utf-8") == source


def test_the_tests_of_the_policy_are_judges(tmp_path: Path) -> None:
    """They pass there on what is right: with everything of pytest's that they ask for."""
    module = "app.rules.acts"
    source = (mutants.ROOT / "app" / "rules" / "acts.py").read_text(encoding="utf-8")
    desk = mutants.Desk(tmp_path / "desk")
    assert desk.run(module, source, 200) == "survived", desk.log.read_text(encoding="utf-8")
