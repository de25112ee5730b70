"""The application: its rooms put together, nothing else."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Final

import anyio.to_thread
from fastapi import FastAPI

from app import migration
from app.db import Clock, Database, utc_now
from app.routers import (
    activities,
    agencies,
    amendments,
    budget,
    calendar,
    events,
    gaps,
    health,
    imports,
    ledger,
    me,
    outputs,
    plans,
    progress,
    receipts,
    settlements,
    tasks,
    urges,
)
from app.seal import Seal
from app.settings import Settings
from app.web import bodies, callers, description, docs, entrance, json_log, leaving, metrics, tracing
from app.web.question import Question

VERSION = "0.1.0"

DESCRIPTION = """Ai phải làm gì trong kế hoạch, đã làm gì, đến đâu.
Mỗi cơ quan gọi bằng khóa của mình: `Authorization: Bearer ttdn_…`.
- **Danh sách:** `limit`, rồi `cursor` là `next_cursor` vừa nhận; `count=true` kèm tổng số. Bộ lọc theo mã
  nhận nhiều mã cách nhau bằng dấu phẩy; mã không có thì không tìm thấy gì. Tham số lạ hoặc lặp lại bị từ
  chối (422).
- **Lỗi** (RFC 9457): `code` cho máy, `detail` cho người, `errors` chỉ từng chỗ sai; tiếng Anh khi có
  `Accept-Language: en`.
- **Gửi lại an toàn:** cùng `Idempotency-Key`, hoặc cùng `source_system` và `external_id`. Sửa thì cần
  `If-Match` là `ETag` vừa đọc; `If-None-Match` trả 304 khi không có gì đổi.
- **Giá trị:** ngày là ngày ở Việt Nam, thời điểm là UTC, tiền là số nguyên đồng; tỷ lệ là phân số đúng,
  `percent` chỉ để hiển thị; cạnh mỗi mã có nhãn tiếng Việt `…_label`.

Who owes what in the plan, what was done, how far it is.
Every agency calls with its own key: `Authorization: Bearer ttdn_…`.
- **Lists:** `limit`, then `cursor` is the `next_cursor` just got; `count=true` adds the total. A filter
  of codes takes several, separated by commas; a code that nobody has finds nothing. Unknown and repeated
  parameters are refused (422).
- **Errors** (RFC 9457): `code` for programs, `detail` for people, `errors` says each place; in English
  with `Accept-Language: en`.
- **Safe to send again:** under the same `Idempotency-Key`, or the same `source_system` and `external_id`.
  A correction needs `If-Match`, the `ETag` as read; `If-None-Match` is answered 304 while nothing has
  changed.
- **Values:** a day is Vietnam's, an instant UTC, money whole đồng; a ratio is an exact fraction, and its
  `percent` is for display; beside each code stands its Vietnamese label, `…_label`."""

TAGS = [
    {"name": "plans", "description": "Kế hoạch và văn bản · Plans and their document"},
    {"name": "tasks", "description": "Nhiệm vụ, phân công · Tasks, assignments"},
    {
        "name": "outputs",
        "description": "Đầu ra: báo cáo, xác nhận, trả lại · Outputs, and acts on them",
    },
    {"name": "activities", "description": "Hoạt động · Activity records"},
    {"name": "receipts", "description": "Biên nhận có chữ ký · Signed receipts"},
    {
        "name": "urges",
        "description": "Đôn đốc: nhắc việc, trả lời, kết quả · Urges: reminders, answers, outcomes",
    },
    {"name": "amendments", "description": "Điều chỉnh, đề xuất · Amendments and proposals"},
    {"name": "progress", "description": "Tiến độ · Completion"},
    {"name": "events", "description": "Lịch sự kiện · Events and anniversaries"},
    {"name": "budget", "description": "Kinh phí · Money"},
    {"name": "agencies", "description": "Cơ quan · Agencies"},
    {"name": "me", "description": "Người gọi · The caller"},
    {"name": "changes", "description": "Nhật ký · The journal"},
    {"name": "operations", "description": "Vận hành · Operations"},
]

YOUNG: Final = 10_000
"""How many objects may be made before those that refer to each other in circles are looked for. A request
makes thousands and leaves few: with the 700 that Python begins with, a twelfth of the time was spent on
looking (decision 0026)."""


def create_app(settings: Settings | None = None, clock: Clock = utc_now) -> FastAPI:
    """Build the service over one database. Hot routes come first: the router tries them in order."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(serving: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = settings.threads
        tracing.begin(serving.state.database.engine)
        leaving.announce(serving.state, settings.drain_seconds)
        yield
        serving.state.database.dispose()

    app = FastAPI(
        version=VERSION,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry=tracing.telemetry(),
    )
    app.state.database = Database(settings, clock)
    app.state.leaving = False
    app.state.readiness = Question(partial(health.readiness, app.state))
    app.state.schema = migration.head()
    app.state.seal = cache(lambda: Seal.open(settings.key_file))
    for room in (
        activities,
        imports,
        outputs,
        amendments,
        gaps,
        progress,
        tasks,
        urges,
        plans,
        events,
        calendar,
        settlements,
        ledger,
        budget,
        receipts,
        agencies,
        me,
        health,
    ):
        app.include_router(room.router)
    docs.install(app)
    description.describe(
        app, open_paths=("/livez", "/readyz", receipts.PUBLIC_KEYS), followed=("/v1/changes",)
    )
    entrance.install(
        app,
        max_body_bytes=settings.max_body_bytes,
        kept_bytes=settings.kept_bytes,
        rate=settings.requests_in_seconds,
        root_path=settings.root_path,
        kinds_at={
            activities.TAKES_LINES: bodies.JSON_OR_LINES,
            imports.TAKES_FILES: bodies.sheets(settings.max_import_bytes),
        },
        sender=callers.key_of,
        observers=[
            *([json_log.access] if settings.log == "json" else []),
            *([metrics.observe] if settings.metrics else []),
        ],
    )
    return app


def serving() -> FastAPI:
    """The same for a process that does nothing else: of what is there by now nothing is ever garbage."""
    app = create_app()
    gc.freeze()
    gc.set_threshold(YOUNG)
    return app
