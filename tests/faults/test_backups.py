"""Backups: taken while offices push, restored elsewhere, the same to the last record; and what is refused."""

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, make_url, text

from app import migration, sqlite
from app.backups import keeping
from app.backups.server import refuse_company
from app.cli import main
from app.db import Database
from app.errors import Busy
from app.settings import Settings
from tests.conftest import Seeded
from tests.faults.offices import at_work, recomputed, rolled_up, tally, until_some_are_stored
from tests.faults.sites import Site
from tests.patience import UNMEASURED
from tests.servers import of_session
from tests.service import PLAN, Service

ROOT = Path(__file__).parents[2]
MOST_SECONDS = 60
FIGURES = re.compile(r"^ *(\d+) .+ · (\w+)$", re.MULTILINE)


def ttdn(url: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        env={**os.environ, **UNMEASURED, "DATABASE_URL": url, "PYTHONUTF8": "1", **environment},
        capture_output=True, encoding="utf-8", cwd=ROOT, check=False, timeout=MOST_SECONDS,
    )  # fmt: skip


def told(url: str, *arguments: str) -> Result:
    """The same in this process, where it is the answer that counts."""
    return CliRunner(env={"DATABASE_URL": url}).invoke(main, arguments)


def figures(said: str) -> dict[str, int]:
    """What a command says that there is."""
    return {name: int(count) for count, name in FIGURES.findall(said)}


@pytest.fixture
def site(seeded: Seeded) -> Iterator[Site]:
    """The real plan in a database to which nobody is connected."""
    alone = seeded.original.twin(f"alone_{uuid.uuid4().hex[:12]}")
    with closing(Site(alone.url, seeded.secrets)) as made:
        yield made
    alone.remove()


@pytest.fixture
def elsewhere(site: Site, tmp_path: Path) -> Iterator[str]:
    """The address of a database of the same kind with nothing in it."""
    cluster, name = of_session(), f"elsewhere_{uuid.uuid4().hex}"
    if site.embedded:
        yield f"sqlite:///{tmp_path / 'elsewhere' / 'ttdn.sqlite3'}"
    elif cluster:
        yield cluster.create_database(name)
        cluster.drop_database(name)


@pytest.fixture
def kept(site: Site, tmp_path: Path) -> Path:
    """A backup of the site as it began."""
    file = tmp_path / "kept.backup"
    done = told(site.url, "backup", str(file))
    assert done.exit_code == 0, done.output
    return file


def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    database = Database(Settings(DATABASE_URL=url))
    try:
        with database.reading() as session:
            if database.embedded:
                tables = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
            else:
                tables = session.scalars(
                    text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
                ).all()
            return {
                table: sorted(map(tuple, session.execute(text(f"SELECT * FROM {table}"))), key=repr)
                for table in tables
            }
    finally:
        database.dispose()


@pytest.mark.timeout(240)
def test_what_was_taken_under_writes_is_restored_whole(site: Site, elsewhere: str, tmp_path: Path) -> None:
    file = tmp_path / "lúc đang ghi.backup"
    with site.serve() as server, at_work(site.secrets, lambda: server.base_url) as offices:
        until_some_are_stored(offices)
        promised = [dict(office.acknowledged) for office in offices]
        backup = ttdn(site.url, "backup", str(file))
        until_some_are_stored(offices, more=2)
    assert backup.returncode == 0, backup.stderr
    assert not [line for office in offices for line in office.strange]
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix in (".backup", ".part")) == [
        file.name
    ]

    restore = ttdn(elsewhere, "restore", str(file))
    assert restore.returncode == 0, restore.stdout + restore.stderr
    assert figures(restore.stdout) == figures(backup.stdout)
    assert figures(backup.stdout)["activities"] >= sum(map(len, promised)) > 0
    assert re.search(r"restored \d+\.\d s, kiểm tra · checked \d+\.\d s", restore.stdout)

    for office, before in zip(offices, promised, strict=True):
        office.unknown |= {name: {title} for name, (_, title) in office.acknowledged.items()}
        office.acknowledged, office.batches = before, office.batches
    found = tally(elsewhere, offices)
    assert found.acknowledged == sum(map(len, promised))
    assert (found.lost, found.doubled, found.torn, found.wrong) == ([], [], [], [])
    copy = Site(elsewhere, site.secrets)
    with closing(copy), copy.serve() as server, copy.client("TTBCD", server.base_url) as owner:
        assert rolled_up(owner) == copy.look(recomputed)
        asked = owner.get("/v1/changes", params={"limit": "1", "subject": "activity"})
        assert asked.json()["items"], "the journal is read on as before"


