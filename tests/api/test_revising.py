"""Corrections, withdrawals, and the same record pushed again."""

import unicodedata
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.models import Output
from tests.service import PLAN, Service, undated
from tests.writing import differences, evidenced, journal, levels, news, record, revise, rows, withdraw

NATURAL = {"source_system": "qlvb", "external_id": "2023/0117"}


def test_a_correction_changes_what_it_names_and_nothing_else(service: Service) -> None:
    office = service["SVHTTDL"]
    before = record(office, "IV.7.a", channel="portal", languages=["vi", "en"], quantity=4)["activity"]
    answer = revise(office, before["id"], title="Tiêu đề đúng", channel=None)
    assert answer.status_code == 200
    assert answer.json()["result"] == "updated"
    after = answer.json()["activity"]
    changed = {"title": "Tiêu đề đúng", "channel": None, "channel_label": None}
    assert after == {**before, **changed}
    assert office.get(f"{PLAN}/activities/{before['id']}").json() == after


def test_a_correction_of_words_moves_nothing(service: Service) -> None:
    office = service["SVHTTDL"]
    activity = record(office, "IV.7.a", output="M1")["activity"]
    before = service["TTBCD"].get(f"{PLAN}/progress").json()
    answer = revise(office, activity["id"], title="Tiêu đề khác").json()
    assert (answer["result"], answer["moved"]) == ("updated", [])
    assert service["TTBCD"].get(f"{PLAN}/progress").json() == before
    assert [(entry.subject, entry.operation) for entry in journal(service)][-1] == ("activity", "changed")
    assert [entry.subject for entry in journal(service) if entry.operation == "changed"][-3:].count(
        "output"
    ) == 1, "the output was moved once, by the record itself"


def test_each_correction_raises_the_version_by_one_and_its_tag_serves_the_next(service: Service) -> None:
    office = service["SVHTTDL"]
    pushed = office.post(f"{PLAN}/activities", json=news("IV.7.a"))
    url = f"{PLAN}/activities/{pushed.json()['activity']['id']}"
    tag = pushed.headers["etag"]
    assert office.get(url).headers["etag"] == tag
    for number in range(2, 5):
        answer = office.patch(url, json={"title": f"Lần {number}"}, headers={"If-Match": tag})
        assert answer.status_code == 200
        assert answer.headers["etag"] != tag
        tag = answer.headers["etag"]
        assert tag == office.get(url).headers["etag"]
        assert tag.startswith(f'"{number}-')


def test_merge_patch_may_be_sent_under_its_own_media_type(service: Service) -> None:
    office = service["SVHTTDL"]
    url = f"{PLAN}/activities/{record(office, 'IV.7.a')['activity']['id']}"
    headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    answer = office.patch(url, content=b'{"title": "M\xc3\xb3i"}', headers=headers)
    assert answer.json()["activity"]["title"] == "Mói"


BAD_CORRECTIONS: list[tuple[Any, str]] = [
    ({"colour": "red"}, "/colour"),
    ({"title": None}, "/title"),
    ({"title": ""}, "/title"),
    ({"title": " \u00a0 "}, "/title"),
    ({"title": "x" * 301}, "/title"),
    ({"title": "a\tb"}, "/title"),
    ({"quantity": 0}, "/quantity"),
    ({"quantity": None}, "/quantity"),
    ({"quantity": "3"}, "/quantity"),
    ({"quantity": True}, "/quantity"),
    ({"quantity": 1.5}, "/quantity"),
    ({"occurred_on": None}, "/occurred_on"),
    ({"occurred_on": "12/05/2023"}, "/occurred_on"),
    ({"occurred_on": "2023-05-12T00:00:00"}, "/occurred_on"),
    ({"occurred_on": 1683849600}, "/occurred_on"),
    ({"occurred_on": "2023-02-30"}, "/occurred_on"),
    ({"occurred_on": "9999-12-31"}, "/occurred_on"),
    ({"kind": "gossip"}, "/kind"),
    ({"kind": None}, "/kind"),
    ({"languages": None}, "/languages"),
    ({"languages": ["tiếng Việt"]}, "/languages/0"),
    ({"link": "javascript:alert(1)"}, "/link"),
    ({"link": "https://user:secret@example.vn/"}, "/link"),
    ({"output": "m 1"}, "/output"),
    ({"output": "M9"}, "/output"),
    ({"task": "IV.7.b"}, "/task"),
    ({"agency": "SCT"}, "/agency"),
    ({}, ""),
    ([], ""),
    (None, ""),
]


