"""The kinds of field a plan file is made of: texts, codes, lines, and references to what it declares.

References are judged while the file is read, against everything the file declares (`Declared`), so that
one reading reports every fault: those of shape, and those between items.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Generic, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from app.errors import Text
from app.rules.clauses import valid as is_clause
from app.rules.countries import COUNTRIES
from app.rules.lifecycle import latest
from app.rules.vocabulary import Source

Value = TypeVar("Value")


@dataclass(frozen=True)
class Declared:
    """What the file as a whole declares: the codes its items may point at, in the order of the file."""

    agencies: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()  # single organisations: neither a group nor an outside partner
    partners: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    last_line: int | None = None
    begins: date | None = None
    ends: date | None = None


def declared(info: ValidationInfo) -> Declared:
    """Give what the file declares; a reading without a file knows of nothing."""
    return info.context if isinstance(info.context, Declared) else Declared()


class Broken(ValueError):
    """A broken rule of the format, whose words stand in seed/faults.py, and the field it is about; with what
    was computed, where that tells more."""

    def __init__(self, rule: str, field: str | None = None, detail: Text | None = None) -> None:
        super().__init__(rule)
        self.rule = rule
        self.field = field
        self.detail = detail


def _among(kind: str, rule: str) -> AfterValidator:
    """Accept only a code that the file declares as one of `kind` (a field of `Declared`)."""

    def check(code: str, info: ValidationInfo) -> str:
        if code not in getattr(declared(info), kind):
            raise Broken(rule)
        return code

    return AfterValidator(check)


EXAMPLES: Final[dict[str, str]] = {}
"""What fits each pattern: whoever writes a plan reads no patterns."""


def formed(pattern: str, example: str, most: int) -> Any:
    """A field of a form, with an example of it for whoever misses it."""
    EXAMPLES[pattern] = example
    return Field(pattern=pattern, max_length=most)


def _clause(code: str) -> str:
    if not is_clause(code):
        raise Broken("not_a_clause")
    return code


def _within_source(line: int, info: ValidationInfo) -> int:
    last = declared(info).last_line
    if last is not None and line > last:
        raise Broken("line_after_end")
    return line


def _within_reach(day: date, info: ValidationInfo) -> date:
    begins = declared(info).begins
    if begins is not None and not begins <= day <= latest(begins):
        raise Broken("deadline_out_of_reach")
    return day


def _country(code: str) -> str:
    if code not in COUNTRIES:
        raise Broken("unknown_country")
    return code


# Texts are normalised (NFC, outer white space) before their length is measured.
Short = Annotated[str, Field(min_length=1, max_length=300)]
Long = Annotated[str, Field(min_length=1, max_length=2000)]

Clause = Annotated[str, AfterValidator(_clause)]
AgencyCode = Annotated[str, formed(r"^[A-Z0-9]+(\.[A-Z0-9]+)*$", "SVHTTDL, UBND.HCL", 35)]
ItemCode = Annotated[str, formed(r"^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$", "E01, SVHTTDL-01", 40)]
Slug = Annotated[str, formed(r"^[a-z0-9]+(-[a-z0-9]+)*$", "ttdn-2024", 60)]

Agency = Annotated[str, _among("agencies", "unknown_agency")]
Body = Annotated[str, _among("bodies", "unknown_body")]
Section = Annotated[str, _among("sections", "unknown_section")]
Task = Annotated[str, _among("tasks", "unknown_task")]
Duty = Annotated[str, _among("duties", "unknown_duty")]

# One line of the source text, and a list of them: "18, 20", "80-84"; "132/2" is the second part of line 132.
Line = Annotated[int, Field(ge=1), AfterValidator(_within_source)]
Lines = Annotated[str, formed(r"^\d+(/\d+|-\d+)?(, \d+(/\d+|-\d+)?)*$", "18, 20; 80-84; 132/2", 100)]

Deadline = Annotated[date, AfterValidator(_within_reach)]
Country = Annotated[str, AfterValidator(_country)]

# Integer đồng, signed 64 bit: what both databases can hold.
Dong = Annotated[int, Field(ge=0, le=2**63 - 1)]


class Item(BaseModel):
    """Anything in a plan file: exactly the documented fields, of exactly the documented types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Bilingual(Item):
    """The same words in Vietnamese and English."""

    vi: Long
    en: Long


class Given(Item, Generic[Value]):
    """A fact the service cannot do without, with where it comes from."""

    value: Value
    source: Source


class Stated(Item, Generic[Value]):
    """A fact with where it comes from; what nobody stated is null, and says so."""

    value: Value | None
    source: Source

    @model_validator(mode="after")
    def _nothing_without_saying_so(self) -> Self:
        if self.value is None and self.source is not Source.NOT_IN_TEXT:
            raise Broken("null_needs_not_in_text", "source")
        return self
