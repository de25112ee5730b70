"""The client: one plan of one service, as one office. Every request is safe to repeat, and is repeated with
`Patience`: reading changes nothing, and what is pushed carries an Idempotency-Key. What it reads is no older
than what it has written, wherever the service reads."""

import json
import ssl
import uuid
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import quote

import httpx

from ttdn_client.answers import ActivityAnswer, BatchAnswer, Mode, SheetAnswer, Table, Tagged
from ttdn_client.patience import Patience, Told
from ttdn_client.problems import NotTheService, NotTrusted, Unreachable, of

LINES = "application/x-ndjson"
BATCH = "activities/batch"
IMPORTS: Mapping[Table, str] = {
    "activities": "imports",
    "lines": "budget/lines/imports",
    "entries": "budget/entries/imports",
}
"""Where a sheet of each kind goes."""
CONSISTENCY = "Consistency-Token"
"""Of an answer to a write, where a replica may serve reads: sent along, it gets nothing older than that."""


class Client:
    """`url` is where the service is, with the gateway's prefix if it has one; nothing of the key is kept but
    the header it is sent in."""

    def __init__(
        self,
        url: str,
        key: str,
        plan: str,
        *,
        patience: Patience = Patience(),  # noqa: B008 - it is frozen
        timeout: float = 120.0,
        told: Told = lambda _trouble, _wait: None,
    ) -> None:
        self.address = address_of(url, plan)
        self._patience, self._told = patience, told
        self._http = httpx.Client(
            headers={
                "Authorization": f"Bearer {key}",
                "Accept": "application/json, application/problem+json",
            },
            timeout=httpx.Timeout(timeout, connect=min(timeout, 10.0)),
        )

    def push(
        self,
        records: Sequence[Mapping[str, Any]],
        *,
        mode: Mode = "partial",
        dry_run: bool = False,
        idempotency_key: str | None = None,
    ) -> BatchAnswer:
        """Push up to 1,000 records; each has a result of its own."""
        lines = b"\n".join(json.dumps(one, ensure_ascii=False, allow_nan=False).encode() for one in records)
        said = self.deliver(BATCH, LINES, lines, mode=mode, dry_run=dry_run, idempotency_key=idempotency_key)
        return cast("BatchAnswer", said)

    def push_sheet(
        self,
        content: bytes,
        media: str,
        *,
        table: Table = "activities",
        mode: Mode = "partial",
        dry_run: bool = False,
        idempotency_key: str | None = None,
    ) -> SheetAnswer:
        """Push a CSV or XLSX file, which only the service understands: of activities, budget lines or
        ledger entries."""
        said = self.deliver(
            IMPORTS[table], media, content, mode=mode, dry_run=dry_run, idempotency_key=idempotency_key
        )
        return cast("SheetAnswer", said)

    def deliver(
        self,
        target: str,
        media: str,
        content: bytes,
        *,
        mode: Mode = "partial",
        dry_run: bool = False,
        idempotency_key: str | None = None,
    ) -> dict[str, Any]:
        """Both with bytes as they are: lines of JSON to `BATCH`, a file to one of `IMPORTS`."""
        asked = {"mode": mode, "dry_run": "true" if dry_run else "false"}
        key = idempotency_key or (None if dry_run else _fresh())
        said = self._post(target, media, content, asked, key)
        judged = "results" if target == BATCH else "rows"
        if not isinstance(said.get("counts"), dict) or not isinstance(said.get(judged), list):
            raise NotTheService(f"counts, {judged}: ?")
        return said

    def record(self, record: Mapping[str, Any], *, idempotency_key: str | None = None) -> ActivityAnswer:
        """Push one record; what is wrong with it is raised."""
        content = json.dumps(record, ensure_ascii=False, allow_nan=False).encode()
        said = self._post("activities", "application/json", content, {}, idempotency_key or _fresh())
        return cast("ActivityAnswer", said)

    def items(self, path: str, **filters: str | int | bool) -> Iterator[dict[str, Any]]:
        """Every item of a list, such as `items("tasks", agency="SCT")`, page after page."""
        cursor: str | None = None
        while True:
            asked = {**filters, "cursor": cursor} if cursor else filters
            page = self.get(path, **asked)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def get(self, path: str, **parameters: str | int | bool) -> dict[str, Any]:
        """What is at a path under the plan, such as `progress`, `tasks/IV.7.a`, `receipts/…`."""
        return _value(self._ask("GET", path, params=parameters))

    def overview(self, etag: str | None = None) -> Tagged[dict[str, Any]] | None:
        """All that a dashboard's first page shows, with its tag; None while `etag` is still its tag."""
        answer = self._ask("GET", "overview", headers={"If-None-Match": etag} if etag else {})
        return None if answer.status_code == 304 else Tagged(_value(answer), answer.headers["etag"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def _post(
        self, path: str, media: str, content: bytes, params: Mapping[str, str], key: str | None
    ) -> dict[str, Any]:
        headers = {"Content-Type": media, **({"Idempotency-Key": key} if key else {})}
        return _value(self._ask("POST", path, params=params, headers=headers, content=content))

    def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        def once() -> httpx.Response:
            try:
                answer = self._http.request(method, f"{self.address}/{path}", **request)
            except (httpx.RequestError, UnicodeError) as error:  # the latter of a host that is no name
                # `from None`: the request in the chain holds the key.
                raise _nobody(error) from None
            if token := answer.headers.get(CONSISTENCY):
                self._http.headers[CONSISTENCY] = token
            if answer.is_success or answer.status_code == 304:
                return answer
            raise of(answer)

        return self._patience.persist(once, self._told)


def address_of(url: str, plan: str) -> str:
    """Where a plan of a service is."""
    return f"{url.rstrip('/')}/v1/plans/{quote(plan, safe='')}"


def _fresh() -> str:
    return str(uuid.uuid4())


def _nobody(error: BaseException) -> Unreachable:
    """Why nobody answered, without the request that could not be sent."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return NotTrusted(cause.verify_message)
        cause = cause.__cause__ or cause.__context__
    return Unreachable(type(error).__name__)


def _value(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; a sign-in page with 200 is none."""
    try:
        value = answer.json()
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise NotTheService(f"HTTP {answer.status_code}, {answer.headers.get('content-type', '?')}")
    return value
