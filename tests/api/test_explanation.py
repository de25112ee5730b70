"""The explanation: whoever reads it computes the same number, and is told of what takes no part in it."""

import inspect
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.rules.omission import SENTENCES, Omission
from tests.api.test_visibility import HIDDEN, INTERNAL, STATUS_ONLY
from tests.dated import CALLERS, DATED, Dated, dated
from tests.deciding import ratio
from tests.histories import History
from tests.service import PLAN, Service
from tests.walks import items
from tests.writing import record

if TYPE_CHECKING:
    from tests.conftest import Seeded

LEVELS = ("reported", "evidenced", "confirmed")
Said = dict[str, Any]


def recomputed(said: Said) -> Fraction | None:
    """A client of ten lines, as a stranger writes it who has only the JSON."""

    def fraction(ratio: Said) -> Fraction:
        return Fraction(ratio["numerator"], ratio["denominator"])

    rows = [(r["weight"] * fraction(r["share"]), Fraction(r["at_level"], r["owed"])) for r in said["rows"]]
    if others := said["status_only"]:
        rows.append((fraction(others["weight"]), fraction(others["value"])))
    whole = sum(weight for weight, _ in rows)
    return sum(weight * value for weight, value in rows) / whole if whole else None


def explanation(service: Service, caller: str = "TTBCD", **asked: str) -> Said:
    answer = service[caller].get(f"{PLAN}/progress/explanation", params=asked)
    assert answer.status_code == 200, answer.text
    said: Said = answer.json()
    return said


def total(service: Service, caller: str = "TTBCD", **asked: str) -> Said:
    answer = service[caller].get(f"{PLAN}/progress", params=asked)
    assert answer.status_code == 200, answer.text
    said: Said = answer.json()["total"]
    return said


@pytest.fixture
def on(seeded: "Seeded", tmp_path: Path) -> Iterator[Dated]:
    """The plan as it would have been kept in 2023."""
    with dated(seeded, tmp_path) as running:
        yield running


FILTERS: list[dict[str, str]] = [
    {},
    {"section": "IV.7"},
    {"section": "II.1"},
    {"agency": "BAOTV"},
    {"agency": "G.UBH"},
    {"task": "II.2.1,IV.6.a"},
    {"kind": "continuous"},
    {"kind": "counted"},
    {"status": "active,suspended"},
    {"due_to": "2023-12-30"},
    {"due_from": "2023-12-31", "agency": "SVHTTDL,TTBCD"},
    {"task": "IV.30.z"},
]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("caller", ["TTBCD", "SVHTTDL", "CAT", "BTG.TPTV", "MTTQ"])
def test_a_stranger_computes_the_number_that_progress_shows(
    archive: Service, caller: str, level: str
) -> None:
    for asked in FILTERS:
        said, shown = explanation(archive, caller, level=level, **asked), total(archive, caller, **asked)
        assert said["value"] == shown[level]
        assert recomputed(said) == ratio(shown[level])
        for name in ("formula", "revision", "as_of", "on"):
            assert said[name] == shown[name]


def test_the_page_for_officials_shows_this_very_client() -> None:
    page = Path(__file__).parents[2] / "docs" / "progress.md"
    [shown] = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert shown == inspect.getsource(recomputed)
    assert len(shown.splitlines()) <= 12  # ten, and what says what it is


def test_evidenced_is_the_level_unless_another_is_asked_for(archive: Service) -> None:
    assert explanation(archive) == explanation(archive, level="evidenced")
    for level in ("none", "Evidenced", "evidenced,confirmed"):
        refused = archive["SCT"].get(f"{PLAN}/progress/explanation", params={"level": level})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "query:level")


@pytest.mark.parametrize("path", ["/progress/explanation", "/progress/change"])
def test_it_takes_the_filters_that_progress_takes(archive: Service, path: str) -> None:
    paths = archive.app.openapi()["paths"]
    taken = {
        name: {
            one["name"]: one["schema"]
            for one in paths[f"/v1/plans/{{plan}}{name}"]["get"]["parameters"]
            if one["name"] not in ("by", "level", "from", "to", "all", "format")
        }
        for name in ("/progress", path)
    }
    assert taken[path] == taken["/progress"]


