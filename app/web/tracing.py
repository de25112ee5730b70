"""Traces of requests and of their statements, where the extra `otel` is installed and a collector that takes
OTLP over HTTP is named in OTEL_EXPORTER_OTLP_ENDPOINT. What else can be set is OpenTelemetry's own.

FastAPI makes the span of a request, below the caller's `traceparent`; the spans of statements are made here,
since the package for them does not take this SQLAlchemy. As in the log, nothing that may be secret leaves: no
query string, no key in a path, no value of a statement.
"""

import os
from typing import Any

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from sqlalchemy import Connection, Engine, ExceptionContext, event

from app.web.json_log import without_key

try:
    from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
except ImportError:
    INSTALLED = False
else:
    INSTALLED = True

    class WithoutSecrets(SpanProcessor):
        """Takes out of a span, before it goes anywhere, what the log would not say either."""

        def on_start(self, span: Span, parent_context: object = None) -> None:  # noqa: ARG002 - the SDK's name
            """A span begins, with all that is known of its request."""
            said = span.attributes or {}
            if "url.query" in said:
                span.set_attribute("url.query", "…")
            if "url.path" in said:
                span.set_attribute("url.path", without_key(str(said["url.path"])))


_SPAN = "ttdn.span"


def telemetry() -> TelemetryConfig:
    """What FastAPI is to do: traces where somebody wants them. Metrics are `metrics`', logs `json_log`'s."""
    wanted = INSTALLED and bool(os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"))
    return TelemetryConfig(
        tracing=wanted, auto_configure=wanted, metrics=False, logs=False, operation_spans=False
    )


def begin(engine: Engine) -> None:
    """Once FastAPI has set up what it exports by: keep secrets in, and trace statements too."""
    if not INSTALLED or not isinstance(provider := trace.get_tracer_provider(), TracerProvider):
        return
    provider.add_span_processor(WithoutSecrets())
    tracer = provider.get_tracer("ttdn")

    @event.listens_for(engine, "before_cursor_execute")
    def _before(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if trace.get_current_span().is_recording():
            connection.info[_SPAN] = tracer.start_span(
                statement.split(None, 1)[0],
                kind=trace.SpanKind.CLIENT,
                attributes={"db.system.name": engine.name, "db.query.text": statement},
            )

    @event.listens_for(engine, "after_cursor_execute")
    def _after(connection: Connection, *_: Any) -> None:
        if (span := connection.info.pop(_SPAN, None)) is not None:
            span.end()

    @event.listens_for(engine, "handle_error")
    def _failed(failure: ExceptionContext) -> None:
        if failure.connection is not None and (span := failure.connection.info.pop(_SPAN, None)) is not None:
            span.set_status(trace.StatusCode.ERROR)
            span.end()
