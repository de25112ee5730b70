"""How often one key may ask: so many requests in so long, in any rhythm, told in every answer.

`RateLimit-Policy` and `RateLimit` are written as draft-ietf-httpapi-ratelimit-headers-10 has them,
`Retry-After` as RFC 9110 §10.2.3. Each process counts for itself, and it is the key that is counted and
nothing personal: who comes without one is refused without the database being asked, and not counted.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from math import ceil
from typing import Final, NamedTuple

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import TooMany
from app.rules.keys import is_well_formed
from app.web.callers import bearer

MOST_KEYS: Final = 10_000


class Left(NamedTuple):
    """What a key has left: whether this request is within the rate; requests; seconds until all are there
    again; seconds until one is."""

    within: bool
    requests: int
    whole_in: int
    one_in: int


class Rates:
    """One number for each key: the moment at which all it may ask is there again (the generic cell rate
    algorithm, which is a bucket of `most` tokens that fills evenly)."""

    def __init__(self, most: int, seconds: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.seconds, self._clock = most, seconds, clock
        self._whole: OrderedDict[bytes, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._whole)

    def ask(self, key: bytes) -> Left:
        """Count a request. One that is refused costs nothing."""
        now, each = self._clock(), self.seconds / self.most
        whole = max(self._whole.pop(key, now), now)
        wait = whole + each - self.seconds - now
        within = wait <= each * 1e-6  # what was added up of fractions is no exact sum
        if within:
            whole += each
        self._whole[key] = whole
        if len(self._whole) > MOST_KEYS:
            self._whole.popitem(last=False)  # the longest silent; it begins again with all it may ask
        requests = int((self.seconds - (whole - now)) / each + 1e-6)
        return Left(within, max(requests, 0), ceil(whole - now), max(ceil(wait), 1))


class RateLimit:
    """Pure ASGI, before anything is looked up or given from the shelf."""

    def __init__(self, app: ASGIApp, *, rates: Rates) -> None:
        self.app, self._rates = app, rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through or refuse it; either way its key learns what is left."""
        secret = bearer(Headers(scope=scope)) if scope["type"] == "http" else None
        if secret is None or not is_well_formed(secret):
            await self.app(scope, receive, send)
            return
        left = self._rates.ask(blake2b(secret.encode(), digest_size=16).digest())
        scope["state"]["told"] = (
            (b"ratelimit-policy", f'"key";q={self._rates.most};w={self._rates.seconds}'.encode()),
            (b"ratelimit", f'"key";r={left.requests};t={left.whole_in}'.encode()),
        )
        if not left.within:
            raise TooMany(left.one_in)
        await self.app(scope, receive, send)