@pytest.mark.parametrize("caller", ["TTBCD", "SCT"])
def test_every_row_shows_what_it_was_counted_from(archive: Service, caller: str) -> None:
    for level in LEVELS:
        said, above = explanation(archive, caller, level=level), LEVELS[LEVELS.index(level) :]
        whole = Fraction(0)
        for row in said["rows"]:
            assert sum(one["weight"] for one in row["outputs"]) == row["owed"]
            stands = [one["weight"] for one in row["outputs"] if one["level"] in above]
            assert sum(stands) == row["at_level"]
            assert ratio(row["value"]) == Fraction(row["at_level"], row["owed"])
            whole += row["weight"] * (ratio(row["share"]) or 0)
        rows = [*said["rows"], *([said["status_only"]] if said["status_only"] else [])]
        whole += ratio(said["status_only"]["weight"]) or 0 if said["status_only"] else 0
        for row in said["rows"]:
            assert ratio(row["weight_share"]) == row["weight"] * (ratio(row["share"]) or 0) / whole
        assert sum(ratio(row["weight_share"]) or 0 for row in rows) == 1
        assert sum(ratio(row["contributes"]) or 0 for row in rows) == ratio(said["value"])


def test_an_output_is_shown_with_its_day_its_evidence_and_whether_it_was_returned(service: Service) -> None:
    office = service["SVHTTDL"]
    record(office, "IV.7.a", output="M1", occurred_on="2023-05-12")
    [row] = explanation(service, task="IV.7.a")["rows"]
    milestone = {
        "code": "M1",
        "weight": 1,
        "level": "evidenced",
        "level_label": "Có minh chứng",
        "due_on": "2023-12-31",
        "evidenced_on": "2023-05-12",
        "returned": False,
    }
    assert row["outputs"] == [milestone]
    [output] = items(office, f"{PLAN}/outputs", task="IV.7.a")
    sent = service["TTBCD"].post(f"{PLAN}/outputs/{output['id']}/returns", json={"missing": "Danh sách"})
    assert sent.status_code == 201
    [row] = explanation(service, task="IV.7.a")["rows"]
    [shown] = row["outputs"]
    assert (shown["level"], shown["returned"], row["at_level"]) == ("none", True, 0)


def test_what_is_owed_no_longer_is_in_no_row(on: Dated) -> None:
    for target in (4, 2):
        on.decide({"change": "target", "task": "IV.6.a", "target": target})
    [row] = on.get("/progress/explanation", task="IV.6.a")["rows"]
    assert ([one["code"] for one in row["outputs"]], row["owed"]) == (["P1", "P2"], 2)
    on.decide({"change": "leads", "task": "IV.6.a", "leads": [{"agency": "STTTT"}]})
    said = on.get("/progress/explanation", task="IV.6.a")
    assert [(row["agency"]["code"], row["owed"]) for row in said["rows"]] == [("STTTT", 2)]
    assert [row["reason"] for row in said["left_out"]] == ["nothing_left"]


def test_the_sentence_says_the_arithmetic_with_its_numbers(on: Dated) -> None:
    record(on["SVHTTDL"], "IV.7.a", plan=DATED, output="M1", occurred_on="2023-01-02")
    said = on.get("/progress/explanation", section="IV.7")
    assert said["how_vi"].endswith("cộng 3 phân công có việc phải làm, chia cho tổng trọng số × phần được "
                                   "giao: 1 ÷ 3 = 1/3 (33%).")  # fmt: skip
    assert said["how_en"].startswith("Level “Evidenced”: weight × share × outputs at the level ÷")
    assert on.get("/progress/explanation")["how_en"].endswith(": 1 ÷ (41/2) = 2/41 (4%).")
    nothing = on.get("/progress/explanation", kind="triggered")
    assert (nothing["value"]["numerator"], nothing["rows"]) == (None, [])
    assert nothing["how_vi"].startswith("Chưa xác định")


# --- what is left out ------------------------------------------------------------------------------------


def test_every_accountable_body_is_in_a_row_or_left_out_with_its_reason(archive: Service) -> None:
    said = explanation(archive)
    told = [row["assignment"] for row in (*said["rows"], *said["left_out"])]
    leads = items(archive["TTBCD"], f"{PLAN}/assignments", role="lead", limit=200)
    assert sorted(told) == sorted(lead["id"] for lead in leads if not lead["fans_out"])
    assert Counter(row["reason"] for row in said["left_out"]) == {
        "no_target": 3 + 9,  # three bodies of their own, and the nine districts of IV.14.2
        "not_triggered": 1 + 9,  # settlement; and IV.15.c, for the nine boards that are known
        "members_unknown": 2 + 3,  # G.SBN in IV.14, G.THDU in IV.15
    }
    for row in said["left_out"]:
        sentence = SENTENCES[Omission(row["reason"])]
        assert (row["text_vi"], row["text_en"]) == sentence
        assert row["amendment"] is None
    assert said["filtered_out"] == 0


