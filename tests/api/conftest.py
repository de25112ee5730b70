"""For tests that only read: services that all of them share, since reading changes nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from seed import loader
from tests.service import PLAN, Service
from tests.writing import pushing

if TYPE_CHECKING:
    from tests.conftest import Seeded

ANOTHER_PLAN = "/v1/plans/mau-2024"
"""The sample of the plan format, loaded beside the real plan."""

RECORDS: list[tuple[str, dict[str, Any]]] = [
    ("SVHTTDL", {"task": "IV.7.a", "output": "M1", "title": "Đạo diễn nói về lễ hội", "kind": "training"}),
    ("SVHTTDL", {"task": "IV.7.b", "title": "Dừa sáp lên truyền hình", "channel": "television"}),
    ("SVHTTDL", {"task": "IV.7.c", "title": "Ảnh ao Bà Om", "languages": ["vi", "en", "km"]}),
    ("SVHTTDL", {"task": "IV.7.c", "title": "Áo bà ba", "link": "https://travinh.example/ao"}),
    ("SCT", {"task": "IV.6.a", "title": "100% sản phẩm OCOP_2023", "quantity": 7}),
    (
        "SCT",
        {"task": "IV.6.a", "title": "Ở “miền Trung”", "source_system": "qlvb", "external_id": "1/a"},
    ),
    ("BAOTV", {"task": "IV.9.1", "title": "Tin đối ngoại quý I", "kind": "news", "channel": "print"}),
    ("DAITV", {"task": "IV.9.1", "title": "Bản tin đối ngoại", "occurred_on": "2023-07-01"}),
    ("VPUBND", {"task": "IV.3.a", "opens_occurrence": True, "title": "Tiếp đoàn vào", "kind": "exchange"}),
    ("UBND.TPTV", {"task": "IV.14.1", "title": "Xe loa", "occurred_on": "2023-12-31"}),
    ("BPGV", {"task": "IV.7.a", "output": "M1", "agency": "SVHTTDL", "title": "Ghi thay cho Sở"}),
    ("TTBCD", {"task": "IV.1.3", "title": "Đôn đốc nội bộ", "kind": "inspection"}),
    ("STC", {"task": "IV.8.a", "opens_occurrence": True, "title": "Họp nội bộ về kinh phí"}),
    ("BCHQS", {"task": "IV.12.1", "title": "Nội bộ quân sự"}),
    ("SVHTTDL", {"task": "IV.7.a", "output": "M1", "title": "Ghi nhầm rồi rút"}),
]
"""Records of many kinds, three of them on internal tasks; the last one is withdrawn again."""


def _weights(*tasks: str) -> list[dict[str, Any]]:
    """A change that changes nothing, so that no figure depends on it."""
    return [{"change": "weight", "task": task, "weight": 1} for task in tasks]


_DECISION = {"number": "09-QĐ/BCĐ-TTĐN", "decided_on": "2023-06-30", "issuer": "Ban Chỉ đạo"}
_URGE = {"about": "content", "due_on": "2099-12-31"}
PAPERS: list[tuple[str, str, dict[str, Any]]] = [
    ("TTBCD", "amendments", {"decision": _DECISION, "changes": _weights("IV.6.a", "IV.12.1", "IV.10.1")}),
    ("TTBCD", "urges", {**_URGE, "to": "SCT", "task": "IV.6.a", "message": "Báo cáo việc kết nối"}),
    ("TTBCD", "urges", {**_URGE, "to": "BCHQS", "task": "IV.12.1", "message": "Báo cáo việc nội bộ quân sự"}),
    ("TTBCD", "urges", {**_URGE, "to": "CAT", "message": "Báo trạng thái quý này"}),
    ("TTBCD", "urges", {**_URGE, "to": "VPTU", "message": "Nhắc việc chung"}),
    ("SCT", "proposals", {"reason": "Đề nghị giữ nguyên", "changes": _weights("IV.6.a")}),
    ("BCHQS", "proposals", {"reason": "Đề nghị nội bộ quân sự", "changes": _weights("IV.12.1")}),
    ("CAT", "proposals", {"reason": "Đề nghị về trạng thái", "changes": _weights("IV.10.1")}),
]
"""What passes between bodies, some of it about tasks that are hidden from others."""


MONEY: list[tuple[str, str, dict[str, Any]]] = [
    (
        "SCT",
        "lines",
        {"code": "SCT-01", "title_vi": "Kết nối tiêu thụ", "tasks": ["IV.6.a"], "needed_vnd": 900},
    ),
    ("SVHTTDL", "lines", {"code": "SVHTTDL-01", "title_vi": "Phim", "tasks": ["IV.7.b"], "events": ["E11"]}),
    ("BCHQS", "lines", {"code": "BCHQS-01", "title_vi": "Kinh phí nội bộ quân sự", "tasks": ["IV.12.1"]}),
    *(
        ("STC", "allocations", {"line": f"{agency}-01", "amount_vnd": vnd, "decision": _DECISION})
        for agency, vnd in (("SCT", 700), ("SVHTTDL", 500), ("BCHQS", 300))
    ),
    *(
        (agency, noun, {"line": f"{agency}-01", "amount_vnd": 200})
        for agency in ("SCT", "BCHQS")
        for noun in ("commitments", "spendings")
    ),
    ("SCT", "settlements", {"line": "SCT-01", "amount_vnd": 150}),
    ("BCHQS", "settlements", {"line": "BCHQS-01", "amount_vnd": 150}),
]
"""Money on lines of which one is for a task that is hidden from others."""


def _spend(running: Service) -> None:
    for agency, noun, body in MONEY:
        dated = {} if noun in ("lines", "settlements") else {"occurred_on": "2023-07-03"}
        said = running[agency].post(f"{PLAN}/budget/{noun}", json={**dated, **body})
        assert said.status_code == 201, said.text


@pytest.fixture(scope="session")
def library(seeded: "Seeded") -> Iterator[Service]:
    """The service over the real plan as it was loaded. Read from it; never write to it."""
    url = seeded.copy()
    with Service(url, seeded.secrets) as running:
        yield running
    seeded.give_back(url)


@pytest.fixture(scope="session")
def archive(seeded: "Seeded") -> Iterator[Service]:
    """The same with records, and another plan beside it. Read from it; never write to it."""
    url = seeded.copy()
    with Service(url, seeded.secrets) as running:
        plan_file, digest = loader.read(Path(__file__).parents[1] / "seed" / "tiny-plan.json")
        with running.database.writing() as session:
            loader.load(session, plan_file, digest, lambda _what, _how_many: None)
        records = []
        for agency, facts in RECORDS:
            said = running[agency].post(
                f"{PLAN}/activities", json={"occurred_on": "2023-02-14", "kind": "other", **facts}
            )
            assert said.status_code == 201, said.text
            records.append(said.json()["activity"]["id"])
        withdrawn = running["SVHTTDL"].post(
            f"{PLAN}/activities/{records[-1]}/withdrawals", json={"reason": "Nhầm"}
        )
        assert withdrawn.status_code == 201
        for agency, path, body in PAPERS:
            said = running[agency].post(f"{PLAN}/{path}", json=body)
            assert said.status_code == 201, said.text
        for agency in seeded.secrets:
            said = running[agency].post(f"{PLAN}/calendar/subscriptions", json={"label": "Lịch"})
            assert said.status_code == 201, said.text
        _spend(running)
        yield running
    seeded.give_back(url)


# The three parties to money: who spends, who allocates, who checks.


@pytest.fixture
def office(service: Service) -> httpx.Client:
    return service["SVHTTDL"]


@pytest.fixture
def funder(service: Service) -> httpx.Client:
    return pushing(service, "STC")


@pytest.fixture
def checker(service: Service) -> httpx.Client:
    return pushing(service, "VPTU")
