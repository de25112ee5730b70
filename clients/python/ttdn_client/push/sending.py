"""Sending: every parcel that has no answer yet, in the order they were taken in.

What the service says for good is marked, be it yes or no, and the next parcel goes. What may pass (no
connection, a busy service) ends the run once patience has ended; so does what concerns every parcel alike: a
key that is not taken, a plan that is not there, an answer that is none of the service's. A parcel that the
service fails on by itself (500) is put off, and keeps no other from going.
"""

from ttdn_client.client import Client
from ttdn_client.problems import KeyRefused, NotPermitted, NotThere, Passing, Problem
from ttdn_client.push import findings
from ttdn_client.push.parcels import Answered, Input, Parcel
from ttdn_client.push.progress import Progress
from ttdn_client.push.spool import Spool

TAKEN = 200
READING = (
    "khóa này chỉ đọc, không có quyền gửi (push): hãy xin khóa khác · "
    "this key may only read: ask for one with the scope push"
)


class ReadingKey(NotPermitted):
    """The key may not push, whatever is pushed: as with a key that is not taken, everything is kept."""


def deliver(spool: Spool, client: Client, progress: Progress) -> Passing | None:
    """Send what is held for this address; raises what ended it early. What was put off stays pending: why,
    for the last of it."""
    put_off = None
    places = spool.pending(client.address)
    for sent, place in enumerate(places, 1):
        parcel = spool.parcel(place)
        try:
            answered = _asked(client, parcel)
        except ReadingKey:
            spool.renew(parcel)
            raise
        except Passing as trouble:
            if trouble.status != 500:
                raise
            put_off = trouble
            continue
        spool.answered(parcel, answered)
        progress.sent(sent, len(places))
    return put_off


def rehearse(given: Input, client: Client, progress: Progress) -> list[Answered | None]:
    """Ask the service what would come of an input, and keep nothing anywhere."""
    found: list[Answered | None] = []
    for parcel in given.parcels:
        found.append(_asked(client, parcel, dry_run=True))
        progress.sent(len(found), len(given.parcels))
    return found


def _asked(client: Client, parcel: Parcel, *, dry_run: bool = False) -> Answered:
    """The service's last word on a parcel."""
    try:
        said = client.deliver(
            parcel.target,
            parcel.media,
            parcel.body,
            mode=parcel.mode,
            dry_run=dry_run,
            idempotency_key=None if dry_run else parcel.idempotency_key,
        )
    except (Passing, KeyRefused, NotPermitted, NotThere):
        raise
    except Problem as problem:
        return Answered(parcel.lines, problem.status, problem.document)
    answered = Answered(parcel.lines, TAKEN, said)
    if findings.of_a_reading_key(answered):
        raise ReadingKey(403, {"code": "not_permitted", "detail": READING})
    return answered