def test_a_backup_is_every_row(site: Site, elsewhere: str, kept: Path) -> None:
    before = everything(site.url)
    done = told(elsewhere, "restore", str(kept))
    assert done.exit_code == 0, done.output
    assert everything(elsewhere) == before
    assert sum(map(len, before.values())) > 1000


def test_another_file_is_never_written_over(site: Site, kept: Path) -> None:
    before = kept.read_bytes()
    done = told(site.url, "backup", str(kept))
    assert (done.exit_code, "not overwritten" in done.stderr) == (1, True)
    assert kept.read_bytes() == before
    assert [path for path in kept.parent.iterdir() if path.name.endswith(".part")] == []


@pytest.mark.parametrize("linked", [True, False])
def test_of_two_backups_begun_under_one_name_the_first_that_ends_stays(
    site: Site, tmp_path: Path, linked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, first = tmp_path / "kept.backup", b""
    if not linked:  # as on a disk on which no file has two names

        def refuse(*_: object) -> None:
            raise PermissionError

        monkeypatch.setattr(Path, "hardlink_to", refuse)
    write = keeping._write

    def overtaken(opened: Database, part: Path) -> dict[str, int]:
        nonlocal first
        monkeypatch.setattr(keeping, "_write", write)
        done = told(site.url, "backup", str(file))
        assert done.exit_code == 0, done.output
        first = file.read_bytes()
        return write(opened, part)

    monkeypatch.setattr(keeping, "_write", overtaken)
    later = told(site.url, "backup", str(file))
    assert (later.exit_code, "not overwritten" in later.stderr) == (1, True), later.output
    assert file.read_bytes() == first != b""
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".kept", "kept"))] == [
        file.name
    ]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 or os.name != "posix"


def test_a_database_with_something_in_it_is_replaced_only_when_told(site: Site, kept: Path) -> None:
    with site.serve() as server, site.client("SVHTTDL", server.base_url) as office:
        later = {"task": "IV.7.a", "occurred_on": "2023-05-12", "kind": "training", "title": "Sau sao lưu"}
        assert office.post(f"{PLAN}/activities", json=later).status_code == 201
        refused = told(site.url, "restore", str(kept))
        assert (refused.exit_code, "--replace" in refused.stderr) == (1, True)
        served = ttdn(site.url, "restore", str(kept), "--replace")
        assert (served.returncode, "stop the service" in served.stderr) == (1, True), served.stderr
        assert len(office.get(f"{PLAN}/activities").json()["items"]) == 1
    site.close()
    done = told(site.url, "restore", str(kept), "--replace")
    assert done.exit_code == 0, done.output
    assert figures(done.stdout)["activities"] == 0


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_what_others_keep_in_the_same_database_stays(site: Site, tmp_path: Path) -> None:
    database = Database(Settings(DATABASE_URL=site.url))
    with database.engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA theirs"))
        connection.execute(text("CREATE TABLE theirs.notes AS SELECT 1 AS note"))
    database.dispose()
    site.close()
    before, file = everything(site.url), tmp_path / "both.backup"
    assert told(site.url, "backup", str(file)).exit_code == 0
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE theirs.notes SET note = 2"))
    database.dispose()
    done = told(site.url, "restore", str(file), "--replace")
    assert done.exit_code == 0, done.output
    assert everything(site.url) == before
    with database.engine.begin() as connection:
        assert connection.scalar(text("SELECT note FROM theirs.notes")) == 2
    database.dispose()


def test_a_torn_file_is_refused_and_nothing_is_touched(site: Site, elsewhere: str, kept: Path) -> None:
    whole = kept.read_bytes()
    before = everything(site.url)
    site.close()
    for part in (0.05, 0.5, 0.999):
        kept.write_bytes(whole[: int(len(whole) * part)])
        for url, options in ((site.url, ["--replace"]), (elsewhere, [])):
            done = told(url, "restore", str(kept), *options)
            assert (done.exit_code, "not whole" in done.stderr) == (1, True), (part, done.output)
    assert everything(site.url) == before
    if site.embedded:
        assert not Path(elsewhere.removeprefix("sqlite:///")).exists()
    kept.write_bytes(whole)
    assert told(site.url, "restore", str(kept), "--replace").exit_code == 0, "the control: the whole is taken"


@pytest.mark.skipif(os.name != "posix", reason="where a shell limits files")
def test_a_file_that_may_not_grow_is_told_in_a_sentence_and_leaves_nothing(
    site: Site, elsewhere: str, kept: Path, tmp_path: Path
) -> None:
    before, target = everything(site.url), tmp_path / "giới hạn.backup"
    site.close()
    commands: list[tuple[str, ...]] = [(site.url, "backup", str(target))]
    if site.embedded:  # a server's files are the server's
        commands += [(site.url, "restore", str(kept), "--replace"), (elsewhere, "restore", str(kept))]
    for url, *command in commands:
        done = subprocess.run(
            ["/bin/sh", "-c", 'ulimit -f 100; exec "$@"', "sh", sys.executable, "-m", "app", *command],
            env={**os.environ, **UNMEASURED, "DATABASE_URL": url, "PYTHONUTF8": "1"},
            capture_output=True, encoding="utf-8", cwd=ROOT, check=False, timeout=MOST_SECONDS,
        )  # fmt: skip
        assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert everything(site.url) == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix in (".backup", ".part")) == [
        kept.name
    ]