def test_a_bad_correction_is_told_where_and_changes_nothing(service: Service) -> None:
    office = service["SVHTTDL"]
    activity = record(office, "IV.7.a", output="M1")["activity"]
    url, before = f"{PLAN}/activities/{activity['id']}", rows(service)
    for patch, pointer in BAD_CORRECTIONS:
        refused = office.patch(url, json=patch, headers={"If-Match": "*"})
        assert refused.status_code == 422, (patch, refused.text)
        assert refused.headers["content-type"] == "application/problem+json"
        errors = refused.json()["errors"]
        assert [error["pointer"] for error in errors] == [pointer], (patch, refused.text)
        assert [error["code"] for error in errors] != ["invalid_value"], (patch, refused.text)
    assert office.get(url).json() == activity
    assert rows(service) == before


def test_a_correction_needs_a_tag_that_holds(service: Service) -> None:
    office = service["SVHTTDL"]
    first = office.post(f"{PLAN}/activities", json=news("IV.7.a"))
    url = f"{PLAN}/activities/{first.json()['activity']['id']}"
    old = first.headers["etag"]

    def patch(**headers: str) -> int:
        return int(office.patch(url, json={"title": "Khác"}, headers=headers).status_code)

    assert patch() == 428
    for stale in (f"W/{old}", '"7-000000000000000000000000"', '"x"', "x", "", f"W/{old}, W/{old}"):
        assert patch(**{"If-Match": stale}) == 412, stale
    assert office.get(url).headers["etag"] == old
    assert patch(**{"If-Match": f'"9-000000000000000000000000", {old}'}) == 200
    assert patch(**{"If-Match": old}) == 412
    assert patch(**{"If-Match": "*"}) == 200


def test_a_correction_that_says_nothing_new_changes_nothing(service: Service) -> None:
    office = service["SVHTTDL"]
    activity = record(office, "IV.7.a", output="M1")["activity"]
    tag, entries = office.get(f"{PLAN}/activities/{activity['id']}").headers["etag"], len(journal(service))
    for same in ({"title": activity["title"]}, {"output": "M1"}, {"quantity": 1, "link": None}):
        answer = revise(office, activity["id"], **same)
        assert answer.json()["result"] == "unchanged", same
        assert answer.headers["etag"] == tag
    assert len(journal(service)) == entries


def test_moving_a_record_between_periods_moves_both_levels(service: Service) -> None:
    office = service["BAOTV"]
    activity = record(office, "IV.9.1", occurred_on="2023-02-01")["activity"]
    moved = revise(office, activity["id"], occurred_on="2023-11-01").json()
    assert moved["activity"]["output"] == "2023-Q4"
    assert {(one["output"], one["before"], one["after"]) for one in moved["moved"]} == {
        ("2023-Q1", "evidenced", "none"),
        ("2023-Q4", "none", "evidenced"),
    }
    out = revise(office, activity["id"], occurred_on="2022-11-01").json()
    assert (out["activity"]["output"], out["activity"]["counts"]) == (None, False)
    assert out["hint_en"]
    assert evidenced(service, task="IV.9.1") == 0
    revise(office, activity["id"], occurred_on="2023-05-01", output="2023-Q2")
    assert evidenced(service, task="IV.9.1") == Fraction(1, 8)
    wrong = revise(office, activity["id"], occurred_on="2023-05-01", output="2023-Q1")
    assert wrong.status_code == 422
    assert differences(service) == []


