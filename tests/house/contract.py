"""Which changes of the contract would break a client that was written, or generated, against the old one.

    python -m tests.house.contract openapi.json openapi.json.new

One question does for both directions: does `wide` take everything that `narrow` allows? What a client sends
is judged with the new contract as the wide one; what it reads, with the old one. So a request may be asked
for less and may be allowed more; an answer may say more and may vary less. A new code in an answer's
enumeration counts as a break too: generated clients refuse a code they do not know.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

Document = dict[str, Any]

_UPPER: Final = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
_LOWER: Final = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")
_CODES: Final = re.compile(
    r"\^(?P<sign>(?:-\?)?)\((?P<codes>[\w|]+)\)\(,(?P=sign)\((?P=codes)\)\)(?:\*|\{0,\d+\})\$"
)
"""The patterns by which `app.schemas.lists` lets a parameter take several codes."""


_WIDTH: Final = "int64"
"""How wide an integer is to be read, which takes nothing away: its bounds do that."""


class Side(NamedTuple):
    """A schema, and the document its references lead into."""

    schema: Document
    document: Document

    def at(self, schema: Document) -> "Side":
        return Side(schema, self.document)

    def alternatives(self) -> list["Side"]:
        """What the schema can be, one type each, references followed."""
        schema = self.schema
        while "$ref" in schema:
            schema = _lookup(self.document, schema["$ref"])
        choices = schema.get("anyOf") or schema.get("oneOf")
        if choices:
            return [one for choice in choices for one in self.at(choice).alternatives()]
        if isinstance(schema.get("type"), list):
            return [self.at({**schema, "type": kind}) for kind in schema["type"]]
        return [self.at(schema)]


def breaks(old: Document, new: Document) -> list[str]:
    """Every change from `old` to `new` that breaks a client, one sentence each."""
    return list(dict.fromkeys(_breaks(old, new)))


def _breaks(old: Document, new: Document) -> Iterator[str]:
    for path, methods in old["paths"].items():
        if path not in new["paths"]:
            yield f"{path}: the path is gone"
            continue
        for method, operation in methods.items():
            where = f"{method.upper()} {path}"
            if method not in new["paths"][path]:
                yield f"{where}: the operation is gone"
            else:
                yield from _operation(where, old, operation, new, new["paths"][path][method])


def _operation(where: str, old: Document, was: Document, new: Document, now: Document) -> Iterator[str]:
    if was["operationId"] != now["operationId"]:
        yield f"{where}: its operationId was {was['operationId']}"
    if now.get("security") and not was.get("security"):
        yield f"{where}: a key is needed now"
    yield from _parameters(where, old, was, new, now)
    yield from _request(where, old, was.get("requestBody", {}), new, now.get("requestBody", {}))
    for status, response in was["responses"].items():
        if status not in now["responses"]:
            yield f"{where}: the answer {status} is gone"
            continue
        before, after = (_content(old, response), _content(new, now["responses"][status]))
        for media, schema in before.items():
            if media not in after:
                yield f"{where} → {status}: {media} is gone"
            else:
                narrow, wide = Side(after[media], new), Side(schema, old)
                yield from _lost(narrow, wide, f"{where} → {status}")


def _parameters(where: str, old: Document, was: Document, new: Document, now: Document) -> Iterator[str]:
    before, after = ({(p["in"], p["name"]): p for p in one.get("parameters", ())} for one in (was, now))
    for (place, name), parameter in before.items():
        if (place, name) not in after:
            yield f"{where}: the {place} parameter {name} is gone"
            continue
        then = after[place, name]
        if then.get("required") and not parameter.get("required"):
            yield f"{where}: the {place} parameter {name} is required now"
        yield from _lost(
            Side(parameter["schema"], old), Side(then["schema"], new), f"{where} {place} parameter {name}"
        )
    for (place, name), parameter in after.items():
        if parameter.get("required") and (place, name) not in before:
            yield f"{where}: the new {place} parameter {name} is required"


def _request(where: str, old: Document, was: Document, new: Document, now: Document) -> Iterator[str]:
    if now.get("required") and not was.get("required"):
        yield f"{where}: a body is required now"
    after = now.get("content", {})
    for media, content in was.get("content", {}).items():
        if media not in after:
            yield f"{where}: {media} is no longer taken"
        else:
            yield from _lost(Side(content["schema"], old), Side(after[media]["schema"], new), f"{where} body")


def _content(document: Document, response: Document) -> dict[str, Document]:
    while "$ref" in response:
        response = _lookup(document, response["$ref"])
    return {media: one["schema"] for media, one in response.get("content", {}).items()}


def _lost(narrow: Side, wide: Side, where: str, above: tuple[str, ...] = ()) -> Iterator[str]:
    """What `narrow` allows and `wide` does not take."""
    step = f"{narrow.schema.get('$ref')}⊂{wide.schema.get('$ref')}"
    if "None" not in step and step in above:
        return  # a schema inside itself is judged once
    above = (*above, step)
    for allowed in narrow.alternatives():
        found = [
            list(_lost_of_one(allowed, taken, where, above))
            for taken in wide.alternatives()
            if _takes(taken.schema.get("type"), allowed.schema.get("type"))
        ]
        if not found:
            yield f"{where}: {allowed.schema.get('type', 'any value')} on one side only"
        else:
            yield from min(found, key=len)


def _takes(wide: str | None, narrow: str | None) -> bool:
    return wide in (None, narrow) or (wide, narrow) == ("number", "integer")


def _lost_of_one(narrow: Side, wide: Side, where: str, above: tuple[str, ...]) -> Iterator[str]:
    yield from _lost_values(narrow.schema, wide.schema, where)
    if wide.schema.get("type") == "array" and "items" in wide.schema:
        yield from _lost(
            narrow.at(narrow.schema.get("items", {})), wide.at(wide.schema["items"]), f"{where}[]", above
        )
    if wide.schema.get("type") == "object":
        yield from _lost_members(narrow, wide, where, above)


def _lost_values(narrow: Document, wide: Document, where: str) -> Iterator[str]:
    limited, to = _values(wide), _values(narrow)
    if limited is not None and (to is None or to - limited):
        yield f"{where}: codes on one side only: {', '.join(sorted(to - limited)) if to else 'any'}"
    for limit in (*_UPPER, *_LOWER):
        if limit in wide:
            bound = narrow.get(limit)
            if bound is None or (bound > wide[limit] if limit in _UPPER else bound < wide[limit]):
                yield f"{where}: {limit} differs: {bound} and {wide[limit]}"
    if wide.get("format", _WIDTH) not in (_WIDTH, narrow.get("format")):
        yield f"{where}: format differs: {narrow.get('format')} and {wide['format']}"
    if "pattern" in wide and _pattern_loses(narrow.get("pattern", ""), wide["pattern"]):
        yield f"{where}: pattern differs: {narrow.get('pattern')} and {wide['pattern']}"


def _values(schema: Document) -> set[str] | None:
    listed = [schema["const"]] if "const" in schema else schema.get("enum")
    return None if listed is None else {json.dumps(value, ensure_ascii=False) for value in listed}


def _pattern_loses(narrow: str, wide: str) -> bool:
    """Whether a pattern takes less; of two lists of codes the one with more codes takes more."""
    if narrow == wide:
        return False
    few, many = _CODES.fullmatch(narrow), _CODES.fullmatch(wide)
    return few is None or many is None or bool(set(few["codes"].split("|")) - set(many["codes"].split("|")))


def _lost_members(narrow: Side, wide: Side, where: str, above: tuple[str, ...]) -> Iterator[str]:
    has, takes = narrow.schema.get("properties", {}), wide.schema.get("properties", {})
    for name in sorted(set(wide.schema.get("required", ())) - set(narrow.schema.get("required", ()))):
        yield f"{where}.{name}: required on one side, not on the other"
    for name, schema in has.items():
        if name in takes:
            yield from _lost(narrow.at(schema), wide.at(takes[name]), f"{where}.{name}", above)
        elif wide.schema.get("additionalProperties") is False:
            yield f"{where}.{name}: there is no such field on the other side"
    if wide.schema.get("additionalProperties") is False is not narrow.schema.get("additionalProperties"):
        yield f"{where}: unknown fields are refused on one side only"


def _lookup(document: Document, reference: str) -> Document:
    found = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def main(old: str, new: str) -> int:
    """Compare two files; 1 when a client would break."""
    if not Path(old).exists():
        return 0
    found = breaks(*(json.loads(Path(name).read_text(encoding="utf-8")) for name in (old, new)))
    for line in found:
        sys.stderr.write(f"breaking: {line}\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
