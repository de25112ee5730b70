"""Whatever ends a run, nothing is lost and nothing stored twice: real kills, lost answers, dead servers."""

import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.clients.gateway import Gateway, Said
from tests.clients.pusher import Pusher, ended, lines, once, series, stored
from tests.faults.sites import Site
from tests.patience import TIMES

KILLS = 6 * TIMES
A_PART = 2**20  # bytes: a spool of this size is in the middle of taking in


def inside(office: Pusher, query: str) -> list[tuple[object, ...]]:
    """What the spool holds; nothing where the run was killed before it made one."""
    office.spool.mkdir(exist_ok=True)
    with closing(sqlite3.connect(office.spool / "spool.sqlite3")) as spool:
        made = spool.execute("PRAGMA user_version").fetchone() != (0,)
        return spool.execute(query).fetchall() if made else []


@pytest.mark.parametrize("size", [1, 5, 20])
def test_kills_at_any_moment_lose_nothing_and_double_nothing(
    office: Pusher, lasting_site: Site, size: int
) -> None:
    """A run that came to its end before the kill was faster than thought: the next has new records to push,
    and less time."""
    name, seed, killed = f"killed-{size}", random.randrange(10**6), 0
    chance, longest, files = random.Random(seed), 0.8, [_part(office, name, size, 0)]
    for _ in range(KILLS):
        run = office.begin("--batch", str(size), *files)
        moment = chance.uniform(0.05, longest)
        time.sleep(moment)
        run.kill()
        if run.wait(120) == -signal.SIGKILL:
            killed += 1
        else:
            longest = moment
            files.append(_part(office, name, size, len(files)))
        there = stored(lasting_site, name)
        acknowledged = {one for (one,) in inside(office, "SELECT external_id FROM delivered")}
        assert acknowledged <= set(there), f"seed {seed}: acknowledged and not there"
        assert max(there.values(), default=1) == 1, f"seed {seed}"
    last = office.push("--batch", str(size), *files)
    assert last.code == 0, f"seed {seed}: {last.err}"
    assert stored(lasting_site, name) == once(range(30 * size * len(files))), f"seed {seed}"
    assert len(inside(office, "SELECT * FROM delivered")) == 30 * size * len(files)
    assert killed, f"seed {seed}: no kill came in time"


def _part(office: Pusher, name: str, size: int, number: int) -> str:
    """Records of thirty batches, in a file of their own."""
    numbers = range(30 * size * number, 30 * size * (number + 1))
    return office.file(f"{number}.ndjson", lines(series(name, numbers)))


def test_killed_between_the_answer_and_the_mark_it_is_asked_again_and_stored_once(
    behind: Pusher, gateway: Gateway, lasting_site: Site
) -> None:
    file = behind.file("x.ndjson", lines(series("unmarked", range(9))))
    run = behind.start("--batch", "3", file)

    def lost(number: int) -> bool:
        if number == 1:
            run.kill()
        return number == 1

    gateway.after = lost
    assert ended(run).code == -signal.SIGKILL
    assert stored(lasting_site, "unmarked") == once(range(6)), "the service has stored it"
    assert inside(behind, "SELECT count(*) FROM parcels WHERE status IS NOT NULL") == [(1,)]
    again = behind.push()
    assert (again.code, again.counts) == (0, {"created": 9}), "the first answer is given again"
    assert stored(lasting_site, "unmarked") == once(range(9))
    assert gateway.seen[1] == gateway.seen[2]._replace(at=gateway.seen[1].at), "the same bytes, the same key"


def test_killed_while_it_takes_in_it_has_taken_all_or_nothing(tmp_path: Path) -> None:
    office, most, partly = Pusher("http://127.0.0.1:9", "x", tmp_path), 20_000, set()
    for number in range(KILLS):
        file = office.file("x.ndjson", lines({"title": f"{number} {n}"} for n in range(most)))
        run = office.begin("--patience", "0", "--batch", "1", file)
        while run.poll() is None and weight(office.spool / "spool.sqlite3") < A_PART:
            time.sleep(0.002)
        time.sleep(0.6 * number / KILLS)
        run.kill()
        run.wait(120)
        taken = inside(
            office,
            "SELECT count(parcels.id) FROM inputs LEFT JOIN parcels ON input = inputs.id GROUP BY input",
        )
        assert {count for (count,) in taken} <= {most}
        partly.add(len(taken))
        shutil.rmtree(office.spool)
    assert 0 in partly, "no kill came while it was taking in"


