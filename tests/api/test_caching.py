"""Caching: every GET has an ETag and answers 304; HEAD works wherever GET does."""

import httpx
import pytest

from app.main import create_app
from app.settings import Settings
from tests.patience import untraced
from tests.service import PLAN, Service, push
from tests.walks import NOWHERE, everything

pytestmark = untraced

OPERATIONS = sorted(
    operations["get"]["operationId"]
    for path, operations in create_app(Settings(DATABASE_URL="sqlite://")).openapi()["paths"].items()
    if "get" in operations and path.startswith("/v1")
)
"""Every GET of the contract: a new one is tested without being named here."""


_WALKED: dict[str, list[tuple[str, str]]] = {}


def _addresses(service: Service, client: httpx.Client, operation: str) -> list[str]:
    """Where the operation is found. The walk over everything is made once for each database."""
    if service.url not in _WALKED:
        _WALKED[service.url] = list(everything(client, service.app.openapi(), most=1))
    return [at for found, at in _WALKED[service.url] if found == operation]


def _headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "date")}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_get_has_a_tag_that_answers_304_and_a_head(archive: Service, operation: str) -> None:
    client = archive["SCT"]
    for address in _addresses(archive, client, operation):
        got = client.get(address)
        assert got.status_code == 200
        tag = got.headers["etag"]
        assert tag.startswith('"')
        assert tag.endswith('"')
        assert got.headers["cache-control"] == "private, no-cache"
        assert _headers(client.get(address)) == _headers(got)

        head = client.head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert _headers(head) == _headers(got)
        assert head.headers["content-length"] == str(len(got.content))

        for known in (tag, f"W/{tag}", f'"other", {tag}', f'W/"a",W/{tag} , "b"', "*", f"  {tag}  "):
            kept = client.get(address, headers={"If-None-Match": known})
            assert (kept.status_code, kept.content) == (304, b""), known
            assert kept.headers["etag"] == tag
            assert kept.headers["cache-control"] == "private, no-cache"
            assert kept.headers.get("link") == got.headers.get("link")
        assert client.head(address, headers={"If-None-Match": tag}).status_code == 304
        for other in ('"other"', tag.strip('"'), tag[:-2] + '"', "", '"', "W/", '"*"', "\x7f"):
            assert client.get(address, headers={"If-None-Match": other}).status_code == 200, other
        lines = [("If-None-Match", '"other"'), ("If-None-Match", tag)]
        assert client.get(address, headers=[*client.headers.multi_items(), *lines]).status_code == 304


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_not_there_is_not_cached_whatever_tag_is_sent(archive: Service, operation: str) -> None:
    client = archive["SCT"]
    for address in _addresses(archive, client, operation)[:1]:
        missing = (
            address.replace("ttdn-2023", "no-such-plan") if "ttdn" in address else f"{address}/{NOWHERE}"
        )
        for method in ("GET", "HEAD"):
            answer = client.request(method, missing, headers={"If-None-Match": "*"})
            # What is asked about is a parameter there, and a wrong one.
            assert answer.status_code == (422 if operation == "get_permission" else 404)
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["content-type"] == "application/problem+json"
            assert "etag" not in answer.headers


def test_head_of_a_refusal_is_the_refusal_without_its_body(archive: Service) -> None:
    for address, client in (
        (f"{PLAN}/tasks?limit=0", archive["SCT"]),
        (f"{PLAN}/tasks", archive.anonymous),
        (f"{PLAN}/no-such", archive["SCT"]),
    ):
        named = {"X-Request-ID": "the-same"}
        got, head = client.get(address, headers=named), client.head(address, headers=named)
        assert got.status_code >= 400
        assert (head.status_code, head.content) == (got.status_code, b"")
        assert _headers(head) == _headers(got)


MOVED_BY_A_RECORD = (
    "",
    "/activities",
    "/progress",
    "/progress?by=agency",
    "/overview",
    "/tasks",
    "/tasks/IV.7.a",
    "/assignments?task=IV.7.a",
    "/outputs?task=IV.7.a",
)


def test_a_record_changes_the_tags_of_what_it_moves_and_of_nothing_else(service: Service) -> None:
    client = service["SCT"]

    def tags() -> dict[str, str]:
        still = (
            "",
            "/sections",
            "/objectives",
            "/events",
            "/budget",
            "/tasks/IV.6.a",
            "/progress?section=IV.6",
        )
        return {at: client.get(f"{PLAN}{at}").headers["etag"] for at in (*still, *MOVED_BY_A_RECORD)}

    before = tags()
    assert push(service["SVHTTDL"]).status_code == 201
    after = tags()
    assert {at for at in before if before[at] != after[at]} == set(MOVED_BY_A_RECORD) - {""}


def test_a_page_and_another_page_have_different_tags(archive: Service) -> None:
    client = archive["SCT"]
    first = client.get(f"{PLAN}/tasks", params={"limit": 5})
    again = client.get(f"{PLAN}/tasks", params={"limit": 5, "cursor": first.json()["next_cursor"]})
    assert first.headers["etag"] != again.headers["etag"]


def test_two_callers_who_see_different_things_get_different_tags(archive: Service) -> None:
    tags = {
        agency: archive[agency].get(f"{PLAN}/tasks").headers["etag"] for agency in ("TTBCD", "SCT", "BCHQS")
    }
    assert len(set(tags.values())) == 3
