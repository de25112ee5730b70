"""What an answer means for the records that were sent: how many came to what, which were refused and why."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ttdn_client.push.naming import returned
from ttdn_client.push.parcels import Answered

RESULTS = ("created", "updated", "unchanged", "stale", "refused")


TOO_LARGE = (
    "cổng đặt trước dịch vụ không nhận nội dung lớn như vậy: chia nhỏ tệp (NDJSON: giảm --batch), hay nâng "
    "giới hạn của cổng · a gateway before the service takes nothing so large: send it in parts (NDJSON: a "
    "smaller --batch), or have its limit raised"
)
"""What 413 means that comes without a document: the only such answer that is taken for a judgement."""


@dataclass(frozen=True)
class Refused:
    """A record that was not taken, or, without a number, a whole sheet."""

    number: int | None
    raw: bytes
    """As it comes back."""
    status: int
    code: str
    reasons: tuple[str, ...]
    """In both languages where the service told both. Nothing of the record is in them."""


@dataclass(frozen=True)
class Note:
    """What is to be said of records that were taken: above all, why they count for nothing."""

    text: str
    """In both languages."""
    first: int
    """The line of the first of them."""
    records: int
    more: bool
    """Of a long sheet not every row is told: there may be more than `records`."""


def counted(answers: Iterable[Answered]) -> dict[str, int]:
    """How many records came to what."""
    found: Counter[str] = Counter(dict.fromkeys(RESULTS, 0))
    for one in answers:
        counts = one.answer.get("counts") if one.status == 200 else None
        found.update(counts or {"refused": len(one.lines) or 1})
    return {result: found[result] for result in RESULTS}


def of_a_reading_key(one: Answered) -> bool:
    """Whether nothing was taken, and this because the key may not push at all: that says nothing of the
    records. A single request would have been refused as a whole."""
    refusals = [row["refusal"]["facts"] for row in one.answer.get("results", ()) if row.get("refusal")]
    refusals += [row.get("facts", {}) for row in one.answer.get("rows", ())]
    counts = one.answer.get("counts") or {}
    none = not any(counts.get(result) for result in RESULTS if result != "refused")
    return none and any(facts.get("reason") == "scope_missing" for facts in refusals)


def refused(answers: Iterable[Answered]) -> list[Refused]:
    """Every record that was refused, in the order of the input."""
    return [found for one in answers for found in _of(one)]


def noted(answers: Iterable[Answered]) -> list[Note]:
    """What the service says of records it took, once for all it says the same of; first what is about whole
    records, not one column of theirs."""
    told: dict[tuple[bool, str], list[int]] = defaultdict(list)
    more = False
    for one in answers:
        more = more or bool(one.answer.get("more"))
        for row in one.answer.get("results", ()):
            if row.get("hint_vi") and row["result"] != "refused":
                line = one.lines[row["index"]].number
                told[False, f"{row['hint_vi']} · {row['hint_en']}"].append(line)
        for row in one.answer.get("rows", ()):
            for note in row.get("notes", ()) if row["result"] != "refused" else ():
                text = f"{note['message_vi']} · {note['message_en']}"
                about = note["column"]
                told[bool(about), f"{about}: {text}" if about else text].append(row["row"])
    found = [(of_a_column, Note(text, min(at), len(at), more)) for (of_a_column, text), at in told.items()]
    return [note for _, note in sorted(found, key=lambda one: (one[0], -one[1].records, one[1].first))]


def untold(answers: Iterable[Answered]) -> int:
    """How many rows of sheets were refused of which the service does not tell: it tells of the first thousand
    rows there is something to say about."""
    sheets = [one.answer for one in answers if one.answer.get("more")]
    return sum(
        one["counts"]["refused"] - sum(row["result"] == "refused" for row in one["rows"]) for one in sheets
    )


def _of(one: Answered) -> Iterator[Refused]:
    """A sheet is told by its rows; of lines each is judged, alone or with the rest of its parcel."""
    judged = {row["index"]: row["refusal"] for row in one.answer.get("results", ()) if row.get("refusal")}
    for row in one.answer.get("rows", ()):
        if row["result"] == "refused":
            code = next((fault["code"] for fault in row["errors"]), "refused")
            yield Refused(row["row"], b"", 422, code, _in_both(row["errors"]))
    for index, line in enumerate(one.lines):
        if why := judged.get(index):
            reasons = (f"{why['detail_vi']} · {why['detail_en']}", *_in_both(why["errors"]))
            yield Refused(line.number, returned(line), why["status"], why["code"], reasons)
        elif one.status != 200:
            yield _together(line.number, returned(line), one)
    if one.status != 200 and not one.lines:
        yield _together(None, b"", one)


def _in_both(faults: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """What is wrong, where, and what would be taken instead."""
    found = []
    for one in faults:
        where = one["column"] if "column" in one else _within(one["pointer"])
        offered = f" ({' | '.join(one['offered'])})" if one.get("offered") else ""
        found.append(f"{where or '*'}: {one['message_vi']} · {one['message_en']}{offered}")
    return tuple(found)


def _together(number: int | None, raw: bytes, one: Answered) -> Refused:
    """What was refused with a whole parcel."""
    said = one.answer
    reasons = [str(said.get("detail") or said.get("title") or TOO_LARGE)]
    if number is None:
        faults = [fault for fault in said.get("errors", ()) if fault["message"] != reasons[0]]
        reasons += [f"{fault['pointer'] or '*'}: {fault['message']}" for fault in faults]
    return Refused(number, raw, one.status, str(said.get("code") or f"http_{one.status}"), tuple(reasons))


def _within(pointer: str) -> str:
    """Where in the record: `/records/3/title` is `/title`."""
    _, _, rest = pointer.removeprefix("/records/").partition("/")
    return f"/{rest}" if pointer.startswith("/records/") else pointer
