"""What an answer means for the records that were sent: how many came to what, which were refused and why."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ttdn_client.push.parcels import Answered, Line

RESULTS = ("created", "updated", "unchanged", "stale", "refused")


@dataclass(frozen=True)
class Refused:
    """A record that was not taken, or, without a number, a whole sheet."""

    number: int | None
    raw: bytes
    status: int
    code: str
    reasons: tuple[str, ...]
    """In both languages where the service told both. Nothing of the record is in them."""


def counted(answers: Iterable[Answered]) -> dict[str, int]:
    """How many records came to what."""
    found: Counter[str] = Counter(dict.fromkeys(RESULTS, 0))
    for one in answers:
        counts: Any = one.answer.get("counts") if one.status == 200 else None
        found.update(counts or {"refused": len(one.lines) or 1})
    return {result: found[result] for result in RESULTS}


def refused(answers: Iterable[Answered]) -> list[Refused]:
    """Every record that was refused, in the order of the input."""
    return [found for one in answers for found in _of(one)]


def _of(one: Answered) -> Iterator[Refused]:
    rows: Any = one.answer.get("results") or []
    judged = {row["index"]: row for row in rows if row.get("refusal")}
    if one.status == 200:
        for index, row in sorted(judged.items()):
            yield _alone(one.lines[index] if index < len(one.lines) else None, row)
        return
    for index, line in enumerate(one.lines):
        yield _alone(line, judged[index]) if index in judged else _together(line, one)
    if not one.lines:
        yield _together(None, one)


def _alone(line: Line | None, row: dict[str, Any]) -> Refused:
    """A record that was judged by itself."""
    why = row["refusal"]
    reasons = [
        f"{why['detail_vi']} · {why['detail_en']}",
        *(f"{_within(one['pointer'])}: {one['message_vi']} · {one['message_en']}" for one in why["errors"]),
    ]
    number = line.number if line else row.get("row", row["index"] + 1)
    return Refused(number, line.raw if line else b"", why["status"], why["code"], tuple(reasons))


def _together(line: Line | None, one: Answered) -> Refused:
    """A record of a parcel that was refused as a whole."""
    said: Any = one.answer
    reasons = [str(said.get("detail") or said.get("title") or f"HTTP {one.status}")]
    reasons += [f"{fault['pointer']}: {fault['message']}" for fault in said.get("errors", ()) if not line]
    code = str(said.get("code") or f"http_{one.status}")
    return Refused(line.number if line else None, line.raw if line else b"", one.status, code, tuple(reasons))


def _within(pointer: str) -> str:
    """Where in the record: `/records/3/title` is `/title`."""
    _, _, rest = pointer.removeprefix("/records/").partition("/")
    return f"/{rest}" if pointer.startswith("/records/") else pointer
