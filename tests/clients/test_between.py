"""What stands between an office and the service, and how it is told from the service."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.clients.gateway import Gateway, Said
from tests.clients.pusher import Pusher, lines, series
from tests.servers.processes import LOOPBACK


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """One that vouches for itself, as provinces have them, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ttdn")])
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
    ).add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))]), critical=False)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "root.pem"
    file.write_bytes(secret + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def secured(certificate: Path) -> Iterator[str]:
    """Something with that certificate; that it answers nothing useful is another matter."""
    with ThreadingHTTPServer((LOOPBACK, 0), BaseHTTPRequestHandler) as listening:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"https://{LOOPBACK}:{listening.server_address[1]}"
        listening.shutdown()
        thread.join()


def test_a_certificate_that_is_not_trusted_is_said_to_be_one_and_can_be(
    tmp_path: Path, certificate: Path, secured: str
) -> None:
    office = Pusher(secured, "x", tmp_path)
    file = office.file("x.ndjson", lines(series("secured", [1])))
    lost = office.run("--patience", "0", file)
    assert (lost.code, "SSL_CERT_FILE" in lost.err) == (75, True)
    assert "không tin chứng thư HTTPS" in lost.err
    trusted = office.run("--patience", "0", file, SSL_CERT_FILE=str(certificate))
    assert (trusted.code, "chứng thư" in trusted.err) == (76, False), (
        "the control: it is heard, and no service"
    )


def test_a_gateway_that_answers_for_the_service_is_called_one(behind: Pusher, gateway: Gateway) -> None:
    gateway.before = lambda _: Said(502, {"Content-Type": "text/html"})
    file = behind.file("x.ndjson", lines(series("busy-gateway", [1])))
    run = behind.run("--patience", "0", file)
    assert (run.code, "HTTP 502 từ cổng đặt trước dịch vụ: " in run.err) == (75, True)
    gateway.before = lambda _: Said(413, {"Content-Type": "text/html"})
    large = behind.run(file)
    assert (large.code, "cổng đặt trước dịch vụ không nhận nội dung lớn" in large.out) == (1, True)


def test_a_proxy_that_wants_to_know_who_asks_is_thought_of(behind: Pusher, gateway: Gateway) -> None:
    gateway.before = lambda _: Said(407, {"Content-Type": "text/html"})
    run = behind.run(behind.file("x.ndjson", lines(series("proxied", [1]))))
    assert (run.code, "xem lại --url và proxy của máy" in run.err) == (76, True)
