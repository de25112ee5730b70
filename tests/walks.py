"""Walking the API as a client does: along pages, along the feed, and over everything there is to read."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import httpx

from tests.service import PLAN

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
    return str(next(item[name] for name in ("id", "code", "slug", "key") if name in item))


def everything(client: httpx.Client, spec: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every address this caller can read, with its operation: read off the contract, filled from the lists."""
    agencies = keys(client, "/v1/agencies", limit=200)
    names = {
        "plan": ["ttdn-2023"],
        "code of agencies": agencies,
        **{f"code of {noun}": keys(client, f"{PLAN}/{noun}", limit=200) for noun in _CODED},
        **{noun[:-1].replace("ie", "y"): keys(client, f"{PLAN}/{noun}", limit=200) for noun in _NUMBERED},
    }
    for path, operations in spec["paths"].items():
        if "get" in operations:
            for address in _filled(path, names):
                yield operations["get"]["operationId"], address


_CODED = ("tasks", "sections", "objectives", "events")
_NUMBERED = ("assignments", "outputs", "activities")


def _filled(path: str, names: dict[str, list[str]]) -> Iterator[str]:
    """The template with every name that fits its first gap, and so on."""
    gap = re.search(r"/([a-z-]+)/\{(\w+)\}", path)
    if gap is None:
        yield path
        return
    for name in names.get(gap[2]) or names[f"{gap[2]} of {gap[1]}"]:
        yield from _filled(path.replace("{" + gap[2] + "}", name, 1), names)
