"""Several plans in one database, the same but for their names; and a key for every body that has a part."""

from datetime import timedelta
from typing import NamedTuple

import httpx
from sqlalchemy import text

from app.db import Database
from app.rules.vocabulary import Scope
from app.services import keys
from app.settings import Settings
from benchmarks.side_by_side import ours
from seed import loader
from tests.servers import ServerProcess

FIRST = "ttdn-2023"
_DUTIES = """
SELECT p.slug, g.code, t.code, a.id
FROM assignments a
  JOIN plans p ON p.id = a.plan_id JOIN agencies g ON g.id = a.agency_id JOIN tasks t ON t.id = a.task_id
WHERE a.role = 'lead' AND NOT a.fans_out AND t.visibility <> 'status_only'
  AND g.kind NOT IN ('group', 'external_partner')
ORDER BY p.id, a.order_key, a.id
"""


class Duty(NamedTuple):
    """A body's part of a task in one plan, by its names and by its number."""

    plan: str
    agency: str
    task: str
    number: int


def load(url: str, how_many: int) -> None:
    """Enter the plan again under other names until there are so many."""
    database = Database(Settings(DATABASE_URL=url))
    plan_file, digest = loader.read(loader.PLAN_2023)
    for number in range(2, how_many + 1):
        named = plan_file.plan.model_copy(update={"slug": f"{FIRST}-{number}"})
        with database.writing() as session:
            loader.load(session, plan_file.model_copy(update={"plan": named}), digest, lambda *_: None)
    database.dispose()


def duties(url: str) -> dict[str, list[Duty]]:
    """What bodies owe alone or with others, by plan, in the same order in each."""
    database, found = Database(Settings(DATABASE_URL=url)), dict[str, list[Duty]]()
    with database.reading() as session:
        for row in session.execute(text(_DUTIES)):
            found.setdefault(row[0], []).append(Duty(*row))
    database.dispose()
    return found


def issue(url: str, agencies: set[str]) -> dict[str, str]:
    """A key for each."""
    database, secrets = Database(Settings(DATABASE_URL=url)), dict[str, str]()
    with database.writing() as session:
        for agency in sorted(agencies):
            _, secrets[agency] = keys.issue(
                session, keys.technician(), agency, "benchmark", (Scope.PUSH,), timedelta(days=1)
            )
    database.dispose()
    return secrets


def taking(url: str, known: list[Duty], secrets: dict[str, str]) -> list[int]:
    """The places of those duties that take a record by its day alone, each tried once."""
    found = []
    with (
        ServerProcess({"DATABASE_URL": url}) as server,
        httpx.Client(base_url=server.base_url, timeout=60) as client,
    ):
        for place, duty in enumerate(known):
            answer = client.post(
                f"/v1/plans/{duty.plan}/activities",
                json=ours.record(duty.task, f"tried/{place}"),
                headers=ours.bearer(secrets[duty.agency]),
            )
            if answer.status_code == 201:
                found.append(place)
    return found