def test_killed_between_spool_and_sending_the_next_run_sends_it(site: Site, tmp_path: Path) -> None:
    with site.serve() as server:
        office = Pusher(server.base_url, site.secrets["SVHTTDL"], tmp_path)
        server.kill9()
        file = Path(office.file("x.ndjson", lines(series("spooled", range(4)))))
        run = office.start(str(file))
        until_it_waits(run)
        run.kill()
        assert ended(run).code == -signal.SIGKILL
        file.unlink()
        server.start()
        assert server.base_url == office.url
        elsewhere = office.run("--json", "--plan", "khong-co")
        assert (elsewhere.code, elsewhere.summary["pending_elsewhere"]) == (0, 1)
        again = office.push()
        assert (again.code, again.counts) == (0, {"created": 4})
    assert stored(site, "spooled") == once(range(4))


def test_a_server_that_comes_back_gets_what_waited_for_it(site: Site, tmp_path: Path) -> None:
    with site.serve() as server:
        office = Pusher(server.base_url, site.secrets["SVHTTDL"], tmp_path)
        server.kill9()
        file = office.file("x.ndjson", lines(series("waited", range(4))))
        gone = office.push("--patience", "1", file)
        assert (gone.code, gone.summary["inputs"][0]["state"]) == (75, "pending")
        run = office.start("--json", file)
        until_it_waits(run)
        server.start()
        assert server.base_url == office.url
        back = ended(run)
        assert (back.code, back.counts) == (0, {"created": 4}), "spooled once, and sent without being asked"
    assert stored(site, "waited") == once(range(4))


def weight(file: Path) -> int:
    """The bytes of a file that may not be there yet."""
    return file.stat().st_size if file.exists() else 0


def until_it_waits(run: "subprocess.Popen[bytes]") -> None:
    """Read what a run says until it says that it will try again."""
    assert run.stderr is not None
    said = run.stderr.readline().decode()
    assert said.startswith("không kết nối được"), said


@pytest.mark.parametrize("how", ["seconds", "date"])
def test_what_the_service_asks_to_wait_is_waited(behind: Pusher, gateway: Gateway, how: str) -> None:
    def busy(number: int) -> Said | None:
        asked = (
            "3"
            if how == "seconds"
            else format_datetime(datetime.now(UTC) + timedelta(seconds=4), usegmt=True)
        )
        return Said(429, {"Retry-After": asked}) if number == 0 else None

    gateway.before = busy
    run = behind.push(behind.file("x.ndjson", lines(series(f"asked-{how}", [1]))))
    assert (run.code, run.counts) == (0, {"created": 1})
    assert 2.9 <= gateway.seen[1].at - gateway.seen[0].at < 8
    assert gateway.seen[0].key == gateway.seen[1].key is not None


def test_it_does_not_wait_longer_than_it_was_told_to(behind: Pusher, gateway: Gateway) -> None:
    gateway.before = lambda _: Said(503, {"Retry-After": "3600"})
    run = behind.push("--patience", "30", behind.file("x.ndjson", lines(series("hour", [1]))))
    assert (run.code, len(gateway.seen)) == (75, 1), "what comes an hour later is for the next run"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(behind: Pusher, gateway: Gateway, status: int) -> None:
    gateway.before = lambda number: Said(status) if number < 2 else None
    run = behind.push(behind.file("x.ndjson", lines(series(f"passing-{status}", [1]))))
    assert (run.code, run.counts) == (0, {"created": 1})
    assert len([one for one in gateway.seen if one.key]) == 3


def test_a_parcel_the_service_fails_on_is_put_off_and_the_others_go(
    behind: Pusher, gateway: Gateway, lasting_site: Site
) -> None:
    gateway.before = lambda _: Said(500) if b'"2"' in gateway.seen[-1].body else None
    run = behind.push("--batch", "1", behind.file("x.ndjson", lines(series("failing", range(4)))))
    assert (run.code, run.counts) == (75, {"created": 3})
    assert run.summary["trouble"].startswith("HTTP 500 từ cổng đặt trước dịch vụ"), "it says why"
    assert stored(lasting_site, "failing") == once([0, 1, 3])
    gateway.before = lambda _: None
    assert behind.push().code == 0
    assert stored(lasting_site, "failing") == once(range(4))


