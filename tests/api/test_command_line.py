"""The command line: what the person on the server does, and what every command exits with."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import uvicorn
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app import sqlite
from app.cli import main
from app.journal import WritingSession
from app.rules import keys as form
from app.services import keys
from seed import loader
from tests import servers
from tests.service import PLAN, Service
from tests.writing import TINY_PLAN, differences, journal, news, rows, tiny_plan, with_key

ROOT = Path(__file__).parents[2]


def ttdn(url: str, *arguments: str) -> Result:
    return CliRunner(env={"DATABASE_URL": url}).invoke(main, arguments)


def one_sentence(result: Result) -> str:
    """A failure as people read it: exit code, no traceback, on standard error."""
    assert result.exit_code in (1, 2), result.output
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    assert "Traceback" not in result.output
    assert result.stderr
    return result.stderr


@pytest.fixture
def empty(backend: str, tmp_path: Path) -> Iterator[str]:
    """The address of a database with nothing in it."""
    cluster, name = servers.of_session() if backend == "postgresql" else None, f"empty_{uuid.uuid4().hex}"
    yield cluster.create_database(name) if cluster else f"sqlite:///{tmp_path / 'deeper' / 'ttdn.sqlite3'}"
    if cluster:
        cluster.drop_database(name)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["nope"], "lệnh chưa đúng · No such command"),
        (["key", "isue"], "lệnh chưa đúng · No such command"),
        (["doctor", "a"], "lệnh chưa đúng · Got unexpected extra argument"),
        (["--nope"], "không có tùy chọn này · No such option"),
        (["serve", "--nope"], "không có tùy chọn này · No such option"),
        (["backup"], "thiếu tham số · Missing argument 'FILE'"),
        (["restore", "/nope"], "giá trị không dùng được · Invalid value for 'FILE'"),
        (["serve", "--port"], "tùy chọn dùng chưa đúng · Option '--port'"),
    ],
)
def test_what_is_typed_wrong_is_told_in_both_languages(typed: list[str], said: str) -> None:
    told = ttdn("sqlite://", *typed)
    assert (told.exit_code, f"Error: {said}" in one_sentence(told)) == (2, True), told.stderr


def test_from_nothing_to_a_plan_that_serves(empty: str) -> None:
    migrated = ttdn(empty, "migrate")
    assert (migrated.exit_code, "→" in migrated.stdout) == (0, True)
    seeded = ttdn(empty, "seed")
    assert seeded.exit_code == 0
    assert "30" not in seeded.stderr
    assert "đã nạp · loaded" in seeded.stdout
    assert len(seeded.stdout.splitlines()) > 8, "it shows its progress"
    again = ttdn(empty, "seed")
    assert (again.exit_code, again.stdout) == (0, "ttdn-2023: không có gì mới · nothing new\n")
    assert ttdn(empty, "seed", str(TINY_PLAN)).exit_code == 0
    checked = ttdn(empty, "doctor")
    assert (checked.exit_code, checked.stdout.splitlines()[-1]) == (0, "ok")
    made = ttdn(empty, "key", "create", "SVHTTDL", "--label", "thử", "--scope", "push")
    with Service(empty, {"SVHTTDL": made.stdout.split()[-1]}) as service:
        assert service["SVHTTDL"].post(f"{PLAN}/activities", json=news("IV.7.a")).status_code == 201
        assert service.anonymous.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    "command",
    [["doctor"], ["seed"], ["key", "list"], ["key", "create", "SCT", "--label", "x"], ["key", "revoke", "x"]],
)
def test_before_migrating_every_command_says_so(empty: str, command: list[str]) -> None:
    assert "ttdn migrate" in one_sentence(ttdn(empty, *command))


def test_a_server_that_does_not_answer_is_told_in_a_sentence() -> None:
    url = f"postgresql://nobody:geheim@127.0.0.1:{servers.free_port()}/none"
    for command in (["doctor"], ["migrate"], ["key", "list"]):
        assert "geheim" not in one_sentence(ttdn(url, *command))


def test_an_address_that_is_none_is_told_in_a_sentence() -> None:
    for url in ("nonsense", "oracle://x/y"):
        one_sentence(ttdn(url, "key", "list"))


def test_keys_are_made_listed_rotated_and_revoked(service: Service) -> None:
    made = ttdn(
        service.url, "key", "create", "SCT", "--label", "Phòng Tổng hợp", "--scope", "push", "--days", "9"
    )
    assert made.exit_code == 0
    shown, secret = made.stdout.splitlines()
    public_id = shown.split()[0]
    assert form.is_well_formed(secret)
    assert secret not in shown
    assert with_key(service, secret).get("/v1/me").json()["scopes"] == ["read", "push"]
    listed = ttdn(service.url, "key", "list")
    assert listed.exit_code == 0
    line = next(line for line in listed.stdout.splitlines() if public_id in line)
    assert "Phòng Tổng hợp" in line
    assert form.hint(secret) in line
    assert not any(one in listed.stdout for one in (secret, *service.secrets.values()))
    rotated = ttdn(service.url, "key", "rotate", public_id, "--overlap-hours", "0")
    assert rotated.exit_code == 0
    successor, new = rotated.stdout.splitlines()
    after = ttdn(service.url, "key", "list").stdout.splitlines()
    assert [line.split()[0] for line in after if "đã hết hạn · expired" in line] == [public_id]
    assert with_key(service, secret).get("/v1/me").status_code == 401
    assert with_key(service, new).get("/v1/me").json()["key"] == successor
    for _ in range(2):
        assert ttdn(service.url, "key", "revoke", successor).exit_code == 0
    assert with_key(service, new).get("/v1/me").status_code == 401
    entries = [entry for entry in journal(service) if entry.ref in (public_id, successor)]
    assert {(entry.actor, entry.via, entry.action) for entry in entries} == {(None, "cli", "key.manage")}
    assert not any("digest" in entry.after for entry in entries)
    assert differences(service) == []


def test_a_key_is_named_by_the_doctor_before_its_office_is_shut_out(service: Service) -> None:
    def named() -> list[str]:
        looked = ttdn(service.url, "doctor")
        assert (looked.exit_code, looked.stdout.splitlines()[-1]) == (0, "ok")
        return [line.split()[1] for line in looked.stderr.splitlines() if "ends soon" in line]

    before = named()
    ids = [
        ttdn(service.url, "key", "create", "SCT", "--label", "x", "--days", days).stdout.split()[0]
        for days in ("13", "13", "13", "15")
    ]
    assert named() == [*before, *ids[:3]]
    assert ttdn(service.url, "key", "rotate", ids[0], "--days", "90").exit_code == 0
    assert ttdn(service.url, "key", "revoke", ids[1]).exit_code == 0
    assert named() == [*before, ids[2]]


def test_a_key_that_was_rotated_already_names_its_successor(service: Service) -> None:
    made = ttdn(service.url, "key", "create", "SCT", "--label", "x", "--days", "90")
    first = made.stdout.split()[0]
    second = ttdn(service.url, "key", "rotate", first).stdout.split()[0]
    before = rows(service)
    told = one_sentence(ttdn(service.url, "key", "rotate", first))
    assert second in told
    assert len(told.splitlines()) == 1
    assert rows(service) == before
    third, said = (
        ttdn(service.url, "key", "rotate", *more).stdout.split()[0]
        for more in ((second,), (first, "--days", "30"))
    )
    lengths = {}
    with service.database.reading() as session:
        for key, _ in keys.find(session):
            lengths[key.public_id] = (key.expires_at - key.created_at).days
    assert (lengths[third], lengths[said]) == (90, 30)


@pytest.mark.parametrize(
    "command",
    [
        ["create", "KHONGCO", "--label", "x"],
        ["create", "X.BDT", "--label", "x"],
        ["create", "G.UBH", "--label", "x"],
        ["create", "SCT", "--label", "x", "--scope", "push", "--scope", "admin"],
        ["create", "SCT", "--label", "x", "--scope", "everything"],
        ["create", "SCT", "--label", "x", "--days", "0"],
        ["create", "SCT"],
        ["create", "SCT", "--label", "Ph\udcf2ng"],
        ["create", "S\udcc7T", "--label", "x"],
        ["rotate", "KHONGCO"],
        ["revoke", "KHONGCO"],
    ],
)
def test_what_cannot_be_done_with_keys_is_told_in_a_sentence(service: Service, command: list[str]) -> None:
    before = rows(service)
    one_sentence(ttdn(service.url, "key", *command))
    assert rows(service) == before


def test_a_bad_plan_file_is_told_item_by_item_and_checked_without_a_database(tmp_path: Path) -> None:
    plan = tiny_plan()
    plan["tasks"][2]["kind"] = "sometimes"
    del plan["plan"]["title_vi"]
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(plan), encoding="utf-8")
    url = f"sqlite:///{tmp_path / 'never.sqlite3'}"
    said = one_sentence(ttdn(url, "seed", "--check", str(bad)))
    assert "/tasks/II.2.a/kind" in said
    assert "/plan/title_vi" in said
    assert one_sentence(ttdn(url, "seed", "--check", str(tmp_path / "none.json")))
    sound = ttdn(url, "seed", "--check", str(TINY_PLAN))
    assert (sound.exit_code, "mau-2024" in sound.stdout) == (0, True)
    assert "not held against any database" in sound.stderr
    assert not (tmp_path / "never.sqlite3").exists()


def test_a_second_version_of_a_plan_is_refused_in_a_sentence(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(tiny_plan()), encoding="utf-8")
    assert ttdn(service.url, "seed", str(path)).exit_code == 0
    path.write_text(json.dumps({**tiny_plan(), "events_open": True}), encoding="utf-8")
    assert "mau-2024" in one_sentence(ttdn(service.url, "seed", str(path)))


def test_the_schema_of_a_newer_program_is_told_as_that(
    service: Service, served: list[str], tmp_path: Path
) -> None:
    """`ttdn migrate`, which was the advice, only says that it has never heard of that schema."""
    with service.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for command in (["doctor"], ["seed"], ["seed", str(TINY_PLAN)], ["key", "list"], ["migrate"], ["serve"]):
        said = one_sentence(ttdn(service.url, *command))
        assert "9999 is of a newer program" in said, command
        assert "ttdn migrate" not in said
    assert served == []
    assert ttdn(service.url, "backup", str(tmp_path / "whole.ttdn")).exit_code == 0


def test_a_schema_is_not_taken_back_and_nobody_is_told_it_was(service: Service) -> None:
    assert "restore" in one_sentence(ttdn(service.url, "migrate", "--to", "0003"))
    for here in (["migrate"], ["migrate", "--to", "0008"]):
        assert ttdn(service.url, *here).exit_code == 0
    assert ttdn(service.url, "doctor").exit_code == 0


def test_what_is_on_record_otherwise_is_found_by_checking_already(service: Service, tmp_path: Path) -> None:
    plan = tiny_plan()
    plan["agencies"].append({**plan["agencies"][1], "code": "SCT", "name_vi": "Sở khác hẳn"})
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    checked = one_sentence(ttdn(service.url, "seed", "--check", str(path)))
    assert "/agencies/SCT/name_vi" in checked
    assert checked == one_sentence(ttdn(service.url, "seed", str(path)))
    path.write_text(json.dumps({**tiny_plan(), "events_open": True}), encoding="utf-8")
    before = rows(service)
    sound = ttdn(service.url, "seed", "--check", str(path))
    assert (sound.exit_code, sound.stderr, rows(service)) == (0, "", before)
    assert ttdn(service.url, "seed", str(TINY_PLAN)).exit_code == 0
    assert "mau-2024" in one_sentence(ttdn(service.url, "seed", "--check", str(path)))


def test_the_built_in_plan_is_loaded_by_a_container_only_where_there_is_none(empty: str) -> None:
    """At every `up`: another province would have ours beside its own, for good."""
    assert 'ttdn migrate && ttdn seed --only-first"' in (ROOT / "docker-compose.yml").read_text("utf-8")
    assert ttdn(empty, "migrate").exit_code == 0
    assert ttdn(empty, "seed", str(TINY_PLAN)).exit_code == 0
    for _ in range(2):
        assert (again := ttdn(empty, "seed", "--only-first")).exit_code == 0
        assert again.output == ""
    for more in (["--check"], [str(TINY_PLAN)]):
        assert "--only-first" in one_sentence(ttdn(empty, "seed", "--only-first", *more))
    with Service(empty, {}) as service:
        assert rows(service)["plans"] == 1


def test_the_first_container_loads_the_built_in_plan(empty: str) -> None:
    assert ttdn(empty, "migrate").exit_code == 0
    for said in ("ttdn-2023: đã nạp · loaded", "ttdn-2023: không có gì mới · nothing new"):
        assert ttdn(empty, "seed", "--only-first").stdout.splitlines()[-1] == said


def test_a_plan_is_said_to_be_loaded_once_it_is_committed(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise OperationalError("COMMIT", {}, OSError("disk full"))

    monkeypatch.setattr(WritingSession, "commit", full)
    failed = ttdn(service.url, "seed", str(TINY_PLAN))
    assert "disk full" in one_sentence(failed)
    assert "loaded" not in failed.output


def test_who_loads_while_another_loads_waits_for_it(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the second is told, on PostgreSQL, that its plan has been written meanwhile, as a fault."""
    monkeypatch.setenv("TTDN_BUSY_SECONDS", "1")
    with service.database.writing() as session:
        session.execute(text("SELECT 1"))  # SQLite's turn to write begins with the first statement
        assert service.database.hold(session, "ttdn seed")
        assert one_sentence(ttdn(service.url, "seed", str(TINY_PLAN)))
    assert ttdn(service.url, "seed", str(TINY_PLAN)).exit_code == 0


