"""The contract: committed and in step, named for generators, and never broken without being said."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.main import create_app
from app.settings import Settings
from app.web import docs
from app.web.directory import Directory
from tests.house import contract
from tests.house.contract import breaks

ROOT = Path(__file__).parents[2]
Document = dict[str, Any]
PUSH = ("/v1/plans/{plan}/activities", "post")


@pytest.fixture(scope="module")
def live() -> Document:
    app = create_app(Settings(DATABASE_URL="sqlite://"))
    document: Document = json.loads(json.dumps(app.openapi()))
    app.state.database.dispose()
    return document


@pytest.fixture(scope="module")
def committed() -> Document:
    document: Document = json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))
    return document


def operations(document: Document) -> Iterator[Document]:
    for methods in document["paths"].values():
        yield from methods.values()


def test_nothing_breaks_unnoticed(committed: Document, live: Document) -> None:
    assert breaks(committed, live) == [], "say so in CHANGELOG.md, then: make openapi BREAKING=1"


def test_the_committed_contract_is_the_one_that_is_served(committed: Document, live: Document) -> None:
    assert committed == live, "run: make openapi"


def test_names_that_generators_use_are_ascii_and_said_once(live: Document) -> None:
    named = [operation["operationId"] for operation in operations(live)]
    tags = [tag for operation in operations(live) for tag in operation["tags"]]

    assert len(named) == len(set(named))
    assert all(name.isidentifier() and name.isascii() and name.islower() for name in named)
    assert live["info"]["title"].isascii()
    assert set(tags) == {tag["name"] for tag in live["tags"]}
    assert all(tag.isascii() for tag in tags)


def test_no_schema_is_named_after_the_room_it_is_in(live: Document) -> None:
    assert [name for name in live["components"]["schemas"] if "__" in name] == []


def test_no_description_sends_its_reader_to_a_page_of_ours(live: Document) -> None:
    text = json.dumps(live, ensure_ascii=False)
    assert re.findall(r"[^.\"]*(?:model §|decisions?/\d|design/)[^.\"]*", text) == []


def test_every_route_in_app_names_its_operation() -> None:
    """FastAPI would make a name up; a made-up name changes with the function's or the path's."""
    for operation in operations(create_app(Settings(DATABASE_URL="sqlite://")).openapi()):
        assert not operation["operationId"].endswith(("_get", "_post", "_patch"))


def test_the_door_knows_the_parameters_that_are_published_and_no_others() -> None:
    app = create_app(Settings(DATABASE_URL="sqlite://"))
    directory, described = Directory.of(app), app.openapi()["paths"]

    known = {
        (place.operation, method): place.parameters
        for path in described
        for place in directory.at(path)
        for method in place.methods
    }
    assert known == {
        (operation["operationId"], method.upper()): frozenset(
            parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "query"
        )
        for methods in described.values()
        for method, operation in methods.items()
    }


def test_every_summary_and_description_says_it_in_both_languages(live: Document) -> None:
    for operation in operations(live):
        for text in (operation["summary"], operation["description"]):
            vietnamese, _, english = " ".join(text.split()).partition(" · ")
            assert not vietnamese.isascii(), text
            assert english, text
            assert english.isascii(), text


def test_the_page_finds_the_half_its_reader_needs(live: Document) -> None:
    """It cuts where its script says: once, in all that an operation says of itself and of its parameters."""
    script = (Path(docs.__file__).with_name("static") / "docs.js").read_text(encoding="utf-8")
    cut = re.search(r"text\.split\(/(.+?)/\)", script)
    assert cut
    texts = [text for one in operations(live) for text in (one["summary"], one["description"])]
    of_parameters = [
        parameter["description"]
        for one in operations(live)
        for parameter in one.get("parameters", ())
        if "·" in parameter.get("description", "")
    ]
    assert len(of_parameters) > 50
    assert [text for text in texts + of_parameters if len(re.split(cut[1], text)) != 2] == []


def test_no_pattern_counts_what_is_counted_within_it(live: Document) -> None:
    """A matcher unfolds such a one first: fifty times sixty letters took 11 MiB, and as much again in use."""
    counted_within = re.compile(r"\{\d+,\d+\}[^()]*\)\{")
    patterns = set(re.findall(r'"pattern": "(.+)"', json.dumps(live, indent=1)))

    assert counted_within.search(r"^[a-z]{1,60}(,[a-z]{1,60}){0,49}$")
    assert len(patterns) > 20
    assert [pattern for pattern in patterns if counted_within.search(pattern)] == []


def test_no_request_body_publishes_a_default(live: Document) -> None:
    """A generated client would send it unasked, and in a merge patch change what nobody named."""
    for operation in operations(live):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            if content["schema"].get("type") == "string":
                continue  # a file or lines of text, which have no members
            name = content["schema"]["$ref"].rpartition("/")[2]
            members = live["components"]["schemas"][name]["properties"].values()
            assert not [member for member in members if "default" in member], name


# The comparison itself: what it must find, and what it must let pass.


def schema(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found


def at(document: Document, path: str = PUSH[0], method: str = PUSH[1]) -> Document:
    found: Document = document["paths"][path][method]
    return found


def parameter(document: Document, name: str, path: str = PUSH[0]) -> Document:
    found: Document = next(one for one in at(document, path, "get")["parameters"] if one["name"] == name)
    return found


def filter_pattern(document: Document, name: str) -> Document:
    found: Document = parameter(document, name)["schema"]["anyOf"][0]
    return found


BREAKS: dict[str, Callable[[Document], Any]] = {
    "path is gone": lambda d: d["paths"].pop("/v1/me"),
    "operation is gone": lambda d: d["paths"][PUSH[0]].pop("post"),
    "operationId was": lambda d: at(d).update(operationId="push"),
    "a key is needed": lambda d: at(d, "/livez", "get").update(security=[{"bearer": []}]),
    "parameter q is gone": lambda d: at(d, method="get")["parameters"].remove(parameter(d, "q")),
    "parameter q is required": lambda d: parameter(d, "q").update(required=True),
    "new query parameter x is required": lambda d: at(d, method="get")["parameters"].append(
        {"name": "x", "in": "query", "required": True, "schema": {"type": "string"}}
    ),
    "parameter limit: maximum": lambda d: parameter(d, "limit")["schema"].update(maximum=100),
    "parameter kind: pattern": lambda d: filter_pattern(d, "kind").update(pattern="^(news)(,(news))*$"),
    "is no longer taken": lambda d: at(d)["requestBody"].update(content={}),
    "body.title: maxLength": lambda d: schema(d, "ActivityIn")["properties"]["title"].update(maxLength=99),
    "body.title: minLength": lambda d: schema(d, "ActivityIn")["properties"]["title"].update(minLength=9),
    "body.title: pattern": lambda d: schema(d, "ActivityIn")["properties"]["title"].update(pattern="^A"),
    "body.channel: required": lambda d: schema(d, "ActivityIn")["required"].append("channel"),
    "body.note: required": lambda d: schema(d, "ActivityIn")["required"].append("note"),
    "body.link: there is no such field": lambda d: schema(d, "ActivityIn")["properties"].pop("link"),
    "body.link: null": lambda d: schema(d, "ActivityIn")["properties"]["link"]["anyOf"].pop(),
    "body.quantity: integer": lambda d: schema(d, "ActivityIn")["properties"]["quantity"].update(
        type="string"
    ),
    'body.kind: codes on one side only: "news"': lambda d: schema(d, "ActivityKind")["enum"].remove("news"),
    "answer 200 is gone": lambda d: at(d)["responses"].pop("200"),
    "→ 201: application/json is gone": lambda d: at(d)["responses"]["201"].update(content={}),
    "→ 201.moved: required": lambda d: (
        schema(d, "ActivityResult")["required"].remove("moved"),
        schema(d, "ActivityResult")["properties"].pop("moved"),
    ),
    "→ 201.moved: required on": lambda d: schema(d, "ActivityResult")["required"].remove("moved"),
    "→ 201.activity.title: null": lambda d: schema(d, "ActivityOut")["properties"].update(
        title={"anyOf": [{"type": "string"}, {"type": "null"}]}
    ),
    "→ 201.activity.quantity: number": lambda d: schema(d, "ActivityOut")["properties"]["quantity"].update(
        type="number"
    ),
    "→ 200.items[].occurred_on: format": lambda d: schema(d, "ActivityOut")["properties"]["occurred_on"].pop(
        "format"
    ),
    '→ 201.activity.status: codes on one side only: "lost"': lambda d: schema(d, "ActivityStatus")[
        "enum"
    ].append("lost"),
    "→ default.code: required": lambda d: schema(d, "Problem")["required"].remove("code"),
}

HARMLESS: dict[str, Callable[[Document], Any]] = {
    "nothing": lambda d: d.update(),
    "a new path": lambda d: d["paths"].update({"/v1/new": {"get": at(d)}}),
    "a new operation": lambda d: d["paths"]["/v1/me"].update(patch=at(d)),
    "a new optional parameter": lambda d: at(d)["parameters"].append(
        {"name": "x", "in": "query", "schema": {"type": "string"}}
    ),
    "one more code for a filter": lambda d: filter_pattern(d, "status").update(
        pattern="^(lost|standing|withdrawn)(,(lost|standing|withdrawn))*$"
    ),
    "a longer text": lambda d: schema(d, "ActivityIn")["properties"]["title"].update(maxLength=400),
    "a new optional field": lambda d: schema(d, "ActivityIn")["properties"].update(note={"type": "string"}),
    "how wide a number is": lambda d: schema(d, "ActivityIn")["properties"]["quantity"].update(
        format="int64"
    ),
    "a field no longer required": lambda d: schema(d, "ActivityIn")["required"].remove("title"),
    "a new member of an answer": lambda d: (
        schema(d, "ActivityResult")["properties"].update(more={"type": "string"}),
        schema(d, "ActivityResult")["required"].append("more"),
    ),
    "an answer that is never null": lambda d: schema(d, "ActivityOut")["properties"].update(
        link={"type": "string"}
    ),
    "other words": lambda d: at(d).update(summary="Ghi · Record", description="…"),
    "no key needed": lambda d: at(d).update(security=[]),
}


@pytest.mark.parametrize("said", BREAKS)
def test_a_planted_break_is_found(live: Document, said: str) -> None:
    changed = copy.deepcopy(live)
    BREAKS[said](changed)
    found = breaks(live, changed)
    assert any(said in line for line in found), found


@pytest.mark.parametrize("change", HARMLESS)
def test_a_harmless_change_passes(live: Document, change: str) -> None:
    changed = copy.deepcopy(live)
    HARMLESS[change](changed)
    assert breaks(live, changed) == []


def test_a_schema_inside_itself_is_judged_once() -> None:
    tree: Document = {"type": "object", "properties": {"below": {"$ref": "#/components/schemas/Tree"}}}
    answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}}}
    document = {
        "paths": {"/tree": {"get": {"operationId": "get_tree", "responses": {"200": answer}}}},
        "components": {"schemas": {"Tree": tree}},
    }
    changed = copy.deepcopy(document)
    schema(changed, "Tree")["properties"]["below"] = {"type": "string"}
    assert breaks(document, copy.deepcopy(document)) == []
    assert breaks(document, changed) == ["GET /tree → 200.below: string on one side only"]


def test_the_comparison_as_a_command(
    tmp_path: Path, live: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    new.write_text(json.dumps({**live, "paths": {}}), encoding="utf-8")

    assert contract.main(str(old), str(new)) == 0, "there is nothing to break before the first contract"
    old.write_text(json.dumps(live), encoding="utf-8")
    assert contract.main(str(old), str(new)) == 1
    assert "breaking: /v1/me: the path is gone" in capsys.readouterr().err
