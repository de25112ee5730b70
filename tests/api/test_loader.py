"""The loader: all of a plan or nothing of it, once; and other plans beside it."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.errors import Conflict, Failure
from app.models.base import Base
from app.services import assigning, drafting, drafting_money
from seed import loader
from tests.service import PLAN, Service
from tests.writing import (
    SMALL,
    TINY_PLAN,
    differences,
    evidenced,
    journal,
    load,
    pushing,
    record,
    rows,
    small_plan,
    tiny_plan,
)


def content(service: Service) -> dict[str, list[Any]]:
    """Every row of every table."""
    with service.database.reading() as session:
        return {
            table.name: [
                tuple(row) for row in session.execute(text(f'SELECT * FROM "{table.name}" ORDER BY id'))
            ]
            for table in Base.metadata.sorted_tables
        }


def again(service: Service, path: Path = loader.PLAN_2023) -> bool:
    plan_file, digest = loader.read(path)
    with service.database.writing() as session:
        return loader.load(session, plan_file, digest, lambda _what, _how_many: None)


def test_loading_again_changes_nothing_at_all(service: Service) -> None:
    before = content(service)
    assert again(service) is False
    assert content(service) == before


def test_loading_again_keeps_what_was_recorded_since(service: Service) -> None:
    record(service["SVHTTDL"], "IV.7.a", output="M1")
    before = content(service)
    assert again(service) is False
    assert content(service) == before
    assert evidenced(service, task="IV.7.a") == 1


def test_another_version_of_the_file_is_refused(service: Service, tmp_path: Path) -> None:
    assert load(service, small_plan(), tmp_path) is True
    before = content(service)
    changed = small_plan()
    changed["tasks"][2]["weight"] = 3
    with pytest.raises(Conflict) as refused:
        load(service, changed, tmp_path)
    assert "mau-2024" in refused.value.detail.vi
    assert "mau-2024" in refused.value.detail.en
    assert content(service) == before


def test_spelling_of_the_file_is_no_other_version(service: Service, tmp_path: Path) -> None:
    assert again(service, TINY_PLAN) is True
    assert load(service, tiny_plan(), tmp_path) is False


def test_a_second_plan_stands_beside_the_first_and_moves_nothing_of_it(
    service: Service, tmp_path: Path
) -> None:
    record(service["SVHTTDL"], "IV.7.a", output="M1")
    before = service["TTBCD"].get(f"{PLAN}/progress", params={"by": "assignment"}).content
    told: list[tuple[str, int]] = []
    path = tmp_path / "plan.json"
    path.write_bytes(TINY_PLAN.read_bytes())
    plan_file, digest = loader.read(path)
    with service.database.writing() as session:
        loader.load(session, plan_file, digest, lambda what, how_many: told.append((what, how_many)))
    assert [how_many for _, how_many in told] == [4, 1, 4, 0, 3, 5, 0, 1, 6]
    assert service["TTBCD"].get(f"{PLAN}/progress", params={"by": "assignment"}).content == before
    slugs = [one["slug"] for one in service["SCT"].get("/v1/plans").json()["items"]]
    assert sorted(slugs) == ["mau-2024", "ttdn-2023"]
    record(pushing(service, "SMAU"), "II.2.a", plan=SMALL, quantity=2)
    assert service["TTBCD"].get(f"{PLAN}/progress", params={"by": "assignment"}).content == before
    assert differences(service) == []


def test_the_same_clause_in_two_plans_is_two_tasks(service: Service, tmp_path: Path) -> None:
    plan = small_plan()
    plan["plan"]["slug"] = "ttdn-2024"
    load(service, plan, tmp_path)
    refused = service["SVHTTDL"].post("/v1/plans/ttdn-2024/activities", json={})
    assert refused.status_code == 422
    elsewhere = service["SVHTTDL"].get("/v1/plans/ttdn-2024/tasks/IV.7.a")
    assert elsewhere.status_code == 404


def test_an_agency_on_record_with_other_facts_stops_the_plan_and_nothing_of_it_stays(
    service: Service, tmp_path: Path
) -> None:
    plan = small_plan()
    plan["agencies"].append({**plan["agencies"][1], "code": "SCT", "name_vi": "Sở khác hẳn"})
    before = content(service)
    with pytest.raises(Conflict) as refused:
        load(service, plan, tmp_path)
    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code) == ("/agencies/SCT/name_vi", "on_record_otherwise")
    assert all("Sở Công Thương" in told for told in fault.message), "what it is called on record"
    assert content(service) == before


def test_everything_that_does_not_fit_what_is_on_record_is_told_at_once(
    service: Service, tmp_path: Path
) -> None:
    load(service, small_plan(), tmp_path)
    plan = another_plan((None, None))
    plan["agencies"][1].update(name_vi="Sở Mẫu mới")
    plan["agencies"][4].update(name_vi="Sở Hai mới", kind="media")
    before = content(service)
    with pytest.raises(Conflict) as refused:
        load(service, plan, tmp_path)
    assert {fault.pointer for fault in refused.value.faults} == {
        *("/agencies/SMAU/name_vi", "/agencies/SHAI/name_vi", "/agencies/SHAI/kind"),
        "/agencies/G.SM/members",
    }
    assert content(service) == before


def test_next_years_plan_gives_no_work_to_a_body_that_has_ended(service: Service, tmp_path: Path) -> None:
    """Last year's file copied, its bodies with it."""
    ended = small_plan()
    ended["agencies"][1]["valid_to"] = "2024-06-30"
    load(service, ended, tmp_path)
    late = small_plan()
    late["plan"]["slug"] = "mau-2024-b"
    assert load(service, late, tmp_path) is True, "it was there when that plan began"
    late["plan"].update(slug="mau-2025", year=2025)
    late["plan"]["period"].update({"from": "2025-01-01", "to": "2025-12-31"})
    late["tasks"][2]["due_on"] = None
    with pytest.raises(Conflict) as refused:
        load(service, late, tmp_path)
    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code) == ("/agencies/SMAU", "ended_before_the_plan")
    assert "30/06/2024" in fault.message.vi


