"""What moved a figure: work and scope sum to it exactly, and a decision never passes for work."""

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.test_visibility import HIDDEN, STATUS_ONLY
from tests.dated import BEGUN, CALLERS, DATED, Dated, dated
from tests.deciding import ratio
from tests.histories import History
from tests.writing import record

if TYPE_CHECKING:
    from tests.conftest import Seeded

LEVELS = ("reported", "evidenced", "confirmed")
HALF = Fraction(1, 2)
Said = dict[str, Any]
Halves = tuple[Any, Any]
"""Work and scope, each a fraction or None."""


@pytest.fixture
def on(seeded: "Seeded", tmp_path: Path) -> Iterator[Dated]:
    """The plan as it would have been kept in 2023."""
    with dated(seeded, tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def may(seeded: "Seeded", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dated]:
    """The same on the twentieth of May. Read from it; never write to it."""
    with dated(seeded, tmp_path_factory.mktemp("may")) as running:
        running.clock.reach("2023-05-20")
        yield running


def ends(said: Said) -> tuple[Any, Any]:
    return ratio(said["before"]), ratio(said["after"])


def halves(said: Said) -> Halves:
    """Work and scope; with the points that people read."""
    for half in (said["work"], said["scope"]):
        value = ratio(half)
        assert half["points"] == (None if value is None else int(value * 100))
    return ratio(said["work"]), ratio(said["scope"])


def total(some: list[Halves]) -> Halves:
    work, scope = (sum((half[n] or Fraction(0) for half in some), Fraction(0)) for n in (0, 1))
    return work, scope


def instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def change(
    on: Dated,
    start: datetime | str | None = None,
    end: datetime | None = None,
    caller: str = "TTBCD",
    **asked: str,
) -> Said:
    """The answer, with the laws that every answer keeps."""
    if start is not None:
        asked["from"] = start if isinstance(start, str) else instant(start)
    if end is not None:
        asked["to"] = instant(end)
    said = on.get("/progress/change", caller, **asked)
    work, scope = halves(said)
    before, after, delta = ratio(said["before"]), ratio(said["after"]), ratio(said["delta"])
    if before is None or after is None:
        assert (work, scope, delta, said["made_by_scope"]) == (None, None, None, False)
    else:
        assert work is not None
        assert scope is not None
        assert work + scope == delta == after - before
        assert total([halves(item) for item in said["items"]]) == (work, scope)
        assert said["made_by_scope"] is (delta > 0 and scope > work)
    for item in said["items"]:
        if item["bodies"]:
            assert total([halves(body) for body in item["bodies"]]) == total([halves(item)])
    return said


def bodies(item: Said) -> dict[str, Halves]:
    return {body["agency"]["code"]: halves(body) for body in item["bodies"]}


def quarters(on: Dated, agency: str, task: str, *months: int) -> None:
    for month in months:
        record(on[agency], task, plan=DATED, occurred_on=f"2023-{month:02}-10")


# --- by hand ---------------------------------------------------------------------------------------------


def test_a_record_is_work_and_nothing_else(on: Dated) -> None:
    start = on.clock.reach("2023-05-20")
    record(on["SVHTTDL"], "IV.7.a", plan=DATED, output="M1", occurred_on="2023-05-12")
    said = change(on, start)
    assert ends(said) == (0, Fraction(2, 41))
    assert halves(said) == (Fraction(2, 41), 0)
    assert said["made_by_scope"] is False
    assert said["said_vi"] == "Tăng 4 điểm (thực hiện: tăng 4 điểm; thay đổi phạm vi: không thay đổi)"
    [item] = said["items"]
    assert (item["task"]["code"], item["course"], item["course_label"]) == (
        "IV.7.a",
        "stayed",
        "Có ở cả hai thời điểm",
    )
    for side, value in (("before", 0), ("after", 1)):
        assert ratio(item[side]["weight"]) == 1
        assert ratio(item[side]["weight_share"]) == Fraction(2, 41)
        assert ratio(item[side]["value"]) == value
    assert bodies(item) == {"SVHTTDL": (Fraction(2, 41), 0)}
    assert (said["formula"], said["split"]) == ("rollup-1", "work-scope-1")
    assert (said["revision_before"], said["revision_after"], said["amendments"]) == (1, 1, [])
    assert said["as_of"] == on.get("/progress")["total"]["as_of"]


def test_to_cancel_what_is_behind_raises_the_figure_and_is_said_to_be_scope(on: Dated) -> None:
    record(on["SVHTTDL"], "IV.7.a", plan=DATED, output="M1", occurred_on="2023-01-02")
    start = on.clock.reach("2023-06-20")
    for task in (
        "IV.1.1",
        "IV.1.3",
        "IV.5.a",
        "IV.5.b",
        "IV.4.a",
        "IV.11.1",
        "IV.11.2",
        "IV.13.a",
        "IV.13.b",
        "IV.12.1",
    ):
        on.decide({"change": "status", "task": task, "status": "cancelled"})
    said = change(on, start)
    assert ends(said) == (Fraction(2, 41), Fraction(2, 21))
    assert halves(said) == (0, Fraction(40, 861))
    assert said["made_by_scope"] is True
    assert said["said_vi"] == "Tăng 4 điểm do điều chỉnh phạm vi, không phải do thực hiện"
    assert said["said_en"] == "Rose by 4 points by adjusted scope, not by work"
    left = [item for item in said["items"] if item["course"] == "left"]
    assert [item["task"]["code"] for item in left] == [
        *("IV.1.1", "IV.1.3", "IV.4.a", "IV.5.a", "IV.5.b"),
        *("IV.11.1", "IV.11.2", "IV.12.1", "IV.13.a", "IV.13.b"),
    ]
    assert all(item["after"] is None and item["before"]["weight"]["numerator"] == 1 for item in left)
    assert (said["revision_before"], said["revision_after"]) == (1, 11)
    assert [one["revision"] for one in said["amendments"]] == list(range(2, 12))
    assert said["amendments"][0]["decision_number"] == "01-QĐ/BCĐ-TTĐN"
    assert said["amendments"][0]["decided_on"] == "2023-06-20"
    since = change(on, said["amendments"][-1]["entered_at"])  # which is when it was so already
    assert (since["amendments"], since["items"], since["revision_before"]) == ([], [], 11)


def test_to_owe_less_is_scope_and_not_work(on: Dated) -> None:
    on.decide({"change": "target", "task": "IV.6.a", "target": 4})
    record(on["SCT"], "IV.6.a", plan=DATED, occurred_on="2023-01-02", quantity=2)
    start = on.clock.pass_(days=1)
    on.decide({"change": "target", "task": "IV.6.a", "target": 2})
    said = change(on, start, task="IV.6.a")
    assert ends(said) == (HALF, 1)
    assert halves(said) == (0, HALF)
    assert said["said_vi"] == "Tăng 50 điểm do điều chỉnh phạm vi, không phải do thực hiện"
    on.decide({"change": "target", "task": "IV.6.a", "target": 8})
    record(on["SCT"], "IV.6.a", plan=DATED, occurred_on="2023-01-02", quantity=2)
    said = change(on, start, task="IV.6.a")  # two of four, then four of eight: two got done of what was owed
    assert (said["delta"]["points"], halves(said)) == (
        0,
        (HALF * HALF * Fraction(3, 2), -HALF * HALF * Fraction(3, 2)),
    )
    assert said["said_vi"].startswith(
        "Tổng số không thay đổi (thực hiện: tăng 37 điểm; điều chỉnh phạm vi: giảm"
    )


def test_a_weight_is_scope_and_says_so_with_the_work_beside_it(on: Dated) -> None:
    start = on.clock.pass_(days=1)
    quarters(on, "SVHTTDL", "IV.7.a")
    record(on["SVHTTDL"], "IV.7.a", plan=DATED, output="M1", occurred_on="2023-01-02")
    on.decide({"change": "weight", "task": "IV.7.a", "weight": 8})
    said = change(on, start, section="IV.7")
    assert ends(said) == (0, Fraction(8, 10))
    assert halves(said) == ((Fraction(1, 3) + Fraction(8, 10)) / 2, (Fraction(8, 10) - Fraction(1, 3)) / 2)
    assert said["said_vi"] == "Tăng 80 điểm (thực hiện: tăng 56 điểm; điều chỉnh phạm vi: tăng 23 điểm)"
    on.decide({"change": "weight", "task": "IV.7.a", "weight": 1000})
    mostly = change(on, start, section="IV.7", level="reported")
    assert mostly["made_by_scope"] is False
    middle = on.clock.pass_(days=1)
    record(on["SVHTTDL"], "IV.7.b", plan=DATED, output="M1", occurred_on="2023-01-02")
    on.decide({"change": "weight", "task": "IV.7.c", "weight": 1_000_000})
    fell = change(on, middle, section="IV.7")
    assert fell["said_vi"].startswith("Giảm 99 điểm (thực hiện: tăng ")


def test_what_comes_up_by_itself_is_no_adjustment_of_anybodys(on: Dated) -> None:
    record(on["SVHTTDL"], "IV.7.a", plan=DATED, output="M1", occurred_on="2023-01-02")
    start = on.clock.pass_(days=1)
    record(on["VPUBND"], "IV.3.a", plan=DATED, opens_occurrence=True, occurred_on="2023-01-02")
    said = change(on, start)
    assert ends(said) == (Fraction(2, 41), Fraction(4, 43))
    assert halves(said) == (0, Fraction(4, 43) - Fraction(2, 41))
    assert said["said_vi"] == "Tăng 4 điểm do thay đổi phạm vi, không phải do thực hiện"
    [came] = [item for item in said["items"] if item["task"]["code"] == "IV.3.a"]
    assert (came["course"], came["before"]["value"]["numerator"]) == ("became_defined", None)


def test_a_decision_about_something_else_adjusted_nothing(on: Dated) -> None:
    """It lies between and is told of; what the figure is made of changed by itself."""
    record(on["VPUBND"], "IV.3.a", plan=DATED, opens_occurrence=True, occurred_on="2023-01-02")
    start = on.clock.pass_(days=1)
    on.decide(
        {"change": "weight", "task": "IV.5.b", "weight": 2}, {"change": "thresholds", "node_red": "1/4"}
    )
    [part] = on.get("/assignments", task="IV.3.a", role="lead")["items"]
    url = f"{DATED}/assignments/{part['id']}/occurrences"
    assert on["VPUBND"].post(url, json={}).status_code == 201
    said = change(on, start, task="IV.3.a")
    assert halves(said) == (0, -HALF)
    assert len(said["amendments"]) == 1
    assert said["said_vi"] == "Giảm 50 điểm (thực hiện: không thay đổi; thay đổi phạm vi: giảm 50 điểm)"
    assert said["said_en"] == "Fell by 50 points (work: no change; change of scope: down 50 points)"
    whole = change(on, start)
    assert "điều chỉnh phạm vi" in whole["said_vi"], "there it did change a weight"


# --- handovers -------------------------------------------------------------------------------------------


def merge(on: Dated, old: str, new: str) -> None:
    """One body ends and another takes all its places."""
    today = on.clock.now.date().isoformat()
    on.decide({"change": "succession", "agency": old, "successor": new, "on": today})


def test_a_handover_is_neither_work_nor_scope_and_shows_the_bodies(on: Dated) -> None:
    on.clock.reach("2023-07-20")
    quarters(on, "BAOTV", "IV.9.1", 2, 5)
    quarters(on, "DAITV", "IV.9.1", 2)
    start = on.clock.pass_(days=1)
    merge(on, "BAOTV", "STTTT")
    for level in LEVELS:
        said = change(on, start, level=level)
        assert (halves(said), said["delta"]["points"]) == ((0, 0), 0)
        assert said["said_vi"] == "Không thay đổi"
        assert said["items"] == []
    everything = change(on, start, all="true")
    [item] = [
        item
        for item in everything["items"]
        if item["task"]["code"] == "IV.9.1" and item["bodies"][0]["agency"]["code"] == "BAOTV"
    ]
    assert list(bodies(item)) == ["BAOTV", "STTTT"]
    assert item["before"] == item["after"]
    assert (ratio(item["after"]["weight"]), ratio(item["after"]["value"])) == (HALF, HALF)

    on.clock.reach("2023-10-20")
    quarters(on, "STTTT", "IV.9.1", 8)
    said = change(on, start, by="agency")
    work = HALF * Fraction(2, 41) / 4  # one of four quarters of half a task, whoever has it
    assert halves(said) == (work, 0)
    [item] = said["items"]
    assert bodies(item) == {"BAOTV": (0, 0), "STTTT": (work, 0)}
    assert {row["key"]: halves(row) for row in said["rows"]} == bodies(item)


def test_what_both_did_in_one_stretch_is_work_of_each(on: Dated) -> None:
    start = on.clock.reach("2023-07-20")
    quarters(on, "BAOTV", "IV.9.1", 2, 5)
    merge(on, "BAOTV", "STTTT")
    on.clock.reach("2023-10-20")
    quarters(on, "STTTT", "IV.9.1", 8)
    said = change(on, start, by="agency")
    quarter = HALF * Fraction(2, 41) / 4
    assert halves(said) == (3 * quarter, 0)
    assert {row["key"]: halves(row) for row in said["rows"]} == {
        "BAOTV": (2 * quarter, 0),
        "STTTT": (quarter, 0),
    }


def test_work_that_is_handed_to_two_is_the_work_of_both(on: Dated) -> None:
    start = on.clock.reach("2023-02-01")
    on.decide({"change": "leads", "task": "IV.7.a", "leads": [{"agency": "SCT"}, {"agency": "STTTT"}]})
    assert change(on, start)["said_en"] == "No change"
    record(on["SCT"], "IV.7.a", plan=DATED, output="M1", occurred_on="2023-02-01")
    said = change(on, start)
    assert halves(said) == (Fraction(1, 41), 0)
    [item] = said["items"]
    assert bodies(item) == {"SVHTTDL": (0, 0), "SCT": (Fraction(1, 41), 0), "STTTT": (0, 0)}


# --- instants --------------------------------------------------------------------------------------------


def test_a_day_is_its_end_in_viet_nam_at_either_side(on: Dated) -> None:
    on.clock.reach("2023-05-20", hour=16)  # 23:00 in Việt Nam
    record(on["SVHTTDL"], "IV.7.a", plan=DATED, output="M1", occurred_on="2023-05-12")
    on.clock.reach("2023-05-20", hour=17)  # midnight: the 21st
    record(on["SVHTTDL"], "IV.7.b", plan=DATED, output="M1", occurred_on="2023-05-12")
    on.clock.reach("2023-06-01")
    one = Fraction(2, 41)
    for start, end, before, after in (
        ("2023-05-19", "2023-05-20", 0, one),
        ("2023-05-20", "2023-05-21", one, 2 * one),
        ("2023-05-20", "2023-05-20", one, one),
        ("2023-05-20T17:00:00Z", "2023-05-21", one, 2 * one),
        ("2023-05-21T00:00:00+07:00", "2023-06-01", one, 2 * one),
        ("2023-05-20t15:59:59.5z", "2023-05-20T23:30:00+07:00", 0, one),
    ):
        said = change(on, start, to=end)
        assert ends(said) == (before, after), (start, end)
    assert change(on, "2023-05-19", to="2023-05-20")["to_at"] == "2023-05-20T16:59:59.999999Z"


def test_left_out_they_are_the_beginning_and_now(on: Dated) -> None:
    on.clock.reach("2023-05-20")
    record(on["SVHTTDL"], "IV.7.a", plan=DATED, output="M1", occurred_on="2023-05-12")
    said = change(on)
    assert ends(said) == (0, Fraction(2, 41))
    assert datetime.fromisoformat(said["from_at"]).date() == BEGUN.date()
    assert said["to_at"] is None
    assert said["after"] == on.get("/progress")["total"]["evidenced"]
    today = change(on, "2023-05-19", to="2023-05-20")  # today is told of as far as it has come
    assert today["after"] == said["after"]


def test_before_the_plan_was_on_record_there_was_no_figure(on: Dated) -> None:
    record(on["SVHTTDL"], "IV.7.a", plan=DATED, output="M1", occurred_on="2023-01-02")
    said = change(on, "2022-12-31")
    assert (said["before"]["numerator"], ratio(said["after"])) == (None, Fraction(2, 41))
    assert (said["revision_before"], said["revision_after"]) == (None, 1)
    assert said["said_vi"] == "Không so sánh được: ở thời điểm đầu chưa xác định"
    assert {item["course"] for item in said["items"]} == {"entered"}
    never = change(on, to="2022-12-31")
    assert (never["from_at"], never["items"], never["after"]["numerator"]) == (None, [], None)
    untargeted = change(on, on.clock.pass_(hours=1), task="IV.6.a")
    assert (untargeted["before"]["numerator"], untargeted["items"]) == (None, [])
    on.decide({"change": "target", "task": "IV.6.a", "target": 2})
    on.decide({"change": "status", "task": "IV.6.a", "status": "cancelled"})
    ended = change(on, instant(on.clock.pass_(hours=1)), task="IV.6.a")
    assert ended["said_vi"] == "Không so sánh được: ở thời điểm đầu chưa xác định"


@pytest.mark.parametrize(
    ("asked", "pointer", "code"),
    [
        ({"from": "2023-05-20"}, "query:from", "in_the_future"),  # its end has not come
        ({"from": "2023-05-20T03:00:00Z"}, "query:from", "in_the_future"),
        ({"from": "2023-05-01", "to": "2023-05-21"}, "query:to", "in_the_future"),
        ({"from": "2023-05-02", "to": "2023-05-01"}, "query:from", "dates_reversed"),
        ({"from": "2023-05-02", "to": "2023-05-02T16:00:00Z"}, "query:from", "dates_reversed"),
        *(
            ({"from": text}, "query:from", "not_a_moment")
            for text in (
                *("", "0", "2023", "2023-5-1", "2023-02-30", "1684540800", "2023-05-01T00:00:00", "now"),
                *("2023-05-01 00:00:00Z", "0001-01-01T00:00:00+14:00", "2023-05-01T00:00:00 07:00"),
                *("2023-05-01T24:00:01Z", "9999-12-31T23:59:59-12:00", "２023-05-01"),
            )
        ),
        ({"level": "none"}, "query:level", "not_allowed_value"),
        ({"by": "assignment"}, "query:by", "not_allowed_value"),
        ({"all": "perhaps"}, "query:all", "wrong_type"),
    ],
)  # fmt: skip
def test_instants_that_make_no_sense_are_told_where_and_why(
    may: Dated, asked: dict[str, str], pointer: str, code: str
) -> None:
    answer = may["SCT"].get(f"{DATED}/progress/change", params=asked)
    assert answer.status_code == 422, answer.text
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)


