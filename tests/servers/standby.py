"""A second PostgreSQL that follows a first: a streaming replica, to be held back, promoted, killed."""

import subprocess
import time

from sqlalchemy import URL

from tests.servers.postgres import ThrowAwayPostgres
from tests.servers.processes import Unavailable, free_port


class Standby(ThrowAwayPostgres):
    """A physical copy of a running throw-away cluster that streams what is written there, and can be read.

    It has the roles, the databases and the password of the first, on a port of its own.
    """

    def __init__(self, primary: ThrowAwayPostgres, *, patience: float = 30) -> None:
        self._primary = primary
        super().__init__(durable=True, patience=patience)

    def _initialise(self) -> URL:
        first = self._primary.address
        copy = [str(self._binaries / "pg_basebackup"), "--pgdata=data", "--write-recovery-conf"]
        copy += ["--checkpoint=fast", "--wal-method=stream", "--no-sync", "--no-password"]
        copy += [f"--host={first.host}", f"--port={first.port}", f"--username={first.username}"]
        as_user = self._as_user()
        as_user["env"] |= {"PGPASSWORD": first.password or ""}
        done = subprocess.run(copy, capture_output=True, text=True, check=False, **as_user)
        if done.returncode:
            raise Unavailable(f"pg_basebackup failed\n{done.stderr[-2000:]}")
        return first.set(port=free_port())

    def hold_back(self) -> None:
        """Take what comes and show none of it, until `let_go`."""
        self.say("SELECT pg_wal_replay_pause()")
        self._until("pg_get_wal_replay_pause_state() = 'paused'")

    def let_go(self) -> None:
        """Show all that has come."""
        self.say("SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        """Wait until all that is committed on the first can be read here."""
        there = self._primary.say("SELECT pg_current_wal_flush_lsn()")
        self._until(f"pg_last_wal_replay_lsn() >= '{there}'")

    def promote(self) -> None:
        """Make it the one that takes writes, and wait until it does."""
        self.say("SELECT pg_promote(wait => false)")
        self._until("NOT pg_is_in_recovery()")

    def _until(self, condition: str) -> None:
        deadline = time.monotonic() + self._patience
        while not self.say(f"SELECT {condition}"):
            if time.monotonic() > deadline:
                raise Unavailable(f"not within {self._patience} s: {condition}\n{self.log[-2000:]}")
            time.sleep(0.02)
