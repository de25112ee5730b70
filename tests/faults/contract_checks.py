"""What schemathesis has to be told of this service: one more kind of body, and which refusals no schema
can say.

Loaded by the schemathesis process (`hooks` in its configuration), never by the service.
"""

import json
from typing import Any

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

from app.web.faults import MESSAGES

SAYABLE = frozenset(MESSAGES) - {"control_character", "lone_surrogate", "too_short"} | {
    "invalid_idempotency_key"
}
"""What is wrong with the form of a request: the contract has words for it and must use them, so a request
that the contract allows is never refused for it. All other refusals need the plan, the day or what was sent
before: opaque cursors, names of nothing, members that do not go together. That control characters and broken
letters are in no text, and that outer blanks are taken off before it is measured, is said once and not in
every schema."""
OF_PARTS = "batch_refused"
"""A batch whose records are refused: what is in a line or a cell is no matter of the schema."""


@schemathesis.check
def sound_data_acceptance(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> bool | None:
    """`positive_data_acceptance`, which it stands for, but for refusals that no schema can say."""
    if response.status_code == 304:
        return None  # `*` in If-None-Match, or a tag that fits
    if response.status_code in (412, 422) and not _sayable(response.json()):
        return None
    return positive_data_acceptance(ctx, response, case)


def _sayable(problem: dict[str, Any]) -> bool:
    return problem["code"] != OF_PARTS and any(error["code"] in SAYABLE for error in problem["errors"])


@schemathesis.serializer("application/x-ndjson")
def lines(_: object, value: Any) -> Any:
    """A body of lines: the schema calls it a text; what is no text is sent as one line."""
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "surrogatepass")
