"""Calendar feeds: what calendar programs make of them, by two readers not ours; and who may fetch them."""

import json
import re
import subprocess
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from unicodedata import normalize

import httpx
import pytest
import vobject

from app.rules.vocabulary import Scope
from tests.deciding import assignment, decided, leads, on
from tests.node import FOLDER, node
from tests.service import PLAN, Service
from tests.walks import feed, settle
from tests.writing import pushing, record, withdraw

FEED, SUBSCRIPTIONS = f"{PLAN}/calendar.ics", f"{PLAN}/calendar/subscriptions"


def entries(answer: httpx.Response) -> dict[str, Any]:
    """UID → entry, as vobject reads it."""
    assert answer.status_code == 200, answer.text
    found = vobject.readOne(answer.text).contents.get("vevent", [])
    return {entry.uid.value: entry for entry in found}


SCRIPT = """
import ICAL from "ical.js";
import { readFileSync } from "node:fs";
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf-8")));
const read = calendar.getAllSubcomponents("vevent").map((one) => {
  const event = new ICAL.Event(one);
  return { uid: event.uid, on: event.startDate.toString(), until: event.endDate.toString(),
           summary: event.summary, allDay: event.startDate.isDate, sequence: event.sequence };
});
console.log(JSON.stringify(read));
"""


def by_ical_js(answer: httpx.Response) -> dict[str, Any]:
    """UID → entry, as ICAL.js reads it, which Thunderbird has its calendars from."""
    done = subprocess.run(
        [node("ical.js"), "--input-type=module", "--eval", SCRIPT],
        input=answer.content,
        cwd=FOLDER,
        capture_output=True,
        check=True,
    )
    return {entry["uid"]: entry for entry in json.loads(done.stdout)}


def uid(name: str) -> str:
    return f"{name}.ttdn-2023@ttdn"


def subscribed(client: httpx.Client, **body: Any) -> str:
    made = client.post(SUBSCRIPTIONS, json={"label": "Lịch", **body})
    assert made.status_code == 201, made.text
    assert made.headers.get("idempotency-key") is None
    assert client.get(f"{PLAN}/calendar/{made.headers['location']}").json() == made.json()["subscription"]
    return str(made.json()["path"])


def correct(client: httpx.Client, code: str, **changes: Any) -> None:
    body = {"reason": "Đính chính", **changes}
    done = client.patch(f"{PLAN}/events/{code}", json=body, headers={"If-Match": "*"})
    assert done.status_code == 200, done.text


def test_the_feed_is_what_the_standard_says(service: Service) -> None:
    """RFC 5545 §3.1: CRLF, no line beyond 75 octets, no character broken by a fold; RFC 7986 on top."""
    answer = service["SCT"].get(FEED)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = answer.content.split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    for line in lines:
        line.decode()  # each is text by itself
    assert any(line.startswith(b" ") for line in lines), "something was long enough to fold"
    text = answer.text.replace("\r\n ", "")
    for property_ in (
        "VERSION:2.0",
        "METHOD:PUBLISH",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        "PRODID:-//ttdn",
    ):
        assert text.count(f"\r\n{property_}") == 1
    assert normalize("NFC", text) == text
    assert "Kỷ niệm 30 năm: Thiết lập quan hệ ngoại giao" in text


def test_a_reminder_rings_in_the_morning_on_which_preparing_begins(service: Service) -> None:
    """Of an all-day entry the hours are counted from its midnight (RFC 5545 §3.8.6.3)."""
    for days, rung in ((60, date(2023, 10, 23)), (0, date(2023, 12, 22))):
        correct(service["TTBCD"], "E11", preparation_days=days)
        entry = entries(service["SCT"].get(FEED))[uid("E11-2023")]
        assert entry.dtstart.value + entry.valarm.trigger.value == rung, "the day"
        begins = datetime.combine(entry.dtstart.value, time())
        assert begins + entry.valarm.trigger.value == datetime.combine(rung, time(8))