# --- sums ------------------------------------------------------------------------------------------------


def test_breakdowns_sum_to_the_total_and_sections_hold_what_is_below(on: Dated) -> None:
    start = on.clock.reach("2023-07-20")
    quarters(on, "BAOTV", "IV.9.1", 2, 5)
    quarters(on, "DAITV", "IV.9.2", 2)
    record(on["SVHTTDL"], "IV.7.a", plan=DATED, output="M1", occurred_on="2023-05-12")
    on.decide({"change": "weight", "task": "IV.7.a", "weight": 3})
    on.decide({"change": "status", "task": "IV.9.3", "status": "cancelled"})
    rows = {by: change(on, start, by=by)["rows"] for by in ("task", "agency", "section")}
    said = change(on, start)
    assert (said["by"], said["by_label"], said["rows"]) == (None, None, [])
    for by in ("task", "agency"):
        assert total([halves(row) for row in rows[by]]) == halves(said)
    sections = {row["key"]: row for row in rows["section"]}
    assert list(sections) == ["IV", "IV.7", "IV.9"]  # and none of Part II, which is a view
    assert halves(sections["IV"]) == halves(said)
    assert total([halves(sections[key]) for key in ("IV.7", "IV.9")]) == halves(said)
    assert [(row["key"], row["parent"]) for row in rows["section"]] == [
        ("IV", None),
        ("IV.7", "IV"),
        ("IV.9", "IV"),
    ]
    assert [row["key"] for row in rows["task"]] == ["IV.7.a", "IV.9.1", "IV.9.2", "IV.9.3"]
    assert [row["key"] for row in rows["agency"]] == ["BAOTV", "DAITV", "SVHTTDL"]


