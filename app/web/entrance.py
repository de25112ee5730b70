"""The one door: what every request passes, in the order that makes each refusal the right one.

The address comes before the body, so a wrong address is 404 whatever was sent to it; so does something like a
key, since of who brings none no body is taken in. Everything is inside the catch-all, so each step simply
raises.
"""

from collections.abc import Callable, Sequence

from fastapi import FastAPI
from starlette.datastructures import Headers

from app.web import problems
from app.web.catch_all import CatchAll, Observer
from app.web.directory import Signpost
from app.web.rate import RateLimit, Rates
from app.web.reader import KindsAt, StrictReader
from app.web.warm import WarmReads


def install(
    app: FastAPI,
    *,
    max_body_bytes: int = 1024 * 1024,
    kept_bytes: int = 0,
    rate: tuple[int, int] | None = None,
    root_path: str = "",
    kinds_at: KindsAt | None = None,
    sender: Callable[[Headers], object] | None = None,
    observers: Sequence[Observer] = (),
) -> None:
    """Put the door in. Added from the inside out: Starlette runs the last one first."""
    problems.install(app)
    app.add_middleware(StrictReader, max_bytes=max_body_bytes, kinds_at=kinds_at, sender=sender)
    app.add_middleware(Signpost)
    if kept_bytes:
        app.add_middleware(WarmReads, most_bytes=kept_bytes)
    if rate:
        app.add_middleware(RateLimit, rates=Rates(*rate))
    app.add_middleware(CatchAll, root_path=root_path, observers=observers)
