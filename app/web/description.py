"""The published contract: what FastAPI reads off the routes, made true and made clean for code generators.

Names that generators turn into identifiers (title, tags, operation ids) are ASCII. Every operation has the
one problem document under `default` instead of FastAPI's own idea of a 422. Examples come from
`examples.json`: operation id → `{"request": …, "response": …, "parameters": {name: …}}`, all optional.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.web import lines
from app.web.desk import CONSISTENCY
from app.web.exports import MEDIA_TYPES
from app.web.header_schema import HEADERS, RATE, REQUEST_ID, named
from app.web.problem_schema import PROBLEM, PROBLEM_ERROR, PROBLEM_RESPONSE

TITLE = "TTDN plan service"
EXAMPLES = Path(__file__).with_name("examples.json")

_VALIDATION_SCHEMAS = ("HTTPValidationError", "ValidationError")
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "Khóa truy cập của cơ quan (`ttdn_…`). · The agency's API key (`ttdn_…`).",
}

_SIG = {
    "type": "apiKey",
    "in": "query",
    "name": "sig",
    "description": "Bí mật của một đăng ký lịch. · The secret of a calendar subscription.",
}

_PAST = {
    "name": CONSISTENCY,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "title": CONSISTENCY},
    "description": "Từ câu trả lời của một lần ghi: câu trả lời này sẽ có lần ghi ấy, dù đọc từ bản sao. · "
    "From the answer to a write: what is read will hold it, also where a replica serves.",
}
_HAD = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "title": "If-None-Match"},
    "description": "ETag của câu trả lời đang giữ: chưa đổi thì trả lời 304, không có nội dung. · ETag of "
    "the answer that is kept: 304 without content while it is the same.",
}
_UNCHANGED = {
    "description": "Chưa thay đổi: dùng câu trả lời đang giữ. · Not changed: use the answer that is kept.",
    "headers": named("ETag", "Link", *RATE, REQUEST_ID),
}
_MOST_OF_32_BITS = 2**31 - 1


def describe(
    app: FastAPI,
    *,
    examples: Path = EXAMPLES,
    open_paths: tuple[str, ...] = (),
    followed: tuple[str, ...] = (),
) -> None:
    """Give the application its contract, made at the first asking. Only `open_paths` need no key; what is
    `followed` says how far whoever reads on has to come."""
    app.openapi = _once(  # type: ignore[method-assign]
        lambda: _describe(app, _read(examples), open_paths, followed)
    )


def _once(make: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    made, turn = list[dict[str, Any]](), threading.Lock()

    def give() -> dict[str, Any]:
        with turn:
            if not made:
                made.append(make())
        return made[0]

    return give


def _read(examples: Path) -> Mapping[str, Any]:
    if not examples.exists():
        return {}
    read: Mapping[str, Any] = json.loads(examples.read_text(encoding="utf-8"))
    return read


def _describe(
    app: FastAPI, examples: Mapping[str, Any], open_paths: tuple[str, ...], followed: tuple[str, ...]
) -> dict[str, Any]:
    document = get_openapi(
        title=TITLE,
        version=app.version,
        description=app.description,
        openapi_version=app.openapi_version,
        tags=app.openapi_tags,
        servers=app.servers or None,
        routes=app.routes,
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _VALIDATION_SCHEMAS:
        schemas.pop(name, None)
    schemas.update(Problem=PROBLEM, ProblemError=PROBLEM_ERROR)
    components.setdefault("responses", {})["Problem"] = PROBLEM_RESPONSE
    components["responses"]["Unchanged"] = _UNCHANGED
    components["headers"] = HEADERS
    components.setdefault("securitySchemes", {}).update(bearer=_BEARER, sig=_SIG)
    _widen(document["paths"])
    _widen(schemas)
    for path, method, operation in _operations(document):
        example = examples.get(operation.get("operationId", ""), {})
        _complete(operation, method, needs_key=path not in open_paths)
        if operation["tags"] != ["operations"]:  # what tells of the process is nothing that is kept
            _head(operation, method, makes="location" in example, tells=method != "get" or path in followed)
            _page(operation, schemas)
        _name(operation)
        _exemplify(operation, example)
    return document


def _widen(schema: Any) -> None:
    """Say of integers that may take more than 32 bits that they do: where nothing is said, generators for
    Java, C# and the like take 32, and read no sum of money."""
    if isinstance(schema, dict):
        if schema.get("type") == "integer" and schema.get("maximum", _MOST_OF_32_BITS + 1) > _MOST_OF_32_BITS:
            schema["format"] = "int64"
        for member in schema.values():
            _widen(member)
    elif isinstance(schema, list):
        for member in schema:
            _widen(member)


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            yield path, method, operation