def test_only_what_moved_is_told_unless_all_is_asked_for(on: Dated) -> None:
    start = on.clock.pass_(days=1)
    record(on["SVHTTDL"], "IV.7.a", plan=DATED, output="M1", occurred_on="2023-01-02")
    few, everything = change(on, start), change(on, start, all="true")
    assert len(few["items"]) == 1
    assert len(everything["items"]) == on.get("/progress")["assignments"]
    assert [item for item in everything["items"] if item in few["items"]] == few["items"]
    assert {item["course"] for item in everything["items"]} == {"stayed", "not_counted"}
    order = [item["task"]["code"] for item in everything["items"]]
    tasks = [task["code"] for task in on.get("/tasks", limit="200")["items"]]
    assert order == sorted(order, key=tasks.index)


# --- what a caller may not see ---------------------------------------------------------------------------


def test_an_outsider_reads_the_duties_of_others_in_one_item_and_nothing_of_hidden_ones(on: Dated) -> None:
    start = on.clock.reach("2023-05-20")
    [lead] = on.get("/assignments", "CAT", task="IV.10.1", role="lead")["items"]
    for period in ("2023-Q1", "2023-Q2"):
        entry = {"period": period, "entry": "fulfilled"}
        answer = on["CAT"].post(f"{DATED}/assignments/{lead['id']}/status-entries", json=entry)
        assert answer.status_code == 201, answer.text
    said = change(on, start, caller="SCT", by="section")
    assert halves(said) == (HALF / Fraction(37, 2), 0)
    [item] = said["items"]
    assert (item["key"], item["task"], item["bodies"], item["course"]) == ("status_only", None, [], "stayed")
    assert ratio(item["before"]["weight"]) == Fraction(5, 2)
    assert ratio(item["after"]["value"]) == HALF / Fraction(5, 2)
    assert [(row["key"], halves(row)) for row in said["rows"]] == [("status_only", halves(said))]
    own = change(on, start, caller="CAT", by="task")
    assert [row["key"] for row in own["rows"]] == ["IV.10.1"]

    record(on["BPGV"], "IV.12.1", plan=DATED, occurred_on="2023-01-02", agency="BCHQS")
    assert change(on, start, caller="SCT", by="section") == said
    for code in HIDDEN:
        for at in ("IV.30.z", code):
            nothing = change(on, start, caller="SCT", task=at, all="true")
            assert (nothing["items"], nothing["before"]["numerator"]) == ([], None)
    told = change(on, start, caller="SCT", all="true", by="task")
    keys = {row["key"] for row in told["rows"]} | {i["task"]["code"] for i in told["items"] if i["task"]}
    assert keys & HIDDEN == set()
    assert change(on, start, caller="SCT", status="active")["items"] == []


