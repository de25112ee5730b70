"""The journal as a feed: oldest first, every change exactly once, also those that commit late."""

import threading
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.schemas.activities import ActivityIn
from app.services import keys as service_keys
from app.services import recording
from tests.deciding import decide
from tests.money import allocate, done, opened
from tests.service import PLAN, Service, push, training
from tests.walks import feed, items, keys, settle


def newest(service: Service, client: httpx.Client) -> str:
    """The id of the last change there is."""
    settle(service)
    return str(feed(client, limit=200)[-1]["id"])


def test_any_page_length_gives_the_same_feed_once(library: Service) -> None:
    settle(library)
    client = library["TTBCD"]
    whole = feed(client, limit=200)
    assert [change["id"] for change in whole] == [change["id"] for change in feed(client, limit=61)]
    assert len({change["id"] for change in whole}) == len(whole)
    moments = [change["at"] for change in whole]
    assert moments == sorted(moments)
    assert whole[0]["action"] == "plan.draw_up"
    assert {change["actor"] for change in whole if change["action"] == "plan.draw_up"} == {"BPGV"}


def test_the_end_of_the_feed_is_empty_until_something_happens(service: Service) -> None:
    client = service["SVHTTDL"]
    last = newest(service, client)
    page = client.get("/v1/changes", params={"after": last}).json()
    assert page == {"items": [], "next_cursor": None}
    push(client)
    settle(service)
    assert feed(client, last) != []


def test_what_the_feed_gives_to_go_on_with_goes_where_it_says(library: Service) -> None:
    """Its `next_cursor` is the last id, and goes back as `after`; lists call that `cursor`."""
    settle(library)
    client = library["TTBCD"]
    first = client.get("/v1/changes", params={"limit": 2})
    page = first.json()
    assert page["next_cursor"] == page["items"][-1]["id"]
    assert f"after={page['next_cursor']}" in first.headers["link"]
    second = client.get("/v1/changes", params={"limit": 2, "after": page["next_cursor"]}).json()
    assert second["items"][0]["id"] == feed(client, limit=200)[2]["id"]
    for path, wrong, right in (("/v1/changes", "cursor", "`after`"), (f"{PLAN}/tasks", "after", "`cursor`")):
        told = client.get(path, params={wrong: page["next_cursor"]}, headers={"Accept-Language": "en"})
        [error] = told.json()["errors"]
        assert (told.status_code, error["pointer"], error["code"]) == (
            422, f"query:{wrong}", "unknown_parameter",
        )  # fmt: skip
        assert right in error["message"]
        assert "`next_cursor`" in error["message"]
    unknown = client.get("/v1/changes", params={"after": "01ARZ3NDEKTSV4RRFFQ69G5FAV"})
    assert "`next_cursor`" in unknown.json()["errors"][0]["message"]


def test_own_writes_appear_once_each_in_order_with_who_and_by_which_right(service: Service) -> None:
    client = service["SVHTTDL"]
    last = newest(service, client)
    pushed = client.post(f"{PLAN}/activities", json=training(), headers={"X-Request-ID": "push-1"})
    record = pushed.json()["activity"]["id"]
    patched = client.patch(
        f"{PLAN}/activities/{record}",
        json={"title": "Tập huấn, đợt một"},
        headers={"If-Match": pushed.headers["etag"]},
    )
    assert patched.status_code == 200
    withdrawn = client.post(f"{PLAN}/activities/{record}/withdrawals", json={"reason": "Nhầm"})
    assert withdrawn.status_code == 201
    settle(service)
    found = feed(client, last)
    assert [change["action"] for change in found if change["subject"] == "activity"] == [
        "activity.record",
        "activity.revise",
        "activity.withdraw",
    ]
    made, revised, gone = [change for change in found if change["subject"] == "activity"]
    assert {change["ref"] for change in (made, revised, gone)} == {record}
    assert [(c["operation"], c["version"]) for c in (made, revised, gone)] == [
        ("created", 1),
        ("changed", 2),
        ("changed", 3),
    ]
    assert made["before"] is None
    assert made["after"]["title"] == training()["title"]
    assert made["request_id"] == "push-1"
    assert (made["plan"], made["task"], made["actor"]) == ("ttdn-2023", "IV.7.a", "SVHTTDL")
    assert made["via"].startswith("key:")
    assert (revised["before"], revised["after"]) == (
        {"title": training()["title"]},
        {"title": "Tập huấn, đợt một"},
    )
    assert (gone["before"], gone["after"]) == ({"status": "standing"}, {"status": "withdrawn"})
    [withdrawal] = [change for change in found if change["subject"] == "withdrawal"]
    assert withdrawal["after"]["reason"] == "Nhầm"
    levels = [
        change["after"]["level"]
        for change in found
        if change["subject"] == "output" and "level" in change["after"]
    ]
    assert levels == ["evidenced", "none"]


