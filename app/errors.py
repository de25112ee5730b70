"""The tree of failures: what can go wrong, in words a person and a program both understand.

Failure
├── Malformed             400  not JSON, not UTF-8
├── Unauthenticated       401  no key, or one that is not valid (any more)
├── Refused               403  the plan gives this to somebody else
├── NotFound              404  not there, or not to be seen by this caller
├── MethodNotAllowed      405
├── Conflict              409  the state of things does not allow it
│   └── InFlight          409  the same Idempotency-Key is being worked on
├── Stale                 412  If-Match names a version that has been overtaken
├── TooLarge              413
├── UnsupportedMedia      415
├── Invalid               422  readable, but not acceptable: `faults` say where and why
│   ├── KeyReused         422  one Idempotency-Key, two different requests
│   └── BatchRefused      422  an atomic batch with a record in it that is refused: nothing is stored
├── PreconditionRequired  428  a change without If-Match
├── TooMany               429  one key asks more often than it may; again in `retry_after` seconds
├── HeadersTooLarge       431
├── Internal              500  our fault
└── Busy                  503  come back in `retry_after` seconds

Every class has a stable `code` (documented in docs/errors.md) and a title in both languages.
Nothing a client sent is ever repeated in `detail`; `facts` become members of the problem document
(RFC 9457 §3.2).
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Self

MOST_FAULTS = 50
"""Input can be wrong in thousands of places; nobody reads them, and the answer must stay small."""


class Text(NamedTuple):
    """The same sentence in Vietnamese and in English."""

    vi: str
    en: str


class Fault(NamedTuple):
    """One thing wrong with the input: where (RFC 6901 pointer or parameter name), which, and why."""

    pointer: str
    code: str
    message: Text


class Failure(Exception):
    """A request that could not be done. Raised anywhere below the web room, rendered in one place."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[Text] = Text("Lỗi của hệ thống", "Internal error")

    def __init__(
        self,
        detail: Text | None = None,
        *,
        faults: Sequence[Fault] = (),
        facts: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.detail = detail or self.title
        self.faults = tuple(faults)
        self.facts = dict(facts or {})
        self.headers = dict(headers or {})
        super().__init__(self.detail.en)

    def told(self) -> tuple[tuple[Fault, ...], dict[str, Any]]:
        """The faults and the facts that a client is told: of the faults the first, and how many are left."""
        first, rest = self.faults[:MOST_FAULTS], self.faults[MOST_FAULTS:]
        return first, (self.facts | {"errors_left_out": len(rest)}) if rest else self.facts


class Malformed(Failure):
    status, code = 400, "malformed_request"
    title = Text("Không đọc được yêu cầu", "The request cannot be read")


class Unauthenticated(Failure):
    status, code = 401, "key_required"
    title = Text("Cần một khóa truy cập còn hiệu lực", "A valid API key is needed")


class Refused(Failure):
    status, code = 403, "not_permitted"
    title = Text("Cơ quan của bạn không có thẩm quyền này", "Your agency does not hold this power")


class NotFound(Failure):
    status, code = 404, "not_found"
    title = Text("Không có mục này", "No such item")


class MethodNotAllowed(Failure):
    status, code = 405, "method_not_allowed"
    title = Text("Địa chỉ này không nhận phương thức đó", "This address does not take that method")


class Conflict(Failure):
    status, code = 409, "conflict"
    title = Text("Trạng thái hiện tại không cho phép", "The present state does not allow it")


class InFlight(Conflict):
    code = "request_in_flight"
    title = Text(
        "Yêu cầu cùng Idempotency-Key đang được xử lý",
        "A request with this Idempotency-Key is being worked on",
    )


class Stale(Failure):
    status, code = 412, "stale_version"
    title = Text("Bản ghi đã thay đổi từ lần bạn đọc", "The record has changed since you read it")


class TooLarge(Failure):
    status, code = 413, "too_large"
    title = Text("Nội dung gửi lên quá lớn", "The content is too large")


class UnsupportedMedia(Failure):
    status, code = 415, "unsupported_media_type"
    title = Text("Không nhận nội dung kiểu này", "Content of this kind is not taken")


class Invalid(Failure):
    status, code = 422, "invalid_input"
    title = Text("Dữ liệu gửi lên chưa đúng", "The input is not acceptable")

    @classmethod
    def at(cls, pointer: str, code: str, vi: str, en: str, **facts: object) -> Self:
        """One thing is wrong: where, which, and why in both languages."""
        return cls(faults=[Fault(pointer, code, Text(vi, en))], facts=facts)


class KeyReused(Invalid):
    code = "idempotency_key_reused"
    title = Text(
        "Idempotency-Key này đã dùng cho một yêu cầu khác",
        "This Idempotency-Key was used for a different request",
    )


class BatchRefused(Invalid):
    code = "batch_refused"
    title = Text(
        "Không lưu bản ghi nào: có bản ghi trong lô bị từ chối",
        "Nothing was stored: a record of the batch is refused",
    )


class PreconditionRequired(Failure):
    status, code = 428, "precondition_required"
    title = Text(
        "Thiếu If-Match: hãy đọc bản ghi trước khi sửa", "If-Match is missing: read before you change"
    )


class TooMany(Failure):
    status, code = 429, "too_many_requests"
    title = Text("Khóa này gọi quá nhiều lần", "This key asks too often")

    def __init__(self, retry_after: int) -> None:
        super().__init__(headers={"Retry-After": str(retry_after)})


class HeadersTooLarge(Failure):
    status, code = 431, "headers_too_large"
    title = Text("Phần đầu của yêu cầu quá lớn", "The request headers are too large")


class Internal(Failure):
    """Something we did not foresee. The log has it under the request id; the answer has nothing of it."""


class Busy(Failure):
    status, code = 503, "busy"
    title = Text("Hệ thống đang bận, hãy thử lại", "The service is busy, try again")

    def __init__(self, retry_after: int = 1, detail: Text | None = None) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})