def test_what_is_no_backup_of_ours_is_refused(site: Site, elsewhere: str, tmp_path: Path) -> None:
    file = tmp_path / "thư.txt"
    file.write_text("Kính gửi")
    assert "no backup" in told(elsewhere, "restore", str(file)).stderr
    file.write_bytes(b"PGDMP" if site.embedded else b"SQLite format 3\x00")
    assert "the other kind" in told(elsewhere, "restore", str(file)).stderr
    empty = told(elsewhere, "backup", str(tmp_path / "trống"))
    assert empty.exit_code == 1
    assert not (tmp_path / "trống").exists()


def test_an_older_backup_is_brought_up_to_date_and_a_newer_one_refused(
    site: Site, elsewhere: str, tmp_path: Path
) -> None:
    database = Database(Settings(DATABASE_URL=site.url))
    try:
        migration.downgrade(database.engine, "0005")
        old = tmp_path / "0005.backup"
        assert told(site.url, "backup", str(old)).exit_code == 0
        with database.engine.execution_options(writing=True).begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        newer = tmp_path / "9999.backup"
        assert told(site.url, "backup", str(newer)).exit_code == 0
    finally:
        database.dispose()
    refused = told(elsewhere, "restore", str(newer))
    assert (refused.exit_code, "newer than this program" in refused.stderr) == (1, True)
    done = told(elsewhere, "restore", str(old))
    assert done.exit_code == 0, done.stderr
    assert f"0005 → {migration.head()}" in done.stdout
    assert told(elsewhere, "doctor").exit_code == 0


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize("again", [["migrate"], ["restore", "--replace"]], ids="-".join)
@pytest.mark.parametrize("killed", [False, True], ids=["refused", "killed"])
def test_a_restore_that_ends_before_the_schema_is_brought_up_to_date_is_gone_on_with(
    site: Site, elsewhere: str, tmp_path: Path, again: list[str], killed: bool
) -> None:
    """What is in the backup is there then, and no half of a newer schema; it is said what is left to do."""
    database = Database(Settings(DATABASE_URL=site.url))
    migration.downgrade(database.engine, "0005")
    database.dispose()
    file = str(tmp_path / "0005.backup")
    assert told(site.url, "backup", file).exit_code == 0
    with another_that_migrates(elsewhere) as looking:
        if killed:
            running = subprocess.Popen(
                [sys.executable, "-m", "app", "restore", file],
                env={**os.environ, **UNMEASURED, "DATABASE_URL": elsewhere, "TTDN_BUSY_SECONDS": "60"},
            )
            until(lambda: migration.current(looking) == "0005")
            running.kill()
            running.wait()
        else:
            stopped = ttdn(elsewhere, "restore", file, TTDN_BUSY_SECONDS="1")
            assert (stopped.returncode, "Traceback" in stopped.stderr) == (1, False)
            assert "restored with schema 0005 and not brought up to date" in stopped.stderr, stopped.stderr
            assert "ttdn migrate" in stopped.stderr
        assert migration.current(looking) == "0005"
    assert "ttdn migrate" in told(elsewhere, "doctor").stderr
    more = [file] if again[0] == "restore" else []
    refused = told(elsewhere, "restore", file)
    assert (refused.exit_code, "--replace" in refused.stderr) == (1, True)
    done = told(elsewhere, *again, *more)
    assert (done.exit_code, f"0005 → {migration.head()}" in done.stdout) == (0, True), done.stderr
    assert told(elsewhere, "doctor").exit_code == 0


@contextmanager
def another_that_migrates(url: str) -> Iterator[Engine]:
    """Nobody else may touch the schema meanwhile; what was killed while it waited for that has gone after."""
    database = Database(Settings(DATABASE_URL=url))
    try:
        with database.engine.connect() as holding:
            holding.execute(text("SELECT pg_advisory_lock(hashtextextended('ttdn schema', 0))"))
            holding.commit()
            yield database.engine
        database.dispose()  # and with the connection goes its lock
        until(lambda: alone(database.engine))
    finally:
        database.dispose()


def alone(engine: Engine) -> bool:
    """Whether nobody but this process is connected to a database."""
    try:
        refuse_company(engine)
    except Busy:
        return False
    return True


