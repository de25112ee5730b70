"""Progress over HTTP: the laws of the roll-up (model §3), in exact fractions, on what the wire says."""

import gc
import weakref
from fractions import Fraction
from typing import Any

import pytest

from app.services import grounds, keys, parts
from tests.api.conftest import ANOTHER_PLAN
from tests.api.test_facts import DISTRICTS
from tests.service import PLAN, Service, push
from tests.walks import items

LEVELS = ("reported", "evidenced", "confirmed")
Row = dict[str, Any]


def ratio(said: dict[str, Any]) -> Fraction | None:
    """A ratio as it is on the wire; the three members are null together, or none is."""
    if said["numerator"] is None:
        assert said == {"numerator": None, "denominator": None, "percent": None}
        return None
    value = Fraction(said["numerator"], said["denominator"])
    assert (value.numerator, value.denominator) == (said["numerator"], said["denominator"])
    assert 0 <= value <= 1
    floor = value.numerator * 100 // value.denominator
    assert said["percent"] == (floor if value in (0, 1) else min(max(floor, 1), 99))
    return value


def progress(service: Service, caller: str = "TTBCD", **asked: str) -> dict[str, Any]:
    """The answer, with its laws of form checked on the total and on every row."""
    answer = service[caller].get(f"{PLAN}/progress", params=asked)
    assert answer.status_code == 200
    said: dict[str, Any] = answer.json()
    for row in (said["total"], *said["items"]):
        figures = [ratio(row[level]) for level in LEVELS]
        if None in figures:
            assert figures == [None] * 3
            assert (row["state"], row["state_label"]) == (None, None)
            assert ratio(row["defined"]) in (None, 0)
        else:
            reported, evidenced, confirmed = (figure or Fraction(0) for figure in figures)
            assert reported >= evidenced >= confirmed
            assert row["state"] is not None
    return said


def pulls(service: Service) -> dict[str, tuple[str, str, Fraction]]:
    """Counted lead assignment → (task, agency, W), from the lists and not from progress itself."""
    client = service["TTBCD"]
    weights = {task["code"]: task["weight"] for task in items(client, f"{PLAN}/tasks")}
    return {
        lead["id"]: (
            lead["task"]["code"],
            lead["agency"]["code"],
            weights[lead["task"]["code"]]
            * Fraction(lead["share"]["numerator"], lead["share"]["denominator"]),
        )
        for lead in items(client, f"{PLAN}/assignments", role="lead", limit=200)
        if not lead["fans_out"]
    }


def by_outputs(service: Service, level: str) -> dict[str, Fraction]:
    """Assignment → its value, counted by hand from its outputs."""
    above = LEVELS[LEVELS.index(level) :]
    owed: dict[str, list[bool]] = {}
    for output in items(service["TTBCD"], f"{PLAN}/outputs", limit=200):
        if output["owed"]:
            owed.setdefault(output["assignment"], []).append(output["level"] in above)
    return {assignment: Fraction(sum(stand), len(stand)) for assignment, stand in owed.items()}


