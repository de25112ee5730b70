"""How often one key may ask: the count against a second reckoning, and the whole service with a rate set."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from fractions import Fraction

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from app.db import Database
from app.main import create_app
from app.rules.keys import RANDOM_BYTES, mint
from app.settings import Settings
from app.web.rate import MOST_KEYS, Rates
from tests.calling import calling, client
from tests.service import PLAN, Service, training


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@given(
    most=some.integers(1, 20),
    seconds=some.sampled_from([1, 60, 3600]),
    gaps=some.lists(some.fractions(0, 400, max_denominator=8), max_size=60),
)
def test_a_key_gets_what_a_bucket_that_fills_evenly_holds(
    most: int, seconds: int, gaps: list[Fraction]
) -> None:
    clock, tokens = Hand(), Fraction(most)
    rates = Rates(most, seconds, clock)
    for gap in gaps:
        clock.at += float(gap)
        tokens = min(Fraction(most), tokens + gap * most / seconds)
        left = rates.ask(b"key")
        assert left.within == (tokens >= 1)
        tokens -= left.within
        assert (left.requests, left.whole_in >= 0) == (int(tokens), True)
        if not left.within:
            assert left.one_in >= 1
            assert tokens + Fraction(left.one_in * most, seconds) >= Fraction(999_999, 1_000_000)


def test_only_so_many_keys_are_remembered_and_the_longest_silent_is_forgotten() -> None:
    rates = Rates(1, 3600, Hand())
    for number in range(MOST_KEYS + 100):
        rates.ask(number.to_bytes(16))
    assert len(rates) == MOST_KEYS
    assert not rates.ask((MOST_KEYS + 99).to_bytes(16)).within
    assert rates.ask((0).to_bytes(16)).within


@pytest.mark.parametrize("rate", ["0/s", "600", "600/day", "-1/s", "1.5/s", "600/min ", "99999999/s"])
def test_what_is_no_rate_is_no_setting(rate: str) -> None:
    with pytest.raises(ValidationError):
        Settings(rate=rate)


class Limited:
    """The service with a rate, over the database of one without; `hours` pass by hand."""

    def __init__(self, service: Service, clock: Hand, kept_bytes: int) -> None:
        self.app = create_app(Settings(DATABASE_URL="sqlite://", rate="3/h", kept_bytes=kept_bytes))
        self.app.state.database.dispose()
        self.app.state.database = Database(Settings(DATABASE_URL=service.url))
        self.secrets, self.clock = service.secrets, clock
        self._ends = ExitStack()
        self._transport = self._ends.enter_context(calling(self.app))

    def close(self) -> None:
        self._ends.close()

    def client(self, secret: str | None) -> httpx.Client:
        return client(self._transport, secret)

    def __getitem__(self, agency: str) -> httpx.Client:
        return self.client(self.secrets[agency])


@pytest.fixture(params=[0, 1024 * 1024], ids=["cold", "warm"])
def limited(
    service: Service, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Limited]:
    clock = Hand()
    monkeypatch.setattr(Rates.__init__, "__defaults__", (clock,))
    with closing(Limited(service, clock, request.param)) as made:
        yield made


def test_beyond_its_rate_a_key_is_told_to_wait_and_then_served(limited: Limited) -> None:
    reader = limited["BPGV"]
    first = reader.get(f"{PLAN}/overview")
    assert first.headers["ratelimit-policy"] == '"key";q=3;w=3600'
    assert first.headers["ratelimit"] == '"key";r=2;t=1200'
    tag = {"If-None-Match": first.headers["etag"]}
    assert reader.get(f"{PLAN}/overview", headers=tag).status_code in (200, 304)
    assert reader.head(f"{PLAN}/overview").headers["ratelimit"] == '"key";r=0;t=3600'

    refused = reader.get(f"{PLAN}/overview")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] == "1200"
    assert refused.headers["ratelimit"] == '"key";r=0;t=3600'
    assert refused.headers["cache-control"] == "no-store"
    assert limited["SCT"].get(f"{PLAN}/overview").status_code == 200, "another key"

    limited.clock.at += 1199
    assert reader.get(f"{PLAN}/overview").status_code == 429
    limited.clock.at += 1
    assert reader.get(f"{PLAN}/overview").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "content", "media", "status"),
    [
        ("GET", "/v1/nowhere", None, None, 404),
        ("PUT", "/v1/plans", None, None, 405),
        ("GET", "/v1/plans?nothing=1", None, None, 422),
        ("POST", f"{PLAN}/activities", b"<a/>", "text/xml", 415),
        ("POST", f"{PLAN}/activities", b"{", "application/json", 400),
        ("POST", f"{PLAN}/activities", b"[" * 2_000_000, "application/json", 413),
    ],
)
def test_who_is_refused_at_the_door_is_told_what_is_left(
    limited: Limited, method: str, path: str, content: bytes | None, media: str | None, status: int
) -> None:
    headers = {"Content-Type": media} if media else {}
    refused = limited["BPGV"].request(method, path, content=content, headers=headers)
    told = refused.headers.get_list("ratelimit"), refused.headers.get_list("ratelimit-policy")
    assert (refused.status_code, *told) == (status, ['"key";r=2;t=1200'], ['"key";q=3;w=3600'])


def test_however_a_key_is_written_it_is_the_same_key(limited: Limited) -> None:
    secret = limited.secrets["BPGV"]
    written = [f"Bearer {secret}", f"bearer  {secret}", f"BEARER {secret} ", f"Bearer {secret}"]
    answers = [
        limited.client(None).get("/v1/me", headers={"Authorization": header}).status_code
        for header in written
    ]
    assert answers == [200, 200, 200, 429]


def test_a_refused_push_was_not_begun_and_is_sent_again(limited: Limited) -> None:
    office, repeat = limited["SVHTTDL"], {"Idempotency-Key": "rate-1"}
    for _ in range(3):
        assert office.get("/v1/me").status_code == 200
    assert office.post(f"{PLAN}/activities", json=training(), headers=repeat).status_code == 429
    limited.clock.at += 3600
    made = office.post(f"{PLAN}/activities", json=training(), headers=repeat)
    again = office.post(f"{PLAN}/activities", json=training(), headers=repeat)
    assert (made.status_code, again.status_code, again.content) == (201, 201, made.content)
    assert again.headers["ratelimit"] != made.headers["ratelimit"], "not what was kept of the first"


def test_who_has_no_key_is_not_counted(limited: Limited) -> None:
    for header in (None, "nothing", "ttdn_" + "0" * 33):
        for _ in range(5):
            answer = limited.client(header).get("/v1/me")
            assert (answer.status_code, "ratelimit" in answer.headers) == (401, False)
    for _ in range(5):
        assert limited.client(None).get("/livez").status_code == 200
    invented = [mint(number.to_bytes(RANDOM_BYTES)) for number in range(20)]
    assert {limited.client(secret).get("/v1/me").status_code for secret in invented} == {401}
    assert limited["BPGV"].get("/v1/me").status_code == 200


def test_without_a_rate_nothing_is_said(service: Service) -> None:
    answers = [service["BPGV"].get("/v1/me") for _ in range(5)]
    assert [(answer.status_code, "ratelimit" in answer.headers) for answer in answers] == [(200, False)] * 5