def test_a_decision_that_took_something_out_is_named(on: Dated) -> None:
    def left(task: str) -> list[tuple[str, str, int | None]]:
        rows = on.get("/progress/explanation", task=task)["left_out"]
        return [
            (row["agency"]["code"], row["reason"], row["amendment"] and row["amendment"]["revision"])
            for row in rows
        ]

    on.clock.reach("2023-02-01")
    on.decide({"change": "status", "task": "IV.1.1", "status": "cancelled"})
    on.decide({"change": "status", "task": "IV.7.b", "status": "superseded", "superseded_by": "IV.7.c"})
    on.decide({"change": "leads", "task": "IV.7.a", "leads": [{"agency": "SCT"}]})
    on.decide({"change": "target", "task": "IV.6.a", "target": 3})
    assert left("IV.6.a") == []
    on.decide({"change": "target", "task": "IV.6.a", "target": None})
    on.decide({"change": "weight", "task": "IV.7.b", "weight": 3})
    on.decide({"change": "weight", "task": "IV.7.a", "weight": 2})
    assert left("IV.1.1") == [("TTBCD", "cancelled", 2)]
    assert left("IV.7.b") == [("SVHTTDL", "superseded", 3)]
    assert left("IV.7.a") == [("SVHTTDL", "nothing_left", 4)]
    assert left("IV.6.a") == [("SCT", "no_target", 6)]
    [row] = on.get("/progress/explanation", task="IV.7.b")["left_out"]
    assert (row["weight"], row["share"]["percent"]) == (3, 100)
    assert row["amendment"] == {
        "revision": 3,
        "decision_number": "02-QĐ/BCĐ-TTĐN",
        "decided_on": "2023-02-01",
        "entered_at": row["amendment"]["entered_at"],
    }
    on.decide({"change": "status", "task": "IV.1.1", "status": "active"})
    assert left("IV.1.1") == []
    on.decide({"change": "status", "task": "IV.1.1", "status": "suspended"})
    assert (left("IV.1.1"), len(on.get("/progress/explanation", task="IV.1.1")["rows"])) == ([], 1)
    on.decide({"change": "status", "task": "IV.1.1", "status": "cancelled"})
    assert left("IV.1.1") == [("TTBCD", "cancelled", 11)]  # the one that holds, not the first one


def test_of_several_decisions_the_one_that_made_it_so_is_named(on: Dated) -> None:
    """What was handed over, what has no number and what has not come up are made by different decisions, or
    by none."""

    def left(task: str) -> dict[str, tuple[str, int | None]]:
        rows = on.get("/progress/explanation", task=task)["left_out"]
        return {
            row["agency"]["code"]: (row["reason"], row["amendment"] and row["amendment"]["revision"])
            for row in rows
        }

    on.clock.reach("2023-02-01")
    on.decide({"change": "target", "task": "IV.6.a", "target": 3})
    on.decide({"change": "target", "task": "IV.6.a", "target": None})
    on.decide(
        *({"change": "leads", "task": task, "leads": [{"agency": "STTTT"}]} for task in ("IV.6.a", "IV.3.a"))
    )
    assert left("IV.6.a") == {"SCT": ("nothing_left", 4), "STTTT": ("no_target", 3)}
    assert left("IV.3.a") == {"VPUBND": ("nothing_left", 4), "STTTT": ("not_triggered", None)}
    words = {"title_vi": "Mới", "title_en": "New"}
    lead = [{"agency": "SCT"}]
    on.decide(
        {"change": "duty", "code": "IV.6.b", "section": "IV.6", "kind": "counted", "leads": lead, **words},
        {"change": "duty", "code": "IV.6.c", "section": "IV.6", "kind": "triggered", "leads": lead, **words},
    )
    on.decide({"change": "weight", "task": "IV.6.b", "weight": 2})
    assert left("IV.6.b") == {"SCT": ("no_target", 5)}
    assert left("IV.6.c") == {"SCT": ("not_triggered", None)}