def test_a_record_may_be_given_an_output_and_lose_it_again(service: Service) -> None:
    office = service["SVHTTDL"]
    activity = record(office, "IV.7.a")["activity"]
    assert revise(office, activity["id"], output="M1").json()["activity"]["counts"] is True
    assert evidenced(service, task="IV.7.a") == 1
    assert revise(office, activity["id"], output=None).json()["activity"]["counts"] is False
    assert evidenced(service, task="IV.7.a") == 0
    assert differences(service) == []


def test_a_record_is_withdrawn_once_and_stays(service: Service) -> None:
    office = service["SVHTTDL"]
    activity = record(office, "IV.7.a", output="M1")["activity"]
    url = f"{PLAN}/activities/{activity['id']}"
    first = office.post(f"{url}/withdrawals", json={"reason": "Ghi nhầm"})
    assert (first.status_code, first.json()["result"]) == (201, "withdrawn")
    shown = first.json()["activity"]
    assert (shown["status"], shown["counts"]) == ("withdrawn", False)
    assert shown["withdrawal"]["reason"] == "Ghi nhầm"
    assert shown["withdrawal"]["by"]["code"] == "SVHTTDL"
    second = office.post(f"{url}/withdrawals", json={"reason": "Lại nữa"})
    assert (second.status_code, second.json()["result"]) == (200, "unchanged")
    assert second.json()["activity"] == shown == office.get(url).json()
    late = office.patch(url, json={"title": "Khác"}, headers={"If-Match": second.headers["etag"]})
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert office.delete(url).status_code == 405
    assert office.post(f"{url}/withdrawals", json={}).status_code == 422
    assert differences(service) == []


def test_the_same_natural_key_is_the_same_record(service: Service) -> None:
    office = service["SVHTTDL"]
    first = record(office, "IV.7.a", output="M1", **NATURAL)
    again = office.post(f"{PLAN}/activities", json=news("IV.7.a", output="M1", **NATURAL))
    assert (again.status_code, again.json()["result"]) == (200, "unchanged")
    assert again.json()["activity"] == first["activity"]
    assert "location" not in again.headers
    updated = record(office, "IV.7.a", output="M1", title="Tiêu đề đúng", **NATURAL)
    assert (updated["result"], updated["moved"]) == ("updated", [])
    assert (updated["activity"]["id"], updated["activity"]["title"]) == (
        first["activity"]["id"],
        "Tiêu đề đúng",
    )
    silent = record(office, "IV.7.a", title="Tiêu đề đúng", **NATURAL)
    assert (silent["result"], silent["activity"]["output"]) == ("unchanged", "M1")
    dropped = record(office, "IV.7.a", title="Tiêu đề đúng", output=None, **NATURAL)
    assert (dropped["result"], dropped["activity"]["output"]) == ("updated", None)
    other = office.post(f"{PLAN}/activities", json=news("IV.7.b", output="M1", **NATURAL))
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert rows(service)["activities"] == 1
    assert differences(service) == []


def test_natural_keys_are_each_agencys_own(service: Service) -> None:
    mine, theirs = (record(service[code], "IV.9.1", **NATURAL) for code in ("BAOTV", "DAITV"))
    assert mine["activity"]["id"] != theirs["activity"]["id"]
    behalf = record(service["BPGV"], "IV.9.1", agency="DAITV", **NATURAL)
    assert (behalf["result"], behalf["activity"]["id"]) == ("unchanged", theirs["activity"]["id"])


def test_half_a_natural_key_is_refused_with_its_reason(service: Service) -> None:
    for half, value in NATURAL.items():
        refused = service["BAOTV"].post(f"{PLAN}/activities", json=news("IV.9.1", **{half: value}))
        assert refused.status_code == 422
        assert [error["code"] for error in refused.json()["errors"]] == ["natural_key_incomplete"]


