"""The headers of answers as the contract publishes them: named once, and referred to where they are sent.

What HTTP has for every answer (its kind and length, `Allow` of a 405) is not among them.
"""

from typing import Any, Final

from app.web.desk import CONSISTENCY

REQUEST_ID: Final = "X-Request-ID"
RATE: Final = ("RateLimit-Policy", "RateLimit")
HEADERS: Final[dict[str, dict[str, Any]]] = {
    "ETag": {
        "schema": {"type": "string"},
        "description": "Để đọc lại (If-None-Match) và để sửa (If-Match). · To read again, and to correct.",
    },
    "Location": {
        "schema": {"type": "string", "format": "uri-reference"},
        "description": "Địa chỉ của mục vừa tạo, tính từ địa chỉ yêu cầu. · Where what was made is, as seen "
        "from the address that was asked.",
    },
    "Link": {
        "schema": {"type": "string"},
        "description": 'Trang sau (`rel="next"`), tính từ địa chỉ yêu cầu; ở trang cuối không có. · The '
        "next page, as seen from the address that was asked; not on the last one.",
    },
    "Content-Disposition": {
        "schema": {"type": "string"},
        "description": "Tên tệp; chỉ khi tải về tệp. · The file's name; only of a file.",
    },
    CONSISTENCY: {
        "schema": {"type": "string"},
        "description": "Chỉ khi có bản sao. · Only where there is a replica.",
    },
    REQUEST_ID: {
        "required": True,
        "schema": {"type": "string"},
        "description": "Mã của yêu cầu, cũng có trong nhật ký máy chủ; là mã đã gửi lên, nếu hợp lệ. · The "
        "request's id, also in the service's log; the one that was sent, if it is a plain one.",
    },
    "RateLimit-Policy": {
        "schema": {"type": "string"},
        "description": "Một khóa được gọi bao nhiêu lần (q) trong bao nhiêu giây (w); chỉ khi có giới hạn. · "
        "How often (q) in how many seconds (w) a key may ask; only where there is a limit.",
    },
    "RateLimit": {
        "schema": {"type": "string"},
        "description": "Khóa này còn được gọi mấy lần (r), sau mấy giây (t) lại đủ; chỉ khi có giới hạn. · "
        "How often this key may still ask (r), and in how many seconds (t) it has all again; only where "
        "there is a limit.",
    },
    "Retry-After": {
        "schema": {"type": "integer", "minimum": 1},
        "description": "Thử lại sau bấy nhiêu giây. · Try again after so many seconds.",
    },
    "WWW-Authenticate": {
        "schema": {"type": "string"},
        "description": "Cùng với 401: cần khóa nào. · With 401: which key is needed.",
    },
}


def named(*names: str) -> dict[str, Any]:
    """These headers of an answer."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
