"""Real servers for the tests: a throw-away PostgreSQL, and the service as a process that can be killed.

One PostgreSQL serves a whole test session: the process that starts the session calls `start_for_session`,
and pytest-xdist's workers inherit the address through the environment and call `of_session`.
`TTDN_TEST_POSTGRES_URL` set from outside names a server to use instead;
`TTDN_TEST_REQUIRE_POSTGRES=1` turns "none found" from a skip into a failure.
"""

import os

from sqlalchemy import make_url

from tests.servers.postgres import Postgres, ThrowAwayPostgres
from tests.servers.processes import Unavailable, free_port
from tests.servers.service import ServerProcess
from tests.servers.standby import Standby

__all__ = [
    "Postgres",
    "ServerProcess",
    "Standby",
    "ThrowAwayPostgres",
    "Unavailable",
    "free_port",
    "of_session",
    "required",
    "start_for_session",
]

ADDRESS = "TTDN_TEST_POSTGRES_URL"
REQUIRED = "TTDN_TEST_REQUIRE_POSTGRES"


def required() -> bool:
    """Whether what needs a PostgreSQL here has to fail without it, where it would be skipped otherwise."""
    return os.environ.get(REQUIRED) == "1"


def start_for_session(*, durable: bool = False) -> ThrowAwayPostgres | None:
    """Start the session's one server and tell the workers; None when one was named or none can be had.

    To be called once, by the process that starts the workers, which closes what it gets at the end.
    """
    if ADDRESS in os.environ:
        return None
    try:
        server = ThrowAwayPostgres(durable=durable).__enter__()
    except Unavailable:
        if required():
            raise
        return None
    os.environ[ADDRESS] = server.url()
    return server


def of_session() -> Postgres | None:
    """The session's server in whichever process asks; None where there is none and none is required."""
    address = os.environ.get(ADDRESS)
    if address is None:
        if required():
            raise Unavailable(f"{REQUIRED}=1, but no PostgreSQL was started and {ADDRESS} names none")
        return None
    return Postgres(make_url(address))