def test_a_handover_of_what_is_seen_in_sum_alone_tells_nobody_who_had_it(on: Dated) -> None:
    start = on.clock.reach("2023-02-01")
    on.decide({"change": "leads", "task": "IV.10.2", "leads": [{"agency": "SCT"}]})
    said = change(on, start, caller="SCT", all="true")
    [mine] = [item for item in said["items"] if item["task"] and item["task"]["code"] in STATUS_ONLY]
    assert list(bodies(mine)) == ["SCT"]
    assert mine["key"] == mine["bodies"][0]["assignment"]
    assert (mine["course"], halves(said)) == ("entered", (0, 0))


def test_it_is_answered_304_while_nothing_moves_whatever_the_clock_says(on: Dated) -> None:
    record(on["SVHTTDL"], "IV.7.a", plan=DATED, output="M1", occurred_on="2023-01-02")
    at = f"{DATED}/progress/change?from=2023-01-02&by=agency"
    tag = on["SCT"].get(at).headers["etag"]
    on.clock.reach("2023-08-01")
    assert on["SCT"].get(at, headers={"If-None-Match": tag}).status_code == 304
    record(on["SVHTTDL"], "IV.7.b", plan=DATED, output="M1", occurred_on="2023-01-02")
    assert on["SCT"].get(at, headers={"If-None-Match": tag}).status_code == 200


