"""What can be wrong with a plan file, in words: one code for each, with what to do about it.

Nothing from the file is repeated in a message; the pointer beside it names the item and the field.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Self

from app.errors import Text
from app.rules.lifecycle import MOST_YEARS_ON
from seed.fields import EXAMPLES, Broken

# pydantic's error types, by the beginning of their names, to our codes
_KINDS: Final = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "enum": "not_allowed_value",
    "literal_error": "not_allowed_value",
    "string_too_short": "empty",
    "string_too_long": "too_long",
    "string_pattern_mismatch": "bad_format",
    "greater_than": "out_of_range",
    "less_than": "out_of_range",
    "date_from": "bad_date",
    "date_parsing": "bad_date",
}

# where pydantic says what it expected
_LIMITS: Final = ("expected", "max_length", "ge", "le")

_WORDS: Final = {
    "missing": Text("Thiếu trường bắt buộc này", "This required field is missing"),
    "unknown_field": Text("Định dạng không có trường này", "The format has no such field"),
    "not_allowed_value": Text("Giá trị phải là một trong", "The value must be one of"),
    "empty": Text("Không được để trống", "It may not be empty"),
    "too_long": Text("Dài quá số ký tự cho phép", "Longer than the characters allowed"),
    "bad_format": Text("Không đúng mẫu quy định", "It does not have the form laid down"),
    "out_of_range": Text("Số vượt giới hạn", "The number is beyond the limit"),
    "bad_date": Text("Ngày phải là ngày có thật, dạng YYYY-MM-DD", "It must be a real date, YYYY-MM-DD"),
    "wrong_type": Text("Sai kiểu dữ liệu, phải là", "The type is wrong, it must be"),
    "syntax": Text("Không phải JSON hợp lệ", "This is not valid JSON"),
    "not_utf8": Text(
        "Tệp phải ở dạng UTF-8 (trong Notepad: Lưu thành…, chọn mã hóa ấy)", "The file must be UTF-8"
    ),
    "unreadable_file": Text("Không mở được tệp", "The file cannot be opened"),
    "too_deep": Text("Lồng nhau quá sâu hoặc số quá dài", "Nested too deep, or a number too long"),
    "duplicate_key": Text("Trường này viết hai lần trong một mục", "The field stands twice in one item"),
    "duplicate_code": Text("Mã này đã dùng cho một mục khác", "Another item already has this code"),
    "control_character": Text("Có ký tự điều khiển", "It contains a control character"),
    "lone_surrogate": Text("Có ký tự Unicode bị cắt đôi", "It contains half a Unicode character"),
    "not_finite": Text("Số phải hữu hạn", "The number must be finite"),
    "unknown_agency": Text(
        "Mã cơ quan này chưa khai báo trong agencies", "No agency with this code is declared in agencies"
    ),
    "unknown_body": Text(
        "Phải là một cơ quan đã khai báo trong agencies, không phải nhóm hay đối tác bên ngoài",
        "It must be one organisation declared in agencies, not a group or an external partner",
    ),
    "unknown_section": Text(
        "Mã phần, mục này chưa khai báo trong sections", "No section with this code is declared in sections"
    ),
    "unknown_task": Text(
        "Mã nhiệm vụ này chưa khai báo trong tasks", "No task with this code is declared in tasks"
    ),
    "unknown_duty": Text(
        "Phải là mã của một nhiệm vụ thuộc loại duty đã khai báo trong tasks",
        "It must be the code of a task of family duty declared in tasks",
    ),
    "not_a_clause": Text(
        "Mã điều mục phải có dạng như II.1.3 hoặc IV.7.b", "A clause code looks like II.1.3 or IV.7.b"
    ),
    "line_after_end": Text(
        "Số dòng vượt quá số dòng của văn bản nguồn (plan.source.lines)",
        "The line is after the end of the source text (plan.source.lines)",
    ),
    "line_not_first": Text(
        "line phải là dòng đầu tiên trong lines, hoặc null nếu lines là null",
        "line must be the first of lines, or null where lines is null",
    ),
    "null_needs_not_in_text": Text(
        "Giá trị null phải có source là not_in_text", "A null value must have the source not_in_text"
    ),
    "period_out_of_year": Text(
        "Thời gian phải từ ngày trước đến ngày sau và nằm trong năm của kế hoạch",
        "The period must run forwards, within the plan's year",
    ),
    "parent_not_before": Text(
        "Mục cha phải đứng trước mục con trong sections", "A parent must stand before its child in sections"
    ),
    "dates_reversed": Text("Ngày kết thúc trước ngày bắt đầu", "It ends before it begins"),
    "names_overlap": Text("Hai tên có thời gian chồng lên nhau", "Two names hold on the same day"),
    "name_not_listed": Text(
        "Khi có names, name_vi và name_en phải là một tên trong đó",
        "Where there are names, name_vi and name_en must be one of them",
    ),
    "not_a_group": Text("Chỉ nhóm (kind: group) mới có thành viên", "Only a group (kind: group) has members"),
    "repeated": Text("Có phần tử lặp lại", "An entry stands here twice"),
    "partner_not_accountable": Text(
        "Đối tác bên ngoài chỉ có thể phối hợp (coordinate)", "An external partner can only coordinate"
    ),
    "share_without_lead": Text("Chỉ vai trò lead mới có phần (share)", "Only the role lead has a share"),
    "shares_not_one": Text(
        "Mọi lead của một nhiệm vụ đều phải có share và tổng phải bằng 1, hoặc không ai có",
        "All leads of a task have a share and they sum to 1, or none has one",
    ),
    "programme_is_not_assigned": Text(
        "Nhiệm vụ loại programme không có phân công; hãy ghi implemented_by",
        "A task of family programme has no assignments; use implemented_by",
    ),
    "duty_is_not_implemented": Text(
        "Nhiệm vụ loại duty không có implemented_by và ownership_gap",
        "A task of family duty has neither implemented_by nor ownership_gap",
    ),
    "links_need_source": Text(
        "implemented_by và implemented_by_source phải đi cùng nhau",
        "implemented_by and implemented_by_source go together",
    ),
    "no_lead": Text(
        "Nhiệm vụ loại duty cần ít nhất một cơ quan có vai trò lead",
        "A task of family duty needs at least one agency in the role lead",
    ),
    "target_not_counted": Text(
        "Chỉ nhiệm vụ theo số lượng (counted) mới có target", "Only a counted task has a target"
    ),
    "part_elsewhere": Text(
        "Mã của phần phải bắt đầu bằng mã của nhiệm vụ và dấu chấm",
        "The code of a part must begin with its task's code and a dot",
    ),
    "clause_elsewhere": Text(
        "Mã của nhiệm vụ phải bắt đầu bằng mã của mục chứa nó",
        "The code of a task begins with that of its section",
    ),
    "deadline_out_of_reach": Text(
        f"Thời hạn phải từ ngày đầu của kế hoạch đến hết năm thứ {MOST_YEARS_ON} sau năm của kế hoạch",
        f"A deadline lies between the plan's first day and the end of the {MOST_YEARS_ON}th year after",
    ),
    "before_last_period": Text(
        "Nhiệm vụ thường xuyên (continuous) báo cáo đến ngày cuối của kế hoạch, không thể hết hạn trước đó",
        "A continuous duty reports until the plan's last day and cannot be due before",
    ),
    "count_is_content": Text(
        "Số lượng là nội dung: nhiệm vụ theo số lượng (counted) không thể là status_only",
        "A count says more than a status: a counted task cannot be status_only",
    ),
    "after_the_period": Text(
        "Ngày này sau ngày cuối của kế hoạch: hãy xem lại năm",
        "This day is after the plan's last day: look at the year again",
    ),
    "unknown_country": Text("Không có mã nước này theo ISO 3166-1", "ISO 3166-1 has no such country code"),
    "verified_by_what": Text(
        "date_verified và verified_by phải đi cùng nhau", "date_verified and verified_by go together"
    ),
    "over_total": Text("Tổng các dòng vượt tổng kinh phí", "The lines add up to more than the total"),
    "digits_differ": Text("Số in trong văn bản khác total_vnd", "The digits as printed are not total_vnd"),
    "words_differ": Text("Số tiền bằng chữ khác total_vnd", "The amount in words is not total_vnd"),
    "no_amount": Text(
        "Không đọc được số tiền bằng chữ, ví dụ: hai tỷ hai trăm bảy mươi tám triệu đồng",
        "These words are no amount; an example: hai tỷ hai trăm bảy mươi tám triệu đồng",
    ),
    "numbers_not_in_turn": Text(
        "Các mục phải đánh số liên tục từ 1", "The entries must be numbered 1, 2, 3 …, in turn"
    ),
}

_TYPES: Final = {
    "string": Text("chuỗi", "a string"),
    "enum": Text("chuỗi", "a string"),
    "int": Text("số nguyên", "an integer"),
    "bool": Text("true hoặc false", "true or false"),
    "date": Text("chuỗi ngày YYYY-MM-DD", "a date as a string, YYYY-MM-DD"),
    "tuple": Text("danh sách [...]", "a list [...]"),
    "model": Text("đối tượng {...}", "an object {...}"),
}


class Found(NamedTuple):
    """A fault as it is found: at which path in the file, which of our codes, and what would be right."""

    at: tuple[str | int, ...]
    code: str
    detail: Text | None = None

    @classmethod
    def by_pydantic(cls, kind: str, at: tuple[str | int, ...], facts: Mapping[str, Any]) -> Self:
        """Read pydantic's report. A rule over several fields of an item says in `field` which to look at."""
        if isinstance(broken := facts.get("error"), Broken):
            return cls((*at, broken.field) if broken.field else at, broken.rule, broken.detail)
        code = next((ours for start, ours in _KINDS.items() if kind.startswith(start)), "wrong_type")
        if code == "wrong_type":
            return cls(at, code, _TYPES.get(kind.split("_", maxsplit=1)[0]))
        if code == "bad_format":
            example = EXAMPLES[facts["pattern"]]
            return cls(at, code, Text(f"ví dụ {example}", f"such as {example}"))
        limit = next((str(facts[name]) for name in _LIMITS if name in facts), "")
        return cls(at, code, Text(limit.replace(" or ", " hoặc "), limit) if limit else None)


def words(code: str, detail: Text | None = None) -> Text:
    """The message for one of our codes, with what the format expects behind it."""
    text = _WORDS[code]
    return Text(f"{text.vi}: {detail.vi}", f"{text.en}: {detail.en}") if detail else text
