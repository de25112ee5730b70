"""The contract: every answer is what openapi.json says it is, every key present, no database number in it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from app.rules.vocabulary import Word
from app.web.catch_all import STANDING_HEADERS
from tests.service import PLAN, Service
from tests.walks import NOWHERE, everything, feed
from tests.writing import news

Schema = dict[str, Any]
PUBLIC_IDS = {"request_id", "external_id", "operation_id", "public_id"}


@pytest.fixture(scope="session")
def spec(archive: Service) -> Schema:
    published: Schema = archive.app.openapi()
    return published


def _validator(spec: Schema, schema: Schema) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": spec["components"]}, format_checker=FormatChecker())


SEES_NONE = {"VPTU": {"get_proposal", "get_receipt"}}
"""Who administers proposes and pushes nothing, and sees nobody else's."""


STANDING = {name.decode() for name, _ in STANDING_HEADERS} | {
    "content-type", "content-length", "content-language", "vary",
}  # fmt: skip
"""Headers that say nothing of the one answer; the contract names all others."""


@pytest.mark.parametrize("caller", ["TTBCD", "SCT", "VPTU"])
def test_every_answer_is_what_the_contract_says(archive: Service, spec: Schema, caller: str) -> None:
    client = archive[caller]
    promised = {
        operations["get"]["operationId"]: operations["get"]["responses"]["200"]
        for operations in spec["paths"].values()
        if "get" in operations
    }
    answers = {operation: promise["content"] for operation, promise in promised.items()}
    schemas: dict[str, Schema] = {
        operation: content["application/json"]["schema"]
        for operation, content in answers.items()
        if "application/json" in content  # a calendar is read by others: tests/api/test_feeds.py
    }
    assert set(answers) - set(schemas) == {"get_calendar"}
    checks = {operation: _validator(spec, schema) for operation, schema in schemas.items()}
    answered = set()
    for operation, address in everything(client, spec, most=6):
        if operation not in checks:
            continue
        answer = client.get(address)
        message = answer.json()
        told, sent = {name.lower() for name in promised[operation]["headers"]}, set(answer.headers) - STANDING
        assert told & {"etag", "x-request-id"} <= sent <= told, address
        assert ("link" in answer.headers) == (message.get("next_cursor") is not None), address
        assert [error.message for error in checks[operation].iter_errors(message)] == [], address
        assert list(_undocumented(spec, schemas[operation], message)) == [], address
        assert list(_numbered(message)) == [], address
        answered.add(operation)
    assert answered == set(checks) - SEES_NONE.get(caller, set())