# --- the properties --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [3, 4])
def test_between_any_two_instants_of_any_history_it_adds_up(on: Dated, seed: int) -> None:
    history = History(on, seed)
    dice, shown = history.dice, [_figures(on)]
    for _ in range(30):
        history.step(decisions=2)
        shown.append(_figures(on))
    for _ in range(12):
        places = sorted(dice.sample(range(len(history.instants)), 3))
        first, second, third = (history.instants[place] for place in places)
        who, level = dice.randrange(len(SOMEBODY)), dice.choice(LEVELS)
        caller, asked = SOMEBODY[who]
        asked = {**asked, "level": level, "by": dice.choice(("task", "agency"))}
        one = change(on, first, second, caller, **asked)
        two = change(on, second, third, caller, **asked)
        whole = change(on, first, third, caller, all="true", **asked)
        told = [one["before"], one["after"], two["before"], two["after"], whole["before"], whole["after"]]
        read = [shown[place][who][level] for place in places]
        assert told == [read[0], read[1], read[1], read[2], read[0], read[2]], (
            history.happened,
            SOMEBODY[who],
        )
        for said in (one, two, whole):
            if said["work"]["numerator"] is not None:
                assert total([halves(row) for row in said["rows"]]) == halves(said)


def _figures(on: Dated) -> list[Said]:
    """What some callers read at this instant, by their filters."""
    return [on.get("/progress", caller, **asked)["total"] for caller, asked in SOMEBODY]


SOMEBODY: list[tuple[str, dict[str, str]]] = [
    ("TTBCD", {}),
    ("SVHTTDL", {}),
    ("BTG.TPTV", {}),
    ("SCT", {"section": "IV.7,IV.9"}),
    ("TTTU", {"agency": "BAOTV,SCT,G.SBN"}),
    ("STTTT", {"status": "active"}),
]


@pytest.mark.parametrize("seed", [5, 6])
def test_no_decision_is_work_and_no_record_is_scope(on: Dated, seed: int) -> None:
    history = History(on, seed, swaps=False)
    for _ in range(36):
        history.step(decisions=4)
    for place, what in enumerate(history.happened):
        start, end = history.instants[place : place + 2]
        said = change(on, start, end, history.dice.choice(CALLERS[:3]), level=history.dice.choice(LEVELS))
        work, scope = halves(said)
        if what.startswith("decision"):
            assert not work, (what, said)
        elif what != "act: occurrence":
            assert not scope, (what, said)
    assert {"decision: leads", "decision: target", "act: record"} <= set(history.happened)