def test_a_withdrawn_record_pushed_again_stays_withdrawn(service: Service) -> None:
    office = service["SVHTTDL"]
    withdraw(office, record(office, "IV.7.a", output="M1", **NATURAL)["activity"]["id"])
    same = record(office, "IV.7.a", output="M1", **NATURAL)
    assert (same["result"], same["activity"]["status"]) == ("unchanged", "withdrawn")
    assert "withdrawn" in same["hint_en"]
    changed = office.post(f"{PLAN}/activities", json=news("IV.7.a", output="M1", quantity=2, **NATURAL))
    assert (changed.status_code, changed.json()["reason"]) == (409, "record_withdrawn")
    elsewhere = office.post(f"{PLAN}/activities", json=news("IV.7.b", **NATURAL))
    assert (elsewhere.status_code, elsewhere.json()["reason"]) == (409, "of_another_task")
    assert evidenced(service, task="IV.7.a") == 0


@pytest.mark.parametrize(
    ("dated", "result", "title"),
    [
        ({"source_updated_at": "2023-05-12T08:00:00Z"}, "unchanged", "Sửa tay"),
        ({}, "updated", "Bài giới thiệu tỉnh Trà Vinh"),
    ],
)
def test_a_correction_by_hand_holds_against_a_source_that_dates_its_versions(
    service: Service, dated: dict[str, str], result: str, title: str
) -> None:
    office = service["SVHTTDL"]
    own = record(office, "IV.7.a", **NATURAL, **dated)["activity"]["id"]
    assert revise(office, own, title="Sửa tay").status_code == 200
    again = record(office, "IV.7.a", **NATURAL, **dated)
    assert (again["result"], again["activity"]["title"]) == (result, title)


def test_an_occurrence_is_opened_once_however_often_it_is_pushed(service: Service) -> None:
    office = service["VPUBND"]
    for title in ("Tiếp đoàn", "Tiếp đoàn", "Tiếp đoàn hữu nghị"):
        result = record(office, "IV.3.a", opens_occurrence=True, title=title, **NATURAL)
        assert result["activity"]["output"] == "O1"
    assert levels(office, "IV.3.a") == {"VPUBND/O1": "evidenced"}
    assert differences(service) == []


def test_an_occurrence_opened_beside_an_empty_output_stays_the_records(service: Service) -> None:
    office = service["VPUBND"]
    pushed = news("IV.3.a", opens_occurrence=True, output=None, **NATURAL)
    url = f"{PLAN}/activities"
    first = office.post(url, json=pushed).json()["activity"]
    assert first["output"] == "O1"
    for _ in range(2):
        again = office.post(url, json=pushed).json()
        assert (again["result"], again["activity"]["output"]) == ("unchanged", "O1")
    corrected = office.post(url, json={**pushed, "title": "Tiêu đề đúng"}).json()
    assert (corrected["result"], corrected["activity"]["output"]) == ("updated", "O1")
    twice = {**pushed, "external_id": "2"}
    batch = office.post(f"{url}/batch", json={"records": [twice, twice]}).json()["results"]
    assert [(one["result"], one["output"]) for one in batch] == [("created", "O2"), ("unchanged", "O2")]
    withdraw(office, first["id"])
    again = office.post(url, json={**pushed, "title": "Tiêu đề đúng"})
    assert (again.status_code, again.json()["result"]) == (200, "unchanged")
    assert levels(office, "IV.3.a") == {"VPUBND/O1": "none", "VPUBND/O2": "evidenced"}


