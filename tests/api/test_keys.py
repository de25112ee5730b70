"""Keys: made, listed, rotated, revoked; recognised on every request; never stored and never shown again."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import select

from app.errors import Conflict, Invalid, NotFound
from app.models import Key
from app.rules import keys as form
from app.rules.vocabulary import Scope
from app.services import keys
from tests.service import PLAN, Service
from tests.writing import abolish, differences, journal, news, pushing, record, with_key

ADMIN = keys.technician()
DAY = timedelta(days=1)


def issue(service: Service, agency: str = "SCT", *scopes: Scope, days: float = 1) -> tuple[str, str]:
    """A new key: its id and its secret."""
    with service.database.writing() as session:
        made, secret = keys.issue(session, ADMIN, agency, "thử", scopes, timedelta(days=days))
        return made.public_id, secret


def status(service: Service, secret: str) -> int:
    return int(with_key(service, secret).get("/v1/me").status_code)


def reason(service: Service, **headers: str) -> str:
    """Why a caller is not recognised; every such answer asks for a bearer key."""
    answer = service.anonymous.get("/v1/me", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["code"] == "key_required"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    return str(answer.json().get("reason"))


def test_a_key_says_who_calls_and_what_for(service: Service) -> None:
    public_id, secret = issue(service, "SCT", Scope.PUSH)
    me = with_key(service, secret).get("/v1/me").json()
    assert (me["agency"]["code"], me["scopes"], me["key"]) == ("SCT", ["read", "push"], public_id)
    assert secret.startswith(me["key_hint"])
    assert len(me["key_hint"]) < 10


def test_a_key_that_is_none_is_told_so(service: Service) -> None:
    _, secret = issue(service)
    assert reason(service) == "key_required"
    mistyped = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    unknown = form.mint(bytes(range(20)))
    for wrong in (mistyped, unknown, "x", "ttdn_", secret + " ", f"{secret} {secret}"[:-5]):
        if wrong.strip() != secret:
            assert reason(service, Authorization=f"Bearer {wrong}") == "key_invalid", wrong
    for scheme in (f"Basic {secret}", secret, "Bearer", "Bearer ", f"Token {secret}", ""):
        reason(service, Authorization=scheme)
    assert status(service, secret) == 200
    lower = service.anonymous.get("/v1/me", headers={"Authorization": f"bearer {secret}"})
    assert lower.status_code == 200


def test_two_keys_in_one_request_are_no_key(service: Service) -> None:
    pairs = [(b"authorization", f"Bearer {service.secrets[code]}".encode()) for code in ("SCT", "SVHTTDL")]
    answer = service.anonymous.get("/v1/me", headers=pairs)
    assert answer.status_code == 401


def test_a_key_in_the_address_is_refused(service: Service) -> None:
    _, secret = issue(service)
    answer = service.anonymous.get("/v1/me", params={"api_key": secret})
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["key_in_url"]
    assert secret not in answer.text


def test_a_revocation_is_felt_by_the_next_request_and_happens_once(service: Service) -> None:
    public_id, secret = issue(service)
    caller = with_key(service, secret)
    assert caller.get("/v1/me").status_code == 200
    for _ in range(2):
        with service.database.writing() as session:
            keys.revoke(session, ADMIN, public_id)
    refused = caller.get("/v1/me")
    assert (refused.status_code, refused.json()["reason"]) == (401, "key_revoked")
    assert caller.post(f"{PLAN}/activities", json=news("IV.6.a")).status_code == 401
    assert [entry.action for entry in journal(service) if entry.ref == public_id] == ["key.manage"] * 2


def test_an_expired_key_is_told_so(service: Service) -> None:
    _, secret = issue(service, days=-0.001)
    assert reason(service, Authorization=f"Bearer {secret}") == "key_expired"


def test_rotation_overlaps_and_then_only_the_new_key_works(service: Service) -> None:
    public_id, old = issue(service, "SCT", Scope.PUSH)
    with service.database.writing() as session:
        made, new = keys.rotate(session, ADMIN, public_id, timedelta(hours=1), DAY)
        assert made.scopes == ["read", "push"]
    assert (status(service, old), status(service, new)) == (200, 200)
    with service.database.reading() as session:
        first = session.scalars(select(Key).where(Key.public_id == public_id)).one()
        assert first.expires_at <= datetime.now(UTC) + timedelta(hours=1)
    with service.database.writing() as session:
        keys.rotate(session, ADMIN, public_id, timedelta(0), DAY)
    assert (status(service, old), status(service, new)) == (401, 200)
    with pytest.raises(Conflict), service.database.writing() as session:
        keys.rotate(session, ADMIN, public_id, DAY, DAY)


def test_rotation_never_lengthens_a_keys_life(service: Service) -> None:
    public_id, _ = issue(service, days=0.5)
    with service.database.reading() as session:
        before = session.scalars(select(Key.expires_at).where(Key.public_id == public_id)).one()
    with service.database.writing() as session:
        keys.rotate(session, ADMIN, public_id, timedelta(days=30), DAY)
    with service.database.reading() as session:
        assert session.scalars(select(Key.expires_at).where(Key.public_id == public_id)).one() == before


def test_partners_and_groups_get_no_key(service: Service) -> None:
    for agency in ("X.BDT", "X.BDTW", "X.BNT", "G.SBN", "G.UBH", "G.TVBCD"):
        with pytest.raises(Conflict), service.database.writing() as session:
            keys.issue(session, ADMIN, agency, "thử", (), DAY)
    with pytest.raises(NotFound), service.database.writing() as session:
        keys.issue(session, ADMIN, "KHONGCO", "thử", (), DAY)
    with pytest.raises(NotFound), service.database.writing() as session:
        keys.revoke(session, ADMIN, "KHONGCO")


def test_no_key_is_both_technical_and_for_pushing(service: Service) -> None:
    with pytest.raises(Invalid), service.database.writing() as session:
        keys.issue(session, ADMIN, "VPTU", "thử", (Scope.ADMIN, Scope.PUSH), DAY)


def test_a_key_for_reading_cannot_push(service: Service) -> None:
    _, secret = issue(service, "SCT")
    refused = with_key(service, secret).post(f"{PLAN}/activities", json=news("IV.6.a"))
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["reason"]) == (
        403,
        "not_permitted",
        "scope_missing",
    )
    assert problem["you_are"] == ["accountable"]


def test_a_technical_key_writes_no_business_record(service: Service) -> None:
    """VPTU is accountable for IV.2.a, but its key here is the administrator's."""
    body = news("IV.2.a", opens_occurrence=True)
    refused = service["VPTU"].post(f"{PLAN}/activities", json=body)
    assert (refused.status_code, refused.json()["reason"]) == (403, "scope_missing")
    assert pushing(service, "VPTU").post(f"{PLAN}/activities", json=body).status_code == 201


