"""The limits of reading: the service's very bytes from nginx, from bare ASGI, from the least of FastAPI."""

import secrets
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path

import httpx

from benchmarks.side_by_side.subjects import READS, Subject, root, started
from benchmarks.side_by_side.wrk import Request

_NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log {folder}/access.log; default_type application/json; sendfile on;
  keepalive_requests 1000000000; open_file_cache max=100;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:PORT; root {bodies}; }}
}}
"""


def bytes_of(subject: Subject, folder: Path) -> Path:
    """A folder with the answers of the service, a file for each read."""
    bodies = folder / "bodies"
    bodies.mkdir()
    for job in READS:
        request = subject.reads[job]
        answer = httpx.get(subject.base_url + request.path, headers=dict(request.headers))
        (bodies / job).write_bytes(answer.content)
    return bodies


def all_of(stack: ExitStack, bodies: Path, folder: Path) -> list[Subject]:
    """nginx, bare ASGI and FastAPI, one process each (nginx: a master and one worker)."""
    return [_nginx(stack, bodies, folder), *(_python(stack, bodies, *which) for which in _PYTHON)]


_PYTHON = (
    ("bare ASGI", "benchmarks.peers.bare_asgi:app"),
    ("FastAPI, same bytes", "benchmarks.peers.same_bytes:app"),
)


def _python(stack: ExitStack, bodies: Path, name: str, app: str) -> Subject:
    key = f"benchmark_{secrets.token_hex(20)}"
    server = started(
        stack,
        (sys.executable, "-m", "uvicorn", app, "--port", "{port}", "--lifespan", "off"),
        {"BENCHMARK_BODIES": str(bodies), "BENCHMARK_KEY": key},
        "/docs" if "FastAPI" in name else f"/{READS[0]}",
    )
    return _subject(name, server.base_url, root(server), {"Authorization": f"Bearer {key}"})


def _nginx(stack: ExitStack, bodies: Path, folder: Path) -> Subject:
    for path in (folder, bodies):
        path.chmod(0o755)  # its worker is another user
    (folder / "nginx.in").write_text(_NGINX.format(folder=folder, bodies=bodies))
    binary = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin") or "nginx"
    own = f"'{folder}/nginx.conf'"
    command = f"sed s/PORT/{{port}}/ '{folder}/nginx.in' > {own} && exec {binary} -c {own}"
    server = started(stack, ("sh", "-c", command), {}, f"/{READS[0]}")
    return _subject("nginx, static file", server.base_url, root(server), {})


def _subject(name: str, base_url: str, pid: int, headers: dict[str, str]) -> Subject:
    subject = Subject(name, "", base_url, (pid,), {job: Request(f"/{job}", headers) for job in READS})
    subject.look()
    return subject