def _complete(operation: dict[str, Any], method: str, *, needs_key: bool) -> None:
    responses = operation["responses"]
    if "HTTPValidationError" in json.dumps(responses.get("422", {})):
        del responses["422"]
    responses.setdefault("default", {"$ref": "#/components/responses/Problem"})
    for response in responses.values():
        if response.get("description") == "Successful Response":  # FastAPI's default
            response["description"] = "Thành công. · Done."
    operation["security"] = [{"bearer": []}] if needs_key else []
    if any(parameter["name"] == "sig" for parameter in operation.get("parameters", ())):
        operation["security"].append({"sig": []})
    if any(parameter["name"] == "format" for parameter in operation.get("parameters", ())):
        file = {"schema": {"type": "string", "format": "binary"}}
        responses["200"]["content"].update({media.partition(";")[0]: file for media in MEDIA_TYPES.values()})
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == "If-Match" and method == "patch":
            parameter["required"] = True  # optional to the framework alone, so that its absence is our 428
    content = operation.get("requestBody", {}).get("content", {})
    if method == "patch" and "application/json" in content:
        content["application/merge-patch+json"] = content.pop("application/json")  # RFC 7396


def _head(operation: dict[str, Any], method: str, *, makes: bool, tells: bool) -> None:
    """What answers say beside their message: a version, where what it `makes` is, and if it `tells` so
    how far a write has come; and a read, how far it has to have come, and what its reader has."""
    if method == "get":
        operation["parameters"] = [*operation.get("parameters", ()), _HAD, _PAST]
        operation["responses"]["304"] = {"$ref": "#/components/responses/Unchanged"}
    written = (CONSISTENCY,) if tells else ()
    for status, response in _done(operation):
        made = ("Location",) if makes and status == "201" else ()
        response["headers"] = named("ETag", *made, *written)


def _page(operation: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    """A page says where the next one is, and a file its name."""
    for _, response in _done(operation):
        content = response.get("content", {})
        name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
        if "next_cursor" in schemas.get(name, {}).get("properties", {}):
            response["headers"] |= named("Link")
        if MEDIA_TYPES["xlsx"] in content:
            response["headers"] |= named("Content-Disposition")


def _name(operation: dict[str, Any]) -> None:
    """Every answer names its request, and to a key tells what that has left."""
    for _, response in _done(operation):
        response["headers"] = response.get("headers", {}) | named(*RATE, REQUEST_ID)


def _done(operation: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((status, response) for status, response in operation["responses"].items() if status[0] == "2")


def _exemplify(operation: dict[str, Any], example: Mapping[str, Any]) -> None:
    if "request" in example:
        for name, media in operation.get("requestBody", {}).get("content", {}).items():
            if name == lines.MEDIA_TYPE:
                records = example["request"]["records"]
                media["example"] = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)
            elif name != MEDIA_TYPES["xlsx"]:  # no example of it could be read
                media["example"] = example["request"]
    if "response" in example:
        for _, response in _done(operation):
            for media in response.get("content", {}).keys() & {"application/json"}:
                response["content"][media]["example"] = example["response"]
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in example.get("parameters", {}):
            parameter["example"] = example["parameters"][parameter["name"]]
