"""The calendar over HTTP: what is coming up, who prepares it, what was done for it, and who may say so."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from functools import partial
from itertools import pairwise
from typing import Any

import httpx
import pytest

from tests.conftest import Seeded
from tests.deciding import decided, entered
from tests.service import PLAN, Service, push, training
from tests.walks import feed, items, settle
from tests.writing import abolish, beside, differences, fault, pushing, recorded

EVENTS, OCCURRENCES = f"{PLAN}/events", f"{PLAN}/occurrences"
Clocked = Callable[[date], Service]
NEW = {
    "code": "E12",
    "kind": "diplomatic_relations",
    "name_vi": "Thiết lập quan hệ ngoại giao Việt Nam – Bỉ",
    "name_en": "Diplomatic relations with Belgium",
    "counterpart": "BE",
    "date_verified": "1973-03-22",
    "verified_by": "Bộ Ngoại giao",
    "reason": "Danh sách in để mở",
}


@pytest.fixture
def at(seeded: Seeded) -> Iterator[Clocked]:
    """The service as it would answer at noon of a day, over one copy of the plan."""
    url = seeded.copy()
    with ExitStack() as opened:

        def on(day: date) -> Service:
            noon = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
            return opened.enter_context(Service(url, seeded.secrets, lambda: noon))

        yield on
    seeded.give_back(url)


def between(client: httpx.Client, first: str, last: str, **asked: Any) -> list[dict[str, Any]]:
    return items(client, OCCURRENCES, **{"from": first, "to": last, **asked})


def correct(client: httpx.Client, code: str, **changes: Any) -> httpx.Response:
    body = {"reason": "Đính chính", **changes}
    return client.patch(f"{EVENTS}/{code}", json=body, headers={"If-Match": "*"})


# What a person with a calendar would say.

WEEKDAYS = {"E01": {2023: "Thứ Sáu", 2024: "Thứ Bảy", 2028: "Thứ Năm", 2033: "Thứ Năm"}}


def test_the_eleven_events_as_a_person_with_a_calendar_says_them(service: Service) -> None:
    """Ten date from 1973, South Africa from 1993 whatever the plan prints."""
    client = service["SCT"]
    for year, of_1973, of_1993 in ((2023, 50, 30), (2024, 51, 31), (2028, 55, 35), (2033, 60, 40)):
        found = between(client, f"{year}-01-01", f"{year}-12-31")
        assert len(found) == 11
        assert [one["on"] for one in found] == sorted(one["on"] for one in found)
        for one in found:
            is_africa = one["counterpart"] == "ZA"
            ordinal = of_1993 if is_africa else of_1973
            kind = {0: "round", 5: "five_year"}.get(ordinal % 10, "other")
            assert (one["ordinal"], one["year_class"], one["year"]) == (ordinal, kind, year)
            assert one["code"] == f"{one['event']['code']}-{year}"
            assert one["weekday"] == date.fromisoformat(one["on"]).isoweekday()
            assert one["label_vi"].startswith(f"Kỷ niệm {ordinal} năm: ")
        [africa] = [one for one in found if one["counterpart"] == "ZA"]
        assert africa["on"] == f"{year}-12-22"
        [paris] = [one for one in found if one["event"]["code"] == "E01"]
        assert (paris["on"], paris["weekday_label"]) == (f"{year}-01-27", WEEKDAYS["E01"][year])


def test_round_years_of_a_decade_are_one_call(service: Service) -> None:
    client = service["SCT"]
    found = between(client, "2023-01-01", "2033-12-31", **{"class": "round"})
    assert [one["year"] for one in found if one["counterpart"] == "ZA"] == [2023, 2033]
    assert len(found) == 22
    five = between(client, "2023-01-01", "2033-12-31", **{"class": "five_year", "country": "ZA,FR"})
    assert [(one["counterpart"], one["year"], one["ordinal"]) for one in five] == [
        ("FR", 2028, 55),
        ("ZA", 2028, 35),
    ]
    first = client.get(OCCURRENCES, params={"from": "2023-01-01", "to": "2023-12-31"}).json()
    assert first["list_is_open"] is True
    assert first["total"] is None
    assert items(client, OCCURRENCES) == items(
        client, OCCURRENCES, **{"from": "2023-01-01", "to": "2023-12-31"}
    )


def test_pages_part_the_list_and_lose_nothing(service: Service) -> None:
    client = service["SCT"]
    whole = between(client, "2000-01-01", "2060-12-31", limit=200)
    assert between(client, "2000-01-01", "2060-12-31", limit=7) == whole
    page = client.get(OCCURRENCES, params={"from": "2000-01-01", "to": "2060-12-31", "count": "true"}).json()
    assert page["total"] == len(whole)
    other = client.get(OCCURRENCES, params={"from": "2001-01-01", "cursor": page["next_cursor"]})
    assert fault(other) == ("query:cursor", "invalid_cursor")


@pytest.mark.parametrize(
    ("asked", "pointer", "code"),
    [
        ({"from": "2024-01-01", "to": "2023-01-01"}, "query:to", "dates_reversed"),
        ({"from": "1950-01-01", "to": "2050-01-01"}, "query:to", "too_many_years"),
        ({"from": "2023-02-30"}, "query:from", "not_a_date"),
        ({"class": "square"}, "query:class", "wrong_pattern"),
        ({"country": "ZA,QQ"}, "query:country", "unknown_country"),
        ({"country": "za"}, "query:country", "unknown_country"),
    ],
)
def test_a_question_that_cannot_be_is_refused(
    service: Service, asked: dict[str, str], pointer: str, code: str
) -> None:
    assert fault(service["SCT"].get(OCCURRENCES, params=asked)) == (pointer, code)


def test_the_29th_of_february_is_kept_on_the_28th_in_common_years(service: Service) -> None:
    owner = service["TTBCD"]
    leap = {**NEW, "code": "LEAP", "date_verified": "1972-02-29"}
    assert owner.post(EVENTS, json=leap).status_code == 201
    found = between(owner, "2023-01-01", "2024-12-31", event="LEAP")
    assert [(one["on"], one["ordinal"]) for one in found] == [("2023-02-28", 51), ("2024-02-29", 52)]


@pytest.mark.parametrize(
    "name", ["E11", "E11-1993", "E11-1992", "E99-2023", "E11-99999", "E11-²⁰²³", "-2023", "x"]
)
def test_what_is_no_anniversary_is_not_there(service: Service, name: str) -> None:
    assert service["SCT"].get(f"{OCCURRENCES}/{name}").status_code == 404


def test_days_left_and_stage_follow_the_day(at: Clocked) -> None:
    for day, left, stage in (
        (date(2023, 10, 22), 61, "ahead"),
        (date(2023, 10, 23), 60, "preparing"),
        (date(2023, 12, 22), 0, "preparing"),
        (date(2023, 12, 23), -1, "past"),
    ):
        one = at(day)["SCT"].get(f"{OCCURRENCES}/E11-2023").json()
        assert (one["days_left"], one["stage"], one["preparation_from"]) == (left, stage, "2023-10-23")


# How the calendar is kept.


def test_the_owner_adds_what_the_printed_list_leaves_open(service: Service) -> None:
    owner = service["TTBCD"]
    made = owner.post(EVENTS, json={**NEW, "tasks": ["II.2.4", "IV.9.2"], "preparation_days": 90})
    assert made.status_code == 201, made.text
    event = made.json()
    assert made.headers["location"] == "events/E12"
    assert (event["date_printed"], event["reason"], event["preparation_days"]) == (None, NEW["reason"], 90)
    assert [task["code"] for task in event["tasks"]] == ["II.2.4", "IV.9.2"]
    assert event["steward"] is None
    got = owner.get(f"{EVENTS}/E12")
    assert (got.json(), got.headers["etag"]) == (event, made.headers["etag"])
    [one] = between(owner, "2023-01-01", "2023-12-31", event="E12")
    assert (one["on"], one["ordinal"], one["preparation_from"]) == ("2023-03-22", 50, "2022-12-22")
    again = owner.post(EVENTS, json=NEW)
    assert (again.status_code, again.json()["reason"]) == (409, "code_taken")
    assert differences(service) == []


def test_a_correction_says_why_and_keeps_what_is_printed(service: Service) -> None:
    owner = service["BPGV"]
    before = owner.get(f"{EVENTS}/E02")
    change = {"date_verified": "1973-02-27", "verified_by": "Công báo", "reason": "Sai một ngày"}
    done = owner.patch(f"{EVENTS}/E02", json=change, headers={"If-Match": before.headers["etag"]})
    assert done.status_code == 200, done.text
    event = done.json()
    assert (event["date_printed"], event["date_verified"]) == ("1973-02-26", "1973-02-27")
    assert event["anniversary"]["on"] == "2023-02-27"
    stale = owner.patch(f"{EVENTS}/E02", json=change, headers={"If-Match": before.headers["etag"]})
    assert stale.status_code == 412
    settle(service)
    last = feed(owner, subject="event", ref="E02")[-1]
    assert {name: said for name, said in last["after"].items() if name != "changed_at"} == {
        "date_verified": "1973-02-27",
        "verified_by": "Công báo",
        "reason": "Sai một ngày",
    }
    same = correct(owner, "E02", date_verified="1973-02-27", verified_by="Công báo")
    assert same.headers["etag"] == done.headers["etag"], "the same again changes nothing"


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"counterpart": "XX"}, "/counterpart", "unknown_country"),
        ({"counterpart": "za"}, "/counterpart", "wrong_pattern"),
        ({"date_verified": "1973-02-27"}, "", "date_and_source"),
        ({"steward": "KHONG-CO"}, "/steward", "unknown_agency"),
        ({"steward": "G.SBN"}, "/steward", "no_account"),
        ({"tasks": ["II.2.4", "IX.9"]}, "/tasks/1", "unknown_task"),
        ({"preparation_days": 731}, "/preparation_days", "above_maximum"),
        ({"date_printed": "1973-01-01"}, "/date_printed", "unknown_field"),
        ({}, "", "change_and_reason"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_at_its_place(
    service: Service, changes: dict[str, Any], pointer: str, code: str
) -> None:
    assert fault(correct(service["TTBCD"], "E02", **changes)) == (pointer, code)


def test_a_correction_without_a_reason_is_refused(service: Service) -> None:
    answer = service["TTBCD"].patch(f"{EVENTS}/E02", json={"name_vi": "Khác"}, headers={"If-Match": "*"})
    assert fault(answer) == ("", "change_and_reason")
    unmatched = service["TTBCD"].patch(f"{EVENTS}/E02", json={"name_vi": "Khác", "reason": "x"})
    assert unmatched.status_code == 428


def test_who_prepares_it_is_a_gap_until_the_owner_names_one(service: Service) -> None:
    owner = service["TTBCD"]

    def gaps() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = owner.get(
            f"{PLAN}/gaps", params={"kind": "event_without_steward"}
        ).json()["items"]
        return found

    [first, *others] = gaps()
    assert len(others) == 10
    assert first["events"][0]["code"] == "E01"
    repair = first["repair"]
    assert (repair["method"], repair["fill"], repair["who_can"]) == (
        "PATCH",
        ["/steward", "/reason"],
        ["TTBCD"],
    )
    body = {**repair["body"], "steward": "VPUBND", "reason": "Giao chuẩn bị"}
    assert owner.patch(repair["path"], json=body, headers={"If-Match": "*"}).status_code == 200
    assert len(gaps()) == 10
    assert owner.get(f"{EVENTS}/E01").json()["steward"]["code"] == "VPUBND"
    found = between(owner, "2023-01-01", "2023-12-31", steward="VPUBND")
    assert [one["event"]["code"] for one in found] == ["E01"]
    assert correct(owner, "E01", steward=None).status_code == 200
    assert len(gaps()) == 11


def test_an_office_finds_what_concerns_it_and_what_a_task_is_for(service: Service) -> None:
    """As in the calendar it subscribes to; events are linked to items that are carried out by duties."""
    owner = service["TTBCD"]
    assert correct(owner, "E01", steward="SVHTTDL").status_code == 200
    assert correct(owner, "E02", tasks=["IV.7.a"]).status_code == 200

    def found(caller: str = "SCT", **asked: Any) -> set[str]:
        year = between(service[caller], "2023-01-01", "2023-12-31", **asked)
        return {one["event"]["code"] for one in year}

    every = found()
    assert found(agency="SVHTTDL") == {"E01", "E02"}
    assert found(agency="SCT") == found(agency="KHONG-CO") == set()
    assert found(agency="DAITV") == every - {"E02"}, "by the item that its duty carries out"
    assert found(agency="SVHTTDL,DAITV") == every
    assert found(agency="SVHTTDL", steward="SVHTTDL") == {"E01"}
    assert found(task="IV.7.a") == {"E02"}
    assert found(task="II.2.4") == every - {"E02"} == found(task="IV.9.3")
    assert found(task="II.2.4", agency="SVHTTDL") == {"E01"}
    assert found(task="IV.99") == set()
    decided(owner, {"change": "implementation", "item": "II.2.4", "duty": "IV.12.1"})
    hidden = every - {"E02"}
    for caller, seen in (("SCT", set()), ("BCHQS", hidden)):  # the duty is hidden, and what it carries out
        assert found(caller, agency="BCHQS") == found(caller, task="IV.12.1") == seen
    page = owner.get(OCCURRENCES, params={"agency": "DAITV", "limit": 3, "count": True}).json()
    assert (len(page["items"]), page["total"]) == (3, len(hidden))
    rest = owner.get(
        OCCURRENCES, params={"agency": "DAITV", "limit": 200, "count": True, "cursor": page["next_cursor"]}
    )
    assert len(rest.json()["items"]) == len(hidden) - 3
    other = owner.get(OCCURRENCES, params={"agency": "SCT", "cursor": page["next_cursor"]})
    assert other.status_code == 422, "a cursor belongs to its question"


def test_the_secretariat_keeps_the_calendar_but_gives_nobody_work(service: Service) -> None:
    secretariat = service["BPGV"]
    assert correct(secretariat, "E03", name_vi="Ý").status_code == 200
    for refused in (
        correct(secretariat, "E03", steward="SCT"),
        correct(secretariat, "E03", steward="SCT", name_vi="Khác"),
        secretariat.post(EVENTS, json={**NEW, "steward": "SCT"}),
    ):
        assert (refused.status_code, refused.json()["who_can"]) == (403, ["TTBCD"])
    assert secretariat.get(f"{EVENTS}/E03").json()["name_vi"] == "Ý"


def test_links_are_the_whole_list_and_stay_on_record(service: Service) -> None:
    owner = service["TTBCD"]
    assert [task["code"] for task in owner.get(f"{EVENTS}/E04").json()["tasks"]] == ["II.2.4"]
    for codes in (["IV.9.1", "II.2.4"], ["IV.9.1"], [], ["II.2.4"]):
        told = correct(owner, "E04", tasks=codes).json()
        assert sorted(task["code"] for task in told["tasks"]) == sorted(codes)
    settle(service)
    entries = [entry["after"]["stands"] for entry in feed(owner, subject="event_link", ref="E04/II.2.4")]
    assert entries == [True, False, True]
    assert differences(service) == []


def test_an_anniversary_can_be_cancelled_and_held_after_all(service: Service) -> None:
    owner = service["TTBCD"]
    path = f"{OCCURRENCES}/E05-2024"
    for cancelled, stage in ((True, "cancelled"), (True, "cancelled"), (False, "past")):
        told = owner.post(f"{path}/decisions", json={"cancelled": cancelled, "reason": f"Lý do {cancelled}"})
        assert told.status_code == 201
        assert (told.json()["stage"], told.json()["reason"]) == (stage, f"Lý do {cancelled}")
        assert told.json()["cancelled"] is cancelled
        assert owner.get(path).json() == told.json()
    settle(service)
    assert [entry["version"] for entry in feed(owner, subject="occurrence")] == [1, 2]
    assert (
        owner.post(f"{OCCURRENCES}/E05-1973/decisions", json={"cancelled": True, "reason": "x"}).status_code
        == 404
    )


def test_an_event_taken_off_has_no_anniversaries_and_comes_back(service: Service) -> None:
    owner = service["TTBCD"]
    assert correct(owner, "E06", withdrawn=True).json()["withdrawn"] is True
    assert len(between(owner, "2023-01-01", "2023-12-31")) == 10
    assert push(service["SVHTTDL"], marks="E06-2023").status_code == 422
    assert correct(owner, "E06", withdrawn=False).status_code == 200
    assert len(between(owner, "2023-01-01", "2023-12-31")) == 11


# What was done for it.


def test_a_record_marks_an_anniversary(service: Service) -> None:
    office, other = service["SVHTTDL"], service["SCT"]
    made = push(office, marks="E11-2023")
    assert made.status_code == 201, made.text
    assert made.json()["activity"]["marks"] == "E11-2023"
    assert push(office, title="Lần hai", marks="E11-2023", occurred_on="2023-06-01").status_code == 201
    one = other.get(f"{OCCURRENCES}/E11-2023").json()
    assert (one["recorded"], one["last_recorded_on"]) == (2, "2023-06-01")
    assert [body["code"] for body in one["recorded_by"]] == ["SVHTTDL"]
    assert [item["id"] for item in items(other, f"{PLAN}/activities", marks="E11-2023", sort="id")][:1] == [
        made.json()["activity"]["id"]
    ]
    found = between(other, "2023-01-01", "2023-12-31", recorded="true")
    assert [entry["code"] for entry in found] == ["E11-2023"]
    path = f"{PLAN}/activities/{made.json()['activity']['id']}"
    assert office.patch(path, json={"marks": None}, headers={"If-Match": "*"}).status_code == 200
    assert office.patch(path, json={"marks": "E11-1993"}, headers={"If-Match": "*"}).status_code == 422
    assert other.get(f"{OCCURRENCES}/E11-2023").json()["recorded"] == 1


@pytest.mark.parametrize("code", ["E12", "E.12", "E..12", "12.", "E" * 20])
def test_an_event_that_can_be_made_can_be_marked(service: Service, code: str) -> None:
    made = service["TTBCD"].post(EVENTS, json={**NEW, "code": code})
    assert made.status_code == 201, made.text
    [one] = between(service["TTBCD"], "2023-01-01", "2023-12-31", event=code)
    assert push(service["SVHTTDL"], marks=one["code"]).status_code == 201


@pytest.mark.parametrize("name", ["E99-2023", "E11-1993", "E11-1950"])
def test_a_record_cannot_mark_what_the_calendar_does_not_have(service: Service, name: str) -> None:
    assert fault(push(service["SVHTTDL"], marks=name)) == ("/marks", "unknown_occurrence")
    batch = [{"task": "IV.7.b", "occurred_on": "2023-05-12", "kind": "video", "title": "Phim", "marks": name}]
    answer = service["SVHTTDL"].post(f"{PLAN}/activities/batch", json={"records": batch})
    [row] = answer.json()["results"]
    assert [error["code"] for error in row["refusal"]["errors"]] == ["unknown_occurrence"]


def test_what_an_outsider_does_not_see_is_not_counted_for_it(service: Service) -> None:
    """A record of an internal duty marks an anniversary: seen by insiders alone."""
    internal = service["TTBCD"].get(f"{PLAN}/tasks?visibility=internal").json()["items"]
    code = next(one["code"] for one in internal if one["family"] == "duty")
    [lead] = service["TTBCD"].get(f"{PLAN}/assignments?role=lead&task={code}").json()["items"][:1]
    body = {"task": code, "agency": lead["agency"]["code"], "occurred_on": "2023-05-12", "kind": "other"}
    made = service["BPGV"].post(
        f"{PLAN}/activities", json={**body, "title": "Việc nội bộ", "marks": "E02-2023"}
    )
    assert made.status_code == 201, made.text
    assert service["TTBCD"].get(f"{OCCURRENCES}/E02-2023").json()["recorded"] == 1
    outsider = "SCT" if lead["agency"]["code"] != "SCT" else "STC"
    assert service[outsider].get(f"{OCCURRENCES}/E02-2023").json()["recorded"] == 0


def test_the_overview_shows_what_should_be_prepared_and_is_not(at: Clocked) -> None:
    def unprepared(service: Service) -> list[str]:
        told = service["SCT"].get(f"{PLAN}/overview").json()
        return [one["code"] for one in told["unprepared"]]

    service = at(date(2023, 7, 25))
    assert unprepared(service) == ["E07-2023", "E08-2023", "E09-2023", "E10-2023"]
    assert push(service["SVHTTDL"], marks="E08-2023").status_code == 201
    assert unprepared(service) == ["E07-2023", "E09-2023", "E10-2023"]
    service["TTBCD"].post(f"{OCCURRENCES}/E09-2023/decisions", json={"cancelled": True, "reason": "Gộp"})
    assert unprepared(service) == ["E07-2023", "E10-2023"]


# What a hostile reader found.


def test_an_end_that_is_left_out_is_that_of_the_year(service: Service) -> None:
    client = service["SCT"]
    assert len(items(client, OCCURRENCES, **{"from": "2030-06-01"})) == 5
    assert len(items(client, OCCURRENCES, to="2022-12-31")) == 11
    assert items(client, OCCURRENCES, **{"from": "2024-01-01"}) == between(client, "2024-01-01", "2024-12-31")


def test_what_was_taken_off_is_not_held_after_all(service: Service) -> None:
    owner = service["TTBCD"]
    correct(owner, "E06", withdrawn=True, reason="Ghi trùng")
    body = {"cancelled": False, "reason": "Vẫn tổ chức"}
    answer = owner.post(f"{OCCURRENCES}/E06-2028/decisions", json=body)
    assert (answer.status_code, answer.json()["reason"]) == (409, "event_withdrawn")
    shown = owner.get(f"{OCCURRENCES}/E06-2028").json()
    assert (shown["reason"], shown["can"]) == ("Ghi trùng", [])
    asked = {"action": "calendar.edit", "on": f"{OCCURRENCES}/E06-2028"}
    told = owner.get("/v1/me/permissions", params=asked).json()
    assert (told["allowed"], told["obstacle"]["reason"]) == (False, "event_withdrawn")


def test_a_steward_that_comes_to_an_end_leaves_a_gap(service: Service) -> None:
    owner = service["TTBCD"]
    assert correct(owner, "E02", steward="STTTT").status_code == 200
    abolish(service, "STTTT", "2023-06-30")
    gaps = owner.get(f"{PLAN}/gaps?kind=event_without_steward").json()["items"]
    assert "E02" in [gap["events"][0]["code"] for gap in gaps]
    asked = service["STTTT"].post(f"{PLAN}/calendar/subscriptions", json={"label": "Lịch"})
    assert asked.status_code == 409


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"tasks": ["II.2.4", "IV.10.1"]}, "/tasks/1", "status_only"),
        ({"date_verified": "8999-01-01", "verified_by": "x"}, "/date_verified", "in_the_future"),
    ],
)
def test_what_no_calendar_has_is_refused(
    service: Service, changes: dict[str, Any], pointer: str, code: str
) -> None:
    assert fault(correct(service["TTBCD"], "E03", **changes)) == (pointer, code)


def test_no_correction_takes_away_what_something_marks(service: Service) -> None:
    owner = service["TTBCD"]
    assert push(service["SVHTTDL"], marks="E11-2023").status_code == 201
    decided = {"cancelled": True, "reason": "Gộp"}
    assert owner.post(f"{OCCURRENCES}/E11-2024/decisions", json=decided).status_code == 201
    answer = correct(owner, "E11", date_verified="2023-12-22", verified_by="Công báo")
    assert (answer.status_code, answer.json()["occurrences"]) == (409, ["E11-2023"])
    assert correct(owner, "E11", date_verified="1992-12-22", verified_by="Công báo").status_code == 200


def test_a_record_that_is_on_its_way_keeps_its_anniversary(service: Service) -> None:
    def correction() -> httpx.Response:
        return correct(service["TTBCD"], "E11", date_verified="2010-01-01", verified_by="Bộ Ngoại giao")

    answer = beside(service, "SVHTTDL", recorded(training(marks="E11-2003")), correction)
    assert (answer.status_code, answer.json()["reason"]) == (409, "anniversary_in_use")
    assert service["TTBCD"].get(f"{OCCURRENCES}/E11-2003").json()["recorded"] == 1


def test_a_secretariat_that_is_followed_meanwhile_keeps_the_calendar_no_more(service: Service) -> None:
    """Three ways to change it, each waiting for the decision that is being entered beside it."""
    changes: list[Callable[[httpx.Client], httpx.Response]] = [
        lambda client: client.post(EVENTS, json=NEW),
        lambda client: correct(client, "E11", name_vi="Nam Phi"),
        lambda client: client.post(
            f"{OCCURRENCES}/E11-2028/decisions", json={"cancelled": True, "reason": "Không"}
        ),
    ]
    for (old, new), change in zip(pairwise(["BPGV", "SKHDT", "STC", "SCT"]), changes, strict=True):
        followed = {"change": "succession", "agency": old, "successor": new, "on": "2023-07-01"}
        late = beside(service, "TTBCD", entered(followed), partial(change, pushing(service, old)))
        assert (late.status_code, late.json().get("who_can")) == (403, ["TTBCD", new]), late.text
    assert differences(service) == []


def test_a_cancelled_anniversary_is_not_on_the_first_page(service: Service) -> None:
    owner = service["TTBCD"]
    owner.post(f"{OCCURRENCES}/E05-2023/decisions", json={"cancelled": True, "reason": "Gộp"})
    codes = [event["code"] for event in owner.get(f"{PLAN}/overview").json()["anniversaries"]]
    assert len(codes) == 10
    assert "E05" not in codes

    def not_held(**asked: int) -> list[str]:
        listed = items(owner, EVENTS, **asked)
        return [event["code"] for event in listed if event["anniversary"]["cancelled"]]

    assert not_held() == not_held(year=2023) == ["E05"]
    assert not_held(year=2024) == []
    assert owner.get(f"{EVENTS}/E05").json()["anniversary"]["cancelled"] is True
    assert correct(owner, "E05", withdrawn=True).json()["anniversary"]["cancelled"] is True
    assert not_held(year=2024) == ["E05"], "taken off, it is held in no year"


def test_the_ends_of_the_calendar_are_days_like_others(service: Service) -> None:
    owner = service["TTBCD"]
    old = {**NEW, "code": "OLD", "date_verified": "0001-01-01"}
    assert owner.post(EVENTS, json=old).status_code == 201
    found = between(owner, "0001-01-01", "0003-01-01")
    assert [(one["code"], one["preparation_from"]) for one in found] == [
        ("OLD-0002", "0001-11-02"),
        ("OLD-0003", "0002-11-02"),
    ]
    assert owner.get(f"{OCCURRENCES}/OLD-0002").status_code == 200
    assert owner.get(f"{OCCURRENCES}/OLD-9999").json()["on"] == "9999-01-01"
