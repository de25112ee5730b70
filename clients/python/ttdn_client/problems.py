"""What can go wrong, as a caller has to tell it apart.

TtdnError
├── Unreachable      nobody answered: no connection, or no answer in time
│   └── NotTrusted   somebody did, with a certificate that this machine does not trust
├── NotTheService    somebody else answered: a proxy's page, a wrong address
└── Problem          the service says no (RFC 9457): `status`, `code`, `detail`, `errors`
    ├── Passing      429, 500, 502, 503, 504, 408: ask again, after `retry_after` seconds if it is told
    │   └── InFlight 409 request_in_flight: the same request is being worked on
    ├── KeyRefused   401: no key, or one that is not taken (any more)
    ├── NotPermitted 403: not for this caller
    └── NotThere     404: no such plan, or nothing at this address

Nothing here ever holds the key, or what was sent.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

_PASSING = frozenset({408, 429, 500, 502, 503, 504})
_JUDGED_BY_GATEWAYS = frozenset({413})
"""What a gateway before the service may say of a request in the service's place."""


class TtdnError(Exception):
    """Anything that kept a request from being answered as it was meant."""


class Unreachable(TtdnError):
    """Nobody answered. Whether the request arrived is not known."""


class NotTrusted(Unreachable):
    """The certificate at this address is not one this machine trusts: nothing was sent."""


class NotTheService(TtdnError):
    """The answer is none the service gives: what is at this address?"""


class Problem(TtdnError):
    """What the service told."""

    def __init__(self, status: int, document: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status, self.document, self.retry_after = status, dict(document), retry_after
        self.code = str(document.get("code") or f"http_{status}")
        self.detail = str(document.get("detail") or document.get("title") or f"HTTP {status}")
        self.errors: Sequence[Mapping[str, Any]] = document.get("errors") or ()
        super().__init__(f"{status} {self.code}: {self.detail}")


class Passing(Problem):
    """It will pass: the same request may be sent again."""


class InFlight(Passing):
    """The first sending of this request is still being worked on."""


class KeyRefused(Problem):
    """The key is missing, wrong, expired or revoked."""


class NotPermitted(Problem):
    """This caller may not."""


class NotThere(Problem):
    """The plan, or what else the address names, does not exist."""


def of(answer: httpx.Response) -> TtdnError:
    """An answer that is no success, as what it means."""
    document = _document(answer)
    status, known = answer.status_code, document or {}
    if status in _PASSING:
        return Passing(status, known, _retry_after(answer))
    if document is None and status not in _JUDGED_BY_GATEWAYS:
        return NotTheService(f"HTTP {status}, {answer.headers.get('content-type', '?')}")
    if known.get("code") == "request_in_flight":
        return InFlight(status, known, _retry_after(answer))
    kinds: Mapping[int, type[Problem]] = {401: KeyRefused, 403: NotPermitted, 404: NotThere}
    return kinds.get(status, Problem)(status, known)


def _document(answer: httpx.Response) -> dict[str, Any] | None:
    """The problem document; None where the answer carries none."""
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        return None
    try:
        found = answer.json()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds from now (RFC 9110 §10.2.3: a number of seconds, or a date)."""
    given = answer.headers.get("retry-after", "").strip()
    if given.isdecimal():
        return float(given)
    try:
        until = parsedate_to_datetime(given)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