def test_two_readers_see_the_same(service: Service) -> None:
    """Every anniversary from 2023 on, on its day, all day long."""
    client = service["SCT"]
    answer = client.get(FEED)
    ours = client.get(
        f"{PLAN}/occurrences", params={"from": "2023-01-01", "to": "2036-12-31", "limit": 200}
    ).json()["items"]
    one, other = entries(answer), by_ical_js(answer)
    assert set(one) == set(other) == {uid(each["code"]) for each in ours}
    for each in ours:
        by_one, by_other = one[uid(each["code"])], other[uid(each["code"])]
        day = date.fromisoformat(each["on"])
        assert (by_one.dtstart.value, by_one.dtend.value) == (day, day + timedelta(1))
        assert (by_other["on"], by_other["until"]) == (str(day), str(day + timedelta(1)))
        assert (by_other["allDay"], by_other["sequence"]) == (True, 0)
        assert by_one.summary.value == by_other["summary"] == each["label_vi"]
        assert [each["year_class_label"], each["kind_label"]] == by_one.categories.value
        assert by_one.valarm.trigger.value == timedelta(days=-60, hours=8)
        assert (by_one.status.value, by_one.transp.value) == ("CONFIRMED", "TRANSPARENT")


def test_in_english_it_is_the_same_calendar(service: Service) -> None:
    vi, en = (entries(service["SCT"].get(FEED, params={"lang": lang})) for lang in ("vi", "en"))
    assert set(vi) == set(en)
    assert en[uid("E11-2023")].summary.value.startswith("30 years: ")
    assert en[uid("E11-2023")].categories.value[0] == "Round year"


def test_a_corrected_date_reaches_a_subscriber_as_an_update(service: Service) -> None:
    owner = service["TTBCD"]
    path = subscribed(service["SCT"])
    before = entries(service.anonymous.get(path))
    correct(owner, "E02", date_verified="1973-02-28", verified_by="Công báo")
    after = entries(service.anonymous.get(path))
    assert set(after) == set(before), "an update, not a second event"
    changed = {name for name in after if after[name].dtstart.value != before[name].dtstart.value}
    assert changed == {name for name in after if name.startswith("E02-")}
    for name in after:
        raised = int(after[name].sequence.value) - int(before[name].sequence.value)
        assert raised == (1 if name in changed else 0)
        later = after[name].last_modified.value > before[name].last_modified.value
        assert later == (name in changed)


def test_what_is_cancelled_stays_and_says_so(service: Service) -> None:
    owner = service["TTBCD"]
    before = entries(owner.get(FEED))
    decided = {"cancelled": True, "reason": "Gộp"}
    owner.post(f"{PLAN}/occurrences/E03-2028/decisions", json=decided)
    correct(owner, "E04", withdrawn=True)
    after = entries(owner.get(FEED))
    assert set(after) == set(before)
    gone = {name for name, entry in after.items() if entry.status.value == "CANCELLED"}
    assert gone == {uid("E03-2028"), *(name for name in after if name.startswith("E04-"))}
    for name in gone:
        assert int(after[name].sequence.value) > int(before[name].sequence.value)
        assert "valarm" not in after[name].contents
    owner.post(f"{PLAN}/occurrences/E03-2028/decisions", json={**decided, "cancelled": False})
    back = entries(owner.get(FEED))[uid("E03-2028")]
    assert (back.status.value, int(back.sequence.value)) == ("CONFIRMED", 2)


def test_one_country(service: Service) -> None:
    found = entries(service["SCT"].get(FEED, params={"country": "ZA"}))
    assert {name.partition("-")[0] for name in found} == {"E11"}


