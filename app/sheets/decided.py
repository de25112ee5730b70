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
_BODIES: Final = frozenset({"agency", "successor", "group", "coordinators"})
"""What names a body or a group by its code, which is in no paper: people know it by its name."""
Names = Mapping[str, str]
"""Code → name of the bodies on record; one that is not (yet) has its code alone."""


def told(change: Mapping[str, Any], names: Names) -> str:
    """One change as people say it."""
    form = change["change"]
    named = [name for _, name, _, _ in Formatter().parse(CHANGES[form]) if name]
    sentence = CHANGES[form].format_map({name: _said(form, name, change.get(name), names) for name in named})
    more = "; ".join(_more(form, change, ("change", *named), names))
    if not more:
        return sentence
    return sentence + ("; " if ":" in sentence else ": ") + more


def _more(form: str, thing: Mapping[str, Any], named: tuple[str, ...], names: Names) -> list[str]:
    beside = [name for name in thing if name not in named and not name.endswith("_en") and thing[name]]
    return [
        FACTS[name] if thing[name] is True else f"{FACTS[name]} {_said(form, name, thing[name], names)}"
        for name in beside
    ]


def _said(form: str, name: str, value: Any, names: Names) -> str:
    if value is None or value == []:
        return NOTHING.get(name, NOTHING[""])
    if isinstance(value, list):
        return ", ".join(_said(form, name, one, names) for one in value)
    if isinstance(value, Mapping):
        more = _more(form, value, _NAMES, names)
        if "agency" in value:
            return _body(value["agency"], names, *more)
        called = " ".join(value[one] for one in _NAMES if value.get(one))
        return f"{called} ({', '.join(more)})" if more else called
    if name in _BODIES:
        return _body(value, names)
    if name in _DAYS:
        return "/".join(reversed(str(value).split("-")))
    words = _CODES.get(f"{form}.{name}") or _CODES.get(name)
    return words(value).label_vi if words else str(value)


def _body(code: str, names: Names, *more: str) -> str:
    """A body by its name, and in brackets its code and what else is said of it."""
    name, *beside = [names[code], code, *more] if code in names else [code, *more]
    return f"{name} ({', '.join(beside)})" if beside else name