def test_an_instant_is_spelled_in_the_feed_as_it_is_on_the_thing_itself(service: Service) -> None:
    client = service["SVHTTDL"]
    first = newest(service, client)
    dated = {"source_system": "qlvb", "external_id": "1", "source_updated_at": "2023-05-13T08:00:00+07:00"}
    record = push(client, **dated).json()["activity"]
    settle(service)
    [made] = [change for change in feed(client, first) if change["subject"] == "activity"]
    for name in ("recorded_at", "source_updated_at"):
        assert made["after"][name] == record[name]
    [moved] = [change for change in feed(client, first) if change["subject"] == "output"]
    assert moved["after"]["moved_at"].endswith("Z")


def test_who_has_read_a_change_goes_on_after_it_though_it_is_hidden_since(service: Service) -> None:
    push(service["SVHTTDL"])
    follower = service["SCT"]
    last = newest(service, follower)
    assert feed(follower)[-1]["task"] == "IV.7.a"
    hidden = decide(service["TTBCD"], {"change": "visibility", "task": "IV.7.a", "visibility": "internal"})
    assert hidden.status_code == 201
    push(follower, task="IV.6.a", output=None)
    settle(service)
    assert {change["task"] for change in feed(follower, last)} - {None} == {"IV.6.a"}


def test_who_keeps_a_copy_begins_with_the_newest_change(service: Service) -> None:
    client = service["SVHTTDL"]
    last = newest(service, client)
    page = client.get("/v1/changes", params={"newest": "true"}).json()
    assert ([item["id"] for item in page["items"]], page["next_cursor"]) == ([last], None)
    assert feed(client, last, newest="true") == []
    push(client)
    settle(service)
    rows = feed(client, last)
    assert client.get("/v1/changes", params={"newest": "true"}).json()["items"] == rows[-1:]


def test_a_refused_push_leaves_no_change(service: Service) -> None:
    last = newest(service, service["TTBCD"])
    assert push(service["SCT"]).status_code == 403
    assert push(service["SVHTTDL"], kind="no_such").status_code == 422
    settle(service)
    assert feed(service["TTBCD"], last) == []


def test_filters_leave_what_they_name(archive: Service) -> None:
    settle(archive)
    client = archive["TTBCD"]
    whole = feed(client, limit=200)
    for name, value in (("plan", "mau-2024"), ("subject", "activity,withdrawal"), ("ref", "IV.7.a")):
        wanted = [change for change in whole if change[name] in value.split(",")]
        assert wanted
        assert feed(client, limit=5, **{name: value}) == wanted
    assert client.get("/v1/changes", params={"subject": "no_such"}).status_code == 422


def test_no_number_of_the_database_is_in_it(archive: Service) -> None:
    settle(archive)
    numbers: set[str] = set()
    for change in feed(archive["VPTU"], limit=200):
        for values in (change["before"] or {}, change["after"]):
            numbers |= {name for name, value in values.items() if type(value) is int}
            assert not {name for name in values if name in ("id", "horizon") or name.endswith("_id")} - {
                "public_id",
                "external_id",
            }
    known = "evidence line number preparation_days quantity recorded_quantity revision "
    known += "share_denominator share_numerator target weight year"
    assert {name for name in numbers if not name.endswith("_vnd")} <= set(known.split())


def test_what_stands_in_a_bodys_lists_is_told_in_its_feed(service: Service) -> None:
    """Urges, proposals, money, its own periods in a status-only duty; and to nobody who cannot find them."""
    since = {
        name: newest(service, service[name]) for name in ("SVHTTDL", "BCHQS", "CAT", "STC", "VPTU", "SCT")
    }

    def told() -> dict[str, set[str]]:
        settle(service)
        rows = {name: feed(service[name], last, limit=200) for name, last in since.items()}
        since.update({name: changes[-1]["id"] for name, changes in rows.items() if changes})
        return {name: {change["subject"] for change in changes} for name, changes in rows.items() if changes}

    owner, office, soldiers, police = (service[name] for name in ("TTBCD", "SVHTTDL", "BCHQS", "CAT"))
    urge = {"to": "SVHTTDL", "about": "content", "task": "IV.7.b", "message": "Nhắc", "due_on": "2099-12-31"}
    done(owner.post(f"{PLAN}/urges", json=urge))
    assert told() == {"SVHTTDL": {"urge"}}

    weight = {"change": "weight", "task": "IV.7.b", "weight": 2}
    asked = done(office.post(f"{PLAN}/proposals", json={"reason": "Nặng hơn", "changes": [weight]}))
    assert told() == {"SVHTTDL": {"proposal"}}
    done(owner.post(f"{PLAN}/proposals/{asked['proposal']['id']}/declines", json={"reason": "Chưa"}))
    assert told() == {"SVHTTDL": {"proposal"}}

    line = opened(soldiers, agency="BCHQS", tasks=["IV.12.1"])["code"]
    around = {"STC": {"budget_line"}, "VPTU": {"budget_line"}}
    assert told() == {**around, "BCHQS": {"budget_line", "budget_link"}}
    allocate(service["STC"], line, 100)
    assert told() == {name: {"budget_line", "ledger_entry"} for name in ("BCHQS", "STC", "VPTU")}

    duty = items(police, f"{PLAN}/assignments", task="IV.10.1", agency="CAT", role="lead")[0]["id"]
    for client, entry in ((police, "fulfilled"), (owner, "returned")):
        period = {"period": "2023-Q1", "entry": entry}
        done(client.post(f"{PLAN}/assignments/{duty}/status-entries", json=period))
        assert told() == {"CAT": {"output"}}


