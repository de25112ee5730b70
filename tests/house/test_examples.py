"""The examples on `/docs` are real: one for each operation, and all of them what the contract says."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from app.main import create_app
from app.rules.keys import is_well_formed
from app.settings import Settings
from app.web.description import EXAMPLES
from tests.house.examples import LONGEST_LIST

Document = dict[str, Any]


@pytest.fixture(scope="module")
def contract() -> Document:
    app = create_app(Settings(DATABASE_URL="sqlite://"))
    document: Document = json.loads(json.dumps(app.openapi()))
    app.state.database.dispose()
    return document


@pytest.fixture(scope="module")
def examples() -> Document:
    read: Document = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return read


def operations(contract: Document) -> Iterator[tuple[str, Document]]:
    for methods in contract["paths"].values():
        for operation in methods.values():
            yield operation["operationId"], operation


def closed(node: Any) -> Any:
    """The schema with every object that lists its members taking no others: an old example has some."""
    if isinstance(node, list):
        return [closed(one) for one in node]
    if not isinstance(node, dict):
        return node
    shut = {name: closed(member) for name, member in node.items()}
    if node.get("type") == "object" and "properties" in node:
        shut.setdefault("additionalProperties", False)
    return shut


def faults(contract: Document, schema: Document, value: Any) -> list[str]:
    """Where a value is not what the schema says."""
    whole = closed({**schema, "components": {"schemas": contract["components"]["schemas"]}})
    found = Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in found]


def answer_schema(operation: Document) -> Document:
    status = min(status for status in operation["responses"] if status.startswith("2"))
    found: Document = operation["responses"][status]["content"]["application/json"]["schema"]
    return found


def test_every_operation_has_one_and_nothing_else_has(contract: Document, examples: Document) -> None:
    assert set(examples) == {name for name, _ in operations(contract)}, "run: make examples"


def test_every_request_and_answer_is_what_the_contract_says(contract: Document, examples: Document) -> None:
    for name, operation in operations(contract):
        example = examples[name]
        assert faults(contract, answer_schema(operation), example["response"]) == [], name
        assert ("request" in example) == ("requestBody" in operation), name
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            if media == "application/x-ndjson":  # the records of the same example, a line each
                continue
            assert faults(contract, content["schema"], example["request"]) == [], name


def test_every_parameter_is_one_that_the_operation_takes(contract: Document, examples: Document) -> None:
    for name, operation in operations(contract):
        given = examples[name].get("parameters", {})
        known = {parameter["name"]: parameter for parameter in operation.get("parameters", ())}
        assert {one for one, parameter in known.items() if parameter["required"]} <= set(given), name
        for one, value in given.items():
            assert faults(contract, known[one]["schema"], value) == [], f"{name} {one}"


def test_they_are_published(contract: Document, examples: Document) -> None:
    for name, operation in operations(contract):
        status = min(status for status in operation["responses"] if status.startswith("2"))
        shown = operation["responses"][status]["content"]["application/json"]["example"]
        assert shown == examples[name]["response"]
        for parameter in operation.get("parameters", ()):
            assert parameter.get("example") == examples[name].get("parameters", {}).get(parameter["name"])


def test_they_are_short(examples: Document) -> None:
    def longest(value: Any) -> int:
        if isinstance(value, dict):
            return max(map(longest, value.values()), default=0)
        return max([len(value), *map(longest, value)]) if isinstance(value, list) else 0

    assert max(longest(example["response"]) for example in examples.values()) == LONGEST_LIST


def test_no_key_stands_in_them(examples: Document) -> None:
    words = re.findall(r"\w+", json.dumps(examples))
    assert not [word for word in words if is_well_formed(word)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: answer["activity"].pop("counts"),
        lambda answer: answer["activity"].update(former="x"),
        lambda answer: answer["activity"].update(status="lost"),
        lambda answer: answer["activity"].update(quantity="1"),
        lambda answer: answer["activity"].update(occurred_on="12/05/2023"),
    ],
    ids=["member missing", "member too many", "unknown code", "wrong type", "not a date"],
)
def test_an_example_that_is_no_longer_true_is_found(
    contract: Document, examples: Document, spoil: Any
) -> None:
    spoilt = copy.deepcopy(examples["record_activity"]["response"])
    spoil(spoilt)
    schema = answer_schema(dict(operations(contract))["record_activity"])
    assert len(faults(contract, schema, spoilt)) == 1