def test_an_agency_sees_what_it_prepares_and_what_it_owes(service: Service) -> None:
    owner = service["TTBCD"]
    correct(owner, "E01", steward="SVHTTDL")
    correct(owner, "E02", tasks=["IV.7.b"])
    urge = {"to": "SVHTTDL", "about": "content", "message": "Báo cáo quý; khẩn, gấp", "due_on": "2099-01-31"}
    made = owner.post(f"{PLAN}/urges", json=urge).json()["urges"][0]
    found = entries(service["SVHTTDL"].get(FEED, params={"agency": "SVHTTDL"}))
    kinds = {name.partition("-")[0] for name in found if re.match(r"E\d\d-", name)}
    assert kinds == {"E01", "E02"}
    asked = found[uid(made["id"])]
    assert (asked.dtstart.value, asked.description.value) == (date(2099, 1, 31), urge["message"])
    asked_for = {"agency": "SVHTTDL", "owed": "true", "limit": "200"}
    owed = service["SVHTTDL"].get(f"{PLAN}/outputs", params=asked_for).json()
    due = {date.fromisoformat(output["due_on"]) for output in owed["items"]}
    assert due
    assert {entry.dtstart.value for entry in found.values() if entry.summary.value.startswith("Hạn ")} == due
    task = service["SVHTTDL"].get(f"{PLAN}/tasks/IV.7.a").json()["title_vi"]
    assert f"Hạn IV.7.a: {task}" in {entry.summary.value for entry in found.values()}, "it is not done yet"
    other = entries(service["STTTT"].get(FEED, params={"agency": "SVHTTDL"}))
    assert uid(made["id"]) not in other, "an urge is between two bodies"
    owner.post(f"{PLAN}/urges/{made['id']}/outcomes", json={"outcome": "met"})
    closed = entries(service["SVHTTDL"].get(FEED, params={"agency": "SVHTTDL"}))[uid(made["id"])]
    assert closed.status.value == "CANCELLED"


def test_who_carries_out_the_item_that_marks_an_event_has_its_anniversaries(service: Service) -> None:
    """Events are linked to items of the programme, which nobody is assigned to: it is done through duties."""
    owner = service["TTBCD"]
    every = {name for name in entries(owner.get(FEED)) if re.match(r"E\d\d-", name)}
    for agency, concerned in (("BAOTV", every), ("DAITV", every), ("SVHTTDL", set())):
        found = entries(service["SCT"].get(FEED, params={"agency": agency}))
        assert {name for name in found if re.match(r"E\d\d-", name)} == concerned
    decided(owner, {"change": "implementation", "item": "II.2.4", "duty": "IV.12.1"})
    for caller, seen in (
        ("SCT", False),
        ("BCHQS", True),
    ):  # the duty is hidden, and so is what it carries out
        found = entries(service[caller].get(FEED, params={"agency": "BCHQS"}))
        assert (every <= set(found)) is seen


def test_same_calendar_same_bytes_and_not_sent_twice(service: Service) -> None:
    client = service["SCT"]
    first = client.get(FEED)
    assert client.get(FEED).content == first.content
    again = client.get(FEED, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(FEED)
    assert (head.status_code, head.headers["etag"], head.content) == (200, first.headers["etag"], b"")


# Subscriptions.


def test_a_subscription_reads_as_its_agency_until_it_is_revoked(service: Service) -> None:
    office = service["SVHTTDL"]
    path = subscribed(office, agency="SVHTTDL")
    assert "ttdn_" not in path
    got = service.anonymous.get(path)
    assert got.content == office.get(FEED, params={"agency": "SVHTTDL"}).content
    english = service.anonymous.get(f"{path}&lang=en")
    assert english.content != got.content
    tag = {"If-None-Match": got.headers["etag"]}
    assert service.anonymous.get(path, headers=tag).status_code == 304
    [listed] = office.get(SUBSCRIPTIONS).json()["items"]
    assert path.partition("sig=")[2] not in str(listed)
    assert service["SCT"].get(SUBSCRIPTIONS).json()["items"] == []
    assert service["SCT"].get(f"{SUBSCRIPTIONS}/{listed['id']}").status_code == 404
    assert service["SCT"].post(f"{SUBSCRIPTIONS}/{listed['id']}/revocations").status_code == 404
    for _ in range(2):
        revoked = office.post(f"{SUBSCRIPTIONS}/{listed['id']}/revocations")
        assert (revoked.status_code, revoked.json()["revoked_at"] is None) == (201, False)
    gone, never = service.anonymous.get(path), service.anonymous.get(f"{FEED}?sig={'x' * 43}")
    assert (gone.status_code, never.status_code) == (404, 404)
    drop = ("request_id",)
    assert {k: v for k, v in gone.json().items() if k not in drop} == {
        k: v for k, v in never.json().items() if k not in drop
    }


def test_a_technical_administrator_ends_what_has_leaked(service: Service) -> None:
    path = subscribed(service["SCT"])
    technician = pushing(service, "VPTU", Scope.ADMIN)
    [leaked] = technician.get(SUBSCRIPTIONS).json()["items"]
    assert technician.post(f"{SUBSCRIPTIONS}/{leaked['id']}/revocations").status_code == 201
    assert service.anonymous.get(path).status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 401),
        ("?sig=", 404),
        ("?sig=%00", 422),
        ("?sig=" + "x" * 200, 422),
        ("?sig={sig}&sig={sig}", 422),
        ("?sig={sig}&agency=SCT", 422),
        ("?sig={sig}&country=ZA", 422),
        ("?sig={sig}&lang=fr", 422),
        ("?sig={sig}x", 404),
        ("?country=XX", 401),
        ("?key={sig}", 422),
    ],
)
def test_a_wrong_address_is_told_so(service: Service, query: str, status: int) -> None:
    sig = subscribed(service["SCT"]).partition("sig=")[2]
    answer = service.anonymous.get(FEED + query.format(sig=sig))
    assert answer.status_code == status, answer.text
    assert sig not in answer.text


