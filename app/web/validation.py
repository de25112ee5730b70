"""Pydantic's findings as faults of ours. Its codes and sentences change between releases and quote the value.

A validator of a schema may raise any ValueError with a `code` of `faults.MESSAGES` (as `vietnamese.UnfitText`
does), or `PydanticCustomError(code, english, {"vi": …, "en": …})` where the sentence is its own.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from app.errors import Failure, Fault, Invalid, Malformed, NotFound, Text
from app.web.faults import MESSAGES, fault, is_a_name, pointer_to
from app.web.patterns import misfit

Message = TypeVar("Message", bound=BaseModel)

_SHAPES: Mapping[str, Text] = {
    "string": Text("một chuỗi ký tự", "a string"),
    "int": Text("một số nguyên", "an integer"),
    "float": Text("một số", "a number"),
    "bool": Text("true hoặc false", "true or false"),
    "list": Text("một danh sách", "a list"),
    "dict": Text("một đối tượng JSON", "an object"),
    "model": Text("một đối tượng JSON", "an object"),
    "date": Text("một ngày dạng YYYY-MM-DD", "a date as YYYY-MM-DD"),
    "datetime": Text("một thời điểm RFC 3339 có múi giờ", "an RFC 3339 instant with its offset"),
    "timezone": Text("một thời điểm RFC 3339 có múi giờ", "an RFC 3339 instant with its offset"),
}
_SHAPE_CODES = {"date": "not_a_date", "datetime": "not_a_datetime", "timezone": "not_a_datetime"}

# Pydantic's type of error -> our code, and the name under which its context has the limit.
_LIMITS: Mapping[str, tuple[str, str, Text | None]] = {
    "string_too_short": ("too_short", "min_length", None),
    "string_too_long": ("too_long", "max_length", None),
    "too_short": ("too_few", "min_length", None),
    "too_long": ("too_many", "max_length", None),
    "greater_than_equal": ("below_minimum", "ge", Text("từ {} trở lên", "at least {}")),
    "less_than_equal": ("above_maximum", "le", Text("không quá {}", "at most {}")),
}
_PLAIN: Mapping[str, str] = {
    "missing": "missing",
    "union_tag_not_found": "missing",
    "finite_number": "not_a_number",
    "int_parsing_size": "number_out_of_range",
    "string_unicode": "lone_surrogate",
}


def from_validation(error: RequestValidationError) -> Failure:
    """What the framework found wrong, as one failure. A path that cannot name anything names nothing: 404."""
    details: Sequence[Mapping[str, Any]] = error.errors()
    if any(detail["type"] == "json_invalid" for detail in details):
        return Malformed(faults=[fault("", "syntax_error")])
    if any(detail["loc"][0] == "path" for detail in details):
        return NotFound()
    return Invalid(faults=tuple(dict.fromkeys(_fault(detail, error.body) for detail in details)))


def parsed(message: type[Message], value: Any) -> Message | Invalid:
    """A part of a body that is judged apart from the rest; pointers lead into that part."""
    try:
        return message.model_validate(value)
    except ValidationError as error:
        found = ({**detail, "loc": ("body", *detail["loc"])} for detail in error.errors())
        return Invalid(faults=tuple(dict.fromkeys(_fault(detail, value) for detail in found)))


def _fault(detail: Mapping[str, Any], body: Any) -> Fault:
    kind, context = detail["type"], detail.get("ctx", {})
    room, *way = detail["loc"]
    pointer = _pointer(way, body) if room == "body" else _parameter(room, way)
    if kind == "extra_forbidden":
        if room == "body":
            return fault(pointer, "unknown_field")
        return fault(pointer, "unknown_parameter", allowed=Text("xem tài liệu", "see the documentation"))
    if isinstance(detail.get("input"), str):
        # A length set behind a validator is measured on something pydantic no longer knows to be a string.
        kind = {"too_short": "string_too_short", "too_long": "string_too_long"}.get(kind, kind)
    if kind in ("union_tag_invalid", "union_tag_not_found"):  # the field that says which form it is
        pointer = f"{pointer}/{context['discriminator'].strip(chr(39))}"
    if kind in _LIMITS:
        code, name, bound = _LIMITS[kind]
        limit = context.get(name)
        if (code, limit) == ("too_short", 1):
            return Fault(pointer, "too_short", Text("Không được để trống.", "This may not be empty."))
        said = Text(bound.vi.format(limit), bound.en.format(limit)) if bound else ""
        return fault(pointer, code, limit=limit, bound=said)
    if kind in ("enum", "literal_error", "union_tag_invalid"):
        allowed = str(context.get("expected") or context.get("expected_tags", ""))
        listed = re.sub(r"'\s+or\s+'", "', '", allowed).replace("'", "")
        return fault(pointer, "not_allowed_value", allowed=listed)
    if kind == "string_pattern_mismatch":
        return misfit(pointer, str(context.get("pattern")))
    if kind in _PLAIN:
        return fault(pointer, _PLAIN[kind])
    return _shape_or_own(pointer, kind, context)


def _shape_or_own(pointer: str, kind: str, context: Mapping[str, Any]) -> Fault:
    """A wrong type, or what a validator of ours has said."""
    if "vi" in context and "en" in context:
        return Fault(pointer, kind, Text(context["vi"], context["en"]))
    own = str(getattr(context.get("error"), "code", ""))
    if own in MESSAGES:
        return fault(pointer, own)
    shape = kind.partition("_")[0]
    if shape in _SHAPES:
        return fault(pointer, _SHAPE_CODES.get(shape, "wrong_type"), expected=_SHAPES[shape])
    return fault(pointer, "invalid_value")


def _pointer(way: Sequence[object], body: Any) -> str:
    """Pydantic's way into the body without what it puts between: only steps the body has."""
    return pointer_to(_steps(way, body))


def _steps(way: Sequence[object], body: Any, may_be_tag: bool = True) -> list[object]:
    """A step that is also a value there may be the tag of a union: it is one if the way leads on past it."""
    if not way:
        return []
    step, *rest = way
    if isinstance(body, dict) and isinstance(step, str):
        if may_be_tag and step in body.values() and (onward := _steps(rest, body, may_be_tag=False)):
            return onward
        if step in body or not rest:
            return [step, *_steps(rest, body.get(step))]
    if isinstance(body, list) and isinstance(step, int) and step < len(body):
        return [step, *_steps(rest, body[step])]
    return _steps(rest, body, may_be_tag)


def _parameter(room: str, way: Sequence[object]) -> str:
    name = str(way[0]) if way else ""
    return f"{room}:{name}" if is_a_name(name) else room
