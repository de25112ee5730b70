"""Fresh copies of a database with the real plan, and beside it the same plan without one of its duties."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.db import Database
from app.settings import Settings
from seed import loader
from tests import copies
from tests.service import Service
from tests.year.stage import BEGINS, Hands, InProcess, prepare

LEFT_OUT = ("IV.9.2", "IV.6.a", "IV.14.1", "IV.7.c")
"""Duties of two bodies, of pieces with coordinators, of groups, of one: each plan lacks one of them."""


def without(duty: str) -> str:
    """The path of the plan that does not have this duty."""
    return f"/v1/plans/{_slug(duty)}"


def _slug(duty: str) -> str:
    return f"ttdn-2023-khong-{duty.lower().replace('.', '-')}"


class Lab:
    """The database that is copied for each history."""

    def __init__(self, backend: str, folder: Path) -> None:
        self._original = copies.original(backend, folder, f"laws_{uuid4().hex[:12]}")
        url = self._original.url
        self._secrets = prepare(url, Hands(BEGINS))
        database = Database(Settings(DATABASE_URL=url), Hands(BEGINS))
        for duty in LEFT_OUT:
            path = folder / f"{duty}.json"
            path.write_text(json.dumps(_plan_without(duty), ensure_ascii=False), encoding="utf-8")
            plan_file, digest = loader.read(path)
            with database.writing() as session:
                loader.load(session, plan_file, digest, lambda _what, _how_many: None)
        database.dispose()

    @contextmanager
    def copy(self) -> Iterator[InProcess]:
        """The service over a copy of its own."""
        url, hands = self._original.copy(), Hands(BEGINS)
        with Service(url, dict(self._secrets), hands) as running:
            yield InProcess(running, hands)
        self._original.give_back(url)

    def close(self) -> None:
        """Remove it."""
        self._original.remove()


def _plan_without(duty: str) -> dict[str, Any]:
    """The plan's file as it would be if nobody had ever thought of this duty."""
    plan: dict[str, Any] = json.loads(loader.PLAN_2023.read_text(encoding="utf-8"))
    plan["plan"]["slug"] = _slug(duty)
    plan["tasks"] = [task for task in plan["tasks"] if task["code"] != duty]
    for task in plan["tasks"]:
        if duty in task.get("implemented_by", ()):
            task["implemented_by"].remove(duty)
            if not task["implemented_by"]:
                task["implemented_by_source"] = None
    return plan
