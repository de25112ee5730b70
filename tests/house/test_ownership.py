"""`docs/ownership.md` is the policy as the service judges by it: whole, in both languages, and in step."""

import re

from app.rules.ownership import POLICY, Action
from app.rules.parties import Relation
from app.services import asking
from tests.house import ownership


def test_the_page_is_in_step_with_the_code() -> None:
    assert ownership.PAGE.read_text(encoding="utf-8") == ownership.page(), "run: make ownership"


def rows(page: str) -> dict[str, list[str]]:
    """The rows of the page's tables by the codes in them."""
    found: dict[str, list[str]] = {}
    for line in page.splitlines():
        if line.startswith("| "):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            for code in re.findall(r"`([a-z_.]+)`", " ".join(cells[:2])):
                found.setdefault(code, cells)
    return found


def test_every_action_has_a_row_with_all_that_the_policy_says() -> None:
    found = rows(ownership.page())
    for action in Action:
        name, may, behalf, never, _ = found[action.value]
        assert action.label_vi in name
        assert action.label_en in name
        rule = POLICY[action]
        for cell, some in ((may, rule.may), (behalf, rule.on_behalf), (never, rule.never)):
            if some != frozenset(Relation):
                told = {one for one in Relation if f"{one.label_vi} · {one.label_en}" in cell.split("<br>")}
                assert told == some
                assert (cell == "—") == (not some)


def test_every_relation_has_a_place_where_it_comes_from_in_both_languages() -> None:
    assert set(ownership.ORIGINS) == set(Relation)
    found = rows(ownership.page())
    for relation, (vi, en) in ownership.ORIGINS.items():
        assert vi != en
        assert {vi, en} <= set(found[relation.value][2].split("<br>"))


def test_every_address_that_can_be_asked_about_is_told() -> None:
    page = ownership.page()
    for form in asking.PLACES:
        assert f"`{form.replace('{}', '…')}`" in page


def test_no_cell_breaks_a_table() -> None:
    for line in ownership.page().splitlines():
        if line.startswith("|"):
            assert line.count("|") in (4, 6), line
