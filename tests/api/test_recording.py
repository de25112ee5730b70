"""How a record finds its output, for every kind of task and every kind of body (model §2 and §4)."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from app.rules.calendar import business_day
from tests.deciding import decided, leads, member
from tests.money import line_of
from tests.service import PLAN, Service
from tests.writing import (
    SMALL,
    abolish,
    differences,
    evidenced,
    levels,
    load,
    news,
    pushing,
    record,
    revise,
    rows,
    small_plan,
    tiny_plan,
    withdraw,
)

BOUNDARIES = {
    "2022-12-31": None,
    "2023-01-01": "2023-Q1",
    "2023-03-31": "2023-Q1",
    "2023-04-01": "2023-Q2",
    "2023-06-30": "2023-Q2",
    "2023-07-01": "2023-Q3",
    "2023-10-01": "2023-Q4",
    "2023-12-31": "2023-Q4",
    "2024-01-01": None,
}


def test_continuous_work_counts_for_the_period_that_contains_its_date(service: Service) -> None:
    office = service["BAOTV"]
    for day, period in BOUNDARIES.items():
        result = record(office, "IV.9.1", occurred_on=day)
        assert result["result"] == "created"
        assert result["activity"]["output"] == period, day
        assert result["activity"]["counts"] is (period is not None)
        assert (result["hint_en"] is None) is (period is not None)
    assert levels(office, "IV.9.1") == {
        f"{agency}/2023-Q{quarter}": "evidenced" if agency == "BAOTV" else "none"
        for agency in ("BAOTV", "DAITV")
        for quarter in (1, 2, 3, 4)
    }
    assert evidenced(service, task="IV.9.1") == Fraction(1, 2)
    assert differences(service) == []


def test_what_is_recorded_for_a_group_whose_members_nobody_has_named_counts_for_nothing_and_says_so(
    service: Service,
) -> None:
    secretariat = service["BPGV"]
    decided(service["TTBCD"], {"change": "target", "task": "IV.14.2", "target": 2})
    for task, day in (("IV.14.2", "2023-05-05"), ("IV.14.1", "2023-05-05")):
        told = record(secretariat, task, agency="G.SBN", occurred_on=day)
        assert (told["activity"]["counts"], told["moved"]) == (False, [])
        assert "through its members" in told["hint_en"], task
        assert secretariat.get(f"{PLAN}/activities/{told['activity']['id']}").json()["counts"] is False
    batch = {"records": [news("IV.14.2", agency="G.SBN"), news("IV.14.2", agency="UBND.HCL")]}
    rows = secretariat.post(f"{PLAN}/activities/batch", json=batch).json()["results"]
    assert [(row["counts"], row["hint_en"] is None) for row in rows] == [(False, False), (True, True)]
    assert differences(service) == []


def test_only_the_first_record_of_a_period_moves_it_and_only_the_last_withdrawal_moves_it_back(
    service: Service,
) -> None:
    office = service["BAOTV"]
    first, second = record(office, "IV.9.1"), record(office, "IV.9.1", occurred_on="2023-06-01")
    move = {"output": "2023-Q2", "before": "none", "after": "evidenced"}
    assert [{name: one[name] for name in move} for one in first["moved"]] == [move]
    assert second["moved"] == []
    assert withdraw(office, first["activity"]["id"])["moved"] == []
    assert evidenced(service, task="IV.9.1", agency="BAOTV") == Fraction(1, 4)
    back = withdraw(office, second["activity"]["id"])["moved"]
    assert [(one["output"], one["before"], one["after"]) for one in back] == [
        ("2023-Q2", "evidenced", "none")
    ]
    assert evidenced(service, task="IV.9.1", agency="BAOTV") == 0


def test_a_period_may_be_named_but_only_rightly(service: Service) -> None:
    office = service["BAOTV"]
    assert record(office, "IV.9.1", output="2023-Q2")["activity"]["output"] == "2023-Q2"
    quarters = [f"2023-Q{number}" for number in range(1, 5)]
    for wrong, code, offered in (
        ("2023-Q1", "date_outside_output", ["2023-Q2"]),
        ("2023-Q9", "unknown_output", quarters),
        ("M1", "unknown_output", quarters),
    ):
        refused = office.post(f"{PLAN}/activities", json=news("IV.9.1", output=wrong))
        assert refused.status_code == 422
        assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [("/output", code)]
        assert refused.json()["offered_outputs"] == offered


def test_a_deliverable_is_named_and_what_is_not_named_is_kept_and_counts_for_nothing(
    service: Service,
) -> None:
    office = service["SVHTTDL"]
    unnamed = record(office, "IV.7.a")
    assert (unnamed["activity"]["output"], unnamed["activity"]["counts"]) == (None, False)
    assert "M1" in unnamed["hint_en"]
    assert "M1" in unnamed["hint_vi"]
    assert evidenced(service, task="IV.7.a") == 0
    named = record(office, "IV.7.a", output="M1")
    assert (named["activity"]["output"], named["activity"]["counts"], named["hint_vi"]) == ("M1", True, None)
    assert evidenced(service, task="IV.7.a") == 1
    listed = office.get(f"{PLAN}/activities", params={"task": "IV.7.a"}).json()["items"]
    assert [one["counts"] for one in listed] == [True, False]


def test_an_unknown_output_is_refused_with_those_there_are(service: Service) -> None:
    refused = service["SVHTTDL"].post(f"{PLAN}/activities", json=news("IV.7.a", output="M9"))
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "unknown_output"
    assert refused.json()["offered_outputs"] == ["M1"]


def test_only_a_triggered_task_has_occurrences(service: Service) -> None:
    for agency, task in (("SVHTTDL", "IV.7.a"), ("BAOTV", "IV.9.1"), ("SCT", "IV.6.a"), ("BAOTV", "IV.7.b")):
        refused = service[agency].post(f"{PLAN}/activities", json=news(task, opens_occurrence=True))
        assert refused.status_code == 422, task
        assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [
            ("/opens_occurrence", "not_triggered")
        ]


def test_occurrences_are_opened_named_and_vanish_with_their_last_record(service: Service) -> None:
    office = service["VPUBND"]
    assert evidenced(service, task="IV.3.a") is None
    loose = record(office, "IV.3.a")
    assert (loose["activity"]["counts"], evidenced(service, task="IV.3.a")) == (False, None)
    opened = record(office, "IV.3.a", opens_occurrence=True)
    assert opened["activity"]["output"] == "O1"
    assert [(one["output"], one["before"], one["after"]) for one in opened["moved"]] == [
        ("O1", "none", "evidenced")
    ]
    more = record(office, "IV.3.a", output="O1")
    assert (more["activity"]["output"], more["moved"]) == ("O1", [])
    second = record(office, "IV.3.a", opens_occurrence=True)
    assert second["activity"]["output"] == "O2"
    assert evidenced(service, task="IV.3.a") == 1
    withdraw(office, second["activity"]["id"])
    withdraw(office, opened["activity"]["id"])
    owed = office.get(f"{PLAN}/outputs", params={"task": "IV.3.a"}).json()["items"]
    assert {one["code"]: one["owed"] for one in owed} in ({"O1": True}, {"O1": True, "O2": False})
    assert evidenced(service, task="IV.3.a") == 1
    withdraw(office, more["activity"]["id"])
    assert evidenced(service, task="IV.3.a") is None
    assert record(office, "IV.3.a", opens_occurrence=True)["activity"]["output"] == "O3"
    assert differences(service) == []


def test_pieces_without_a_target_are_kept_and_leave_progress_undefined(service: Service) -> None:
    result = record(service["SCT"], "IV.6.a", quantity=3)
    assert (result["activity"]["counts"], result["moved"]) == (False, [])
    assert "target" in result["hint_en"]
    assert evidenced(service, task="IV.6.a") is None
    lead = next(
        one
        for one in service["SCT"].get(f"{PLAN}/assignments", params={"task": "IV.6.a"}).json()["items"]
        if one["role"] == "lead"
    )
    assert lead["recorded_quantity"] == 3


def test_pieces_fill_from_the_first_on_and_surplus_is_shown_but_never_above_all(
    service: Service, tmp_path: Path
) -> None:
    load(service, small_plan(), tmp_path)
    office, other, owner = (pushing(service, code) for code in ("SMAU", "SHAI", "BCDM"))

    def task() -> Fraction:
        figure = owner.get(f"{SMALL}/progress", params={"task": "II.2.a"}).json()["total"]["evidenced"]
        return Fraction(figure["numerator"], figure["denominator"])

    three = record(office, "II.2.a", plan=SMALL, quantity=3)
    assert (three["activity"]["counts"], three["activity"]["output"]) == (True, None)
    assert [one["output"] for one in three["moved"]] == ["P1", "P2", "P3"]
    assert task() == Fraction(2, 3) * Fraction(3, 4)
    five = record(office, "II.2.a", plan=SMALL, quantity=5)
    assert [one["output"] for one in five["moved"]] == ["P4"]
    assert task() == Fraction(2, 3)
    mine = office.get(f"{SMALL}/assignments", params={"agency": "SMAU"}).json()["items"][0]
    assert mine["recorded_quantity"] == 8
    assert mine["progress"]["evidenced"] == {"numerator": 1, "denominator": 1, "percent": 100}
    assert record(other, "II.2.a", plan=SMALL)["activity"]["agency"]["code"] == "SHAI"
    assert task() == Fraction(2, 3) + Fraction(1, 3) * Fraction(1, 4)
    withdraw(office, three["activity"]["id"], plan=SMALL)
    assert task() == Fraction(2, 3) + Fraction(1, 12)
    named = office.post(f"{SMALL}/activities", json=news("II.2.a", output="P2", occurred_on="2024-05-12"))
    assert [e["code"] for e in named.json()["errors"]] == ["pieces_fill_in_order"]
    assert differences(service) == []


def test_a_body_that_is_accountable_twice_can_fulfil_both_parts(service: Service, tmp_path: Path) -> None:
    """In the sample plan SMAU leads in its own name and as the member of its group."""
    load(service, tiny_plan(), tmp_path)
    office, owner = pushing(service, "SMAU"), pushing(service, "BCDM")
    record(office, "II.2.a", plan=SMALL, quantity=8)
    figure = owner.get(f"{SMALL}/progress", params={"task": "II.2.a"}).json()["total"]["evidenced"]
    assert figure["percent"] == 100


def test_members_of_a_group_each_owe_their_own_part(service: Service) -> None:
    office = service["UBND.TPTV"]
    result = record(office, "IV.14.1")
    assert result["activity"]["agency"]["code"] == "UBND.TPTV"
    # Half of the task is the district committees', a ninth of that this one's, of which this is a quarter.
    # The other half is a group whose members the plan does not name: it owes nothing yet.
    assert evidenced(service, task="IV.14.1") == Fraction(1, 9) * Fraction(1, 4)
    assert evidenced(service, agency="UBND.TPTV") == Fraction(1, 4)
    assert evidenced(service, agency="G.UBH") == Fraction(1, 9) * Fraction(1, 4)
    assert [name for name, level in levels(office, "IV.14.1").items() if level == "evidenced"] == [
        "UBND.TPTV/2023-Q2"
    ]


def test_joint_leads_each_fulfil_their_own_half(service: Service) -> None:
    for quarter_day in ("2023-02-01", "2023-05-01", "2023-08-01", "2023-11-01"):
        record(service["BAOTV"], "IV.9.2", occurred_on=quarter_day)
    assert evidenced(service, task="IV.9.2") == Fraction(1, 2)
    assert evidenced(service, task="IV.9.2", agency="DAITV") == 0
    record(service["DAITV"], "IV.9.2", occurred_on="2023-02-01")
    assert evidenced(service, task="IV.9.2") == Fraction(1, 2) + Fraction(1, 8)


def test_one_joint_lead_cannot_record_for_the_other(service: Service) -> None:
    refused = service["BAOTV"].post(f"{PLAN}/activities", json=news("IV.9.2", agency="DAITV"))
    assert refused.status_code == 403
    assert refused.json()["who_can"] == ["DAITV"]


def test_a_coordinators_contribution_is_kept_and_never_moves_anything(service: Service) -> None:
    def figures() -> tuple[Any, Any]:
        said = service["TTBCD"].get(f"{PLAN}/progress", params={"by": "assignment"}).json()
        return said, said["total"].pop("contributions")

    before, nobody = figures()
    result = record(service["BAOTV"], "IV.7.b", quantity=5)
    assert (result["activity"]["counts"], result["moved"]) == (False, [])
    assert result["activity"]["agency"]["code"] == "BAOTV"
    assert "coordinator" in result["hint_en"]
    after, one = figures()
    assert after == before
    assert (nobody, one) == ({"delivered": 0, "asked": 2}, {"delivered": 1, "asked": 2})
    named = service["BAOTV"].post(f"{PLAN}/activities", json=news("IV.7.b", output="M1"))
    assert named.status_code == 422
    assert evidenced(service, task="IV.7.b") == 0
    assert differences(service) == []


def test_a_contribution_pushed_again_is_told_of_as_one_whatever_its_body_has_become(service: Service) -> None:
    owner, office, key = service["TTBCD"], service["BAOTV"], {"source_system": "toa-soan", "external_id": "1"}
    dated = {**key, "source_updated_at": "2023-06-02T08:00:00+07:00"}
    decided(owner, {"change": "coordinators", "task": "IV.6.a", "coordinators": ["BAOTV"]})
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 3})
    first = record(office, "IV.6.a", **dated)
    assert "coordinator" in first["hint_en"]
    decided(owner, {"change": "coordinators", "task": "IV.6.a", "coordinators": []}, leads("IV.6.a", "BAOTV"))
    for task in ("IV.6.a", "IV.9.1"):
        again = record(office, task, **dated)
        assert (again["result"], again["activity"]["counts"]) == ("unchanged", False)
        assert again["hint_en"] == first["hint_en"]
        batch = office.post(f"{PLAN}/activities/batch", json={"records": [news(task, **dated)]})
        (row,) = batch.json()["results"]
        assert (row["result"], row["task"], row["hint_en"]) == ("unchanged", "IV.6.a", first["hint_en"])


def test_what_a_group_without_members_is_said_to_have_done_counts_for_nothing(service: Service) -> None:
    owner = service["TTBCD"]
    decided(owner, leads("IV.6.a", "G.SBN"), {"change": "target", "task": "IV.6.a", "target": 3})
    assert levels(owner, "IV.6.a") == {}
    result = record(service["BPGV"], "IV.6.a", agency="G.SBN")
    assert (result["activity"]["counts"], result["moved"]) == (False, [])
    assert "through its members" in result["hint_en"]
    assert owner.get(f"{PLAN}/activities/{result['activity']['id']}").json()["counts"] is False
    decided(owner, member("G.SBN", "SCT", "2023-01-01"))
    assert set(levels(owner, "IV.6.a").values()) == {"none"}
    assert differences(service) == []


def test_members_of_a_coordinating_group_record_their_own_contribution(
    service: Service, tmp_path: Path
) -> None:
    plan = small_plan()
    plan["tasks"][1]["assignments"].append({"agency": "G.SM", "role": "coordinate", "source": "plan_text"})
    plan["tasks"][1]["visibility"] = "normal"
    load(service, plan, tmp_path)
    result = record(pushing(service, "SHAI"), "II.1.a", plan=SMALL, occurred_on="2024-02-01")
    assert (result["activity"]["agency"]["code"], result["activity"]["counts"]) == ("SHAI", False)


def test_the_secretariat_records_on_behalf_and_both_are_named(service: Service) -> None:
    secretariat = service["BPGV"]
    activity = record(secretariat, "IV.7.a", agency="SVHTTDL", output="M1")["activity"]
    assert (activity["agency"]["code"], activity["recorded_by"]["code"]) == ("SVHTTDL", "BPGV")
    assert evidenced(service, agency="SVHTTDL", task="IV.7.a") == 1
    member = record(secretariat, "IV.14.1", agency="UBND.HCL")["activity"]
    assert (member["agency"]["code"], member["counts"]) == ("UBND.HCL", True)
    contribution = record(secretariat, "IV.7.b", agency="DAITV")["activity"]
    assert (contribution["agency"]["code"], contribution["counts"]) == ("DAITV", False)
    assert withdraw(secretariat, activity["id"])["activity"]["withdrawal"]["by"]["code"] == "BPGV"


@pytest.mark.parametrize(
    ("agency", "code"), [(None, "missing"), ("SCT", "agency_not_assigned"), ("G.UBH", "agency_not_assigned")]
)
def test_on_behalf_of_nobody_or_of_the_wrong_body_is_told(
    service: Service, agency: str | None, code: str
) -> None:
    task = "IV.14.1" if agency == "G.UBH" else "IV.7.a"
    refused = service["BPGV"].post(f"{PLAN}/activities", json=news(task, agency=agency))
    assert refused.status_code == 422
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [("/agency", code)]


def test_the_caller_may_name_itself(service: Service) -> None:
    activity = record(service["SVHTTDL"], "IV.7.a", agency="SVHTTDL")["activity"]
    assert activity["recorded_by"] == activity["agency"]


def test_today_is_taken_and_tomorrow_is_not(service: Service) -> None:
    today = business_day(datetime.now(UTC))
    assert record(service["SVHTTDL"], "IV.7.a", occurred_on=f"{today}")["result"] == "created"
    after = business_day(datetime.now(UTC)) + timedelta(days=1)
    refused = service["SVHTTDL"].post(f"{PLAN}/activities", json=news("IV.7.a", occurred_on=f"{after}"))
    assert refused.status_code == 422
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [
        ("/occurred_on", "in_the_future")
    ]


def test_an_answer_tells_where_the_record_is(service: Service) -> None:
    pushed = service["SVHTTDL"].post(f"{PLAN}/activities", json=news("IV.7.a"))
    where = pushed.request.url.join(pushed.headers["location"])
    found = service["SVHTTDL"].get(str(where))
    assert found.json() == pushed.json()["activity"]


def test_what_an_abolished_body_did_stays_counted(service: Service) -> None:
    """Permission is judged when recorded, truth when it occurred."""
    record(service["SVHTTDL"], "IV.7.a", output="M1")
    abolish(service, "SVHTTDL", "2024-12-31")
    assert evidenced(service, task="IV.7.a") == 1
    late = record(service["BPGV"], "IV.7.b", agency="SVHTTDL", output="M1")
    assert late["activity"]["counts"] is True


def test_a_day_before_the_plan_counts_for_nothing_and_says_so(service: Service, tmp_path: Path) -> None:
    """A slip in the year is the commonest slip of all."""
    office = service["SVHTTDL"]
    loose = record(office, "IV.7.a", occurred_on="2022-05-12")
    assert loose["activity"]["counts"] is False
    assert "before the plan's first (2023-01-01)" in loose["hint_en"]
    named = office.post(f"{PLAN}/activities", json=news("IV.7.a", output="M1", occurred_on="2022-05-12"))
    assert [(e["pointer"], e["code"]) for e in named.json()["errors"]] == [
        ("/occurred_on", "before_the_plan")
    ]
    load(service, small_plan(), tmp_path)
    early = record(pushing(service, "SMAU"), "II.2.a", plan=SMALL, quantity=8, occurred_on="2023-05-12")
    assert (early["activity"]["counts"], early["moved"]) == (False, [])
    moved = revise(pushing(service, "SMAU"), early["activity"]["id"], plan=SMALL, occurred_on="2024-05-12")
    assert len(moved.json()["moved"]) == 4
    assert differences(service) == []


def test_a_day_after_the_plan_counts_and_is_pointed_out(service: Service) -> None:
    """In January scripts still push to last year's plan, whose clauses are those of this year's."""
    office = service["SVHTTDL"]
    late = news("IV.7.a", output="M1", occurred_on="2024-01-12", external_id="1", source_system="q")
    for result, told in (("created", True), ("unchanged", False)):
        answer = office.post(f"{PLAN}/activities", json=late).json()
        assert (answer["result"], answer["activity"]["counts"]) == (result, True)
        assert ("sau ngày cuối của kế hoạch (31/12/2023)" in (answer["hint_vi"] or "")) is told
    batch = office.post(
        f"{PLAN}/activities/batch", json={"records": [late | {"external_id": "2"}, news("IV.7.a")]}
    )
    assert ["2023-12-31" in (row["hint_en"] or "") for row in batch.json()["results"]] == [True, False]
    loose = record(service["BAOTV"], "IV.9.1", occurred_on="2024-01-12")
    assert loose["activity"]["counts"] is False
    assert "31/12/2023" in loose["hint_vi"], "not only that it lies in no reporting period"


def test_a_day_that_cannot_be_meant_is_refused(service: Service) -> None:
    """A zero in a cell is a day of 1899; ten years before its plan something may have begun."""
    office = service["SVHTTDL"]
    before = rows(service)
    for day in ("1899-12-30", "0023-05-12", "2012-12-31"):
        answer = office.post(f"{PLAN}/activities", json=news("IV.7.a", occurred_on=day))
        assert answer.status_code == 422, day
        told = [(e["pointer"], e["code"]) for e in answer.json()["errors"]]
        assert told == [("/occurred_on", "too_long_ago")]
    assert rows(service) == before
    kept = record(office, "IV.7.a", occurred_on="2013-01-01")["activity"]["id"]
    assert revise(office, kept, occurred_on="1913-01-01").status_code == 422
    assert revise(office, kept, title="Khảo sát trước").status_code == 200
    decision = {"number": "09-QĐ/BCĐ-TTĐN", "decided_on": "1923-06-30", "issuer": "Ban Chỉ đạo"}
    change = {"change": "weight", "task": "IV.7.a", "weight": 2}
    answer = service["TTBCD"].post(f"{PLAN}/amendments", json={"decision": decision, "changes": [change]})
    told = [(e["pointer"], e["code"]) for e in answer.json()["errors"]]
    assert told == [("/decision/decided_on", "too_long_ago")]


def test_a_loose_record_can_open_its_occurrence_later(service: Service) -> None:
    natural = {"source_system": "qlvb", "external_id": "2023/9"}
    office = service["VPUBND"]
    loose = record(office, "IV.3.a", **natural)
    assert "open an occurrence" in loose["hint_en"]
    opened = record(office, "IV.3.a", opens_occurrence=True, **natural)
    assert (opened["result"], opened["activity"]["output"]) == ("updated", "O1")
    assert opened["activity"]["id"] == loose["activity"]["id"]
    assert record(office, "IV.3.a", opens_occurrence=True, **natural)["result"] == "unchanged"
    assert evidenced(service, task="IV.3.a") == 1
    assert differences(service) == []


def test_surplus_is_told(service: Service, tmp_path: Path) -> None:
    load(service, small_plan(), tmp_path)
    office = pushing(service, "SMAU")
    assert record(office, "II.2.a", plan=SMALL, quantity=4)["hint_en"] is None
    assert "surplus" in record(office, "II.2.a", plan=SMALL)["hint_en"]


def test_an_empty_agency_is_no_agency(service: Service) -> None:
    answer = service["BPGV"].post(f"{PLAN}/activities", json=news("IV.7.a", agency=""))
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/agency"]


def test_a_code_is_taken_as_it_is_copied_with_what_is_blank_around_it(service: Service) -> None:
    """As every other text (API: normalised first, then checked): “no such task” would be untrue."""
    office, owner, aide = service["SVHTTDL"], service["TTBCD"], service["BPGV"]
    news_ = {"occurred_on": "2023-05-12", "kind": "news", "title": "Bài"}
    for client, body in (
        (office, {"task": " IV.7.b\u00a0"}),
        (aide, {"task": "IV.7.b", "agency": "\u200bSVHTTDL "}),
    ):
        answer = client.post(f"{PLAN}/activities", json={**news_, **body})
        assert (answer.status_code, answer.json()["activity"]["task"]["code"]) == (201, "IV.7.b")
    line = office.post(f"{PLAN}/budget/lines", json=line_of(tasks=[" IV.7.b "], events=["E11 "]))
    assert [one["code"] for one in line.json()["tasks"]] == ["IV.7.b"], line.text
    decided(owner, {"change": "weight", "task": " IV.7.b", "weight": 2})