def test_filters_say_no_more_of_what_they_took_out_than_how_much(archive: Service) -> None:
    whole = explanation(archive)
    everyone = len(whole["rows"]) + len(whole["left_out"])
    for asked in FILTERS[1:]:
        said = explanation(archive, **asked)
        assert said["filtered_out"] == everyone - len(said["rows"]) - len(said["left_out"])
        told = {row["assignment"] for row in (*said["rows"], *said["left_out"])}
        assert told <= {row["assignment"] for row in (*whole["rows"], *whole["left_out"])}
    section = explanation(archive, section="IV.4")
    assert [row["task"]["code"] for row in section["rows"]] == ["IV.4.a"]
    assert [(row["task"]["code"], row["reason"]) for row in section["left_out"]] == [("IV.4.b", "no_target")]


# --- what a caller may not see ---------------------------------------------------------------------------


@pytest.mark.parametrize(("caller", "own"), [("SCT", set()), ("CAT", {"IV.10.1", "IV.10.2"})])
def test_duties_of_others_are_one_row_and_the_arithmetic_holds(
    archive: Service, caller: str, own: set[str]
) -> None:
    said, owner = explanation(archive, caller), explanation(archive)
    told = {row["task"]["code"] for row in (*said["rows"], *said["left_out"])}
    assert told & HIDDEN == own
    others = [row for row in owner["rows"] if row["task"]["code"] in STATUS_ONLY - own]
    weight = sum(row["weight"] * (ratio(row["share"]) or 0) for row in others)
    assert (said["status_only"]["assignments"], ratio(said["status_only"]["weight"])) == (len(others), weight)
    seen = [row for row in owner["rows"] if row["task"]["code"] not in INTERNAL]
    assert len(said["rows"]) + len(others) == len(seen)
    assert owner["status_only"] is None


def test_a_filter_never_tells_of_a_duty_in_the_sum(archive: Service) -> None:
    def read(**asked: str) -> str:
        answer = archive["SCT"].get(f"{PLAN}/progress/explanation", params=asked)
        assert answer.status_code == 200
        return str(answer.text)

    for code in HIDDEN:
        assert read(task=code) == read(task="IV.30.z")
    for section in ("IV.2", "IV.8", "IV.10", "IV.12"):
        assert read(section=section) == read(section="IV.30")
    for agency in ("CAT", "VPTU", "STC", "BCHQS"):
        assert read(agency=agency) == read(agency="NOBODY")
    assert explanation(archive, "SCT", status="active")["status_only"] is None


def test_it_is_answered_304_until_something_moves_that_the_caller_may_see(on: Dated) -> None:
    at = f"{DATED}/progress/explanation"
    tags = {caller: on[caller].get(at).headers["etag"] for caller in ("SCT", "TTBCD")}
    record(on["BPGV"], "IV.12.1", plan=DATED, occurred_on="2023-01-02", agency="BCHQS")
    codes = {
        caller: on[caller].get(at, headers={"If-None-Match": tag}).status_code for caller, tag in tags.items()
    }
    assert codes == {"SCT": 304, "TTBCD": 200}


# --- the property ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_history_it_evaluates_to_the_figure(on: Dated, seed: int) -> None:
    history = History(on, seed)
    for step in range(36):
        history.step(decisions=2)
        if step % 4 == 3:
            caller, asked = history.dice.choice(CALLERS), _any_filters(history)
            shown = on.get("/progress", caller, **asked)
            for level in LEVELS:
                said = on.get("/progress/explanation", caller, level=level, **asked)
                assert said["value"] == shown["total"][level], (history.happened, caller, asked)
                assert recomputed(said) == ratio(shown["total"][level]), (history.happened, caller, asked)
                for row in said["rows"]:
                    assert sum(one["weight"] for one in row["outputs"]) == row["owed"]
    assert len({what for what in history.happened if what.startswith("decision")}) >= 3
    assert len({what for what in history.happened if what.startswith("act")}) >= 4


def _any_filters(history: History) -> dict[str, str]:
    dice = history.dice
    any_of = {
        "section": dice.choice(("IV", "IV.7", "II.1,IV.9", "IV.10")),
        "agency": dice.choice(("BAOTV", "SVHTTDL,SCT", "G.UBH", "G.SBN", "STTTT")),
        "task": dice.choice(("II.2.1", "IV.7.a,IV.9.1", "IV.3.a", "IV.14.2")),
        "kind": dice.choice(("continuous", "counted,triggered", "deliverable")),
        "status": dice.choice(("active", "suspended,cancelled")),
        "due_to": "2023-12-31",
    }
    return {name: any_of[name] for name in dice.sample(sorted(any_of), dice.choice((0, 0, 1, 1, 2)))}
