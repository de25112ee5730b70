"""What is measured, as the measuring sees it; and how it is started so that it can be found in /proc."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import httpx

from benchmarks.side_by_side.counting import Counts
from benchmarks.side_by_side.wrk import Request
from tests.servers import ServerProcess

READS = ("overview", "roll-up", "tasks")
NOT_CHANGED = "304"
"""The overview again, with the tag it had."""


@dataclass(frozen=True)
class Subject:
    """One server. `roots` are the processes whose work it is: on PostgreSQL the database server's as well."""

    name: str
    database: str
    base_url: str
    roots: tuple[int, ...]
    reads: Mapping[str, Request]
    counts: Callable[[], Counts] = lambda: Counts(0, 0)
    writes: Sequence[Request] = ()
    batch: str = ""
    """Where a thousand records go in one request."""
    bodies: dict[str, int] = field(default_factory=dict)
    """How long the answer to each read is, as seen before the measuring."""

    def look(self) -> None:
        """Ask each read twice and take down how long the answer is: the second may be a warm one."""
        with httpx.Client(base_url=self.base_url, timeout=60) as client:
            for job, request in self.reads.items():
                client.get(request.path, headers=dict(request.headers))
                answer = client.get(request.path, headers=dict(request.headers))
                expected = 304 if job == NOT_CHANGED else 200
                assert answer.status_code == expected, (self.name, job, answer.status_code, answer.text[:500])
                self.bodies[job] = len(answer.content)


def started(
    stack: ExitStack, command: Sequence[str], environment: Mapping[str, str], ready: str
) -> ServerProcess:
    """A server of one process or more, until the stack is closed. `{port}` in the command is a free one."""
    return stack.enter_context(ServerProcess(environment, command, ready=ready))


def root(server: ServerProcess) -> int:
    """The number of the process at the top."""
    assert server.pid is not None
    return server.pid
