"""What tests of the writing half share: records, callers with fresh keys, small plans, what was left."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Agency, Change
from app.models.base import Base
from app.rules.parties import Actor
from app.rules.vocabulary import Scope
from app.schemas.activities import ActivityIn
from app.services import audit, keys, recording
from seed import loader
from tests.service import PLAN, Service

TINY_PLAN = Path(__file__).parent / "seed" / "tiny-plan.json"
SMALL = "/v1/plans/mau-2024"


def news(task: str, **changes: Any) -> dict[str, Any]:
    """A plain record for a task."""
    return {
        "task": task,
        "occurred_on": "2023-05-12",
        "kind": "news",
        "title": "Bài giới thiệu tỉnh Trà Vinh",
        **changes,
    }


def record(client: httpx.Client, task: str, *, plan: str = PLAN, **changes: Any) -> dict[str, Any]:
    """Push a record that is taken; the result. Other plans than the real one are of 2024."""
    if plan != PLAN:
        changes = {"occurred_on": "2024-05-12", **changes}
    answer = client.post(f"{plan}/activities", json=news(task, **changes))
    assert answer.status_code in (200, 201), answer.text
    result: dict[str, Any] = answer.json()
    return result


def withdraw(client: httpx.Client, public_id: str, *, plan: str = PLAN) -> dict[str, Any]:
    """Withdraw a record; the result."""
    answer = client.post(f"{plan}/activities/{public_id}/withdrawals", json={"reason": "Ghi nhầm"})
    assert answer.status_code in (200, 201), answer.text
    result: dict[str, Any] = answer.json()
    return result


def revise(client: httpx.Client, public_id: str, *, plan: str = PLAN, **patch: Any) -> httpx.Response:
    """Correct a record at its present version."""
    url = f"{plan}/activities/{public_id}"
    return client.patch(url, json=patch, headers={"If-Match": client.get(url).headers["etag"]})


def beside(
    service: Service,
    agency: str,
    first: Callable[[Session, Actor], object],
    other: Callable[[], httpx.Response],
    then: Callable[[Session, Actor], object] = lambda _session, _actor: None,
) -> httpx.Response:
    """Do something as an agency, and let a request come before it is committed, and before what it does
    `then`; what the request is answered."""
    with ThreadPoolExecutor(1) as pool:
        with service.database.writing() as session:
            actor = keys.identify(session, service.secrets[agency])
            first(session, actor)
            coming = pool.submit(other)
            wait([coming], timeout=1)
            then(session, actor)
        return coming.result()


def recorded(body: dict[str, Any]) -> Callable[[Session, Actor], object]:
    """To push a record, past HTTP."""
    slug, said = PLAN.rpartition("/")[2], ActivityIn.model_validate(body)
    return lambda session, actor: recording.record(session, actor, slug, said)


def evidenced(service: Service, *, plan: str = PLAN, by: str = "TTBCD", **filters: str) -> Fraction | None:
    """The headline figure of a filtered set, as its owner sees it; None where it is undefined."""
    answer = service[by].get(f"{plan}/progress", params=filters)
    assert answer.status_code == 200, answer.text
    figure = answer.json()["total"]["evidenced"]
    return None if figure["numerator"] is None else Fraction(figure["numerator"], figure["denominator"])


def levels(client: httpx.Client, task: str, *, plan: str = PLAN) -> dict[str, str]:
    """What is owed for a task, as `agency/output: level`."""
    answer = client.get(f"{plan}/outputs", params={"task": task, "limit": "200"})
    assert answer.status_code == 200, answer.text
    return {f"{one['agency']}/{one['code']}": one["level"] for one in answer.json()["items"]}


def pushing(service: Service, agency: str, *scopes: Scope) -> httpx.Client:
    """A client with a fresh key of any agency on record."""
    with service.database.writing() as session:
        _, secret = keys.issue(
            session, keys.technician(), agency, "test", scopes or (Scope.PUSH,), timedelta(days=1)
        )
    return with_key(service, secret)


def with_key(service: Service, secret: str) -> httpx.Client:
    """A client with this secret."""
    return service.client(secret)


def tiny_plan() -> dict[str, Any]:
    """The sample plan of the format's documentation, to be varied."""
    plan: dict[str, Any] = json.loads(TINY_PLAN.read_text(encoding="utf-8"))
    return plan


def small_plan() -> dict[str, Any]:
    """The sample plan with two accountable bodies: SMAU has 2/3 of II.2.a, SHAI 1/3 through its group."""
    plan = tiny_plan()
    plan["agencies"].append(
        {
            "code": "SHAI",
            "kind": "state_department",
            "name_vi": "Sở Hai",
            "name_en": "Second Department",
            "entry": None,
            "line": None,
            "source": "not_in_text",
        }
    )
    plan["agencies"][2]["members"][0]["agency"] = "SHAI"
    return plan


def load(service: Service, plan: dict[str, Any], folder: Path) -> bool:
    """Load a plan as data; whether it was new."""
    path = folder / f"{plan['plan']['slug']}.json"
    path.write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
    plan_file, digest = loader.read(path)
    with service.database.writing() as session:
        return loader.load(session, plan_file, digest, lambda _what, _how_many: None)


def twin_of(service: Service, folder: Path) -> str:
    """Another plan of the same bodies with the same clauses, beside the one that is there; its address."""
    plan = json.loads(loader.PLAN_2023.read_text(encoding="utf-8"))
    plan["plan"]["slug"] += "-b"
    assert load(service, plan, folder)
    return f"{PLAN}-b"


def journal(service: Service) -> Sequence[Change]:
    """Every entry, oldest first."""
    with service.database.reading() as session:
        return session.scalars(select(Change).order_by(Change.id)).all()


def fault(answer: httpx.Response) -> tuple[str, str]:
    """The one thing that is wrong with what was sent: where, and what."""
    assert answer.status_code == 422, answer.text
    (only,) = answer.json()["errors"]
    return only["pointer"], only["code"]


def rows(service: Service) -> dict[str, int]:
    """How many rows each table has."""
    with service.database.reading() as session:
        return {
            table.name: session.scalars(select(func.count()).select_from(table)).one()
            for table in Base.metadata.sorted_tables
        }


def differences(service: Service) -> list[str]:
    """What the doctor would find."""
    with service.database.reading() as session:
        return [one.en for one in audit.differences(session)]


def abolish(service: Service, agency: str, last_day: str) -> None:
    """End an agency, past every rule."""
    with service.database.engine.execution_options(writing=True).begin() as connection:
        table = Agency.__table__
        day = table.c.valid_to.type.python_type.fromisoformat(last_day)
        connection.execute(table.update().where(table.c.code == agency).values(valid_to=day))  # type: ignore[attr-defined]