def test_an_agency_on_record_with_the_same_facts_is_the_same_agency(service: Service, tmp_path: Path) -> None:
    known = service["SCT"].get("/v1/agencies/SCT").json()
    plan = small_plan()
    same = {"code": "SCT", "kind": known["kind"], "name_vi": known["name_vi"], "name_en": known["name_en"]}
    plan["agencies"].append({**plan["agencies"][1], **same})
    before = rows(service)["agencies"]
    load(service, plan, tmp_path)
    assert rows(service)["agencies"] == before + 5
    assert service["SCT"].get("/v1/agencies/SCT").json() == known


def test_an_agency_on_record_may_be_translated_and_annotated_otherwise(
    service: Service, tmp_path: Path
) -> None:
    known = service["SCT"].get("/v1/agencies/SCT").json()
    plan = small_plan()
    same = {"code": "SCT", "kind": known["kind"], "name_vi": known["name_vi"], "name_en": "Trade Department"}
    plan["agencies"].append({**plan["agencies"][1], **same, "note_vi": "Ghi chú khác"})
    assert load(service, plan, tmp_path) is True
    assert service["SCT"].get("/v1/agencies/SCT").json() == known


def another_plan(*periods: tuple[str | None, str | None]) -> dict[str, Any]:
    """The small plan of another year, with other dates for the one member its group has."""
    plan = small_plan()
    plan["plan"]["slug"] = "mau-2024-b"
    member = plan["agencies"][2]["members"][0]
    plan["agencies"][2]["members"] = [
        {**member, "valid_from": first, "valid_to": last} for first, last in periods
    ]
    return plan


def places(service: Service) -> set[tuple[str | None, str | None]]:
    members = service["SCT"].get("/v1/agencies/G.SM").json()["members"]
    assert {one["agency"]["code"] for one in members} == {"SHAI"}
    assert len(members) == len({(one["valid_from"], one["valid_to"]) for one in members})
    return {(one["valid_from"], one["valid_to"]) for one in members}


def test_a_membership_with_other_dates_is_entered_beside_the_one_on_record(
    service: Service, tmp_path: Path
) -> None:
    load(service, small_plan(), tmp_path)
    assert places(service) == {("2024-01-01", None)}
    again = another_plan(("2024-01-01", None), ("2020-01-01", "2022-12-31"))
    assert load(service, again, tmp_path) is True
    assert places(service) == {("2024-01-01", None), ("2020-01-01", "2022-12-31")}
    assert differences(service) == []


@pytest.mark.parametrize("period", [(None, None), ("2024-01-01", "2024-12-31"), ("2023-01-01", "2024-01-01")])
def test_a_membership_that_overlaps_the_one_on_record_stops_the_plan(
    service: Service, tmp_path: Path, period: tuple[str | None, str | None]
) -> None:
    load(service, small_plan(), tmp_path)
    before = content(service)
    with pytest.raises(Conflict) as refused:
        load(service, another_plan(period), tmp_path)
    for told in refused.value.faults[0].message:
        assert all(word in told for word in ("SHAI", "G.SM", "2024-01-01 – …", period[1] or "… – …")), told
    assert content(service) == before


