"""What tests of acts and decisions share: outputs and what is done to them, decisions and their changes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assignment, Plan, Task
from app.models.base import Base
from app.rules.parties import Actor
from app.rules.vocabulary import Role, Scope
from app.schemas.amendments import AmendmentIn
from app.services import amending, keys
from tests.service import PLAN, Service
from tests.walks import items

if TYPE_CHECKING:
    from tests.conftest import Seeded

DECISION = {
    "number": "09-QĐ/BCĐ-TTĐN",
    "decided_on": "2023-01-10",
    "issuer": "Ban Chỉ đạo công tác thông tin đối ngoại tỉnh",
}
LEVELS = ("reported", "evidenced", "confirmed")
Figure: TypeAlias = tuple[Any, ...]
"""The three levels: exact fractions, or None where undefined."""


# Outputs and acts.


def output(client: httpx.Client, task: str, agency: str | None = None, code: str = "M1") -> dict[str, Any]:
    """One output as this caller sees it."""
    wanted = {"task": task, "limit": "200", **({"agency": agency} if agency else {})}
    (found,) = [one for one in items(client, f"{PLAN}/outputs", **wanted) if one["code"] == code]
    return found


def owed(service: Service, task: str, agency: str | None = None) -> dict[str, str]:
    """What is still owed of a task, with its levels."""
    shown = items(service["TTBCD"], f"{PLAN}/outputs", task=task, owed="true", limit="200")
    return {
        f"{one['agency']}/{one['code']}": one["level"] for one in shown if agency in (None, one["agency"])
    }


def act(client: httpx.Client, one: dict[str, Any] | str, what: str, **body: Any) -> httpx.Response:
    """Do something to an output; `headers` go beside the body."""
    headers, plan = body.pop("headers", None), body.pop("plan", PLAN)
    id_ = one if isinstance(one, str) else one["id"]
    return client.post(f"{plan}/outputs/{id_}/{what}", json=body, headers=headers)


def acted(client: httpx.Client, one: dict[str, Any] | str, what: str, **body: Any) -> dict[str, Any]:
    """The same where it is done; the result."""
    answer = act(client, one, what, **body)
    assert answer.status_code == 201, answer.text
    result: dict[str, Any] = answer.json()
    assert result["result"] == "done"
    return result


def history(client: httpx.Client, one: dict[str, Any] | str, **asked: Any) -> list[dict[str, Any]]:
    """All that was done to an output, page by page."""
    id_ = one if isinstance(one, str) else one["id"]
    return items(client, f"{PLAN}/outputs/{id_}/acts", **asked)


def assignment(client: httpx.Client, task: str, agency: str, role: str = "lead") -> dict[str, Any]:
    """A body's part of a task."""
    asked = {"task": task, "agency": agency, "role": role}
    (found,) = items(client, f"{PLAN}/assignments", **asked)
    return found


# Decisions.


def decide(client: httpx.Client, *changes: dict[str, Any], plan: str = PLAN, **more: Any) -> httpx.Response:
    """Enter a decision; `params` and `headers` go beside the body."""
    beside = {name: more.pop(name) for name in ("params", "headers") if name in more}
    body = {"decision": DECISION, "changes": list(changes), **more}
    return client.post(f"{plan}/amendments", json=body, **beside)


def decided(client: httpx.Client, *changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The same where it is taken; the result."""
    answer = decide(client, *changes, **more)
    assert answer.status_code == 201, answer.text
    result: dict[str, Any] = answer.json()
    return result


def entered(*changes: dict[str, Any]) -> Callable[[Session, Actor], object]:
    """To enter a decision, past HTTP."""
    slug = PLAN.rpartition("/")[2]
    said = AmendmentIn.model_validate({"decision": DECISION, "changes": list(changes)})
    return lambda session, actor: amending.amend(session, actor, slug, said)


def leads(task: str, *bodies: str, **shares: str) -> dict[str, Any]:
    """A change of leads: equal, or with the shares given (dots of codes are written `__`)."""
    given = [{"agency": code.replace("__", "."), "share": share} for code, share in shares.items()]
    return {"change": "leads", "task": task, "leads": [{"agency": code} for code in bodies] + given}


def member(group: str, agency: str, first: str | None = None, last: str | None = None) -> dict[str, Any]:
    """A change of a body's place in a group."""
    return {"change": "member", "group": group, "agency": agency, "valid_from": first, "valid_to": last}


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    """Where and what is wrong."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


# Figures and shares.


def figure(client: httpx.Client, **asked: str) -> Figure:
    """The three levels of a filtered set."""
    answer = client.get(f"{PLAN}/progress", params=asked)
    assert answer.status_code == 200, answer.text
    return _levels(answer.json()["total"])


def nodes(client: httpx.Client, *by: str, plan: str = PLAN) -> dict[str, Figure]:
    """The three levels of every node of some breakdowns, and of the whole."""
    found = {}
    for one in by:
        answer = client.get(f"{plan}/progress", params={"by": one})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        found["total"] = _levels(told["total"])
        found |= {f"{one} {row['key']}": _levels(row) for row in told["items"]}
    return found


def _levels(told: dict[str, Any]) -> Figure:
    return tuple(ratio(told[name]) for name in LEVELS)


def ratio(told: dict[str, Any]) -> Fraction | None:
    """An exact ratio off the wire."""
    if told["numerator"] is None:
        return None
    return Fraction(told["numerator"], told["denominator"])


def shares(service: Service, task: str, slug: str = "ttdn-2023") -> dict[str, Any]:
    """The shares of all leads of a task, past ones included, by body: what is stored."""
    with service.database.reading() as session:
        query = (
            select(Assignment)
            .join(Task, Task.id == Assignment.task_id)
            .join(Plan, Plan.id == Task.plan_id)
            .where(Plan.slug == slug, Task.code == task, Assignment.role == Role.LEAD, ~Assignment.fans_out)
        )
        names = _agencies(session)
        return {names[row.agency_id]: row.share for row in session.scalars(query)}


def _agencies(session: Any) -> dict[int, str]:
    table = Base.metadata.tables["agencies"]
    return {row.id: row.code for row in session.execute(select(table.c.id, table.c.code))}


def contents(service: Service, *but: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but of those named."""
    with service.database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(table.c.id))]
            for table in Base.metadata.sorted_tables
            if table.name not in but
        }


# Time, and fresh copies.


def on(service: Service, day: str) -> None:
    """Let it be this day, from two in the afternoon in Vietnam on, a second for each unit of work."""
    ticks, noon = count(), datetime.fromisoformat(f"{day}T07:00:00").replace(tzinfo=UTC)
    service.database._clock = lambda: noon + timedelta(seconds=next(ticks))


class Prepared:
    """A database that every example of a property test gets a copy of."""

    def __init__(self, seeded: "Seeded", prepare: Callable[[Service], dict[str, str]]) -> None:
        self._original = seeded.original.twin(f"prepared_{uuid4().hex[:12]}")
        with Service(self._original.url, seeded.secrets) as service:
            self.secrets = {**seeded.secrets, **prepare(service)}

    @contextmanager
    def copy(self) -> Iterator[Service]:
        """The service over a copy."""
        url = self._original.copy()
        with Service(url, self.secrets) as service:
            yield service
        self._original.give_back(url)

    def drop(self) -> None:
        """Remove it."""
        self._original.remove()


def secret_of(service: Service, agency: str, *scopes: Scope) -> str:
    """A fresh key's secret; it may push unless something else is named."""
    with service.database.writing() as session:
        given = scopes or (Scope.PUSH,)
        return keys.issue(session, keys.technician(), agency, "test", given, timedelta(days=1))[1]
