"""What a decision changes, or would change: a line of Vietnamese for each, by words of `headings.json`.

A change says what something becomes. What its sentence does not name stands behind it, unless it is nothing.
"""

from collections.abc import Mapping
from string import Formatter
from typing import Any, Final

from app.rules.vocabulary import AgencyKind, PeriodKind, Role, TaskKind, TaskStatus, Visibility, Word
from app.sheets.headings import CHANGES, FACTS, NOTHING

_CODES: Final[Mapping[str, type[Word]]] = {
    "agency.kind": AgencyKind,
    "duty.kind": TaskKind,
    "period": PeriodKind,
    "power": Role,
    "status": TaskStatus,
    "visibility": Visibility,
}
_DAYS: Final = frozenset({"due_on", "on", "valid_from", "valid_to"})
_NAMES: Final = ("code", "agency", "title_vi")
"""By which of its members a lead or a milestone is named."""


def told(change: Mapping[str, Any]) -> str:
    """One change as people say it."""
    form = change["change"]
    named = [name for _, name, _, _ in Formatter().parse(CHANGES[form]) if name]
    sentence = CHANGES[form].format_map({name: _said(form, name, change.get(name)) for name in named})
    more = "; ".join(_more(form, change, ("change", *named)))
    if not more:
        return sentence
    return sentence + ("; " if ":" in sentence else ": ") + more


def _more(form: str, thing: Mapping[str, Any], named: tuple[str, ...]) -> list[str]:
    beside = [name for name in thing if name not in named and not name.endswith("_en") and thing[name]]
    return [
        FACTS[name] if thing[name] is True else f"{FACTS[name]} {_said(form, name, thing[name])}"
        for name in beside
    ]


def _said(form: str, name: str, value: Any) -> str:
    if value is None or value == []:
        return NOTHING.get(name, NOTHING[""])
    if isinstance(value, list):
        return ", ".join(_said(form, name, one) for one in value)
    if isinstance(value, Mapping):
        called = " ".join(value[one] for one in _NAMES if value.get(one))
        more = ", ".join(_more(form, value, _NAMES))
        return f"{called} ({more})" if more else called
    if name in _DAYS:
        return "/".join(reversed(str(value).split("-")))
    words = _CODES.get(f"{form}.{name}") or _CODES.get(name)
    return words(value).label_vi if words else str(value)
