"""The files of deploy/: each is sound by its own program's word, and the two proxies do what they promise in
front of the real service. A broken copy of each is refused."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.patience import UNMEASURED
from tests.servers import ServerProcess, free_port
from tests.servers.processes import LOOPBACK
from tests.service import PLAN, training

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT, NGINX, CADDY = (
    (DEPLOY / name).read_text(encoding="utf-8") for name in ("ttdn.service", "nginx.conf", "Caddyfile")
)
MOST_EXPOSED = 20
"""In tenths, as `systemd-analyze security --threshold` counts: 100 is no protection at all."""


def program(name: str) -> str:
    """Where a program is; without it the test is skipped, and fails where it may not be."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        assert os.environ.get("TTDN_TEST_REQUIRE_DEPLOY") != "1", f"{name} is not on this machine"
        pytest.skip(f"{name} is not on this machine")
    return found


def said(folder: Path, *command: str) -> tuple[int, str]:
    """The exit code, and all that was written."""
    environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": ""}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("text", "sound", "tight"),
    [
        (UNIT, True, True),
        (UNIT.replace("ProtectHome=", "ProtectHomes="), False, True),
        (UNIT.replace("bin/ttdn serve", "bin/no-such serve"), False, True),
        (re.sub(r"(?m)^(Capability|Restrict|Protect|System|Private).*\n", "", UNIT), True, False),
    ],
    ids=["as it is", "misspelt", "another program", "unprotected"],
)
def test_the_unit_is_sound_and_tight(tmp_path: Path, text: str, sound: bool, tight: bool) -> None:
    analyse = program("systemd-analyze")
    unit = tmp_path / "ttdn.service"
    unit.write_text(text.replace("/opt/ttdn/.venv", sys.prefix), encoding="utf-8")
    code, complaints = said(tmp_path, analyse, "verify", str(unit))  # of a misspelt key it only complains
    assert (code == 0 and str(unit) not in complaints) is sound, complaints
    limit = f"--threshold={MOST_EXPOSED}"
    code, report = said(tmp_path, analyse, "security", "--offline=yes", limit, str(unit))
    assert (code == 0) is tight, report[-300:]


def certificate(folder: Path) -> None:
    """What /etc/ttdn/tls holds on a real machine."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")]),
    )
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    (folder / "fullchain.pem").write_bytes(
        made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


Proxy = Callable[[Path, str, int, str], tuple[str, ...]]


def nginx(folder: Path, text: str, port: int, upstream: str = "127.0.0.1:1") -> tuple[str, ...]:
    """The command that starts nginx on an example: at a port of ours, everything of it in `folder`."""
    certificate(folder)
    text = re.sub(r"(?m)^ *listen \[::\].*\n", "", text)
    text = text.replace("listen 443", f"listen {LOOPBACK}:{port}")
    text = text.replace("listen 80;", f"listen {LOOPBACK}:{free_port()};")
    text = text.replace("/etc/ttdn/tls", str(folder)).replace("/var/log/nginx", str(folder))
    text = text.replace("127.0.0.1:8000", upstream)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nevents {{}}\nhttp {{\n{temporary}{text}\n}}\n",
        encoding="utf-8",
    )
    return (program("nginx"), "-e", f"{folder}/start.log", "-p", str(folder), "-c", f"{folder}/nginx.conf")


def caddy(folder: Path, text: str, port: int, upstream: str = "127.0.0.1:1") -> tuple[str, ...]:
    """The same of Caddy, without the certificate it would ask the world for."""
    text = text.replace("ttdn.example.vn {", f"http://{LOOPBACK}:{port} {{")
    text = text.replace("\n{\n", "\n{\n\tadmin off\n", 1).replace("127.0.0.1:8000", upstream)
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    return (program("caddy"), "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile")


@pytest.mark.parametrize("word", ["", "proxy_pass", "ssl_protocols", "}"])
def test_the_nginx_example_is_sound(tmp_path: Path, word: str) -> None:
    text = NGINX.replace(word, f"x{word}", 1) if word else NGINX
    code, report = said(tmp_path, *nginx(tmp_path, text, free_port()), "-t")
    assert (code == 0) is (word == ""), report


@pytest.mark.parametrize("word", ["", "reverse_proxy", "keepalive", "import"])
def test_the_caddy_example_is_sound(tmp_path: Path, word: str) -> None:
    file = tmp_path / "Caddyfile"
    file.write_text(CADDY.replace(word, f"x{word}", 1) if word else CADDY, encoding="utf-8")
    code, report = said(
        tmp_path, program("caddy"), "validate", "--adapter", "caddyfile", "--config", str(file)
    )
    assert (code == 0) is (word == ""), report


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """The service with its trial keys."""
    folder = tmp_path_factory.mktemp("upstream")
    with ServerProcess({**UNMEASURED, "DATABASE_URL": f"sqlite:///{folder}/ttdn.sqlite3"}) as running:
        yield running


OPEN_NGINX = NGINX.replace(" ssl http2", "")
FAILS = pytest.mark.xfail(strict=True, reason="a negative control")


@pytest.mark.parametrize(
    ("proxy", "text"),
    [
        (nginx, OPEN_NGINX),
        (caddy, CADDY),
        pytest.param(nginx, OPEN_NGINX.replace("$request_method $uri", "$request"), marks=FAILS),
        pytest.param(
            nginx,
            OPEN_NGINX.replace("gzip off;", "gzip on; gzip_types application/json; gzip_min_length 0;"),
            marks=FAILS,
        ),
    ],
    ids=["nginx", "caddy", "nginx that logs all", "nginx that compresses"],
)
def test_behind_a_proxy_tags_stay_strong_refusals_are_ours_and_no_secret_is_logged(
    tmp_path: Path, upstream: ServerProcess, proxy: Proxy, text: str
) -> None:
    if upstream.pid is None:
        upstream.start()
    key = re.findall(r"SVHTTDL +(ttdn_\w+)", upstream.log)[0]
    port = free_port()
    command = proxy(tmp_path, text, port, upstream.base_url.removeprefix("http://"))
    running = ServerProcess({"HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": ""}, command)
    running.port = port
    headers = {"Authorization": f"Bearer {key}", "Accept-Encoding": "gzip, br"}
    with running, httpx.Client(base_url=running.base_url, headers=headers) as office:
        made = office.post(f"{PLAN}/activities", json=training())
        record = f"{PLAN}/activities/{made.json()['activity']['id']}"
        tag = office.get(record).headers["etag"]
        changed = office.patch(record, json={"title": "Tập huấn khác"}, headers={"If-Match": tag})
        assert changed.status_code == 200, "a tag that came through the proxy is good for If-Match"
        large = office.post(f"{PLAN}/activities", json=training(title="x" * 2_000_000))
        assert (large.status_code, large.json()["code"]) == (413, "too_large")
        asked = f"{PLAN}/calendar.ics?sig=giu-kin-9f8e7d"
        assert office.get(asked).status_code == 404
        upstream.terminate()
        assert office.get(asked).status_code == 502
        running.terminate()
        written = running.log + "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert written.count("calendar.ics") >= 2
    for secret in ("giu-kin-9f8e7d", "sig=", key[5:]):
        assert secret not in written
