"""What every message shares: labels beside codes, clean text, exact ratios, unknown fields refused."""

import re
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from app.rules.rollup import percent
from app.rules.vietnamese import clean
from app.rules.vocabulary import Word


def _labelled(answer: type[BaseModel]) -> tuple[str, ...]:
    return tuple(name for name in answer.model_fields if f"{name}_label" in answer.model_fields)


class Out(BaseModel):
    """An answer. Keys are always present."""

    model_config = ConfigDict(
        from_attributes=True, populate_by_name=True, json_schema_serialization_defaults_required=True
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if _labelled(cls) and not issubclass(cls, Labelled):
            raise TypeError(f"{cls.__name__} has labels: it is Labelled")


class Labelled(Out):
    """An answer with labels: `x_label` is filled with the Vietnamese label of code `x`. Apart from the rest:
    an answer holds a thousand of them, and they have nothing to fill."""

    _names: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls._names = _labelled(cls)

    @model_validator(mode="after")
    def _fill_labels(self) -> Self:
        for name in self._names:
            word = getattr(self, name)
            if isinstance(word, Word):
                setattr(self, f"{name}_label", word.label_vi)
        return self


EXAMPLES: Final[dict[str, str]] = {}
"""Pattern → a text that fits it, for whoever sent one that does not."""


EVENT_CODE: Final = "[A-Za-z0-9][A-Za-z0-9.-]{0,39}"
"""Every code an event of a calendar may have, from a plan file or from here."""


def formed(pattern: str, example: str, **more: Any) -> Any:
    """Describe a text of a form, by an example of it."""
    EXAMPLES[pattern] = example
    return Field(pattern=pattern, examples=[example], **more)


def _published(schema: dict[str, Any]) -> None:
    """Publish no default: generated Python clients send it unasked (in a merge patch that would be a change),
    and generated TypeScript clients ask for the field. A patch needs no field of its own, but any."""
    for member in schema.get("properties", {}).values():
        member.pop("default", None)
    if schema["title"].endswith("Patch"):
        schema["minProperties"] = 1


class In(BaseModel):
    """A request body. What is not named here is refused, never ignored."""

    model_config = ConfigDict(extra="forbid", strict=False, json_schema_extra=_published)


class Patch(In):
    """A merge patch (RFC 7396) that needs nothing but a field, whichever."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError(
                "empty_patch",
                "name at least one field",
                {"vi": "Nêu ít nhất một trường cần sửa.", "en": "Name at least one field to change."},
            )
        return self


def _clean(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


Clean = BeforeValidator(_clean)
"""Normalises first (NFC, outer space), so that what follows measures the text as it will be stored."""


def _number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise PydanticKnownError("int_type")
    return value


Number = BeforeValidator(_number)
"""An integer as JSON Schema has it: 3.0 is one, which `strict` refuses; "3" and true are none."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(value: Any) -> Any:
    if (isinstance(value, str) and _DAY.fullmatch(value) is None) or isinstance(value, int | float):
        raise PydanticKnownError("date_type")
    return value


Day = Annotated[date, BeforeValidator(_day)]
"""A date as RFC 3339 writes it; left alone, pydantic also takes midnights and seconds since 1970."""


def _in_order(last: date | None, asked: ValidationInfo) -> date | None:
    first = asked.data.get(f"{str(asked.field_name).removesuffix('_to')}_from")
    if first is not None and last is not None and last < first:
        raise PydanticCustomError(
            "dates_reversed",
            "it ends before it begins",
            {"vi": "Kết thúc trước khi bắt đầu", "en": "It ends before it begins"},
        )
    return last


Until = Annotated[Day | None, AfterValidator(_in_order)]
"""The last day of a filter `x_to`, declared below its `x_from`. A range that is turned round holds nothing,
and an empty list would read as if nothing were there."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def instant_of(value: Any) -> datetime | None:
    """The instant that a text writes as RFC 3339 does, with its offset; in UTC."""
    text = value.upper() if isinstance(value, str) else ""
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if _INSTANT.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None  # no instant of the calendar, or one beyond its ends


def _instant(value: Any) -> datetime:
    found = instant_of(value)
    if found is None:
        raise PydanticKnownError("datetime_type")
    return found


Instant = Annotated[datetime, BeforeValidator(_instant)]
"""An instant in UTC; left alone, pydantic also takes numbers and instants without an offset."""

Title = Annotated[str, Field(min_length=1, max_length=300), Clean]
Clause = Annotated[str, Field(min_length=1, max_length=40, examples=["IV.7.a"]), Clean]
Reason = Annotated[str, Field(min_length=1, max_length=1000), Clean]


class Ratio(Out):
    """An exact ratio. Null where it is undefined, which is neither 0 nor 100. Its numbers are as long as
    exactness takes: a few digits mostly; where many uneven targets, weights and shares meet, longer than a
    JavaScript number is exact (2^53), and even than 64 bits. `percent`, for whatever is shown, never is."""

    numerator: int | None = Field(description="exact, in lowest terms; null when undefined", examples=[1])
    denominator: int | None = Field(description="exact, in lowest terms; null when undefined", examples=[4])
    percent: int | None = Field(
        description="for display: rounded down; 0 and 100 only when exactly so; null when undefined",
        examples=[25],
    )

    @classmethod
    def of(cls, value: Fraction | None) -> Self:
        """Put a fraction on the wire."""
        if value is None:
            return cls(numerator=None, denominator=None, percent=None)
        return cls(numerator=value.numerator, denominator=value.denominator, percent=percent(value))


class Exact(Out):
    """An exact number that is no part of a whole: a weight, for one. It may be as long as in a ratio."""

    numerator: int = Field(description="exact, in lowest terms", examples=[9])
    denominator: int = Field(description="exact, in lowest terms", examples=[2])

    @classmethod
    def of(cls, value: Fraction) -> Self:
        """Put a fraction on the wire."""
        return cls(numerator=value.numerator, denominator=value.denominator)


class Signed(Out):
    """An exact difference of two ratios, from -1 to 1, and as long. Null where one of them is undefined."""

    numerator: int | None = Field(description="exact, in lowest terms; null when undefined", examples=[-1])
    denominator: int | None = Field(description="exact, in lowest terms; null when undefined", examples=[15])
    points: int | None = Field(
        description="for display: percentage points, rounded towards zero; null when undefined",
        examples=[-6],
    )

    @classmethod
    def of(cls, value: Fraction | None) -> Self:
        """Put a difference on the wire."""
        if value is None:
            return cls(numerator=None, denominator=None, points=None)
        return cls(numerator=value.numerator, denominator=value.denominator, points=int(value * 100))


class AgencyRef(Out):
    """An agency, briefly."""

    code: str = Field(examples=["SVHTTDL"])
    name_vi: str = Field(examples=["Sở Văn hóa, Thể thao và Du lịch"])


class TaskRef(Out):
    """A task, briefly."""

    code: str = Field(examples=["IV.7.a"])
    title_vi: str = Field(examples=["Tập huấn quy định pháp luật về tổ chức sự kiện, lễ hội"])
