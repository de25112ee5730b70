"""Receipts: every push that was taken is answered for, in words that cannot be changed afterwards, and only
to whoever pushed it."""

import base64
import hashlib
import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jwt
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.cli import main
from app.seal import BrokenSeal, Seal, content_of
from tests.service import PLAN, Service, push, training
from tests.walks import items
from tests.writing import news

BATCH = f"{PLAN}/activities/batch"
RECEIPTS = f"{PLAN}/receipts"
JSON = {"Content-Type": "application/json"}
KEYS = "/.well-known/jwks.json"


def spelt(*records: Any) -> bytes:
    """A batch as a script of some office might write it."""
    return json.dumps({"records": records}, ensure_ascii=False, indent=1).encode()


def test_a_push_is_answered_for_to_the_byte_and_the_record(service: Service) -> None:
    office = service["SVHTTDL"]
    content = spelt(news("IV.7.a", output="M1"), news("IV.6.a"), 7)
    said = office.post(BATCH, content=content, headers=JSON).json()
    receipt = office.get(f"{RECEIPTS}/{said['receipt']}").json()
    assert receipt["sha256"] == hashlib.sha256(content).hexdigest()
    assert (receipt["bytes"], receipt["counts"]) == (len(content), said["counts"])
    assert (receipt["plan"], receipt["agency"]) == ("ttdn-2023", "SVHTTDL")
    assert receipt["results"] == [
        {
            "index": row["index"],
            "result": row["result"],
            "activity": row["activity"],
            "line": None,
            "entry": None,
            "code": (row["refusal"] or {}).get("code"),
        }
        for row in said["results"]
    ]
    assert [row["code"] for row in receipt["results"]] == [None, "not_permitted", "invalid_input"]


def test_any_library_of_the_standard_checks_the_signature(service: Service) -> None:
    office = service["SVHTTDL"]
    receipt = office.get(f"{RECEIPTS}/{push(office).json()['receipt']}").json()
    known = jwt.PyJWKSet.from_dict(service.anonymous.get(KEYS).json())
    token = jwt.PyJWS().decode_complete(receipt["jws"], known[receipt["kid"]].key, ["EdDSA"])
    assert token["header"] == {"alg": "EdDSA", "kid": receipt["kid"], "typ": "ttdn-receipt+jws"}
    signed = json.loads(token["payload"])
    assert signed == {name: value for name, value in receipt.items() if name not in ("jws", "kid")}


def test_a_key_is_named_by_its_thumbprint(service: Service) -> None:
    """RFC 7638 §3.1: the required members in order, without white space."""
    key = service.anonymous.get(KEYS).json()["keys"][0]
    text = f'{{"crv":"{key["crv"]}","kty":"{key["kty"]}","x":"{key["x"]}"}}'
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    assert key["kid"] == digest


def test_each_way_of_pushing_leaves_a_receipt_and_nothing_else_does(service: Service) -> None:
    office = service["SVHTTDL"]
    made = push(office, source_system="qlvb", external_id="1").json()
    same = push(office, source_system="qlvb", external_id="1").json()
    lines = office.post(
        BATCH,
        content=b'{"task":\n' + json.dumps(news("IV.7.b")).encode(),
        headers={"Content-Type": "application/x-ndjson"},
    ).json()
    pushes = [made["receipt"], same["receipt"], lines["receipt"]]
    assert len({*pushes}) == 3
    activity = f"{PLAN}/activities/{made['activity']['id']}"
    tag = office.get(activity).headers["etag"]
    revised = office.patch(activity, json={"title": "Sửa"}, headers={"If-Match": tag}).json()
    withdrawn = office.post(f"{activity}/withdrawals", json={"reason": "Nhầm"}).json()
    rehearsed = office.post(BATCH, json={"records": [news("IV.7.b")]}, params={"dry_run": "true"}).json()
    assert [one["receipt"] for one in (revised, withdrawn, rehearsed)] == [None] * 3
    wrong = {"records": [news("IV.7.b"), news("IV.6.a")]}
    assert office.post(BATCH, json=wrong, params={"mode": "atomic"}).status_code == 422
    assert push(office, task="IV.6.a").status_code == 403
    found = items(office, RECEIPTS, limit=2)
    assert [one["id"] for one in found] == sorted(pushes, reverse=True)
    assert [one["counts"]["unchanged"] for one in found] == [0, 1, 0]