def test_a_subscription_opens_nothing_but_its_feed(service: Service) -> None:
    sig = subscribed(service["SCT"]).partition("sig=")[2]
    for address in (f"{PLAN}/tasks", SUBSCRIPTIONS, "/v1/me", f"{PLAN}/calendar"):
        assert service.anonymous.get(f"{address}?sig={sig}").status_code in (401, 404, 422), address
    bearer = {"Authorization": f"Bearer {sig}"}
    assert service.anonymous.get(f"{PLAN}/tasks", headers=bearer).status_code == 401
    assert service.anonymous.get(f"/v1/plans/another/calendar.ics?sig={sig}").status_code == 404


def test_the_secret_is_nowhere_but_in_the_one_answer(service: Service) -> None:
    sig = subscribed(service["SCT"], label="Lịch bí mật").partition("sig=")[2]
    settle(service)
    assert sig not in str(feed(pushing(service, "VPTU", Scope.ADMIN)))
    assert "Lịch bí mật" not in str(feed(service["TTBCD"])), (
        "whose calendars are read where is nobody's affair"
    )
    with service.database.engine.connect() as connection:
        for table in ("subscriptions", "changes", "replays"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall()
            assert sig not in str(rows), table


def test_what_is_hidden_from_an_agency_is_hidden_in_its_feed(service: Service) -> None:
    """An event is given to an internal duty: its code is read by insiders alone."""
    owner = service["TTBCD"]
    correct(owner, "E02", tasks=["IV.12.1", "IV.9.2"])
    inside = entries(owner.get(FEED))[uid("E02-2023")].description.value
    outside = entries(service.anonymous.get(subscribed(service["SCT"])))[uid("E02-2023")].description.value
    assert "IV.12.1" in inside
    assert ("IV.12.1" in outside, "IV.9.2" in outside) == (False, True)


def test_the_last_day_of_the_calendar_kills_no_feed(service: Service) -> None:
    urge = {"to": "SVHTTDL", "about": "content", "message": "m", "due_on": "9999-12-31"}
    made = service["TTBCD"].post(f"{PLAN}/urges", json=urge).json()["urges"][0]
    found = entries(service["SVHTTDL"].get(FEED, params={"agency": "SVHTTDL"}))
    assert found[uid(made["id"])].dtstart.value == date(9999, 12, 31)


def test_nothing_is_remembered_before_it_has_happened(service: Service) -> None:
    body = {
        "code": "E12",
        "kind": "diplomatic_relations",
        "name_vi": "Nâng cấp quan hệ",
        "name_en": "Relations raised",
        "counterpart": "BE",
        "date_verified": "2025-03-22",
        "verified_by": "Bộ Ngoại giao",
        "reason": "Mới có",
    }
    on(service, "2025-04-01")
    made = service["TTBCD"].post(f"{PLAN}/events", json=body)
    assert made.status_code == 201, made.text
    found = sorted(name for name in entries(service["TTBCD"].get(FEED)) if name.startswith("E12-"))
    assert found == [uid(f"E12-{year}") for year in range(2026, 2036)]


def test_a_moved_deadline_is_the_same_entry_and_its_sequence_only_rises(service: Service) -> None:
    owner, office = service["TTBCD"], service["SVHTTDL"]

    def due() -> dict[str, Any]:
        found = entries(office.get(FEED, params={"agency": "SVHTTDL"}))
        return {name: one for name, one in found.items() if one.summary.value.startswith("Hạn IV.7.a")}

    [(name, before)] = due().items()
    for change in (
        {"change": "deadline", "task": "IV.7.a", "due_on": "2023-10-31"},
        {"change": "status", "task": "IV.7.a", "status": "cancelled"},
    ):
        decided(owner, change)
        [(again, after)] = due().items()
        assert again == name
        assert int(after.sequence.value) > int(before.sequence.value)
        before = after
    assert before.dtstart.value == date(2023, 10, 31)
    assert before.status.value == "CANCELLED"


def test_a_deadline_says_that_it_is_done_as_long_as_it_is(service: Service) -> None:
    office = service["SVHTTDL"]

    def due() -> tuple[str, int]:
        found = entries(office.get(FEED, params={"agency": "SVHTTDL"})).values()
        [one] = [one for one in found if one.summary.value.startswith("Hạn IV.7.a")]
        return one.summary.value, int(one.sequence.value)

    open_, sequence = due()
    made = record(office, "IV.7.a", output="M1")["activity"]["id"]
    done, risen = due()
    assert done == f"{open_} (có minh chứng)"
    withdraw(office, made)
    again, last = due()
    assert again == open_
    assert sequence < risen < last


def test_what_is_owed_no_more_is_cancelled_and_no_sequence_sinks(service: Service) -> None:
    """An occurrence that a record opened goes with it; another is handed over; neither is simply gone."""
    owner, office = service["TTBCD"], service["VPUBND"]
    on(service, "2023-05-15")
    part = assignment(owner, "IV.3.a", "VPUBND")["id"]
    body = {"label": "Đoàn A", "due_on": "2023-09-01"}
    assert office.post(f"{PLAN}/assignments/{part}/occurrences", json=body).status_code == 201
    opened = record(office, "IV.3.a", opens_occurrence=True)["activity"]["id"]

    def due() -> dict[str, tuple[str, int]]:
        found = entries(office.get(FEED, params={"agency": "VPUBND"})).values()
        mine = [one for one in found if one.summary.value.startswith("Hạn IV.3.a")]
        names = (one.summary.value.removesuffix(" (có minh chứng)") for one in mine)
        told = [(one.status.value, int(one.sequence.value)) for one in mine]
        return dict(zip(names, told, strict=True))

    before, gone = due(), set()
    assert [status for status, _ in before.values()] == ["CONFIRMED", "CONFIRMED"]
    for step, cancelled in (
        (partial(withdraw, office, opened), "Hạn IV.3.a: Lần 2"),
        (partial(decided, owner, leads("IV.3.a", "SCT")), "Hạn IV.3.a: Đoàn A"),
    ):
        step()
        gone.add(cancelled)
        after = due()
        assert {name for name, (status, _) in after.items() if status == "CANCELLED"} == gone
        assert all(after[name][1] > before[name][1] for name in before)
        before = after


def test_a_feed_is_of_a_body_that_can_have_one(service: Service) -> None:
    for answer in (
        service["SCT"].get(FEED, params={"agency": "G.SBN"}),
        service["SCT"].post(SUBSCRIPTIONS, json={"label": "Lịch", "agency": "G.SBN"}),
    ):
        assert [error["code"] for error in answer.json()["errors"]] == ["no_account"]


def test_how_often_to_look_again_is_said_to_every_program(service: Service) -> None:
    text = service["SCT"].get(FEED).text
    assert "\r\nX-PUBLISHED-TTL:P1D\r\n" in text
    english = entries(service["SCT"].get(FEED, params={"lang": "en"}))[uid("E01-2023")]
    assert "nobody named yet" in english.description.value
    assert "chưa" not in english.description.value
