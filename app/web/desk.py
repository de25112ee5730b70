"""The desk where a request is served: who calls, in which transaction, and what is answered.

A route hands over one operation; the desk opens the transaction, recognises the caller, runs it, and
answers. A write is committed before the answer exists for anyone else; a repeated write gets the
answer of the first.
"""

from collections.abc import Callable, Iterable
from typing import Annotated, Final, TypeVar

from fastapi import Depends
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.db import Database
from app.errors import Conflict, Failure, InFlight
from app.failing import will_pass
from app.models.unit import instant
from app.replica import least, token
from app.rules import calendar
from app.rules.parties import Actor
from app.schemas.base import Out
from app.services import keys, replays, subscriptions
from app.services.replays import Stored
from app.web import exports, warm
from app.web.answers import Answer, conditional, etag, next_link, render
from app.web.callers import key_of
from app.web.exports import Ask

ATTEMPTS = 3
"""How often a unit of work is begun anew when PostgreSQL breaks a deadlock with it, or another one has just
written the same."""

CONSISTENCY: Final = "Consistency-Token"
"""Up to where the caller has written; what it reads is no older (docs/scaling.md)."""

T = TypeVar("T")
Said = Out | Answer | Response | None
"""What an operation says; nothing where another one follows that says it all."""
Operation = Callable[[Session, Actor], Said]


class Desk:
    """One request's desk. `identify` tells who calls, by what the request brought."""

    def __init__(self, request: Request, identify: Callable[[Session], Actor]) -> None:
        self._request, self._identify = request, identify
        # Taken now: the request may be given up, and let go of its body, while a thread still works on it.
        self._content = getattr(request.state, "json", None)
        self._database: Database = request.app.state.database

    def read(
        self,
        operation: Callable[[Session, Actor], Out],
        *,
        cursor: str = "cursor",
        followed: bool = False,
    ) -> Response:
        """Answer from one snapshot; 304 if the caller has it already. `followed`: what is read because of it
        must be no older."""
        answer = Answer(self._look(operation))
        answer.headers.update(next_link(self._request, answer.body, cursor))
        if followed:
            answer.headers.update(self._written())
        return self._holding(render(answer))

    def one(self, find: Callable[[Session, Actor], tuple[Out, int]]) -> Response:
        """The same of one thing, found with its version."""
        found, version = self._look(find)
        return self._holding(render(Answer(found, version=version)))

    def listing(
        self,
        ask: Ask,
        find: Callable[[Session, Actor, Ask], Out],
        *,
        cursor: str = "cursor",
        followed: bool = False,
    ) -> Response:
        """One page of a list; or all of it as a file, its pages read from one snapshot."""
        if ask.format == "json":
            return self.read(
                lambda session, actor: find(session, actor, ask), cursor=cursor, followed=followed
            )
        file = self._look(
            lambda session, actor: exports.made(ask, lambda page: find(session, actor, page), cursor)
        )
        return exports.answer(self._request, file, ask.format)

    def document(self, operation: Callable[[Session, Actor], bytes], media_type: str) -> Response:
        """Answer something that is no JSON from one snapshot; 304 if the caller has it already."""
        content = self._look(operation)
        headers = {"ETag": etag(0, [content])}
        return self._holding(Response(content, headers=headers, media_type=media_type))

    def _holding(self, response: Response) -> Response:
        """What was read holds, while nothing changes, as long as the day and the reader's key do."""
        warm.keep(self._request, self._holds_until, response)
        return conditional(self._request, response)

    def _look(self, operation: Callable[[Session, Actor], T]) -> T:
        """Look at one snapshot as whoever calls. Where a replica may have it, the primary says who that is:
        it alone knows at once of a key that was revoked."""
        with self._database.reading() as session:
            actor = self._reader(session)
            if self._database.replica is None:
                return operation(session, actor)
        past = least(self._request.headers.getlist(CONSISTENCY))
        return self._database.look(lambda session: operation(session, actor), past)

    def _reader(self, session: Session) -> Actor:
        """Who reads."""
        actor = self._identify(session)
        night = calendar.midnight(instant(session))
        self._holds_until = min(night, actor.until) if actor.until else night
        return actor

    def ahead(self, operation: Callable[[Session, Actor], T]) -> T:
        """Recognise the caller and let something be looked at, before what takes long."""
        with self._database.reading() as session:
            return operation(session, self._identify(session))

    def write(self, operation: Operation, repeat: str | None = None) -> Response:
        """Do one unit of work, durably, and answer; with an Idempotency-Key, once for all its repetitions."""
        return self.write_in_turn([operation], repeat)

    def write_in_turn(self, operations: Iterable[Operation], repeat: str | None = None) -> Response:
        """Several units of work, each durable before the next begins; the last one has the answer.

        The key is asked about in each: what another request with it has finished meanwhile is answered then.
        """
        try:
            for operation in operations:
                response = self._patiently(operation, repeat)
                if response is not None:
                    response.headers.update(self._written())
                    return response
        except Failure as failure:
            failure.headers.update(self._written())  # who reads again, reads what was judged
            raise
        raise AssertionError("the last unit of work has to answer")

    def _written(self) -> dict[str, str]:
        """Where a replica may serve the next read: up to where it has to be for that."""
        replica = self._database.replica
        return {} if replica is None else {CONSISTENCY: token(replica.committed())}

    def _patiently(self, operation: Operation, repeat: str | None) -> Response | None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._write(operation, repeat)
            except (DBAPIError, Conflict) as error:
                if attempt == ATTEMPTS or not will_pass(error):
                    raise
        raise AssertionError("unreachable")

    def _write(self, operation: Operation, repeat: str | None) -> Response | None:
        with self._database.writing(self._request.state.request_id) as session:
            actor = self._identify(session)
            if repeat is None:
                return self._done(operation(session, actor))
            if not self._database.hold(session, f"{actor.agency}:{repeat}"):
                raise InFlight(headers={"Retry-After": "1"})
            url = self._request.url
            path = f"{url.path}?{url.query}" if url.query else url.path
            mark = replays.fingerprint(self._request.method, path, self._content)
            stored = replays.find(session, actor, repeat, mark)
            if stored is not None:
                return Response(stored.body, stored.status, headers=stored.headers)
            response = self._done(operation(session, actor))
            if response is None:
                return None
            headers = {name: value for name, value in response.headers.items() if name != "content-length"}
            replays.keep(
                session, actor, repeat, mark, Stored(response.status_code, headers, bytes(response.body))
            )
            return response

    @staticmethod
    def _done(said: Said) -> Response | None:
        if said is None or isinstance(said, Response):
            return said
        return render(said if isinstance(said, Answer) else Answer(said))


async def desk(request: Request) -> Desk:
    """Make the request's desk; asynchronous, since it waits for nothing and needs no thread.

    Without something like a key it ends here, before the body and the parameters are judged.
    """
    secret = key_of(request.headers)
    return Desk(request, lambda session: keys.identify(session, secret))


async def feed_desk(request: Request) -> Desk:
    """The same for calendar programs, which send no header: `?sig=` is a subscription's secret."""
    secret = request.query_params.get("sig")
    if secret is None:
        return await desk(request)
    return Desk(request, lambda session: subscriptions.identify(session, secret))


AtDesk = Annotated[Desk, Depends(desk)]
AtFeedDesk = Annotated[Desk, Depends(feed_desk)]
