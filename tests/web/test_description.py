"""The contract as published, and the page that shows it."""

import json
import os
import re
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.openapi.utils import get_openapi

from app.web import description, docs
from tests.web.conftest import Connection, make_app, running

STATIC = Path(docs.__file__).with_name("static")
EXAMPLES: dict[str, Any] = {
    "record_thing": {
        "request": {"title": "Bản tin tiếng Anh"},
        "response": {"code": "b", "title": "Bản tin tiếng Anh", "kind": "small"},
    },
    "get_thing": {"parameters": {"code": "a"}},
}


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return make_app(EXAMPLES, tmp_path_factory.mktemp("examples")).openapi()


def operations(contract: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, one) for path, many in contract["paths"].items() for method, one in many.items()]


def test_every_operation_has_the_one_problem(contract: dict[str, Any]) -> None:
    for _, _, operation in operations(contract):
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}
        assert "422" not in operation["responses"]
    assert "HTTPValidationError" not in json.dumps(contract)
    assert "ValidationError" not in contract["components"]["schemas"]


def test_the_published_problem_is_the_one_that_is_sent(
    contract: dict[str, Any], connection: Connection
) -> None:
    schema = contract["components"]["schemas"]["Problem"]
    sent = connection.get("/v1/nothing").json

    assert list(sent) == schema["required"] == list(schema["properties"])
    assert list(schema["examples"][0]) == schema["required"]


def test_names_for_generators_are_ascii(contract: dict[str, Any]) -> None:
    names = [contract["info"]["title"], *contract["components"]["schemas"]]
    names += [name for _, _, one in operations(contract) for name in (one["operationId"], *one["tags"])]
    assert all(name.isascii() for name in names)


def test_every_reference_leads_somewhere(contract: dict[str, Any]) -> None:
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(contract)):
        found: Any = contract
        for step in reference.split("/"):
            found = found[step]


def test_what_is_open_says_so(contract: dict[str, Any]) -> None:
    for path, _, operation in operations(contract):
        assert operation["security"] == ([] if path == "/livez" else [{"bearer": []}])


def test_examples_are_in(contract: dict[str, Any]) -> None:
    post = contract["paths"]["/v1/things"]["post"]
    get = contract["paths"]["/v1/things/{code}"]["get"]

    assert (
        post["requestBody"]["content"]["application/json"]["example"] == EXAMPLES["record_thing"]["request"]
    )
    assert post["responses"]["201"]["content"]["application/json"]["example"]["code"] == "b"
    assert get["parameters"][0]["example"] == "a"


def test_patch_is_published_as_merge_patch(contract: dict[str, Any]) -> None:
    patch = contract["paths"]["/v1/things/{code}"]["patch"]
    assert list(patch["requestBody"]["content"]) == ["application/merge-patch+json"]


def test_head_and_the_pages_are_not_listed(contract: dict[str, Any]) -> None:
    assert {method for _, method, _ in operations(contract)} == {"get", "post", "patch"}
    assert not [path for path in contract["paths"] if path.startswith(("/docs", "/openapi"))]


def test_without_examples_it_is_made_once_however_many_ask_first(monkeypatch: pytest.MonkeyPatch) -> None:
    app, made, make = make_app(), list[object](), get_openapi

    def slowly(**given: Any) -> dict[str, Any]:
        made.append(given)
        time.sleep(0.05)
        return make(**given)

    monkeypatch.setattr(description, "get_openapi", slowly)
    with ThreadPoolExecutor(8) as pool:
        assert len({id(one) for one in pool.map(lambda _: app.openapi(), range(8))}) == 1
    assert len(made) == 1


def test_pages_need_nothing_from_elsewhere(connection: Connection) -> None:
    for target in ("/docs", "/docs?lang=en"):
        page = connection.get(target)
        links = re.findall(r'(?:src|href)="([^"]*)"', page.body.decode())
        assert page.status == 200
        assert "unsafe" not in page.headers["content-security-policy"]
        assert all(not link.startswith(("http", "//", "/")) for link in links)
        for link in links:
            if link.startswith(("docs/", "openapi")):
                assert connection.get("/" + link).status == 200


def test_pages_are_vietnamese_with_a_switch(connection: Connection) -> None:
    vietnamese, english = connection.get("/docs").body.decode(), connection.get("/docs?lang=en").body.decode()

    assert '<html lang="vi">' in vietnamese
    assert 'href="?lang=en"' in vietnamese
    assert '<html lang="en">' in english
    assert 'href="?lang=vi"' in english


@pytest.mark.parametrize("target", ["/docs", "/docs/swagger-ui.css", "/openapi.json"])
def test_pages_are_sent_once(connection: Connection, target: str) -> None:
    first = connection.get(target)
    again = connection.get(target, If_None_Match=first.headers["etag"])

    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert "content-security-policy" not in again.headers, "it would replace the page's own in the browser"


def test_only_the_named_files_are_served(connection: Connection) -> None:
    for name in ("LICENSE", "docs.html", "nothing.js"):
        assert connection.get(f"/docs/{name}").status == 404


def test_licences_lie_beside_what_they_are_for() -> None:
    assert "Apache License" in (STATIC / "LICENSE").read_text(encoding="utf-8")
    assert (STATIC / "swagger-ui-bundle.js.LICENSE.txt").exists()


@pytest.mark.parametrize(
    ("prefix", "query", "word", "summary"),
    [("", "", "Nhập khóa", "Ghi một mục"), ("/ke-hoach", "?lang=en", "Authorize", "Record a thing")],
)
def test_a_browser_shows_the_operations(
    tmp_path: Path, prefix: str, query: str, word: str, summary: str
) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        assert os.environ.get("TTDN_TEST_REQUIRE_BROWSER") != "1", "a browser is required here"
        pytest.skip("no Chromium on this machine; the page's files and policy are tested above")
    app = make_app()
    outside = app if not prefix else _behind(prefix, app)
    with running(outside) as port:
        shown = subprocess.run(
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                f"--user-data-dir={tmp_path}",
                "--enable-logging=stderr",
                "--virtual-time-budget=15000",
                "--dump-dom",
                f"http://127.0.0.1:{port}{prefix}/docs{query}#/things/record_thing",
            ],
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
    assert not re.search("Content Security Policy|Refused to|Uncaught", shown.stderr)
    assert shown.stdout.count("opblock-summary-path") >= 10
    assert word in shown.stdout
    assert summary in shown.stdout
    told = ("Có những gì.", "What there is.")
    assert [one in shown.stdout for one in told] == ([False, True] if query else [True, False])
    assert ("A service of things" in shown.stdout, "Headers:" in shown.stdout) == (False, bool(query))
    assert " · " not in re.sub(r"<script.*?</script>", "", shown.stdout, flags=re.DOTALL)


def _behind(prefix: str, app: Any) -> Any:
    """A proxy that takes the prefix off and does not tell the service."""

    async def proxy(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            assert scope["path"].startswith(prefix)
            scope = {
                **scope,
                "path": scope["path"][len(prefix) :],
                "raw_path": scope["raw_path"][len(prefix) :],
            }
        await app(scope, receive, send)

    return proxy
