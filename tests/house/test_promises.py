"""What the pages of promises name is there; and two things that are true of the service as a whole."""

import ast
import json
import re
from pathlib import Path

import pytest

from app.main import create_app
from app.settings import Settings
from tests.calling import calling, client

ROOT = Path(__file__).parents[2]
OWASP, PROMISES = "docs/owasp-api-2023.md", "docs/promises.md"
DECISIONS = sorted(page.relative_to(ROOT).as_posix() for page in (ROOT / "docs/decisions").glob("*.md"))
NAMED = re.compile(r"`((?:tests|clients)/[\w/.-]+\.py)(?:::(\w+))?`")
CALLING = {"httpx", "requests", "urllib.request", "http.client", "aiohttp", "ftplib", "smtplib", "socket"}

WRITING = {"post", "put", "patch", "delete"}


def missing(text: str) -> list[str]:
    """The tests that a page names and that are not there."""
    gone = []
    for path, test in NAMED.findall(text):
        file = ROOT / path
        if not file.is_file():
            gone.append(path)
        elif test and f"def {test}(" not in file.read_text(encoding="utf-8"):
            gone.append(f"{path}::{test}")
    return gone


@pytest.mark.parametrize("page", [OWASP, PROMISES, "docs/threat-model.md", *DECISIONS])
def test_every_test_that_is_named_exists(page: str) -> None:
    assert missing((ROOT / page).read_text(encoding="utf-8")) == []


def test_one_that_is_gone_would_be_missed() -> None:
    assert missing("`tests/house/test_promises.py::test_nothing` `tests/nowhere.py`") == [
        "tests/house/test_promises.py::test_nothing",
        "tests/nowhere.py",
    ]


def test_every_item_of_the_ten_has_a_test() -> None:
    text = (ROOT / OWASP).read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| API")]
    assert [row.split(":")[0] for row in rows] == [f"| API{number}" for number in range(1, 11)]
    assert [row[:20] for row in rows if not NAMED.search(row)] == []


def test_as_many_operations_write_as_the_page_says() -> None:
    paths = json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))["paths"]
    writing = [method for methods in paths.values() for method in methods if method in WRITING]
    said = re.findall(r"\bthe (\d+) that write now\b", (ROOT / PROMISES).read_text(encoding="utf-8"))
    assert said == [str(len(writing))]


def imported(source: str) -> set[str]:
    """Every module that a source imports, and what it imports from it."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return names


def test_the_service_calls_nobody() -> None:
    calling = {
        path.relative_to(ROOT).as_posix(): found
        for folder in ("app", "seed")
        for path in (ROOT / folder).rglob("*.py")
        if (found := imported(path.read_text(encoding="utf-8")) & CALLING)
    }
    assert calling == {}
    assert imported("from urllib import request\nimport httpx") & CALLING == {"httpx", "urllib.request"}


def test_no_other_origin_is_let_in() -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    with calling(create_app(Settings(DATABASE_URL="sqlite://"))) as service:
        stranger = client(service)
        answers = [stranger.options("/v1/plans", headers=asked), stranger.get("/livez", headers=asked)]
    assert [name for one in answers for name in one.headers if name.startswith("access-control-")] == []