def weighed(pairs: list[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    """Σ W·p / Σ W over what is defined."""
    counted = [(weight, value) for weight, value in pairs if value is not None and weight]
    total = sum((weight for weight, _ in counted), Fraction(0))
    return sum((weight * value for weight, value in counted), Fraction(0)) / total if total else None


@pytest.mark.parametrize("level", LEVELS)
def test_the_plan_is_the_weighed_mean_of_what_its_assignments_owe(archive: Service, level: str) -> None:
    values, weights = by_outputs(archive, level), pulls(archive)
    said = progress(archive, by="assignment")
    assert {row["key"]: ratio(row[level]) for row in said["items"]} == {
        assignment: values.get(assignment) for assignment in weights
    }
    assert ratio(said["total"][level]) == weighed([(w, values.get(a)) for a, (_, _, w) in weights.items()])
    defined = sum((w for a, (_, _, w) in weights.items() if a in values), Fraction(0))
    assert ratio(said["total"]["defined"]) == defined / sum(w for _, _, w in weights.values())
    assert said["assignments"] == len(weights)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("by", ["section", "agency", "task"])
def test_the_parts_of_every_division_sum_to_the_plan(archive: Service, by: str, level: str) -> None:
    weights = pulls(archive)
    said = progress(archive, by=by)
    included: dict[str, Fraction] = {}
    for task, agency, weight in weights.values():
        key = {"section": task.rpartition(".")[0], "agency": agency, "task": task}[by]
        included[key] = included.get(key, Fraction(0)) + weight
    rows = {row["key"]: row for row in said["items"] if not row["view"] and row["key"] in included}
    assert set(rows) == set(included)
    pairs = [(included[key] * (ratio(row["defined"]) or 0), ratio(row[level])) for key, row in rows.items()]
    assert weighed(pairs) == ratio(said["total"][level])
    assert sum((weight for weight, _ in pairs), Fraction(0)) == (ratio(said["total"]["defined"]) or 0) * sum(
        included.values()
    )
    assert sum(row["assignments"] for row in rows.values()) == said["assignments"]


def test_a_section_above_is_all_that_lies_below_it(archive: Service) -> None:
    rows = {row["key"]: row for row in progress(archive, by="section")["items"]}
    assert rows["IV"]["evidenced"] == progress(archive)["total"]["evidenced"]
    assert [rows[key]["parent"] for key in ("II", "II.1", "IV", "IV.7")] == [None, "II", None, "IV"]
    assert {key for key, row in rows.items() if row["view"]} == {"II", "II.1", "II.2"}
    assert {"I", "I.1", "I.2", "III"} & set(rows) == set()


def test_an_outsiders_parts_and_the_one_sum_make_its_total(archive: Service) -> None:
    weights = pulls(archive)
    hidden = {"IV.1.3", "IV.2.a", "IV.8.a", "IV.12.1"}
    in_sum = {"IV.10.1", "IV.10.2", "IV.15.b", "IV.15.c"}
    said = progress(archive, "SCT", by="agency")
    included: dict[str, Fraction] = {}
    for task, agency, weight in weights.values():
        if task not in hidden:
            key = "status_only" if task in in_sum else agency
            included[key] = included.get(key, Fraction(0)) + weight
    rows = {row["key"]: row for row in said["items"]}
    assert set(rows) == set(included)
    pairs = [(included[k] * (ratio(row["defined"]) or 0), ratio(row["evidenced"])) for k, row in rows.items()]
    assert weighed(pairs) == ratio(said["total"]["evidenced"])


def test_part_ii_is_a_view_over_the_duties_that_carry_it_out(archive: Service) -> None:
    weights, values = pulls(archive), by_outputs(archive, "evidenced")
    rows = {row["key"]: row for row in progress(archive, by="task")["items"]}
    tasks = items(archive["TTBCD"], f"{PLAN}/tasks", family="programme", include="links")
    assert len(tasks) == 15
    for task in tasks:
        behind = {link["task"]["code"] for link in task["implemented_by"]}
        wanted = weighed([(w, values.get(a)) for a, (code, _, w) in weights.items() if code in behind])
        assert rows[task["code"]]["view"] is True
        assert ratio(rows[task["code"]]["evidenced"]) == wanted
        assert task["progress"]["evidenced"] == rows[task["code"]]["evidenced"]
    undefined = {key for key, row in rows.items() if row["view"] and row["evidenced"]["numerator"] is None}
    assert undefined == {"II.1.5"}  # its one duty is counted, and no number has been set
    assert progress(archive)["assignments"] == len(weights)


@pytest.mark.parametrize(
    ("name", "by", "some"),
    [
        ("section", "section", ["II", "II.2", "IV", "IV.1", "IV.7", "IV.9", "IV.14"]),
        ("agency", "agency", ["SVHTTDL", "BAOTV", "SCT", "UBND.TPTV"]),
        ("task", "task", ["II.1.1", "II.1.5", "IV.7.a", "IV.9.1", "IV.14.1"]),
    ],
)
def test_a_filter_gives_the_row_of_the_division(
    archive: Service, name: str, by: str, some: list[str]
) -> None:
    rows = {row["key"]: row for row in progress(archive, by=by)["items"]}
    for key in some:
        alone = progress(archive, **{name: key})
        for figure in (*LEVELS, "defined", "state"):
            assert alone["total"][figure] == rows[key][figure]
        assert alone["assignments"] == rows[key]["assignments"]


def test_filters_narrow_each_other_and_groups_stand_for_their_members(archive: Service) -> None:
    both = progress(archive, section="IV.9", agency="BAOTV", by="assignment")
    assert both["assignments"] == 3
    assert ratio(both["total"]["evidenced"]) == Fraction(1, 12)  # one of four quarters of one of three duties
    group = progress(archive, agency="G.UBH", task="IV.14.1", by="agency")
    assert [row["key"] for row in group["items"]] == sorted(f"UBND.{district}" for district in DISTRICTS)
    kinds = [progress(archive, kind=kind) for kind in ("deliverable", "counted", "continuous", "triggered")]
    assert sum(kind["assignments"] for kind in kinds) == progress(archive)["assignments"]
    assert progress(archive, kind="counted")["total"]["evidenced"]["numerator"] is None


def test_undefined_is_null_and_neither_0_nor_100(archive: Service) -> None:
    nothing = progress(archive, task="IV.4.b")
    assert nothing["assignments"] == 1
    assert nothing["total"]["state"] is None
    assert nothing["total"]["defined"] == {"numerator": 0, "denominator": 1, "percent": 0}
    nobody = progress(archive, agency="NOBODY")
    assert nobody["assignments"] == 0
    assert nobody["total"]["defined"]["numerator"] is None


def test_every_number_carries_formula_revision_and_instant(service: Service) -> None:
    before = progress(service)
    assert (before["total"]["formula"], before["total"]["revision"], before["headline"]) == (
        "rollup-1",
        1,
        "evidenced",
    )
    assert before["total"]["as_of"] is None
    assert push(service["SVHTTDL"]).status_code == 201
    after = progress(service)
    [milestone] = items(service["SVHTTDL"], f"{PLAN}/outputs", task="IV.7.a")
    assert after["total"]["as_of"] == milestone["moved_at"]
    assert after["total"]["as_of"].endswith("Z")
    assert push(service["SVHTTDL"], output=None).json()["moved"] == []
    assert progress(service) == after


def test_progress_of_a_thing_is_the_same_wherever_it_is_told(archive: Service) -> None:
    client = archive["SCT"]
    overview = client.get(f"{PLAN}/overview").json()
    assert overview["progress"] == progress(archive, "SCT", by="section")
    assert overview["agencies"] == progress(archive, "SCT", by="agency")
    rows = {row["key"]: row for row in progress(archive, "SCT", by="task")["items"]}
    for task in items(client, f"{PLAN}/tasks"):
        assert {name: rows[task["code"]][name] for name in task["progress"]} == task["progress"]
        assert task["state"] == task["progress"]["state"]
    rows = {row["key"]: row for row in progress(archive, "SCT", by="assignment")["items"]}
    for lead in items(client, f"{PLAN}/assignments", role="lead", limit=200):
        if lead["progress"] is None:
            assert lead["fans_out"]
        else:
            assert {name: rows[lead["id"]][name] for name in lead["progress"]} == lead["progress"]


def test_another_plan_has_its_own_weights_shares_and_deadlines(archive: Service) -> None:
    client = archive["SCT"]
    leads = items(client, f"{ANOTHER_PLAN}/assignments", task="II.2.a", role="lead")
    [mine] = [lead for lead in leads if not lead["fans_out"]]  # by its own name and as a member: once
    assert mine["agency"]["code"] == "SMAU"
    assert ratio(mine["share"]) == 1
    task = client.get(f"{ANOTHER_PLAN}/tasks/II.2.a").json()
    assert (task["weight"], task["target"], task["due_on"], task["due_source"]) == (
        2,
        4,
        "2024-11-30",
        "plan_text",
    )
    pieces = items(client, f"{ANOTHER_PLAN}/outputs", task="II.2.a")
    assert [piece["code"] for piece in pieces] == ["P1", "P2", "P3", "P4"]
    budget = client.get(f"{ANOTHER_PLAN}/budget").json()
    assert (budget["allocated_vnd"], budget["unallocated_vnd"], budget["lines"]) == (
        40_000_000,
        60_000_000,
        1,
    )


def test_what_is_remembered_of_a_reading_holds_nothing_of_it(service: Service) -> None:
    """A part that is kept held the rows it was made of, and they the session: 20 KB for each record."""
    with service.database.reading() as session:
        actor = keys.identify(session, service.secrets["TTBCD"])
        assert parts.visible(session, grounds.find(session, actor, "ttdn-2023"), actor)
        read = weakref.ref(session)
    del session
    gc.collect()
    assert read() is None
