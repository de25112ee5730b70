"""Walking the API as a client does: along pages, along the feed, and over everything there is to read."""

import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import httpx
from sqlalchemy import text

from tests.service import PLAN, Service

NOWHERE = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
"""An id of the right form that names nothing."""


def walk(client: httpx.Client, path: str, **asked: Any) -> Iterator[dict[str, Any]]:
    """Every page of a list, following `Link: rel="next"` and nothing else."""
    query: dict[str, Any] | None = asked
    while query is not None:
        answer = client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        link = re.fullmatch(r'<\?([^>]+)>; rel="next"', answer.headers.get("link", ""))
        assert (link is None) == (page["next_cursor"] is None)
        yield page
        query = dict(parse_qsl(link[1])) if link else None


def items(client: httpx.Client, path: str, **asked: Any) -> list[dict[str, Any]]:
    """All items of a list."""
    return [item for page in walk(client, path, **asked) for item in page["items"]]


def keys(client: httpx.Client, path: str, **asked: Any) -> list[str]:
    """What people call the items of a list."""
    return [name_of(item) for item in items(client, path, **asked)]


def name_of(item: dict[str, Any]) -> str:
    """An item's public id: its code, its slug, or its id."""
    return str(next(item[name] for name in ("id", "code", "slug", "key", "revision") if name in item))


def everything(
    client: httpx.Client, spec: dict[str, Any], most: int = 200, plan: str = PLAN
) -> Iterator[tuple[str, str]]:
    """Every address this caller can read, with its operation: the contract's paths filled from the lists.

    `most`: how many names fill one gap of a path.
    """
    names = {
        "plan": [plan.rpartition("/")[2]],
        "code of agencies": keys(client, "/v1/agencies")[:most],
        **{f"code of {noun}": keys(client, f"{plan}/{noun}")[:most] for noun in CODED},
        **{name: keys(client, f"{plan}/{noun}")[:most] for name, noun in NUMBERED.items()},
    }
    for path, operations in spec["paths"].items():
        if "get" in operations:
            for address in _filled(path, names):
                operation = operations["get"]["operationId"]
                yield operation, address + _ASKED.get(operation, "")


_ASKED = {"get_permission": "?action=plan.read&on=plans/ttdn-2023"}
"""What an operation cannot do without."""
CODED = ("tasks", "sections", "objectives", "events")
NUMBERED = {
    "assignment": "assignments",
    "output": "outputs",
    "activity": "activities",
    "receipt": "receipts",
    "urge": "urges",
    "proposal": "proposals",
    "revision": "amendments",
    "occurrence": "occurrences",
    "subscription": "calendar/subscriptions",
    "line": "budget/lines",
    "entry": "budget/entries",
    "settlement": "budget/settlements",
}


OPEN = frozenset({"get_livez", "get_readyz", "get_signing_keys"})
"""What needs no key."""


def _filled(path: str, names: dict[str, list[str]]) -> Iterator[str]:
    """The template with every name that fits its first gap, and so on."""
    gap = re.search(r"([a-z-]+)/\{(\w+)\}", path)
    if gap is None:
        yield path
        return
    for name in names[gap[2] if gap[2] in names else f"{gap[2]} of {gap[1]}"]:
        yield from _filled(path.replace("{" + gap[2] + "}", name, 1), names)


def feed(client: httpx.Client, after: str | None = None, **asked: Any) -> list[dict[str, Any]]:
    """The journal from a change on, read to its end."""
    start = {"after": after} if after else {}
    return items(client, "/v1/changes", **start, **asked)


def settle(service: Service) -> None:
    """Wait for what the feed waits for: the end of every transaction older than the last change.

    On PostgreSQL those of other databases count too, and other workers share the server.
    """
    if service.database.embedded:
        return
    for _ in range(500):
        with service.database.reading() as session:
            if session.scalar(text(_ALL_SETTLED)):
                return
        time.sleep(0.02)
    raise AssertionError("a transaction stays open")


_ALL_SETTLED = "SELECT max(horizon) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM changes"