def test_one_is_found_by_the_digest_of_what_was_sent(service: Service) -> None:
    office = service["SVHTTDL"]
    content = spelt(news("IV.7.b"))
    made = office.post(BATCH, content=content, headers=JSON).json()
    push(office)
    asked = {"sha256": hashlib.sha256(content).hexdigest(), "count": "true"}
    page = office.get(RECEIPTS, params=asked).json()
    assert ([one["id"] for one in page["items"]], page["total"]) == ([made["receipt"]], 1)
    assert office.get(RECEIPTS, params={"sha256": "0" * 64}).json()["items"] == []
    refused = office.get(RECEIPTS, params={"sha256": "0" * 63})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "query:sha256")


def test_another_agency_does_not_find_it_not_even_the_plans_owner(service: Service) -> None:
    made = push(service["SVHTTDL"]).json()["receipt"]
    for other in ("SCT", "TTBCD", "BPGV", "VPTU"):
        client = service[other]
        answers = [client.get(f"{RECEIPTS}/{one}") for one in (made, "01ARZ3NDEKTSV4RRFFQ69G5FAV")]
        bodies = [{**answer.json(), "request_id": None, "instance": None} for answer in answers]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert bodies[0] == bodies[1]
        assert client.get(RECEIPTS, params={"count": "true"}).json()["total"] == 0


def test_a_repeated_push_gets_the_first_ones_receipt(service: Service) -> None:
    office = service["SVHTTDL"]
    asked, named = {"records": [news("IV.7.b")]}, {"Idempotency-Key": "tuan-20"}
    first, again = (office.post(BATCH, json=asked, headers=named) for _ in range(2))
    assert first.content == again.content
    assert len(items(office, RECEIPTS)) == 1


def test_a_key_that_is_new_to_many_pushes_at_once_is_written_once(service: Service, tmp_path: Path) -> None:
    """And the key before it goes on to be published."""
    former = service.app.state.seal
    push(service["SVHTTDL"], external_id="0", source_system="s")
    seal = Seal.open(tmp_path / "new.pem")
    service.app.state.seal = lambda: seal
    try:
        with ThreadPoolExecutor(8) as pool:
            pushed = [
                pool.submit(push, service[agency], task=task, output=None)
                for agency, task in (("SVHTTDL", "IV.7.b"), ("SCT", "IV.6.a"), ("BAOTV", "IV.9.1")) * 4
            ]
            assert {one.result().status_code for one in pushed} == {201}
        published = service.anonymous.get(KEYS).json()["keys"]
    finally:
        service.app.state.seal = former
    assert [key["kid"] for key in published] == [seal.kid, former().kid]
    assert all(set(key) == {"kty", "crv", "x", "kid", "alg", "use"} for key in published)


# On the command line, where there is nothing but files.