def _resolved(spec: Schema, schema: Schema) -> list[Schema]:
    """The schemas behind references and alternatives."""
    if "$ref" in schema:
        return _resolved(spec, spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    parts = [*schema.get("anyOf", ()), *schema.get("allOf", ())]
    return [found for part in parts for found in _resolved(spec, part)] or [schema]


def _undocumented(spec: Schema, schema: Schema, message: Any) -> Iterator[str]:
    """Keys that are answered and not published."""
    shapes = [shape for shape in _resolved(spec, schema) if "properties" in shape]
    if isinstance(message, list):
        inner = [shape["items"] for shape in _resolved(spec, schema) if "items" in shape]
        yield from (key for item in message for shape in inner for key in _undocumented(spec, shape, item))
    elif isinstance(message, dict) and shapes:
        for key, value in message.items():
            if key not in shapes[0]["properties"]:
                yield key
            else:
                yield from _undocumented(spec, shapes[0]["properties"][key], value)


def _numbered(message: Any) -> Iterator[str]:
    """Keys under which a database's own number could travel."""
    if isinstance(message, list):
        for item in message:
            yield from _numbered(item)
    elif isinstance(message, dict):
        for key, value in message.items():
            if key == "id" and not (isinstance(value, str) and len(value) == 26):
                yield key
            if key.endswith("_id") and key not in PUBLIC_IDS:
                yield key
            yield from _numbered(value)


def test_the_journal_is_as_published_too(archive: Service, spec: Schema) -> None:
    check = _validator(spec, {"$ref": "#/components/schemas/ChangeOut"})
    for change in feed(archive["VPTU"], limit=200):
        assert [error.message for error in check.iter_errors(change)] == []
        assert list(_numbered(change)) == []
        assert change["version"] >= 1


def test_what_is_made_says_where_it_is_and_the_contract_that_it_does(spec: Schema, service: Service) -> None:
    made = service["SVHTTDL"].post(f"{PLAN}/activities", json=news("IV.7.a", output="M1"))
    said = spec["paths"]["/v1/plans/{plan}/activities"]["post"]["responses"]["201"]["headers"]
    assert set(said) == {
        "ETag",
        "Location",
        "Consistency-Token",
        "X-Request-ID",
        "RateLimit-Policy",
        "RateLimit",
    }
    assert {"etag", "location", "x-request-id"} <= set(made.headers)


def test_what_is_read_again_is_in_the_contract(spec: Schema, service: Service) -> None:
    reader, plan = service["SVHTTDL"], spec["paths"]["/v1/plans/{plan}"]["get"]
    first = reader.get(PLAN)
    again = reader.get(PLAN, headers={"If-None-Match": first.headers["etag"]})
    assert plan["responses"]["304"] == {"$ref": "#/components/responses/Unchanged"}
    assert "If-None-Match" in {parameter["name"] for parameter in plan["parameters"]}
    assert (again.status_code, again.content) == (304, b"")
    told = {name.lower() for name in spec["components"]["responses"]["Unchanged"]["headers"]}
    assert {"etag", "x-request-id"} <= set(again.headers) - STANDING <= told
    assert again.headers["etag"] == first.headers["etag"]


def test_files_and_refusals_name_their_headers_in_the_contract(spec: Schema, service: Service) -> None:
    reader = service["SVHTTDL"]
    names = spec["components"]["headers"]
    file = reader.get(f"{PLAN}/tasks?format=csv")
    said = spec["paths"]["/v1/plans/{plan}/tasks"]["get"]["responses"]["200"]["headers"]
    assert {"content-disposition"} <= set(file.headers) - STANDING <= {name.lower() for name in said}
    refused = service.anonymous.get(f"{PLAN}/tasks")
    problem = spec["components"]["responses"]["Problem"]["headers"]
    assert {"www-authenticate"} <= set(refused.headers) - STANDING
    assert set(refused.headers) - STANDING <= {name.lower() for name in problem}
    assert {"Retry-After", "RateLimit", "RateLimit-Policy", "Consistency-Token"} <= set(problem) <= set(names)


def test_what_may_be_longer_than_32_bits_says_so(spec: Schema, service: Service) -> None:
    """Generators for Java and C# take 32 bits where nothing is said, and the plan's total is longer."""
    assert service["SVHTTDL"].get(f"{PLAN}/budget").json()["total_vnd"] > 2**31 - 1
    money = [
        member
        for schema in spec["components"]["schemas"].values()
        for name, member in schema.get("properties", {}).items()
        if name.endswith("_vnd")
    ]
    widths = [
        one["format"]
        for member in money
        for one in (member, *member.get("anyOf", ()))
        if one.get("type") == "integer"
    ]
    assert len(money) > 20
    assert (len(widths), set(widths)) == (len(money), {"int64"})


def _answers(spec: Schema) -> dict[str, Schema]:
    """The schemas that go out: reachable from a successful answer."""
    found: dict[str, Schema] = {}

    def visit(node: Any) -> None:
        if isinstance(node, list):
            for part in node:
                visit(part)
        elif isinstance(node, dict):
            kind, _, name = str(node.get("$ref", "")).rpartition("/")
            if kind.endswith("schemas") and name not in found:
                found[name] = spec["components"]["schemas"][name]
                visit(found[name])
            visit(list(node.values()))

    for operations in spec["paths"].values():
        for operation in operations.values():
            visit([answer for status, answer in operation["responses"].items() if status[0] == "2"])
    return found


def test_keys_are_always_present(spec: Schema) -> None:
    for name, schema in _answers(spec).items():
        if "properties" in schema:
            assert sorted(schema.get("required", ())) == sorted(schema["properties"]), name


def test_codes_are_lower_snake_with_a_vietnamese_label_beside_each(spec: Schema) -> None:
    vocabularies = {word.__name__ for word in Word.__subclasses__()}
    for name, schema in _answers(spec).items():
        for code in schema.get("enum", ()):
            assert code == code.lower()
            assert all(part.replace("_", "").isalnum() for part in code.split("."))  # an action: noun.verb
        for key, described in schema.get("properties", {}).items():
            references = [part.get("$ref", "") for part in (described, *described.get("anyOf", ()))]
            if any(reference.rpartition("/")[2] in vocabularies for reference in references):
                assert f"{key}_label" in schema["properties"], f"{name}.{key}"


def test_the_whole_is_described_in_two_languages_that_the_page_can_tell_apart(spec: Schema) -> None:
    told = spec["info"]["description"].split("\n\n")
    assert [part.partition("\n")[0] for part in told] == [
        "Ai phải làm gì trong kế hoạch, đã làm gì, đến đâu.",
        "Who owes what in the plan, what was done, how far it is.",
    ]
    named = [sorted(re.findall("`[^`]+`", part)) for part in told]
    assert named[0] == named[1]


def test_what_has_a_label_is_one_of_the_published_codes(spec: Schema) -> None:
    """A front end maps codes to signs and colours: a bare text tells it nothing to map."""
    for name, schema in _answers(spec).items():
        described = schema.get("properties", {})
        coded = {key for key in described if f"{key}_label" in described}
        for key in coded - {"key"}:  # of the caller's key its office chose the label
            kinds = [one for one in _resolved(spec, described[key]) if one.get("type") != "null"]
            assert all(one.get("enum") or one.get("type") == "integer" for one in kinds), f"{name}.{key}"


def test_labels_are_filled(archive: Service) -> None:
    def empty(message: Any) -> Iterator[str]:
        for item in message if isinstance(message, list) else ():
            yield from empty(item)
        for key, value in message.items() if isinstance(message, dict) else ():
            if key.endswith("_label") and key.removesuffix("_label") in message:
                if (message[key.removesuffix("_label")] is None) != (value is None) and message.get(
                    "tasks"
                ) is None:
                    yield key
                if value == "":
                    yield key
            yield from empty(value)

    for _, address in everything(archive["TTBCD"], archive.app.openapi(), most=3):
        answer = archive["TTBCD"].get(address)
        if answer.headers["content-type"] == "application/json":
            assert list(empty(answer.json())) == [], address


REFUSED = [
    ("GET", f"{PLAN}/tasks?limit=0", 422, "SCT"),
    ("GET", f"{PLAN}/tasks?no_such=1", 422, "SCT"),
    ("GET", f"{PLAN}/tasks?limit=1&limit=2", 422, "SCT"),
    ("GET", f"{PLAN}/tasks?q=%00", 422, "SCT"),
    ("GET", f"{PLAN}/tasks?q=%ff", 422, "SCT"),
    ("GET", f"{PLAN}/tasks?q=%ed%a0%80", 422, "SCT"),
    ("GET", f"{PLAN}/tasks?q=%zz", 422, "SCT"),
    ("GET", f"{PLAN}/tasks?token=abc", 422, "SCT"),
    ("GET", f"{PLAN}/tasks/", 404, "SCT"),
    ("GET", f"{PLAN}/tasks/no-such", 404, "SCT"),
    ("GET", f"{PLAN}/tasks/%00", 404, "SCT"),
    ("GET", f"{PLAN}/tasks/%ff", 404, "SCT"),
    ("GET", f"{PLAN}/tasks/{'x' * 5000}", 404, "SCT"),
    ("GET", f"{PLAN}/activities/{'9' * 400}", 404, "SCT"),
    ("GET", f"{PLAN}/outputs/'%20OR%201=1", 404, "SCT"),
    ("GET", f"{PLAN}/events/E01?year=0", 422, "SCT"),
    ("GET", "/v1/plans/%F0%9F%8E%89", 404, "SCT"),
    ("GET", "/v1/agencies/sct", 404, "SCT"),
    ("GET", "/v1/agencies/SCT%2F..", 404, "SCT"),
    ("GET", f"/v1/changes?after={NOWHERE}", 422, "SCT"),
    ("GET", "/v2/plans", 404, "SCT"),
    ("GET", f"{PLAN}/tasks", 401, None),
    ("PUT", f"{PLAN}/tasks", 405, "SCT"),
    ("DELETE", f"{PLAN}/tasks/IV.7.a", 405, "SCT"),
    ("POST", f"{PLAN}/progress", 405, "SCT"),
]


@pytest.mark.parametrize(("method", "address", "status", "caller"), REFUSED)
@pytest.mark.parametrize("tongue", ["vi", "en"])
def test_every_refusal_is_a_problem_document(
    archive: Service, spec: Schema, method: str, address: str, status: int, caller: str | None, tongue: str
) -> None:
    client = archive[caller] if caller else archive.anonymous
    answer = client.request(method, address, headers={"Accept-Language": tongue})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.headers["content-language"] == tongue
    problem = answer.json()
    check = _validator(spec, {"$ref": "#/components/schemas/Problem"})
    assert [error.message for error in check.iter_errors(problem)] == []
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["type"].endswith(problem["code"])
    if status == 405:
        assert {"GET", "HEAD", "OPTIONS"} <= set(answer.headers["allow"].split(", "))
