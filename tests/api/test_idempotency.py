"""Idempotency-Key: the same key and the same request have one effect and one answer."""

import json
from typing import Any

import httpx
import pytest

from tests.service import PLAN, Service
from tests.writing import journal, news, pushing, record, rows

KEY = {"Idempotency-Key": "lan-gui-0117"}
URL = f"{PLAN}/activities"
NEW_EACH_TIME = ("x-request-id",)


def stable(answer: httpx.Response) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """All of an answer but the request's own id."""
    headers = [pair for pair in answer.headers.raw if pair[0].decode().lower() not in NEW_EACH_TIME]
    return answer.status_code, sorted(headers), answer.content


def test_a_repeated_push_gets_the_same_answer_byte_for_byte(service: Service) -> None:
    office, body = service["SVHTTDL"], news("IV.7.a", output="M1")
    first = office.post(URL, json=body, headers=KEY)
    assert first.status_code == 201
    assert {"etag", "location", "content-type"} <= set(first.headers)
    entries = len(journal(service))
    for _ in range(3):
        assert stable(office.post(URL, json=body, headers=KEY)) == stable(first)
    assert len(journal(service)) == entries
    assert rows(service)["activities"] == 1


def test_a_replay_tells_what_was_answered_then_not_what_is_now(service: Service) -> None:
    office, body = service["SVHTTDL"], news("IV.7.a")
    first = office.post(URL, json=body, headers=KEY)
    one = f"{URL}/{first.json()['activity']['id']}"
    changed = office.patch(one, json={"title": "Khác"}, headers={"If-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert stable(office.post(URL, json=body, headers=KEY)) == stable(first)


def test_without_a_key_every_push_is_its_own_record(service: Service) -> None:
    for _ in range(2):
        record(service["SVHTTDL"], "IV.7.a")
    assert rows(service)["activities"] == 2


def test_spelling_is_no_difference(service: Service) -> None:
    office, body = service["SVHTTDL"], news("IV.7.a", title="Đối ngoại ở Trà Vinh", quantity=1)
    first = office.post(URL, json=body, headers=KEY)
    backwards = dict(reversed(body.items()))
    decomposed = {**body, "title": "\u0110o\u0302\u0301i ngoa\u0323i o\u031b\u0309 Tra\u0300 Vinh"}
    for text in (
        json.dumps(backwards, indent=4),
        json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        "\ufeff" + json.dumps(body),
        json.dumps(decomposed, ensure_ascii=False),
        json.dumps({**body, "quantity": 1.0}),
        json.dumps(body).replace('"quantity": 1', '"quantity": 10e-1'),
    ):
        headers = {**KEY, "Content-Type": "application/json"}
        assert stable(office.post(URL, content=text.encode(), headers=headers)) == stable(first), text
    assert rows(service)["activities"] == 1


@pytest.mark.parametrize(
    "change", [{"title": "Khác"}, {"quantity": 2}, {"link": None}, {"occurred_on": "2023-05-13"}]
)
def test_another_body_under_the_same_key_is_refused_and_stores_nothing(
    service: Service, change: dict[str, Any]
) -> None:
    office = service["SVHTTDL"]
    first = office.post(URL, json=news("IV.7.a"), headers=KEY)
    before = rows(service)
    refused = office.post(URL, json=news("IV.7.a", **change), headers=KEY)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert rows(service) == before
    assert stable(office.post(URL, json=news("IV.7.a"), headers=KEY)) == stable(first)


def test_another_address_under_the_same_key_is_refused(service: Service) -> None:
    office, body = service["SVHTTDL"], {"reason": "Ghi nhầm"}
    one, two = (f"{URL}/{record(office, 'IV.7.a')['activity']['id']}/withdrawals" for _ in range(2))
    first = office.post(one, json=body, headers=KEY)
    assert first.status_code == 201
    assert stable(office.post(one, json=body, headers=KEY)) == stable(first)
    assert office.post(two, json=body, headers=KEY).json()["code"] == "idempotency_key_reused"


def test_a_refused_request_does_not_burn_its_key(service: Service) -> None:
    office = service["SVHTTDL"]
    for body, status in (
        (news("IV.6.a"), 403),
        (news("IV.7.a", output="M9"), 422),
        (news("IV.7.a", title=""), 422),
        (news("IV.99"), 422),
    ):
        assert office.post(URL, json=body, headers=KEY).status_code == status
    assert rows(service)["replays"] == 0
    assert office.post(URL, json=news("IV.7.a"), headers=KEY).status_code == 201
    taken = office.post(f"{PLAN.replace('2023', '1923')}/activities", json=news("IV.7.a"), headers=KEY)
    assert taken.json()["code"] == "idempotency_key_reused"


def test_keys_are_each_agencys_own(service: Service) -> None:
    one = service["BAOTV"].post(URL, json=news("IV.9.1"), headers=KEY)
    two = service["DAITV"].post(URL, json=news("IV.9.1", title="Khác"), headers=KEY)
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json()["activity"]["id"] != two.json()["activity"]["id"]


def test_a_rotated_key_of_the_same_agency_still_gets_its_answer(service: Service) -> None:
    first = service["BAOTV"].post(URL, json=news("IV.9.1"), headers=KEY)
    again = pushing(service, "BAOTV").post(URL, json=news("IV.9.1"), headers=KEY)
    assert stable(again) == stable(first)


def test_a_stored_answer_is_for_those_who_may_still_call(service: Service) -> None:
    service["BAOTV"].post(URL, json=news("IV.9.1"), headers=KEY)
    assert service.anonymous.post(URL, json=news("IV.9.1"), headers=KEY).status_code == 401


def test_a_correction_is_guarded_by_its_tag_alone(service: Service) -> None:
    office = service["SVHTTDL"]
    first = office.post(URL, json=news("IV.7.a"))
    one = f"{URL}/{first.json()['activity']['id']}"
    headers = {**KEY, "If-Match": first.headers["etag"]}
    assert office.patch(one, json={"title": "Khác"}, headers=headers).status_code == 200
    assert office.patch(one, json={"title": "Khác"}, headers=headers).status_code == 412


@pytest.mark.parametrize(
    "given",
    [
        [b""],
        [b"x" * 256],
        ["khóa".encode()],
        [b"a\tb"],
        [b"one", b"two"],
        [b"same", b"same"],
    ],
)
def test_a_key_that_is_none_is_refused(service: Service, given: list[bytes]) -> None:
    headers = [(b"idempotency-key", value) for value in given]
    refused = service["SVHTTDL"].post(URL, json=news("IV.7.a"), headers=headers)
    assert refused.status_code == 422
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [
        ("header:idempotency-key", "invalid_idempotency_key")
    ]
    assert rows(service)["activities"] == 0


@pytest.mark.parametrize("given", ["x", "y" * 255, '"quoted" (and) {odd}; key=1, two'])
def test_any_printable_key_will_do(service: Service, given: str) -> None:
    office = service["SVHTTDL"]
    first = office.post(URL, json=news("IV.7.a"), headers={"Idempotency-Key": given})
    assert first.status_code == 201
    assert stable(office.post(URL, json=news("IV.7.a"), headers={"Idempotency-Key": given})) == stable(first)


def test_a_request_under_way_keeps_its_key_and_the_next_one_is_told_to_come_back(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTDN_BUSY_SECONDS", "1")
    with Service(service.url, service.secrets) as impatient:
        office = impatient["SVHTTDL"]
        with impatient.database.writing() as session:
            assert impatient.database.hold(session, f"SVHTTDL:{KEY['Idempotency-Key']}")
            refused = office.post(URL, json=news("IV.7.a"), headers=KEY)
        expected = (503, "busy") if impatient.database.embedded else (409, "request_in_flight")
        assert (refused.status_code, refused.json()["code"]) == expected
        assert refused.headers["retry-after"] == "1"
        assert office.post(URL, json=news("IV.7.a"), headers=KEY).status_code == 201
    assert rows(service)["activities"] == 1