def test_a_link_names_nothing_that_its_reader_may_not_see(archive: Service) -> None:
    settle(archive)
    for agency in ("MTTQ", "SVHTTDL", "TTTU", "BCHQS"):
        client = archive[agency]
        seen = {change["ref"] for change in feed(client, limit=200)}
        tasks = set(keys(client, f"{PLAN}/tasks")) | set(keys(client, "/v1/plans/mau-2024/tasks"))
        for change in feed(client, limit=200):
            for values in (change["before"] or {}, change["after"]):
                assert {values[name] for name in ("task", "duty") if values.get(name)} <= tasks
                assert {values[name] for name in ("assignment", "activity") if values.get(name)} <= seen


def test_a_link_with_a_hidden_end_is_shown_to_those_who_see_both(service: Service) -> None:
    settle(service)
    links = feed(service["MTTQ"], subject="implementation")
    item = links[0]["after"]["task"]
    assert links[0]["ref"].startswith(f"{item}/")
    with service.database.engine.execution_options(writing=True).begin() as connection:
        hide = text("UPDATE tasks SET visibility = 'internal' WHERE code = :item")
        connection.execute(hide, {"item": item})
    others = [change for change in links if change["after"]["task"] != item]
    assert feed(service["MTTQ"], subject="implementation") == others
    assert item in {change["after"]["task"] for change in feed(service["TTBCD"], subject="implementation")}


def test_a_change_that_commits_late_is_not_skipped(service: Service) -> None:
    """On PostgreSQL an older transaction may commit after a younger one."""
    if service.database.embedded:
        return  # one writer at a time: nobody can be overtaken
    client = service["SVHTTDL"]
    last = newest(service, client)
    with service.database.writing("late") as session:
        actor = service_keys.identify(session, service.secrets["SCT"])
        late = ActivityIn.model_validate(training(task="IV.6.a", output=None, title="Bắt đầu trước"))
        recording.record(session, actor, "ttdn-2023", late)
        early = push(client, title="Kết thúc trước").json()["activity"]["id"]
        seen = feed(client, last)
        assert seen == []  # what would overtake the open transaction waits for it
    settle(service)
    found = feed(client, seen[-1]["id"] if seen else last)
    records = [change for change in found if change["subject"] == "activity"]
    assert [change["after"]["title"] for change in records] == ["Bắt đầu trước", "Kết thúc trước"]
    assert records[1]["ref"] == early


@pytest.mark.parametrize("page", [3, 200])
def test_a_follower_sees_every_push_of_many_writers_exactly_once(service: Service, page: int) -> None:
    client = service["TTBCD"]
    last = newest(service, client)
    tasks = {"SVHTTDL": "IV.7.c", "SCT": "IV.6.a", "BAOTV": "IV.9.1", "DAITV": "IV.9.1", "TTBCD": "IV.1.1"}
    made: list[str] = []

    def write(agency: str, task: str) -> None:
        office = service[agency]
        for number in range(6):
            facts: dict[str, Any] = training(task=task, output=None, title=f"{agency} {number}")
            answer = office.post(f"{PLAN}/activities", json=facts)
            assert answer.status_code == 201
            made.append(answer.json()["activity"]["id"])

    writers = [threading.Thread(target=write, args=pair) for pair in tasks.items()]
    for writer in writers:
        writer.start()
    seen: list[dict[str, Any]] = []
    while any(writer.is_alive() for writer in writers):
        seen += feed(client, seen[-1]["id"] if seen else last, limit=page)
    for writer in writers:
        writer.join()
    settle(service)
    seen += feed(client, seen[-1]["id"] if seen else last, limit=page)
    assert len(made) == 30
    assert sorted(change["ref"] for change in seen if change["subject"] == "activity") == sorted(made)
    assert len({change["id"] for change in seen}) == len(seen)
