"""PostgreSQL for the tests: somebody's server by its address, or a throw-away one from installed binaries."""

import base64
import hashlib
import hmac
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from tests.servers.installed import server_binaries, unprivileged_user
from tests.servers.processes import LOOPBACK, Unavailable, end, free_port, kill, port_is_free


def connected(url: str, options: str = "") -> psycopg.Connection:
    """A connection of our own to an address that is one as DATABASE_URL takes it, outside any transaction."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True, options=options)


class Postgres:
    """A PostgreSQL server somebody runs, in which databases of our own can be made and dropped."""

    def __init__(self, url: URL) -> None:
        self._url = url

    def url(self, database: str | None = None) -> str:
        """The address of one database, as DATABASE_URL takes it."""
        url = self._url.set(database=database) if database else self._url
        return url.render_as_string(hide_password=False)

    @property
    def address(self) -> URL:
        """Where it is, and as whom it is spoken to."""
        return self._url

    def create_database(self, name: str, template: str = "template0") -> str:
        """An empty database, or a copy of `template`, which nobody may be connected to; its address."""
        with self._administering() as connection:
            # To copy the files costs a quarter of logging each block; before 15 nothing else was done.
            how = "STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""
            names = map(sql.Identifier, (name, template))
            connection.execute(sql.SQL(f"CREATE DATABASE {{}} TEMPLATE {{}} {how}").format(*names))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Gone, with everybody who is connected to it (PostgreSQL 13 and later)."""
        with self._administering() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def say(self, statement: str) -> Any:
        """One statement, outside a transaction; the first column of the first row of what it gives."""
        with self._administering() as connection:
            done = connection.execute(statement.encode())
            row = done.fetchone() if done.description else None
            return row[0] if row else None

    def _administering(self) -> psycopg.Connection:
        """A connection outside any transaction, closed when its block ends."""
        return connected(self.url())


class ThrowAwayPostgres(Postgres):
    """A cluster in a temporary folder, on loopback and a socket file, gone when the block ends.

    It survives crashes like a real one unless `durable=False` trades that for speed. Its default collation
    is ICU's English where the version has it: anything that relies on a byte order must say so.
    """

    def __init__(self, *, durable: bool = True, patience: float = 30) -> None:
        self._binaries = server_binaries()
        self._user = unprivileged_user()
        self._durable, self._patience = durable, patience
        self._process: subprocess.Popen[bytes] | None = None
        self._home = Path(tempfile.mkdtemp(prefix="ttdn-pg-"))
        try:
            if self._user:
                shutil.chown(self._home, self._user)
            super().__init__(self._initialise())
        except BaseException:
            shutil.rmtree(self._home, ignore_errors=True)
            raise

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start, again on the same port after a stop; on another when somebody took it meanwhile."""
        deadline = time.monotonic() + self._patience
        port = self._url.port or free_port()
        while time.monotonic() < deadline:
            self._url = self._url.set(port=port)
            self._process = self._launch(port)
            if self._answers(deadline):
                return
            self.kill()
            port = port if port_is_free(port) else free_port()
            time.sleep(0.1)  # after a kill the old backends need a moment to let go of the shared memory
        raise Unavailable(f"PostgreSQL did not start in {self._patience} s:\n{self.log[-2000:]}")

    def stop(self) -> None:
        """A fast, clean shutdown: clients are cut off, everything is written."""
        self._end(signal.SIGINT)

    def configure(self, **settings: str) -> None:
        """Set what can be changed without a restart, for good."""
        for name, value in settings.items():
            self.say(f"ALTER SYSTEM SET {name} = '{value}'")
        self.say("SELECT pg_reload_conf()")

    def kill(self) -> None:
        """As a power cut: nothing is written any more; the next start recovers."""
        if self._process is not None:
            kill(self._process)
            self._process = None

    def close(self) -> None:
        """End the server and remove the cluster."""
        self._end(signal.SIGQUIT)
        shutil.rmtree(self._home, ignore_errors=True)

    @property
    def pid(self) -> int | None:
        """The first process's number while it runs."""
        return self._process.pid if self._process else None

    @property
    def log(self) -> str:
        """What the server wrote."""
        path = self._home / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _initialise(self) -> URL:
        password = secrets.token_hex(16)
        (self._home / "password").write_text(_verifier(password))
        if self._user:
            shutil.chown(self._home / "password", self._user)
        base = [str(self._binaries / "initdb"), "--pgdata=data", "--username=ttdn", "--pwfile=password"]
        base += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]
        faults = []
        for collation in (["--locale-provider=icu", "--icu-locale=en-US"], []):
            done = subprocess.run(
                [*base, *collation], capture_output=True, text=True, check=False, **self._as_user()
            )
            if done.returncode == 0:
                return URL.create("postgresql", "ttdn", password, LOOPBACK, database="postgres")
            faults.append(done.stderr[-2000:])
        raise Unavailable("\n".join(["initdb failed", *faults]))

    def _as_user(self) -> dict[str, Any]:
        identity = {"user": self._user, "extra_groups": ()} if self._user else {}
        return {"cwd": self._home, "env": {**os.environ, "LC_ALL": "C.UTF-8"}, **identity}

    def _launch(self, port: int) -> subprocess.Popen[bytes]:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": port,
            "unix_socket_directories": self._home,
            "max_connections": 200,
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self._home / "log").open("ab") as log:
            return subprocess.Popen(
                [str(self._binaries / "postgres"), "-D", "data", *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **self._as_user(),
            )  # fmt: skip

    def _answers(self, deadline: float) -> bool:
        while self._process and self._process.poll() is None and time.monotonic() < deadline:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            end(self._process, how)
            self._process = None


def _verifier(password: str) -> str:
    """What PostgreSQL keeps of a password (RFC 5803), made with one iteration where it would make 4096: what
    nobody can guess needs no more, and tests connect ten thousand times."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1)
    client, server = (hmac.digest(salted, name, "sha256") for name in (b"Client Key", b"Server Key"))
    kept = (salt, hashlib.sha256(client).digest(), server)
    printed = [base64.b64encode(one).decode() for one in kept]
    return f"SCRAM-SHA-256$1:{printed[0]}${printed[1]}:{printed[2]}"