@pytest.fixture
def upgraded(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The built-in plan as a later release might carry it, on an installation loaded by an earlier one."""
    assert rows(service)["plans"] == 1
    plan = json.loads(loader.PLAN_2023.read_text(encoding="utf-8"))
    plan["agencies"][0]["note_vi"] = "Ghi chú của bản sau"
    later = tmp_path / "later.json"
    later.write_text(json.dumps(plan), encoding="utf-8")
    monkeypatch.setattr(loader, "PLAN_2023", later)
    return later


def test_an_upgrade_with_another_version_of_the_built_in_plan_stops_nothing(
    service: Service, upgraded: Path
) -> None:
    before = rows(service)
    told = ttdn(service.url, "seed")
    assert (told.exit_code, len(told.stdout.splitlines())) == (0, 1), told.output
    assert "ttdn-2023" in told.stdout
    assert "amendments" in told.stdout
    assert "ttdn-2023" in one_sentence(ttdn(service.url, "seed", str(upgraded))), "asked for by name"
    assert rows(service) == before


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Would-be servers: what was to be served, without ever listening."""
    started: list[str] = []
    monkeypatch.setattr(uvicorn, "run", lambda app, **_: started.append(app))
    monkeypatch.setenv("TTDN_ROOT_PATH", "")  # `serve` tells its workers through it
    return started


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_an_upgrade_does_not_stop_serving(service: Service, upgraded: Path, served: list[str]) -> None:
    assert upgraded == loader.PLAN_2023
    before = rows(service)
    assert ttdn(service.url, "serve").exit_code == 0
    assert served == ["app.main:serving"]
    assert rows(service) == before


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("options", [[], ["--demo"]])
def test_an_installation_of_another_province_keeps_its_own(
    empty: str, served: list[str], options: list[str]
) -> None:
    assert ttdn(empty, "migrate").exit_code == 0
    assert ttdn(empty, "seed", str(TINY_PLAN)).exit_code == 0
    began = ttdn(empty, "serve", *options)
    assert (began.exit_code, served) == (0, ["app.main:serving"]), began.output
    made = ttdn(empty, "key", "create", "SMAU", "--label", "thử")
    with Service(empty, {"SMAU": made.stdout.split()[-1]}) as service:
        assert [one["slug"] for one in service["SMAU"].get("/v1/plans").json()["items"]] == ["mau-2024"]
        assert rows(service)["keys"] == 1, "no trial keys of agencies it does not have"


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_serving_a_server_whose_schema_is_not_ready_says_so(empty: str, served: list[str]) -> None:
    assert "ttdn migrate" in one_sentence(ttdn(empty, "serve"))
    assert served == []
    assert ttdn(empty, "migrate").exit_code == 0
    assert ttdn(empty, "serve").exit_code == 0
    assert served == ["app.main:serving"]


def test_a_revision_that_does_not_exist_is_told_in_a_sentence(empty: str) -> None:
    for revision in ("nosuch", "", "head+1"):
        assert f"'{revision}" in one_sentence(ttdn(empty, "migrate", "--to", revision))


@pytest.mark.parametrize(
    ("command", "name", "value"),
    [
        (["serve", "--root-path", "ttdn"], "TTDN_ROOT_PATH", ""),
        (["serve"], "TTDN_THREADS", "abc"),
        (["doctor"], "TTDN_RATE", "often"),
        (["key", "list"], "TTDN_THREADS", "abc"),
        (["openapi"], "TTDN_BUSY_SECONDS", "0"),
        (["migrate"], "DATABASE_URL", "sqlite+aiosqlite://"),
        (["key", "list"], "DATABASE_URL", "sqlite:ttdn.sqlite3"),
    ],
)
def test_a_setting_that_is_none_is_told_in_a_sentence(
    tmp_path: Path, served: list[str], command: list[str], name: str, value: str
) -> None:
    given = {"DATABASE_URL": f"sqlite:///{tmp_path / 'never.sqlite3'}", name: value}
    told = one_sentence(CliRunner(env=given).invoke(main, command))
    assert name in told
    assert "pattern" not in told
    assert len(told.splitlines()) == 1
    assert served == []
    assert not (tmp_path / "never.sqlite3").exists()


def test_the_contract_is_printed_without_touching_any_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'never.sqlite3'}"
    printed = ttdn(url, "openapi")
    assert printed.exit_code == 0
    document = json.loads(printed.stdout)
    assert document["openapi"].startswith("3.1")
    assert "/v1/plans/{plan}/activities" in document["paths"]
    assert not (tmp_path / "never.sqlite3").exists()


