"""Two plans of the same bodies, with the same clauses, beside each other: nothing of one is in the other."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.patience import untraced
from tests.policy.requests import MAKERS, Batch, Request, World
from tests.service import PLAN, Service, training
from tests.walks import everything
from tests.writing import differences, twin_of

pytestmark = untraced

WRITERS = ("SVHTTDL", "TTBCD", "BPGV", "STC", "VPTU", "CAT", "VPUBND", "TTTU")
"""Between them they may do whatever can be done."""
READERS = ("TTBCD", "SVHTTDL", "SCT")
_ID = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b")
_NAMED = ("line", "from_line")
"""Members of a body that name something of a plan's by a code that the other has not."""


@pytest.fixture
def twin(service: Service, tmp_path: Path) -> str:
    """The other plan, in which something has been done as well."""
    plan = twin_of(service, tmp_path)
    owner, lead = service["TTBCD"], service["SVHTTDL"]
    for answer in (
        lead.post(f"{plan}/activities", json=training()),
        lead.post(f"{plan}/budget/lines", json={"code": "SVHTTDL-0", "title_vi": "Lớp tập huấn"}),
        lead.post(f"{plan}/calendar/subscriptions", json={"label": "Lịch"}),
        owner.post(f"{plan}/urges", json={"to": "SVHTTDL", "task": "IV.7.a", "about": "content", **URGED}),
    ):
        assert answer.status_code == 201, answer.text
    return plan


URGED = {"message": "Đề nghị báo cáo", "due_on": "2099-12-31"}


def read(service: Service, plan: str) -> dict[tuple[str, str], tuple[bytes, str | None]]:
    """Whatever some callers are told of a plan, with the tags they were given."""
    spec = service.app.openapi()
    addresses = [
        (caller, address)
        for caller in READERS
        for _, address in everything(service[caller], spec, most=2, plan=plan)
        if address.startswith(plan)
    ]
    answers = {(caller, address): service[caller].get(address) for caller, address in addresses}
    return {asked: (answer.content, answer.headers.get("etag")) for asked, answer in answers.items()}


def made(world: World) -> Iterator[tuple[str, Request]]:
    """Every request of the table, before it has been sent."""
    for row, maker in MAKERS.items():
        yield row, maker(world)


def test_what_is_done_in_one_changes_no_answer_of_the_other(service: Service, twin: str) -> None:
    world = World(service)
    before = read(service, twin)
    assert len(before) > 40 * len(READERS)
    for row, request in made(world):
        assert any(request.by(world[caller]).status_code in (200, 201) for caller in WRITERS), row
    assert read(service, twin) == before
    assert differences(service) == []


def test_what_is_of_one_is_not_found_in_the_other(service: Service, twin: str) -> None:
    world = World(service)
    named = 0
    before = read(service, twin)
    for row, request in made(world):
        if isinstance(request, Batch) or not _names_something(request):
            continue
        named += 1
        for caller in WRITERS:
            answer = _sent(world[caller], twin, request)
            assert answer.status_code in (404, 422) or _is_refused(answer), (row, caller, answer.text)
    assert named > 25
    assert read(service, twin) == before
    for caller in READERS:
        for _, address in everything(service[caller], service.app.openapi(), most=2):
            if address.startswith(PLAN) and _ID.search(address):
                there = service[caller].get(address.replace(PLAN, twin, 1))
                assert there.status_code == 404, (caller, address, there.text)


def _names_something(request: Request) -> bool:
    return bool(_ID.search(request.path)) or any(name in request.body for name in _NAMED)


def _sent(client: httpx.Client, plan: str, request: Request) -> httpx.Response:
    return client.request(
        request.method, f"{plan}/{request.path}", json=request.body, headers=request.headers
    )


def _is_refused(answer: httpx.Response) -> bool:
    said: dict[str, Any] = answer.json()
    return (answer.status_code, said["code"]) == (403, "not_permitted")
