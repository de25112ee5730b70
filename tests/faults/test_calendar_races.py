"""Two processes keep one calendar: one addition, one correction of a version, one row for a year."""

from functools import partial
from itertools import count

from app.models import Event, EventLink, Occurrence
from tests.faults.doors import Doors
from tests.faults.together import at_once, statuses
from tests.service import PLAN

EVENTS = f"{PLAN}/events"
_numbers = count(1)


def test_twenty_additions_of_one_code_are_one_event(doors: Doors) -> None:
    code = f"R{next(_numbers)}"
    body = {
        "code": code,
        "kind": "historical",
        "name_vi": "Sự kiện",
        "name_en": "Event",
        "date_verified": "1973-02-11",
        "verified_by": "Công báo",
        "tasks": ["II.2.4"],
        "reason": "Bổ sung",
    }
    answers = at_once(partial(client.post, EVENTS, json=body) for client in doors.many("TTBCD", 20))
    assert statuses(answers) == {201: 1, 409: 19}
    assert len(doors.site.look(lambda session: session.query(Event).filter_by(code=code).all())) == 1


def test_twenty_corrections_of_one_version_let_one_through(doors: Doors) -> None:
    meant_for = {"If-Match": doors["TTBCD"].get(f"{EVENTS}/E05").headers["etag"]}
    answers = at_once(
        partial(
            client.patch,
            f"{EVENTS}/E05",
            json={"name_vi": f"Tên {n}", "reason": "Đính chính"},
            headers=meant_for,
        )
        for n, client in enumerate(doors.many("TTBCD", 20))
    )
    assert statuses(answers) == {200: 1, 412: 19}


def test_twenty_who_take_one_link_away_and_put_it_back_leave_one_row(doors: Doors) -> None:
    answers = at_once(
        partial(
            client.patch,
            f"{EVENTS}/E06",
            json={"tasks": ["IV.9.1"] if n % 2 else ["II.2.4"], "reason": f"Lần {n}"},
            headers={"If-Match": "*"},
        )
        for n, client in enumerate(doors.many("TTBCD", 20))
    )
    assert statuses(answers) == {200: 20}
    links = doors.site.look(
        lambda session: (
            session.query(EventLink)
            .join(Event, Event.id == EventLink.event_id)
            .filter(Event.code == "E06")
            .all()
        )
    )
    assert sorted((link.label, link.stands) for link in links) in (
        [("E06/II.2.4", False), ("E06/IV.9.1", True)],
        [("E06/II.2.4", True), ("E06/IV.9.1", False)],
    )


def test_twenty_decisions_on_one_year_are_one_row(doors: Doors) -> None:
    path = f"{PLAN}/occurrences/E07-2028/decisions"
    answers = at_once(
        partial(client.post, path, json={"cancelled": bool(n % 2), "reason": f"Lần {n}"})
        for n, client in enumerate(doors.many("BPGV", 20))
    )
    assert statuses(answers) == {201: 20}
    rows = doors.site.look(lambda session: session.query(Occurrence).filter_by(label="E07-2028").all())
    assert [row.version for row in rows] == [20]


def test_a_revoked_subscription_is_closed_at_the_other_door_at_once(doors: Doors) -> None:
    made = doors["SCT"].post(f"{PLAN}/calendar/subscriptions", json={"label": "Lịch"}).json()
    path, key = made["path"], made["subscription"]["id"]
    plain = [doors["SCT"] for _ in range(4)]
    for client in plain:
        client.headers.pop("Authorization")
        assert client.get(path).status_code == 200
    assert doors["SCT"].post(f"{PLAN}/calendar/subscriptions/{key}/revocations").status_code == 201
    assert [client.get(path).status_code for client in plain] == [404] * 4
