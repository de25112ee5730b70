"""How long a request is asked again, and how long is waited in between. All retrying is here.

Exponential backoff with full jitter: the wait before the n-th repetition is drawn from nothing to 2ⁿ seconds,
a minute at most, so that a hundred offices that lost the service together do not come back together. What the
service asks for (`Retry-After`) is waited in full, and a little of the same jitter on top.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ttdn_client.problems import Passing, TtdnError, Unreachable

T = TypeVar("T")
Told = Callable[[TtdnError, float], None]
"""Called before each wait, with what went wrong and how long it will be."""

_chance = random.SystemRandom()


@dataclass(frozen=True)
class Patience:
    """For one request: `seconds` in all, no single wait of our own beyond `longest`."""

    seconds: float = 900.0
    first: float = 1.0
    longest: float = 60.0
    internal_errors: int = 4
    """How often a 500 is answered by asking again: it may be a passing fault, and it may be this request."""

    def persist(self, ask: Callable[[], T], told: Told) -> T:
        """Ask until there is an answer, or raise what went wrong last when patience ends."""
        deadline, attempt, internal = time.monotonic() + self.seconds, 0, 0
        while True:
            try:
                return ask()
            except (Passing, Unreachable) as trouble:
                internal += isinstance(trouble, Passing) and trouble.status == 500
                wait = self._wait(trouble, attempt)
                if internal > self.internal_errors or time.monotonic() + wait > deadline:
                    raise
                told(trouble, wait)
                time.sleep(wait)
                attempt += 1

    def _wait(self, trouble: Passing | Unreachable, attempt: int) -> float:
        own = _chance.uniform(0, min(self.longest, self.first * 2.0 ** min(attempt, 16)))
        asked = trouble.retry_after if isinstance(trouble, Passing) else None
        return own if asked is None else asked + min(own, 1.0)