def test_an_abolished_body_reads_and_cannot_write(service: Service) -> None:
    activity = record(service["SVHTTDL"], "IV.7.a")["activity"]
    url = f"{PLAN}/activities/{activity['id']}"
    abolish(service, "SVHTTDL", "2024-12-31")
    office = service["SVHTTDL"]
    for refused in (
        office.post(f"{PLAN}/activities", json=news("IV.7.a")),
        office.patch(url, json={"title": "Khác"}, headers={"If-Match": "*"}),
        office.post(f"{url}/withdrawals", json={"reason": "Ghi nhầm"}),
    ):
        assert refused.status_code == 403
        assert refused.json()["reason"] == "agency_not_active"
        assert refused.json()["who_can"] == []
    assert office.get(url).status_code == 200


def test_secrets_are_nowhere_but_in_the_callers_hands(service: Service) -> None:
    public_id, secret = issue(service, "SVHTTDL", Scope.PUSH)
    caller = with_key(service, secret)
    answers = [
        caller.get("/v1/me"),
        caller.post(
            f"{PLAN}/activities", json=news("IV.7.a"), headers={"Idempotency-Key": "một".encode().hex()}
        ),
        caller.post(f"{PLAN}/activities", json=news("IV.6.a")),
        caller.get("/v1/changes", params={"limit": "200"}),
        service["VPTU"].get("/v1/changes", params={"subject": "key", "limit": "200"}),
        caller.get("/v1/plans/khong-co"),
    ]
    with service.database.writing() as session:
        _, second = keys.rotate(session, ADMIN, public_id, DAY, DAY)
    said = "".join(answer.text + str(answer.headers) for answer in answers)
    stored = dump(service)
    assert form.digest(secret).encode() in stored, "the dump has the digest, so it is a dump"
    for one in (secret, second, *service.secrets.values()):
        assert one not in said
        assert one.encode() not in stored
        assert one.removeprefix(form.PREFIX)[:20].encode() not in stored
    assert form.digest(secret) not in said
    assert differences(service) == []


def dump(service: Service) -> bytes:
    """Every byte of the embedded database, or every row of the server's."""
    if service.database.embedded:
        path = service.url.removeprefix("sqlite:///")
        stored = b""
        for suffix in ("", "-wal"):
            with open(path + suffix, "rb") as file:  # noqa: PTH123
                stored += file.read()
        return stored
    with psycopg.connect(service.url) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        rows = [connection.execute(f'SELECT t::text FROM "{table}" t').fetchall() for (table,) in tables]
    return repr(rows).encode()