def test_the_last_evidence_of_something_confirmed_stays_until_it_is_returned(service: Service) -> None:
    office = service["BAOTV"]
    one, two = (record(office, "IV.9.1", title=title)["activity"]["id"] for title in ("Một", "Hai"))
    with service.database.engine.execution_options(writing=True).begin() as connection:
        table = Output.__table__
        connection.execute(
            table.update()  # type: ignore[attr-defined]
            .where(table.c.evidence == 2)
            .values(confirmed=True, claimed=True, level="confirmed")
        )
    withdraw(office, one)
    refused = office.post(f"{PLAN}/activities/{two}/withdrawals", json={"reason": "Ghi nhầm"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert revise(office, two, occurred_on="2023-11-01").status_code == 409
    words = revise(office, two, title="Hai, viết đúng")
    assert (words.status_code, words.json()["moved"]) == (200, [])
    assert levels(office, "IV.9.1")["BAOTV/2023-Q2"] == "confirmed"


PUSHES = (
    ("BAOTV", news("IV.9.1", external_id="1", source_system="a")),
    ("BAOTV", news("IV.9.1", external_id="2", source_system="a", occurred_on="2023-08-01")),
    ("SVHTTDL", news("IV.7.a", output="M1", external_id="1", source_system="a")),
    ("VPUBND", news("IV.3.a", opens_occurrence=True, external_id="1", source_system="a")),
    ("VPUBND", news("IV.3.a", opens_occurrence=True, external_id="2", source_system="a")),
    ("SCT", news("IV.6.a", quantity=3, external_id="1", source_system="a")),
)


@pytest.fixture
def in_order(service: Service) -> dict[str, Any]:
    """What the pushes come to when each is sent once, in order."""
    return _progress_after(service, range(len(PUSHES)))


@given(st.permutations(range(len(PUSHES))), st.lists(st.integers(0, len(PUSHES) - 1), max_size=6))
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
def test_any_order_and_any_repetition_of_pushes_ends_in_one_state(
    service: Service, in_order: dict[str, Any], order: list[int], repeated: list[int]
) -> None:
    """The pushes of one run are its own records: the sources are named after the run."""
    before = _state(service)
    source = f"run-{rows(service)['activities']}"
    for place in (*order, *repeated):
        agency, body = PUSHES[place]
        record(service[agency], **{**body, "source_system": source})
    after = _state(service)
    assert {task: after[task] - before[task] for task in after} == in_order
    assert differences(service) == []


def _progress_after(service: Service, order: Any) -> dict[str, Any]:
    before = _state(service)
    for place in order:
        agency, body = PUSHES[place]
        service[agency].post(f"{PLAN}/activities", json=body)
    after = _state(service)
    return {task: after[task] - before[task] for task in after}


def _state(service: Service) -> dict[str, int]:
    """Standing evidence by task, and how many records there are."""
    outputs = service["TTBCD"].get(f"{PLAN}/outputs", params={"limit": "200"}).json()["items"]
    held = dict.fromkeys(("IV.9.1", "IV.7.a", "IV.3.a"), 0)
    for one in outputs:
        if one["task"] in held:
            held[one["task"]] += one["evidence"]
    assignments = service["TTBCD"].get(f"{PLAN}/assignments", params={"limit": "200"}).json()["items"]
    pieces = sum(one["recorded_quantity"] for one in assignments)
    return {**held, "pieces": pieces, "records": rows(service)["activities"]}


def test_every_order_of_three_pushes_gives_the_same_figures(service: Service) -> None:
    """Fresh levels, not only sums: each order is pushed, compared, and withdrawn again."""
    seen = set()
    for number, order in enumerate(permutations(range(3))):
        made = []
        for place in order:
            agency, body = PUSHES[place]
            made.append((agency, record(service[agency], **{**body, "source_system": f"order-{number}"})))
        rolled = service["TTBCD"].get(f"{PLAN}/progress", params={"by": "assignment"}).json()
        seen.add(str(undated(rolled)))
        for agency, result in made:
            withdraw(service[agency], result["activity"]["id"])
    assert len(seen) == 1
    assert evidenced(service) == 0


def test_an_id_in_either_unicode_form_is_one_id(service: Service) -> None:
    """Both forms would pass a unique constraint."""
    forms = [unicodedata.normalize(form, "Số 07/ĐỐI NGOẠI") for form in ("NFC", "NFD")]
    assert forms[0] != forms[1]
    results = [
        record(service["SVHTTDL"], "IV.7.a", output="M1", source_system="qlvb", external_id=form)
        for form in forms
    ]
    assert [result["result"] for result in results] == ["created", "unchanged"]
    assert rows(service)["activities"] == 1
