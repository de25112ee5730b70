"""What was queued under a plan that is none is dropped, and nothing of it is lost."""

from pathlib import Path

import pytest

from tests.books import csv_of
from tests.clients.gateway import Gateway, Said
from tests.clients.pusher import Pusher, lines, once, record, series, stored
from tests.clients.test_sheets import rows
from tests.faults.sites import Site

MISSPELT = ("--plan", "ttdn-2032")


def test_what_waits_for_a_misspelt_plan_is_named_dropped_and_pushed_where_it_belongs(
    office: Pusher, lasting_site: Site
) -> None:
    content = lines(series("misspelt", range(3)))
    assert office.push(*MISSPELT, "--batch", "2", office.file("tháng 5.ndjson", content)).code == 76
    said, where = office.run().out, f"{office.url}/v1/plans/ttdn-2032"
    assert f"2 lô chờ gửi đến địa chỉ khác · parcels wait for another address: {where}" in said
    assert "ttdn-push --drop --url … --plan …" in said
    assert office.push().summary["pending_addresses"] == {where: 2}
    dropped = office.push("--drop", *MISSPELT, TTDN_KEY="")
    (told,) = dropped.summary["inputs"]
    assert (dropped.code, told["name"], told["state"]) == (0, "tháng 5.ndjson", "dropped")
    assert Path(told["dropped_file"]).read_bytes() == content
    assert Path(told["dropped_file"]).name.startswith("tháng_5-")
    right = office.push(told["dropped_file"])
    assert (right.code, right.counts, right.summary["pending_addresses"]) == (0, {"created": 3}, {})
    assert stored(lasting_site, "misspelt") == once(range(3))
    assert "không có gì chờ gửi đến · nothing waits for " in office.run("--drop", *MISSPELT).out


def test_each_file_that_is_dropped_is_kept_by_itself(office: Pusher) -> None:
    contents = [lines(series("kept", [n])) for n in range(2)] + [csv_of(*rows("kept", 2))]
    for content, name in zip(contents, ("x.ndjson", "x.ndjson", "x.csv"), strict=True):
        office.push(*MISSPELT, office.file(name, content))
        assert office.push("--drop", *MISSPELT).code == 0
    kept = sorted((office.spool / "dropped").iterdir())
    assert sorted(one.read_bytes() for one in kept) == sorted(contents)
    assert {one.suffix for one in kept} == {".csv", ".ndjson"}


def test_what_was_answered_of_a_file_stays_and_the_file_can_be_sent_again(
    behind: Pusher, gateway: Gateway, lasting_site: Site
) -> None:
    equal, bad = record("trùng"), record("hỏng", titel="x")
    file = behind.file("x.ndjson", lines([equal, bad, equal, record("khác")]))
    asked = ("--source", "half", "--batch", "1", "--patience", "0")
    gateway.before = lambda number: Said(503) if number == 2 else None
    assert behind.push(*asked, file).code == 75
    dropped = behind.push("--drop")
    (told,) = dropped.summary["inputs"]
    assert (dropped.code, dropped.counts) == (1, {"created": 1, "refused": 1})
    assert "/titel: " in Path(told["reasons_file"]).read_text(encoding="utf-8")
    assert len(Path(told["dropped_file"]).read_bytes().splitlines()) == 2
    assert behind.push(*asked, told["dropped_file"]).counts == {"created": 2}
    again = behind.push(*asked, file)
    assert (again.summary["inputs"][0]["state"], again.counts) == (
        "delivered",
        {"unchanged": 3, "refused": 1},
    )
    assert sorted(stored(lasting_site, "half").values()) == [1, 1, 1]


@pytest.mark.parametrize("beside", [["x.ndjson"], ["--dry-run"], ["--again"]])
def test_dropping_goes_alone(office: Pusher, beside: list[str]) -> None:
    run = office.run("--drop", *beside)
    assert (run.code, "--drop đi một mình" in run.err, office.spool.exists()) == (2, True, False)