@pytest.mark.parametrize(
    "page",
    [
        Said(200, {"Content-Type": "text/html"}, b"<html>sign in</html>"),
        Said(200, {"Content-Type": "application/json"}, b'{"ok": true}'),
        Said(302, {"Location": "https://sso.example/"}),
        Said(404, {"Content-Type": "text/html"}, b"<html>not here</html>"),
        Said(400, {"Content-Type": "application/json"}, b"{}"),
    ],
    ids=["a page with 200", "other JSON with 200", "a redirect", "a page with 404", "no problem document"],
)
def test_what_is_not_the_service_is_not_believed(behind: Pusher, gateway: Gateway, page: Said) -> None:
    gateway.before = lambda _: page
    file = behind.file("x.ndjson", lines(series("believed", [1])))
    run = behind.push(file)
    assert (run.code, run.summary["inputs"][0]["state"], len(gateway.seen)) == (76, "pending", 1)
    assert run.summary["trouble"].startswith("không phải dịch vụ trả lời")
    gateway.before = lambda _: None
    assert behind.push(file).code == 0


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGTERM to answer")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_stops_and_keeps_everything(
    behind: Pusher, gateway: Gateway, lasting_site: Site, how: signal.Signals
) -> None:
    name = f"stopped-{how.name.lower()}"
    gateway.before = lambda number: Said(503, {"Retry-After": "60"}) if number == 1 else None
    run = behind.start("--batch", "1", "--json", behind.file("x.ndjson", lines(series(name, range(3)))))
    assert run.stderr is not None
    assert run.stderr.readline().decode().startswith("HTTP 503")
    began = time.monotonic()
    run.send_signal(how)
    stopped = ended(run)
    assert time.monotonic() - began < 10
    assert (stopped.code, stopped.summary["inputs"][0]["pending_parcels"]) == (75, 2)
    assert "Traceback" not in stopped.err
    assert behind.push().counts == {"created": 3}
    assert stored(lasting_site, name) == once(range(3))


def test_two_runs_never_share_a_spool(behind: Pusher, gateway: Gateway, lasting_site: Site) -> None:
    gateway.before = lambda number: Said(503, {"Retry-After": "60"}) if number == 0 else None
    file = behind.file("x.ndjson", lines(series("shared", range(3))))
    first = behind.start(file)
    assert first.stderr is not None
    first.stderr.readline()
    second = behind.run(file)
    assert (second.code, second.out, len(gateway.seen)) == (73, "", 1)
    assert "lần chạy khác đang dùng · another run is using it" in second.err
    elsewhere = behind.push("--spool", str(behind.folder / "other"), file)
    assert (elsewhere.code, elsewhere.counts) == (0, {"created": 3}), "another spool is another"
    first.kill()
    ended(first)
    assert behind.push().counts == {"unchanged": 3}, "the lock went with the run that was killed"
    assert stored(lasting_site, "shared") == once(range(3))


def test_a_receipt_that_could_not_be_fetched_is_fetched_next_time(behind: Pusher, gateway: Gateway) -> None:
    gateway.before = lambda number: Said(404, {"Content-Type": "text/html"}) if number == 1 else None
    first = behind.push(behind.file("x.ndjson", lines(series("receipt", [1]))))
    assert (first.code, first.summary["receipts_to_come"]) == (0, 1)
    (receipt,) = first.summary["inputs"][0]["receipts"]
    second = behind.push()
    assert (second.code, second.summary["receipts_to_come"]) == (0, 0)
    kept = json.loads((behind.spool / "receipts" / f"{receipt}.json").read_bytes())
    assert kept["sha256"] == hashlib.sha256(gateway.seen[0].body).hexdigest(), (
        "of what was sent, byte by byte"
    )
    assert (kept["id"], kept["counts"]["created"], bool(kept["jws"])) == (receipt, 1, True)
    assert [seen.path.rpartition("/")[2] for seen in gateway.seen[1:]] == [receipt, receipt]
    assert behind.push().code == 0
    assert len(gateway.seen) == 3, "it is fetched once"


UNKNOWN = Said(404, {"Content-Type": "application/problem+json"}, b'{"status": 404, "code": "not_found"}')
"""What a service says of a receipt that it gave after the backup from which it was restored."""


def test_a_receipt_that_is_unknown_is_said_once_and_keeps_no_other_back(
    behind: Pusher, gateway: Gateway
) -> None:
    gateway.before = {1: Said(503), 3: UNKNOWN}.get
    pushes = [
        behind.push("--patience", "0", behind.file(f"{n}.ndjson", lines(series("unknown", [n]))))
        for n in (1, 2)
    ]
    lost, other = (run.summary["inputs"][0]["receipts"][0] for run in pushes)
    ((code, said), (after, nothing)) = ((run.code, run.summary) for run in (pushes[1], behind.push()))
    assert (code, said["receipts_unknown"], said["receipts_to_come"]) == (75, [lost], 0)
    assert [file.stem for file in (behind.spool / "receipts").glob("*.json")] == [other]
    assert (after, nothing["receipts_unknown"], len(gateway.seen)) == (0, [], 5)


def test_who_pushes_a_delivered_file_to_a_restored_service_is_told_to_push_it_again(
    behind: Pusher, gateway: Gateway
) -> None:
    file = behind.file("x.ndjson", lines(series("restored", [1])))
    assert behind.push(file).code == 0
    assert behind.push(file).code == 0, "the control: the receipt is known"
    gateway.before = lambda number: UNKNOWN if "/receipts/" in gateway.seen[number].path else None
    told = behind.run("--quiet", file)
    assert (told.code, "--again" in told.out) == (75, True)
    gateway.before = lambda _: None
    assert behind.push("--again", file).counts == {"unchanged": 1}
    assert behind.push(file).code == 0
