"""The real plan as it would have been kept in 2023: put on record in January, on a clock that tests move."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx

from app.rules.vocabulary import Scope
from app.services import keys
from seed import loader
from tests.copies import Original
from tests.service import Service
from tests.writing import load

if TYPE_CHECKING:
    from tests.conftest import Seeded

SLUG = "ttdn-2023-b"
"""Beside the plan that every copy has already, and which is on record since the suite began."""
DATED = f"/v1/plans/{SLUG}"
BEGUN = datetime(2023, 1, 3, 2, tzinfo=UTC)
CALLERS = (
    *("TTBCD", "TTTU", "BPGV", "SVHTTDL", "SCT", "STTTT"),
    *("BAOTV", "DAITV", "VPUBND", "CAT", "BTG.TPTV"),
)
"""Insiders, offices, and outsiders of several kinds."""


class Clock:
    """Says when it is, and that it is a little later each time it is asked."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def pass_(self, **time: float) -> datetime:
        """Let time pass; the instant it has become."""
        self.now += timedelta(**time)
        return self.now

    def reach(self, day: str, hour: int = 2) -> datetime:
        """Go on to an hour (UTC) of a later day."""
        at = datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)
        assert at > self.now
        self.now = at
        return at


class Dated:
    """The service on such a clock; `dated["SCT"]` is a client with SCT's key, which lasts the year."""

    def __init__(self, service: Service, clock: Clock) -> None:
        self.service, self.clock, self._numbers = service, clock, count(1)

    def __getitem__(self, agency: str) -> httpx.Client:
        return self.service[agency]

    def get(self, path: str, caller: str = "TTBCD", **asked: str) -> dict[str, Any]:
        """What a caller reads."""
        answer = self[caller].get(f"{DATED}{path}", params=asked)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def decide(self, *changes: dict[str, Any]) -> dict[str, Any]:
        """The plan's owner enters a decision that makes these changes."""
        number = f"{next(self._numbers):02}-QĐ/BCĐ-TTĐN"
        decision = {
            "number": number,
            "decided_on": self.clock.now.date().isoformat(),
            "issuer": "Ban Chỉ đạo",
        }
        answer = self["TTBCD"].post(
            f"{DATED}/amendments", json={"decision": decision, "changes": list(changes)}
        )
        assert answer.status_code == 201, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def outputs(self, task: str, agency: str) -> list[dict[str, Any]]:
        """What a body owes of a task."""
        found: list[dict[str, Any]] = self.get("/outputs", task=task, agency=agency, owed="true")["items"]
        return found

    def confirm(self, task: str, agency: str, code: str) -> None:
        """The monitor accepts one output."""
        [output] = [one for one in self.outputs(task, agency) if one["code"] == code]
        answer = self["TTBCD"].post(f"{DATED}/outputs/{output['id']}/confirmations", json={})
        assert answer.status_code == 201, answer.text


_KEPT: "dict[Seeded, tuple[Original, dict[str, str]]]" = {}
"""That plan and the callers' keys, for each database that tests get copies of: made once."""


def _keep(seeded: "Seeded", folder: Path) -> "tuple[Original, dict[str, str]]":
    """Put the plan on record in a copy, give every caller a key, and keep the copy to be copied."""
    kept, secrets = seeded.original.twin(f"dated_{uuid4().hex[:12]}"), dict(seeded.secrets)
    plan: dict[str, Any] = json.loads(loader.PLAN_2023.read_text(encoding="utf-8"))
    plan["plan"]["slug"] = SLUG
    with Service(kept.url, secrets, Clock(BEGUN)) as running:
        assert load(running, plan, folder)
        with running.database.writing() as session:
            for agency in CALLERS:
                _, secrets[agency] = keys.issue(
                    session, keys.technician(), agency, "test", (Scope.PUSH,), timedelta(days=400)
                )
    return _KEPT.setdefault(seeded, (kept, secrets))


@contextmanager
def dated(seeded: "Seeded", folder: Path) -> Iterator[Dated]:
    """The service with the plan of 2023, on the third of January of that year."""
    kept, secrets = _KEPT.get(seeded) or _keep(seeded, folder)
    url, clock = kept.copy(), Clock(BEGUN + timedelta(minutes=1))
    with Service(url, dict(secrets), clock) as running:
        yield Dated(running, clock)
    kept.give_back(url)
