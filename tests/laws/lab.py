"""Fresh copies of a database with the real plan, and beside it the same plan without one of its duties."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.db import Database
from app.settings import Settings
from seed import loader
from tests import servers
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
        self._backend, self._folder = backend, folder
        self._name = f"laws_{uuid4().hex[:12]}"
        url = self._create(self._name, None)
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
        name = f"{self._name}_{uuid4().hex[:12]}"
        url, hands = self._create(name, self._name), Hands(BEGINS)
        with Service(url, dict(self._secrets), hands) as running:
            yield InProcess(running, hands)
        self._drop(name)

    def close(self) -> None:
        """Remove it."""
        self._drop(self._name)

    def _create(self, name: str, template: str | None) -> str:
        if self._backend == "postgresql":
            cluster = servers.of_session()
            assert cluster is not None
            return cluster.create_database(name, template=template or "template0")
        if template is not None:
            source = self._folder / f"{template}.sqlite3"
            with closing(sqlite3.connect(source)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copyfile(source, self._folder / f"{name}.sqlite3")
        return f"sqlite:///{self._folder / f'{name}.sqlite3'}"

    def _drop(self, name: str) -> None:
        if self._backend == "postgresql" and (cluster := servers.of_session()) is not None:
            cluster.drop_database(name)


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