def verified(folder: Path, receipt: Any, keys: Any, content: bytes | None = None) -> tuple[int, str]:
    """`ttdn receipt verify`, far from any service and any database."""
    (folder / "receipt.json").write_text(json.dumps(receipt), encoding="utf-8")
    (folder / "jwks.json").write_text(json.dumps(keys), encoding="utf-8")
    command = ["receipt", "verify", f"{folder}/receipt.json", "--keys", f"{folder}/jwks.json"]
    if content is not None:
        (folder / "content").write_bytes(content)
        command += ["--content", f"{folder}/content"]
    ended = CliRunner(env={"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}).invoke(main, command)
    assert isinstance(ended.exception, SystemExit | None), repr(ended.exception)
    return ended.exit_code, ended.output


def forged(receipt: dict[str, Any], private: Any, algorithm: str = "EdDSA", **head: str) -> dict[str, Any]:
    """The same words, signed by somebody else."""
    words = {name: value for name, value in receipt.items() if name not in ("jws", "kid")}
    content = json.dumps(words).encode()
    headers = {"kid": receipt["kid"], "typ": "ttdn-receipt+jws", **head}
    return {**receipt, "jws": jwt.PyJWS().encode(content, private, algorithm, headers)}


def test_a_receipt_is_checked_offline_and_a_changed_one_is_told(service: Service, tmp_path: Path) -> None:
    office, content = service["SVHTTDL"], spelt(news("IV.7.b"), news("IV.6.a"))
    made = office.post(BATCH, content=content, headers=JSON).json()["receipt"]
    receipt, keys = office.get(f"{RECEIPTS}/{made}").json(), service.anonymous.get(KEYS).json()
    code, said = verified(tmp_path, receipt, keys, content)
    assert (code, made in said, "created 1" in said, "refused 1" in said) == (0, True, True, True)
    command = (sys.executable, "-m", "app", "receipt", "verify", "receipt.json", "--keys", "jwks.json")
    apart = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (apart.returncode, made in apart.stdout) == (0, True), (
        "far from any service, as a process of its own"
    )
    head, _, signature = receipt["jws"].split(".")
    other = office.get(f"{RECEIPTS}/{push(office).json()['receipt']}").json()["jws"].split(".")[1]
    stranger = Seal.open(tmp_path / "stranger.pem")
    wrong: list[tuple[Any, Any, bytes | None]] = [
        ({**receipt, "agency": "SCT"}, keys, None),
        ({**receipt, "results": receipt["results"][:1]}, keys, None),
        ({**receipt, "jws": f"{head}.{other}.{signature}"}, keys, None),
        ({**receipt, "jws": "x"}, keys, None),
        ({"id": made}, keys, None),
        ([], keys, None),
        (receipt, {"keys": []}, None),
        (receipt, {"keys": [{**stranger.public, "kid": receipt["kid"]}]}, None),
        (receipt, {"keys": [{"kid": receipt["kid"]}]}, None),
        (receipt, [], None),
        (receipt, keys, content + b" "),
        (receipt, keys, b""),
    ]
    for shown, known, pushed in wrong:
        code, said = verified(tmp_path, shown, known, pushed)
        assert (code, "Traceback" in said) == (1, False), said
        assert said.startswith("Error: ")


def test_what_others_sign_or_what_is_signed_for_something_else_is_no_receipt(
    service: Service, tmp_path: Path
) -> None:
    office = service["SVHTTDL"]
    receipt = office.get(f"{RECEIPTS}/{push(office).json()['receipt']}").json()
    keys = service.anonymous.get(KEYS).json()["keys"]
    stranger = Seal.open(tmp_path / "stranger.pem")
    own = service.app.state.seal()
    for fake in (
        forged(receipt, stranger._private),
        forged(receipt, own._private, typ="JWT"),
        forged(receipt, keys[0]["x"].encode(), "HS256"),
        forged(receipt, None, "none"),
        forged(receipt, ec.generate_private_key(ec.SECP256R1()), "ES256"),
    ):
        with pytest.raises(BrokenSeal):
            content_of(fake["jws"], keys, "ttdn-receipt+jws")
    assert content_of(forged(receipt, own._private)["jws"], keys, "ttdn-receipt+jws")


# The private key.


def test_processes_that_start_together_have_one_key_which_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "receipts.pem"
    with ThreadPoolExecutor(16) as pool:
        kids = {seal.kid for seal in pool.map(Seal.open, [path] * 64)}
    assert kids == {Seal.open(path).kid}
    assert [found.name for found in path.parent.iterdir()] == ["receipts.pem"]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_serving_without_a_key_to_sign_with_is_refused_in_one_sentence(tmp_path: Path) -> None:
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "other.pem").write_bytes(other)
    (tmp_path / "text.pem").write_text("không phải khóa", encoding="utf-8")
    (tmp_path / "file").touch()
    for path in ("other.pem", "text.pem", "file/receipts.pem"):
        environment = {
            **os.environ,
            "TTDN_SIGNING_KEY": str(tmp_path / path),
            "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        }
        command = (sys.executable, "-m", "app", "serve", "--port", "0")
        ended = subprocess.run(
            command, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=60
        )
        assert (ended.returncode, "TTDN_SIGNING_KEY" in ended.stderr) == (1, True)
        assert "Traceback" not in ended.stderr
        assert not (tmp_path / "db.sqlite3").exists(), "nothing was prepared"


def test_the_private_key_is_nowhere_in_the_database(service: Service) -> None:
    push(service["SVHTTDL"], **training(external_id="1", source_system="s"))
    seal = service.app.state.seal()
    raw = seal._private.private_bytes_raw()
    with service.database.engine.connect() as connection:
        stored = "\n".join(
            str(row)
            for table in ("signing_keys", "receipts", "replays", "changes")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
        )
    assert seal.kid in stored
    for spelling in (raw.hex(), base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()):
        assert spelling.rstrip("=") not in stored