def until(happens: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + MOST_SECONDS
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_the_journal_is_read_in_another_cluster_too(site: Site, elsewhere: str, tmp_path: Path) -> None:
    """Transactions are numbered in each cluster anew: docs/decisions/0006."""
    database = Database(Settings(DATABASE_URL=site.url))
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE changes SET horizon = horizon + 1099511627776"))
    database.dispose()
    file = tmp_path / "kept.backup"
    assert told(site.url, "backup", str(file)).exit_code == 0
    assert told(elsewhere, "restore", str(file)).exit_code == 0
    for url, seen in ((site.url, False), (elsewhere, True)):
        with Service(url, site.secrets) as one:
            asked = one["TTBCD"].get("/v1/changes", params={"limit": "1"})
            assert bool(asked.json()["items"]) is seen


@pytest.mark.skipif(
    os.name != "posix", reason="a program of our own in the place of PostgreSQL's is a script"
)
@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_no_password_is_on_a_command_line(site: Site, elsewhere: str, tmp_path: Path) -> None:
    seen, programs = tmp_path / "seen", tmp_path / "bin"
    programs.mkdir()
    for name in ("pg_dump", "pg_restore", "psql"):
        script = programs / name
        script.write_text(f'#!/bin/sh\necho "{name} $*" >> "{seen}"\nexec "{shutil.which(name)}" "$@"\n')
        script.chmod(0o700)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    file = tmp_path / "kept.backup"
    assert ttdn(site.url, "backup", str(file), PATH=path).returncode == 0
    assert ttdn(elsewhere, "restore", str(file), PATH=path).returncode == 0
    told = seen.read_text()
    assert {line.split()[0] for line in told.splitlines()} == {"pg_dump", "pg_restore", "psql"}
    password = Database(Settings(DATABASE_URL=site.url)).engine.url.password
    assert password
    assert password not in told
    assert site.secrets["SVHTTDL"] not in file.read_bytes().decode(errors="replace")


@pytest.mark.skipif(os.name != "posix", reason="a runbook is typed into a shell")
@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize("hosts", [1, 2])
def test_a_backup_is_tried_as_the_runbook_has_it(site: Site, kept: Path, tmp_path: Path, hosts: int) -> None:
    """The settings are in a file that a shell reads, and may name several hosts (docs/scaling.md)."""
    page = (ROOT / "docs" / "runbooks" / "upgrade.en.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    [typed] = [block for block in blocks if "createdb" in block]
    url, address = make_url(site.url), site.url
    if hosts > 1:
        named = "&".join([f"host={url.host}:{url.port or 5432}"] * hosts)
        address = f"postgresql://{url.username}:{url.password}@/{url.database}?{named}&connect_timeout=3"
        typed = f"PRIMARY='{site.url}'\n{typed.partition(chr(10))[2]}"
    typed = typed.replace("/var/backups/ttdn/before.ttdn", str(kept))
    typed = typed.replace("ttdn_trial", f"trial_{uuid.uuid4().hex}")
    settings = tmp_path / "ttdn.env"
    settings.write_text(f"DATABASE_URL='{address}'\n", encoding="utf-8")
    python = shlex.quote(sys.executable)
    script = (
        f'set -a && . {shlex.quote(str(settings))} && set +a\nttdn() {{ {python} -m app "$@"; }}\n{typed}'
    )
    environment = {**os.environ, **UNMEASURED, "PYTHONUTF8": "1"}
    done = subprocess.run(
        ["bash", "-ec", script], env=environment, capture_output=True, encoding="utf-8", cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    assert figures(done.stdout) == figures(told(site.url, "doctor").output)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_without_postgresqls_programs_it_says_which_one_is_missing(site: Site, tmp_path: Path) -> None:
    done = ttdn(site.url, "backup", str(tmp_path / "x"), PATH=str(tmp_path))
    assert (done.returncode, "pg_dump" in done.stderr, "postgresql-client" in done.stderr) == (1, True, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_copy_of_the_file_alone_is_what_it_was_said_to_be(site: Site, tmp_path: Path) -> None:
    """The control: `cp` of a database in use is not a backup."""
    live = Path(site.url.removeprefix("sqlite:///"))
    with closing(sqlite.driver().connect(str(live), isolation_level=None)) as held:
        held.execute("SELECT 1 FROM plans").fetchall()
        held.execute("UPDATE plans SET version = version + 1")
        plain, whole = tmp_path / "plain", tmp_path / "whole"
        shutil.copyfile(live, plain)
        assert told(site.url, "backup", str(whole)).exit_code == 0
    versions = {}
    for file in (plain, whole):
        with closing(sqlite.driver().connect(str(file))) as opened:
            versions[file] = opened.execute("SELECT version FROM plans").fetchone()[0]
    assert versions[whole] == versions[plain] + 1
