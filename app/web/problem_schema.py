"""The problem document as the contract publishes it; `problems` writes what this promises."""

from typing import Any, Final

from app.web.desk import CONSISTENCY
from app.web.header_schema import RATE, REQUEST_ID, named

PROBLEM_ERROR: Final[dict[str, Any]] = {
    "type": "object",
    "title": "ProblemError",
    "required": ["pointer", "code", "message"],
    "properties": {
        "pointer": {
            "type": "string",
            "description": "Into the body (RFC 6901), or the parameter: `query:limit`, `header:if-match`",
        },
        "code": {"type": "string", "description": "Stable"},
        "message": {"type": "string", "description": "Vietnamese; English with `Accept-Language: en`"},
    },
}
PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. Further members, by `code`, say more.",
    "required": ["type", "title", "status", "detail", "code", "request_id", "errors"],
    "properties": {
        "type": {"type": "string", "description": "`urn:ttdn:problem:` and the code"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable: docs/errors.md"},
        "request_id": {"type": "string", "description": "As in `X-Request-ID` and in the service's log"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemError"}},
    },
    "additionalProperties": True,
    "examples": [
        {
            "type": "urn:ttdn:problem:invalid_input",
            "title": "Dữ liệu gửi lên chưa đúng",
            "status": 422,
            "detail": "Dữ liệu gửi lên chưa đúng",
            "code": "invalid_input",
            "request_id": "5f0c2a9d7be1446c8a3d90e1",
            "errors": [{"pointer": "/title", "code": "missing", "message": "Thiếu mục bắt buộc này."}],
        }
    ],
}
PROBLEM_RESPONSE: Final[dict[str, Any]] = {
    "description": "Không thực hiện được; 429 và 503: thử lại sau `Retry-After` giây. · "
    "It could not be done; 429 and 503: try again after `Retry-After` seconds.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    "headers": named("Retry-After", "WWW-Authenticate", CONSISTENCY, *RATE, REQUEST_ID),
}
