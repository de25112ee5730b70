"""Versions of one record: the one its source changed last holds, in whatever order they are pushed."""

from itertools import permutations
from typing import Any

import pytest

from tests.deciding import decided, leads, on
from tests.service import PLAN, Service, undated
from tests.writing import differences, journal, news, record, revise, rows, withdraw

KEY = {"source_system": "qlvb", "external_id": "2023/0117"}
FIRST, SECOND, THIRD = (f"2023-05-{day}T08:30:00+07:00" for day in (12, 13, 14))


def push(service: Service, at: str | None, title: str, **more: Any) -> dict[str, Any]:
    """Push one version of the record."""
    dated = {"source_updated_at": at} if at else {}
    return record(service["SVHTTDL"], "IV.7.a", output="M1", title=title, **KEY, **dated, **more)


def test_a_later_version_replaces_the_one_on_file_and_an_earlier_one_is_told_so(service: Service) -> None:
    created = push(service, SECOND, "Bản hai")
    assert (created["result"], created["activity"]["source_updated_at"]) == (
        "created",
        "2023-05-13T01:30:00Z",
    )
    before = len(journal(service))
    stale = push(service, FIRST, "Bản một")
    assert (stale["result"], stale["activity"]["title"], stale["moved"]) == ("stale", "Bản hai", [])
    assert "later version" in stale["hint_en"]
    assert "mới hơn" in stale["hint_vi"]
    same = push(service, SECOND, "Bản hai nhưng khác")
    assert (same["result"], same["activity"]["title"], same["hint_en"]) == ("unchanged", "Bản hai", None)
    assert len(journal(service)) == before, "nothing was stored"
    later = push(service, THIRD, "Bản ba")
    assert (later["result"], later["activity"]["title"]) == ("updated", "Bản ba")
    assert rows(service)["activities"] == 1
    assert differences(service) == []


def test_a_clock_that_is_ahead_is_told_before_it_stands_in_the_way_and_when_it_does(service: Service) -> None:
    on(service, "2023-05-13")
    assert push(service, "2023-05-13T14:30:00+07:00", "Đồng hồ lệch nửa giờ")["hint_en"] is None
    ahead = push(service, "2023-05-13T15:30:00+07:00", "Đồng hồ lệch")
    assert (ahead["result"], ahead["activity"]["title"]) == ("updated", "Đồng hồ lệch")
    assert "time zone" in ahead["hint_en"]
    assert "múi giờ" in ahead["hint_vi"]
    late = push(service, "2023-05-13T14:45:00+07:00", "Giờ đúng")
    assert (late["result"], "PATCH" in late["hint_vi"], "PATCH" in late["hint_en"]) == ("stale", True, True)
    one = {"source_updated_at": "2023-05-13T14:45:00+07:00", **KEY}
    answer = service["SVHTTDL"].post(f"{PLAN}/activities/batch", json={"records": [news("IV.7.a", **one)]})
    assert answer.json()["results"][0]["hint_en"] == late["hint_en"]
    assert revise(service["SVHTTDL"], ahead["activity"]["id"], title="Sửa tay").json()["result"] == "updated"
    assert push(service, "2023-05-13T14:50:00+07:00", "Giờ đúng")["activity"]["title"] == "Sửa tay"


def test_every_order_of_versions_ends_in_the_last_of_them(service: Service) -> None:
    versions = [(FIRST, "Một", 1), (SECOND, "Hai", 4), (THIRD, "Ba", 2), (THIRD, "Ba", 2)]
    seen = set()
    for number, order in enumerate(permutations(versions)):
        office = service["SCT"]
        key = {"source_system": f"run-{number}", "external_id": "1"}
        *_, told = [
            record(office, "IV.6.a", title=title, quantity=quantity, source_updated_at=at, **key)["activity"]
            for at, title, quantity in order
        ]
        shown = {name: told[name] for name in ("title", "quantity", "source_updated_at")}
        rolled = undated(service["TTBCD"].get(f"{PLAN}/progress", params={"by": "assignment"}).json())
        seen.add(str((shown, rolled)))
        withdraw(office, told["id"])
    assert len(seen) == 1
    assert "'Ba'" in seen.pop()


def test_the_same_content_of_a_later_version_is_noted_so_that_what_lies_between_is_stale(
    service: Service,
) -> None:
    push(service, FIRST, "Một")
    assert push(service, THIRD, "Một")["result"] == "updated"
    assert push(service, SECOND, "Hai")["result"] == "stale"


def test_a_push_without_a_version_never_replaces_one_with_it(service: Service) -> None:
    assert push(service, None, "Không nêu")["result"] == "created"
    assert push(service, None, "Không nêu, sửa")["result"] == "updated"
    assert push(service, FIRST, "Một")["result"] == "updated"
    assert push(service, None, "Không nêu, muộn")["result"] == "stale"


