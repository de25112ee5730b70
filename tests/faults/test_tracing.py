"""Traces, as a collector receives them from the real service over OTLP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from app.rules import keys
from tests.faults.sites import Site
from tests.servers.processes import LOOPBACK
from tests.service import PLAN

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """Takes what is exported; its address, and what came."""
    came: list[bytes] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    with ThreadingHTTPServer((LOOPBACK, 0), Taking) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{LOOPBACK}:{server.server_port}", came
        server.shutdown()


def spans(came: list[bytes]) -> list[Span]:
    return [
        span
        for body in came
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


@pytest.mark.parametrize("wanted", [True, False])
def test_a_request_and_its_statements_are_in_the_callers_trace_without_secrets(
    site: Site, wanted: bool
) -> None:
    secret = keys.mint(bytes(range(20)))
    with collector() as (address, came):
        endpoint = address if wanted else ""
        with site.serve(
            OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, OTEL_EXPORTER_OTLP_COMPRESSION="none"
        ) as server:
            headers = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
            with httpx.Client(base_url=server.base_url, headers=headers) as client:
                assert client.get(f"{PLAN}/tasks", headers=site.bearer("SCT")).status_code == 200
                client.get(f"{PLAN}/calendar.ics", params={"sig": "giu-kin-9f8e7d"})
                client.get(f"{PLAN}/tasks", params={"key": secret})
                client.get(f"/v1/{secret}/x")
            server.terminate()
    if not wanted:
        assert came == []
        return
    ours = [span for span in spans(came) if span.trace_id.hex() == TRACE]
    requests = [span for span in ours if span.kind == Span.SPAN_KIND_SERVER]
    assert [span.parent_span_id.hex() for span in requests] == [PARENT] * 4
    listed = next(
        span for span in requests if span.name == f"GET {PLAN}/tasks".replace("ttdn-2023", "{plan}")
    )
    below = [span for span in ours if span.parent_span_id == listed.span_id]
    assert any(span.name.startswith("SELECT") for span in below)
    exported = b"".join(came)
    assert b"giu-kin-9f8e7d" not in exported
    for hidden in (secret, site.secrets["SCT"], "sig=", keys.digest(site.secrets["SCT"])):
        assert hidden.encode() not in exported