def commands(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command, by the words it is called by."""
    for name, command in group.commands.items():
        yield (*above, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)


def test_every_command_and_option_is_told_in_both_languages() -> None:
    found = dict(commands(main))
    assert len(found) == 14
    for words, command in found.items():
        shown = ttdn("sqlite://", *words, "--help")
        assert (shown.exit_code, "·" in (command.help or "")) == (0, True), words
        for option in command.params:
            if isinstance(option, click.Option):
                assert "·" in (option.help or ""), (words, option.name)


def test_what_the_operators_page_says_the_doctor_counts_is_what_it_counts(tmp_path: Path) -> None:
    """After the page's own commands: three trial keys, one made, rotated and revoked, another plan."""
    url = f"sqlite:///{tmp_path / 'ttdn.sqlite3'}"
    page = (ROOT / "README.vi.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"ttdn doctor\n((?: *\d+ .+\n)+ok\n)", page)
    made = [ttdn(url, command) for command in ("migrate", "seed")]
    made += [ttdn(url, "key", "create", "SCT", "--label", "x") for _ in range(4)]
    assert [run.exit_code for run in made] == [0] * 6
    one = made[-1].stdout.split()[0]
    for command in (["key", "rotate", one], ["key", "revoke", one], ["seed", str(TINY_PLAN)]):
        assert ttdn(url, *command).exit_code == 0
    assert ttdn(url, "doctor").stdout == told


def test_what_is_wrong_with_a_whole_plan_file_is_said_once(tmp_path: Path) -> None:
    file = tmp_path / "ke-hoach.json"
    file.write_text(TINY_PLAN.read_text(encoding="utf-8"), encoding="utf-16")
    said = one_sentence(ttdn(f"sqlite:///{tmp_path / 'ttdn.sqlite3'}", "seed", "--check", str(file)))
    assert (said.count("UTF-8"), len(said.splitlines())) == (2, 1)


def test_where_another_program_listens_nothing_is_begun(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ttdn.sqlite3'}"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = one_sentence(ttdn(url, "serve", "--port", port))
    assert f"Không phục vụ được ở 127.0.0.1 cổng {port}: " in said
    assert not (tmp_path / "ttdn.sqlite3").exists()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("TTDN_RATE", "abc", "không đúng dạng, ví dụ · not of the form, such as 600/min"),
        ("TTDN_ROOT_PATH", "ttdn", "such as /ttdn"),
        ("TTDN_METRICS", "9464", "such as 127.0.0.1:9464"),
        ("TTDN_THREADS", "x", "giá trị không dùng được · "),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_without_a_pattern(name: str, value: str, told: str) -> None:
    said = one_sentence(CliRunner(env={name: value}).invoke(main, ["doctor"]))
    assert (f"{name}: " in said, told in said, "^" in said) == (True, True, False), said


def test_as_a_process_it_speaks_vietnamese_whatever_the_terminal(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'a b' / 'ttdn.sqlite3'}",
        "PYTHONIOENCODING": "ascii",
        "LC_ALL": "C",
    }
    done = subprocess.run(
        [sys.executable, "-m", "app", "migrate"], capture_output=True, env=environment, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "trống" in done.stdout.decode("utf-8")
    assert (tmp_path / "a b" / "ttdn.sqlite3").exists()
    failed = subprocess.run(
        [sys.executable, "-m", "app", "key", "revoke", "x"],
        capture_output=True,
        env=environment,
        cwd=ROOT,
        check=False,
    )
    assert (failed.returncode, b"Traceback" in failed.stderr) == (1, False)


def test_serving_an_embedded_database_prepares_it_and_makes_demo_keys_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ttdn.sqlite3'}"
    with servers.ServerProcess({"DATABASE_URL": url}) as server:
        first = server.log
        secrets = [word for word in first.split() if form.is_well_formed(word)]
        assert len(secrets) == 3
        server.terminate()
        server.start()
        again = server.log[len(first) :]
        assert not any(form.is_well_formed(word) for word in again.split())
        assert "không có gì mới" in again
    with Service(url, dict(zip(("BPGV", "SVHTTDL", "TTBCD"), secrets, strict=True))) as service:
        for agency, push in (("BPGV", 403), ("SVHTTDL", 201), ("TTBCD", 403)):
            answer = service[agency].post(f"{PLAN}/activities", json=news("IV.7.a"))
            assert answer.status_code == push, agency
            assert service[agency].get("/v1/me").json()["agency"]["code"] == agency
        assert rows(service)["activities"] == 1, "no sample records unless asked for"


def test_the_backup_that_the_operators_are_told_to_make_is_whole(tmp_path: Path) -> None:
    """What is committed lies in the log beside the file, where `cp` does not look."""
    page = (ROOT / "README.vi.md").read_text(encoding="utf-8")
    (file,) = re.findall(r"^\.venv/bin/ttdn backup (\S+)$", page, re.MULTILINE)
    live, copy = tmp_path / "live.sqlite3", tmp_path / "copy.sqlite3"
    assert ttdn(f"sqlite:///{live}", "migrate").exit_code == 0
    held = sqlite.driver().connect(str(live))  # as a serving process does: the log is not folded in
    held.execute("SELECT 1 FROM plans").fetchall()
    assert ttdn(f"sqlite:///{live}", "seed").exit_code == 0
    assert ttdn(f"sqlite:///{live}", "backup", str(tmp_path / file)).exit_code == 0
    plain = tmp_path / "plain.sqlite3"
    shutil.copyfile(live, plain)  # the control: the file alone
    held.close()
    restored = ttdn(f"sqlite:///{copy}", "restore", str(tmp_path / file)).output
    assert "519 thay đổi trong nhật ký · changes" in restored
    assert "ok" in restored
    assert "519 thay đổi trong nhật ký · changes" not in ttdn(f"sqlite:///{plain}", "doctor").output
