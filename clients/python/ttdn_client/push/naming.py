"""A name for every record, by which the service knows it again even when no Idempotency-Key is kept any more.

A record that has no `source_system` and `external_id` of its own is named by what it says: the SHA-256 of its
content, and its number among the records of the input that say the same. Members in another order, other
spaces and another form of Vietnamese say the same. The name is put in front; every other byte stays as it is.
A second one that is refused comes back with its name: sent again without the first, it would be taken for it.
"""

import hashlib
import json
import unicodedata
from collections import Counter
from typing import Any

from ttdn_client.push.parcels import Line

SYSTEM, ID = "source_system", "external_id"
_FIRST = ".1"
"""How the name of the first record ends that says something."""


class Namer:
    """Names the records of one input, in their order."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._seen: Counter[str] = Counter()

    def named(self, number: int, raw: bytes) -> tuple[bytes, Line]:
        """The line as it is sent, and what is known of it. One that is no JSON object is sent as it is: the
        service says what is wrong with it, as it does with everything else."""
        record = _record(raw)
        if record is None:
            return raw, Line(number, raw)
        system, own = record.get(SYSTEM), record.get(ID)
        if system is not None or own is not None:
            return raw, Line(number, raw, _text(system), _text(own))
        made = self._name({key: value for key, value in record.items() if key not in (SYSTEM, ID)})
        return _with_name(raw, record, self._source, made), Line(number, raw, self._source, made)

    def _name(self, content: dict[str, Any]) -> str:
        text = unicodedata.normalize("NFC", json.dumps(content, ensure_ascii=False))
        # Sorted once it is in one form: the two forms of a letter sort apart.
        canonical = json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
        self._seen[digest] += 1
        return f"{digest}.{self._seen[digest]}"


def returned(line: Line) -> bytes:
    """A line as it comes back if it is refused: as it stood in the input, with the name made for it if it was
    not the first to say the same."""
    made = line.external_id
    if made is None or made.endswith(_FIRST):
        return line.raw
    record = _record(line.raw)
    if record is None or record.get(SYSTEM) is not None or record.get(ID) is not None:
        return line.raw
    return _with_name(line.raw, record, line.source_system, made)


def _with_name(raw: bytes, record: dict[str, Any], source: str | None, made: str) -> bytes:
    name = {SYSTEM: source, ID: made}
    if SYSTEM in record or ID in record:  # as null: a name may stand once only
        whole = json.dumps({**record, **name}, ensure_ascii=False)
        return whole.encode("utf-8", "surrogatepass")
    rest = raw[1:].lstrip()
    return json.dumps(name).encode()[:-1] + (rest if rest == b"}" else b", " + rest)


def _record(raw: bytes) -> dict[str, Any] | None:
    """The JSON object of a line, read as strictly as the service reads; None where it is none."""
    try:
        value = json.loads(raw.decode(), object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _no_number(_name: str) -> None:
    raise ValueError


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