def test_an_agency_has_its_names_over_time(service: Service, tmp_path: Path) -> None:
    plan = small_plan()
    old = {
        "name_vi": "Ty Mẫu",
        "name_en": "Sample Bureau",
        "valid_from": "1992-05-05",
        "valid_to": "2019-12-31",
        "source": "not_in_text",
    }
    new = {
        "name_vi": "Sở Mẫu",
        "name_en": "Sample Department",
        "valid_from": "2020-01-01",
        "valid_to": None,
        "source": "plan_text",
    }
    plan["agencies"][1].update(names=[new, old], valid_from="1992-05-05", valid_to="2099-12-31")
    load(service, plan, tmp_path)
    shown = service["SCT"].get("/v1/agencies/SMAU").json()
    assert (shown["name_vi"], shown["valid_from"], shown["valid_to"]) == (
        "Sở Mẫu",
        "1992-05-05",
        "2099-12-31",
    )
    names = [{field: name[field] for field in old} for name in shown["names"]]
    assert names == [old, new], "oldest first, and no third without dates"
    found = service["SCT"].get("/v1/agencies", params={"q": "ty mau"}).json()["items"]
    assert [one["code"] for one in found] == ["SMAU"], "found by a name it no longer has"
    without = service["SCT"].get("/v1/agencies/SHAI").json()
    assert [(one["name_vi"], one["valid_from"], one["valid_to"]) for one in without["names"]] == [
        ("Sở Hai", None, None)
    ]
    assert differences(service) == []


@pytest.mark.parametrize("place", ["add_budget", "link", "assign", "take_effect", "add_section"])
def test_a_fault_in_the_middle_leaves_nothing(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    class Torn(Exception):
        pass

    def tear(*_: object) -> None:
        raise Torn

    before = content(service)
    room = next(one for one in (drafting, drafting_money, assigning) if hasattr(one, place))
    monkeypatch.setattr(room, place, tear)
    with pytest.raises(Torn):
        load(service, small_plan(), tmp_path)
    assert content(service) == before
    monkeypatch.undo()
    assert load(service, small_plan(), tmp_path) is True


def test_a_fault_in_telling_leaves_nothing_either(service: Service) -> None:
    plan_file, digest = loader.read(TINY_PLAN)

    def tell(what: str, _how_many: int) -> None:
        if "tasks" in what:
            raise BrokenPipeError

    before = content(service)
    with pytest.raises(BrokenPipeError), service.database.writing() as session:
        loader.load(session, plan_file, digest, tell)
    assert content(service) == before


def test_a_bad_file_never_reaches_the_database(service: Service, tmp_path: Path) -> None:
    plan = small_plan()
    plan["tasks"][2]["assignments"][0]["agency"] = "KHONGCO"
    before = len(journal(service))
    with pytest.raises(Failure) as refused:
        load(service, plan, tmp_path)
    assert [fault.pointer for fault in refused.value.faults] == ["/tasks/II.2.a/assignments/0/agency"]
    assert len(journal(service)) == before


def test_a_plan_without_money_has_a_first_page(service: Service, tmp_path: Path) -> None:
    assert load(service, tiny_plan() | {"budget": None}, tmp_path)
    page = service["TTBCD"].get(f"{SMALL}/overview")
    assert page.status_code == 200, page.text
    assert (page.json()["budget"], page.json()["plan"]["slug"]) == (None, "mau-2024")
    for path in ("budget", "budget/rollup?by=agency"):
        none = service["TTBCD"].get(f"{SMALL}/{path}")
        assert (none.status_code, none.json()["reason"]) == (404, "no_total")
        assert "budget/lines" in none.json()["detail"]
    assert service["TTBCD"].get(f"{SMALL}/budget/lines").json()["items"] == []
    nowhere = service["TTBCD"].get("/v1/plans/khong-co/budget").json()
    assert "reason" not in nowhere


def test_shares_of_every_task_sum_to_one(service: Service, tmp_path: Path) -> None:
    load(service, tiny_plan(), tmp_path)
    for plan, owner in ((PLAN, service["TTBCD"]), (SMALL, pushing(service, "BCDM"))):
        for task in owner.get(
            f"{plan}/tasks", params={"family": "duty", "limit": "200", "include": "assignments"}
        ).json()["items"]:
            leads = [
                (one["share"]["numerator"], one["share"]["denominator"])
                for one in task["assignments"]
                if one["role"] == "lead" and not one["fans_out"]
            ]
            assert sum(numerator / denominator for numerator, denominator in leads) == pytest.approx(1), task[
                "code"
            ]
