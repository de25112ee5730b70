"""A decision gives a body another name: it stays the same body, is found by both, and no figure moves."""

import unicodedata
from pathlib import Path
from typing import Any

import pytest

from app.errors import Conflict
from tests.deciding import decide, decided, faults, nodes
from tests.service import PLAN, Service, undated
from tests.walks import items
from tests.writing import differences, load, record, tiny_plan

NEW = "Sở Công nghiệp và Thương mại"


def renamed(name_vi: str = NEW, on: str = "2023-03-01", agency: str = "SCT") -> dict[str, Any]:
    return {"change": "name", "agency": agency, "name_vi": name_vi, "name_en": f"{name_vi} (en)", "on": on}


def named_otherwise(figures: Any) -> Any:
    """The same without what bodies are called."""
    if isinstance(figures, dict):
        return {key: named_otherwise(value) for key, value in figures.items() if "name" not in key}
    return [named_otherwise(one) for one in figures] if isinstance(figures, list) else figures


def test_it_stays_the_same_body_with_both_its_names(service: Service) -> None:
    owner = service["TTBCD"]
    record(service["SCT"], "IV.6.a")
    former = owner.get("/v1/agencies/SCT").json()
    figures = nodes(owner, "task", "agency", "section", "assignment")
    told = decided(owner, renamed())
    assert named_otherwise(undated(told["before"])) == named_otherwise(
        undated({**told["after"], "revision": told["before"]["revision"]})
    )
    now = owner.get("/v1/agencies/SCT").json()
    assert (now["name_vi"], now["name_en"]) == (NEW, f"{NEW} (en)")
    assert [(one["name_vi"], one["valid_from"], one["valid_to"], one["source"]) for one in now["names"]] == [
        (former["name_vi"], None, "2023-02-28", former["names"][0]["source"]),
        (NEW, "2023-03-01", None, "decision"),
    ]
    for words in (former["name_vi"], NEW, "cong nghiep va", "SCT"):
        assert [one["code"] for one in items(owner, "/v1/agencies", q=words)] == ["SCT"], words
    by_agency = owner.get(f"{PLAN}/progress", params={"by": "agency"}).json()
    assert NEW in str(by_agency)
    assert former["name_vi"] not in str(by_agency)
    after = nodes(owner, "task", "agency", "section", "assignment")
    assert named_otherwise(after) == named_otherwise(figures)
    record(service["SCT"], "IV.6.a")  # its key is its own still
    subjects = {one["subject"] for one in items(owner, "/v1/changes") if one["ref"] in ("SCT", NEW)}
    assert {"agency", "agency_name"} <= subjects
    assert differences(service) == []


def test_names_follow_each_other(service: Service) -> None:
    owner = service["TTBCD"]

    def names() -> list[tuple[str, str | None, str | None]]:
        said = owner.get("/v1/agencies/SCT").json()
        assert said["name_vi"] == said["names"][-1]["name_vi"]
        return [(one["name_vi"], one["valid_from"], one["valid_to"]) for one in said["names"]]

    former = names()[0][0]
    decided(owner, renamed())
    assert names() == [(former, None, "2023-02-28"), (NEW, "2023-03-01", None)]
    for day in ("2023-02-28", "2023-03-01"):
        answer = decide(owner, renamed(former, on=day))
        assert faults(answer) == [("/changes/0/on", "dates_reversed")]
    decided(owner, renamed(former, on="2023-03-02"))
    assert names() == [
        (former, None, "2023-02-28"),
        (NEW, "2023-03-01", "2023-03-01"),
        (former, "2023-03-02", None),
    ]
    assert differences(service) == []


def test_another_unicode_form_is_no_other_name(service: Service) -> None:
    owner = service["TTBCD"]
    decided(owner, renamed())
    again = renamed(unicodedata.normalize("NFD", NEW), on="2023-04-01")
    again["name_en"] = unicodedata.normalize("NFD", again["name_en"])
    assert faults(decide(owner, again)) == [("/changes/0/name_vi", "already_on_record")]


def test_a_group_and_a_partner_can_be_renamed_a_body_that_ended_cannot(service: Service) -> None:
    owner = service["TTBCD"]
    decided(owner, renamed("Nhóm mới", agency="G.SBN"), renamed("Đối tác mới", agency="X.BNT"))
    decided(owner, {"change": "succession", "agency": "STTTT", "successor": "SCT", "on": "2023-03-01"})
    assert decide(owner, renamed(agency="STTTT", on="2023-04-01")).status_code == 422


def test_the_next_plan_calls_it_by_its_new_name(service: Service, tmp_path: Path) -> None:
    plan, former = tiny_plan(), service["TTBCD"].get("/v1/agencies/SCT").json()["name_vi"]
    facts = {"code": "SCT", "kind": "state_department", "name_en": "x", "source": "not_in_text"}
    decided(service["TTBCD"], renamed())
    for name_vi in (former, NEW):
        plan["agencies"].append({**facts, "name_vi": name_vi, "entry": None, "line": None})
        if name_vi == former:
            with pytest.raises(Conflict) as refused:
                load(service, plan, tmp_path)
            assert "decision that renames it" in refused.value.faults[0].message.en
        else:
            assert load(service, plan, tmp_path)
        plan["agencies"].pop()