def test_a_correction_by_hand_holds_until_the_source_changes_again(service: Service) -> None:
    made = push(service, FIRST, "Một")["activity"]
    assert revise(service["SVHTTDL"], made["id"], title="Sửa tay").status_code == 200
    assert push(service, FIRST, "Một")["activity"]["title"] == "Sửa tay"
    assert push(service, SECOND, "Hai")["activity"]["title"] == "Hai"


def test_a_withdrawn_record_comes_back_by_no_version(service: Service) -> None:
    made = push(service, SECOND, "Hai")["activity"]
    withdraw(service["SVHTTDL"], made["id"])
    assert push(service, FIRST, "Một")["result"] == "stale"
    body = news("IV.7.a", output="M1", title="Ba", source_updated_at=THIRD, **KEY)
    assert service["SVHTTDL"].post(f"{PLAN}/activities", json=body).status_code == 409


@pytest.mark.parametrize(
    "at",
    [
        "2023-05-12",
        "2023-05-12T08:30:00",
        1683855000,
        "2023-02-30T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "",
    ],
)
def test_an_instant_needs_its_day_its_time_and_its_offset(service: Service, at: Any) -> None:
    body = news("IV.7.a", source_updated_at=at, **KEY)
    answer = service["SVHTTDL"].post(f"{PLAN}/activities", json=body)
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("/source_updated_at", "not_a_datetime")
    ]


def test_a_version_belongs_to_a_natural_key(service: Service) -> None:
    answer = service["SVHTTDL"].post(f"{PLAN}/activities", json=news("IV.7.a", source_updated_at=FIRST))
    assert [error["code"] for error in answer.json()["errors"]] == ["version_without_key"]


def test_pushed_again_under_another_task_than_one_out_of_sight_it_is_of_another_task(
    service: Service,
) -> None:
    """As it is where it brings no version, alone and in a batch; what is out of sight stays that."""
    owner, office = service["TTBCD"], service["STTTT"]
    decided(owner, {"change": "coordinators", "task": "IV.6.a", "coordinators": ["STTTT"]})
    made = record(office, "IV.6.a", title="Việc kín", source_updated_at=SECOND, **KEY)["activity"]
    decided(owner, {"change": "visibility", "task": "IV.6.a", "visibility": "internal"})
    assert office.get(f"{PLAN}/activities/{made['id']}").status_code == 404
    for dated in ({}, *({"source_updated_at": at} for at in (FIRST, SECOND, THIRD))):
        body = news("IV.4.b", **KEY, **dated)
        alone = office.post(f"{PLAN}/activities", json=body)
        batch = office.post(f"{PLAN}/activities/batch", json={"records": [body]})
        [row] = batch.json()["results"]
        assert (alone.status_code, alone.json()["reason"]) == (409, "of_another_task"), dated
        assert (row["result"], row["refusal"]["status"]) == ("refused", 409)
        assert "IV.6.a" not in alone.text + batch.text
        assert made["id"] not in alone.text + batch.text


@pytest.mark.parametrize("together", [False, True], ids=["alone", "in a batch"])
def test_what_was_contributed_stays_a_contribution_once_its_body_leads(
    service: Service, together: bool
) -> None:
    """The record is of the part that the body had then: another version changes it there, and counts nothing
    for the part that the body has now."""
    owner, office = service["TTBCD"], service["STTTT"]
    coordinators = {"change": "coordinators", "task": "IV.6.a", "coordinators": ["STTTT"]}
    decided(owner, {"change": "target", "task": "IV.6.a", "target": 10}, coordinators)
    made = record(office, "IV.6.a", quantity=3, **KEY)["activity"]
    decided(owner, leads("IV.6.a", "STTTT"))
    before = owner.get(f"{PLAN}/progress", params={"task": "IV.6.a"}).json()["total"]["evidenced"]
    for quantity in (8, 1):
        body = news("IV.6.a", quantity=quantity, **KEY)
        if together:
            own = news("IV.6.a", title="Của mình", source_system="qlvb", external_id=f"2/{quantity}")
            sent = {"records": [body, own, {**body, "title": "Lần nữa"}]}
            rows = office.post(f"{PLAN}/activities/batch", json=sent).json()["results"]
            assert [row["result"] for row in rows] == ["updated", "created", "updated"]
            assert (rows[0]["moved"], rows[2]["moved"], rows[0]["counts"]) == ([], [], False)
            assert rows[1]["counts"]
        else:
            said = office.post(f"{PLAN}/activities", json=body).json()
            assert (said["result"], said["moved"]) == ("updated", [])
            assert not said["activity"]["counts"]
        assert differences(service) == []
    shown = office.get(f"{PLAN}/activities/{made['id']}").json()
    assert (shown["quantity"], shown["counts"]) == (1, False)
    after = owner.get(f"{PLAN}/progress", params={"task": "IV.6.a"}).json()["total"]["evidenced"]
    assert (before == after) is not together
