"""Money as tests move it: lines, and what is stated, allocated, committed, spent and settled on them."""

from itertools import count
from typing import Any

import httpx

from tests.service import PLAN

BUDGET = f"{PLAN}/budget"
TOTAL = 2_278_000_000
DECISION = {"number": "15/QĐ-STC", "decided_on": "2023-02-15", "issuer": "Sở Tài chính"}
CHECKED = {"number": "03-QĐ/VPTU", "decided_on": "2023-12-20", "issuer": "Văn phòng Tỉnh ủy"}
_numbers = count(1)


def line_of(agency: str = "SVHTTDL", **changes: Any) -> dict[str, Any]:
    """A line nothing else has."""
    return {"code": f"{agency}-{next(_numbers):04}", "agency": agency, "title_vi": "Tập huấn", **changes}


def opened(client: httpx.Client, *, plan: str = PLAN, **changes: Any) -> dict[str, Any]:
    """A line that is opened."""
    answer = client.post(f"{plan}/budget/lines", json=line_of(**changes))
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


def entry(line: str, amount: int, **changes: Any) -> dict[str, Any]:
    """What an agency writes on its own line."""
    return {"line": line, "amount_vnd": amount, "occurred_on": "2023-03-01", **changes}


def decided(line: str, amount: int, **changes: Any) -> dict[str, Any]:
    """What a decision gives to a line."""
    return {**entry(line, amount), "decision": DECISION, **changes}


def post(client: httpx.Client, noun: str, body: dict[str, Any]) -> httpx.Response:
    """Write something of a kind."""
    return client.post(f"{BUDGET}/{noun}", json=body)


def done(answer: httpx.Response) -> dict[str, Any]:
    """What was answered to something that has to succeed."""
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


def allocate(client: httpx.Client, line: str, amount: int, **changes: Any) -> dict[str, Any]:
    """Allocate; the entry."""
    said = done(post(client, "allocations", decided(line, amount, **changes)))
    return dict(said["entries"][0])


def write(client: httpx.Client, noun: str, line: str, amount: int, **changes: Any) -> dict[str, Any]:
    """State a need, commit or spend; the entry."""
    return dict(done(post(client, noun, entry(line, amount, **changes)))["entries"][0])


def spent(office: httpx.Client, funder: httpx.Client, amount: int = 100, **line: Any) -> str:
    """A line from which so much has been spent."""
    code = str(opened(office, **line)["code"])
    allocate(funder, code, amount)
    for noun in ("commitments", "spendings"):
        write(office, noun, code, amount)
    return code


def stands(client: httpx.Client, line: str) -> tuple[int, ...]:
    """Needed, allocated, committed, spent, settled."""
    said = client.get(f"{BUDGET}/lines/{line}").json()
    return tuple(said[f"{name}_vnd"] for name in ("needed", "allocated", "committed", "spent", "settled"))
