"""Whatever is asked, no secret comes to rest: not in the database, not in the log, not in an answer."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlalchemy import text

from app.db import Database
from app.settings import Settings
from app.web.catch_all import STANDING_HEADERS
from tests.faults.contract_run import furnish
from tests.faults.sites import Site, launcher
from tests.faults.test_backups import everything
from tests.service import PLAN
from tests.walks import everything as addresses

SEEN_ONCE = 5
"""Addresses of each operation, for each caller."""
STANDING = {name.decode() for name, _ in STANDING_HEADERS}


def found(secrets: Iterable[str], where: str) -> list[str]:
    """The beginnings of those that are there, also of one that is cut in half."""
    return [secret[:9] for secret in secrets if secret in where or secret[-24:] in where]


def stored(site: Site) -> str:
    """All that the database holds: every cell, and of SQLite every byte of its files."""
    cells = "\n".join(str(row) for rows in everything(site.url).values() for row in rows)
    if site.embedded:
        file = Path(site.url.removeprefix("sqlite:///"))
        cells += "".join(
            one.read_bytes().decode("latin-1") for one in file.parent.glob(f"{file.name}*") if one.is_file()
        )
    return cells


def asked(site: Site, base_url: str) -> tuple[str, str]:
    """All that was answered, heads and bodies, to honest callers and to those who put their key where it does
    not belong; and the secret of a subscription, which is shown once, and not in what is returned here."""
    answers = []
    with site.client("SVHTTDL", base_url) as office, site.client("VPTU", base_url) as technician:
        made = office.post(f"{PLAN}/calendar/subscriptions", json={"label": "Lịch"})
        sig = made.json()["path"].rpartition("=")[2]
        contract = office.get("/openapi.json").json()
        for client in (office, technician):
            for _, address in addresses(client, contract, most=SEEN_ONCE):
                answers.append(client.get(address))
        key = site.secrets["SVHTTDL"]
        answers += [
            office.get(f"{PLAN}/calendar.ics", params={"sig": sig}),
            office.get(f"{PLAN}/calendar.ics", params={"sig": f"{sig}x"}),
            office.get(f"/v1/{key}"),
            office.get("/v1/me", params={"key": key}),
            office.get("/v1/me", params={key: "1"}),
            office.get("/v1/me", headers={"X-Request-ID": key, "traceparent": key}),
            office.get("/v1/me", headers={"Authorization": f"Basic {key}"}),
            office.get(f"{PLAN}/tasks", params={"cursor": key}),
            office.post(f"{PLAN}/activities", json={key: 1}),
            office.post(f"{PLAN}/activities", content=b'{"' + key.encode()),
            office.post(f"{PLAN}/activities", json={}, headers={"Idempotency-Key": "k", "Referer": key}),
        ]
    for answer in answers:
        assert answer.headers.keys() >= STANDING, (answer.url.path, answer.status_code)
    return "\n".join(f"{answer.headers}\n{answer.text}" for answer in answers), sig


def private(site: Site, sig: str) -> list[str]:
    """Everything that has to stay secret."""
    settings = Settings(DATABASE_URL=site.url)
    seal = settings.key_file.read_text(encoding="ascii").splitlines()[1]
    return [*site.secrets.values(), sig, seal]


@pytest.mark.parametrize("log", ["text", "json"])
def test_no_secret_comes_to_rest(site: Site, log: str) -> None:
    furnish(site)
    with site.serve(TTDN_LOG=log) as server:
        answers, sig = asked(site, server.base_url)
        said = server.log
    secrets = private(site, sig)
    assert said.count("GET") > 100
    assert (found(secrets, answers), found(secrets, said), found(secrets, stored(site))) == ([], [], [])


def test_one_that_was_put_there_is_found(site: Site) -> None:
    with site.serve(command=launcher("talkative")) as server:
        answers, sig = asked(site, server.base_url)
        said = server.log
    key = site.secrets["SVHTTDL"]
    assert found([key], said), "in the log"
    assert found([key], answers), "in an answer"
    database = Database(Settings(DATABASE_URL=site.url))
    with database.engine.execution_options(writing=True).begin() as connection:
        connection.execute(text("UPDATE plans SET title_vi = :said"), {"said": f"hỏi bằng {sig}"})
    database.dispose()
    assert found([sig], stored(site)), "in the database"
