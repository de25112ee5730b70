"""What a request was refused for, left with it for whoever counts: one reason for a request, one for each
record of many. Reasons are the codes of docs/errors.md, never anything a client sent.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from starlette.types import Scope

from app.errors import Failure
from app.schemas.batches import BatchResult
from app.schemas.imports import ImportResult

_LEFT = "refused"


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


def as_a_whole(scope: Scope, failure: Failure) -> None:
    """The request itself was refused."""
    _leave(scope, Counter([_reason(failure.facts, failure.faults, failure.code)]))


def in_part(scope: Scope, result: BatchResult | ImportResult) -> None:
    """Some of its records were. A rehearsal refuses nothing; of a file the first that are told are known by
    their reasons."""
    if not result.applied:
        return
    found: Counter[str] = Counter()
    if isinstance(result, BatchResult):
        refusals = (row.refusal for row in result.results if row.refusal)
        found.update(_reason(one.facts, one.errors, one.code) for one in refusals)
    else:
        wrong = (row for row in result.rows if row.result == "refused")
        found.update(_reason(row.facts, row.errors, "invalid_input") for row in wrong)
    if (untold := result.counts.refused - found.total()) > 0:
        found["not_told"] = untold
    _leave(scope, found)


def found(scope: Scope) -> Mapping[str, int]:
    """How often each reason was given to this request."""
    left: Mapping[str, int] = scope["state"].get(_LEFT, {})
    return left


def _leave(scope: Scope, reasons: Mapping[str, int]) -> None:
    scope.setdefault("state", {})[_LEFT] = reasons


def _reason(facts: Mapping[str, Any], errors: Sequence[_Coded], code: str) -> str:
    """The narrowest word there is for it."""
    said = facts.get("reason")
    return str(said) if said else errors[0].code if errors else code
