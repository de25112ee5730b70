"""The words above the columns that say how far something is, in time or not, and how sure; `headings` looks
them up."""

from collections.abc import Mapping
from typing import Final

_LEVELS: Final[Mapping[str, str]] = {
    "reported": "Báo cáo",
    "evidenced": "Minh chứng",
    "confirmed": "Xác nhận",
    "defined": "Tính được",
    "expected": "Phải xong đến nay",
    "state_label": "Trạng thái",
    "rag_label": "Màu",
    "rag_reasons": "Lý do của màu",
    "formula": "Cách tính",
    "revision": "Theo lần điều chỉnh",
    "as_of": "Tính đến thay đổi lúc",
    "on": "Xét tại ngày",
}
"""How far: of a node by itself, or of a task beside what else is said of it."""

OF_PROGRESS: Final[Mapping[str, str]] = {
    **{f"progress.{name}": words for name, words in _LEVELS.items()},
    **_LEVELS,
    "view": "Chỉ để xem",
    "ProgressRow.assignments": "Số phân công được tính",
    "ProgressRow.key": "Mã",
    "timeliness.done_on_time": "Xong đúng hạn",
    "timeliness.done_late": "Xong quá hạn",
    "timeliness.open_in_term": "Còn trong hạn",
    "timeliness.open_overdue": "Quá hạn chưa xong",
    "timeliness.not_triggered": "Chưa phát sinh",
    "timeliness.rate_due": "Tỷ lệ đúng hạn trong việc đã đến hạn",
    "timeliness.rate_all": "Tỷ lệ đã xong",
    "confidence.coverage": "Phần trọng số tính được",
    "confidence.verification": "Đã xác nhận so với báo cáo",
    "confidence.freshness_days": "Số ngày từ bản ghi mới nhất",
    "contributions.delivered": "Phối hợp đã có bản ghi",
    "contributions.asked": "Phối hợp được giao",
}
