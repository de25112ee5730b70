"""What can be wrong with an input, in our own stable codes and in both languages.

A limit named in a message comes from the schema, never from the request: nothing that came in is repeated,
save the names in a pointer, and those only if they are plain and cannot be a key.
"""

import re
from collections.abc import Iterable, Mapping

from app.errors import Fault, Text
from app.rules.keys import PREFIX

MESSAGES: Mapping[str, Text] = {
    "missing": Text("Thiếu mục bắt buộc này.", "This is required."),
    "unknown_field": Text("Không có trường này.", "There is no such field."),
    "unknown_parameter": Text(
        "Không có tham số này; các tham số được nhận: {allowed}.",
        "There is no such parameter; those taken are: {allowed}.",
    ),
    "repeated_parameter": Text(
        "Tham số chỉ được ghi một lần; nhiều giá trị thì cách nhau bằng dấu phẩy.",
        "A parameter may be given once only; separate several values by commas.",
    ),
    "key_in_url": Text(
        "Không đặt khóa truy cập trong địa chỉ, vì địa chỉ bị ghi vào nhật ký. Hãy gửi bằng Authorization:"
        " Bearer và thay khóa này.",
        "An API key must not stand in the address, because addresses are logged. Send it as Authorization:"
        " Bearer, and replace this one.",
    ),
    "wrong_type": Text("Cần {expected}.", "This must be {expected}."),
    "not_a_date": Text("Cần {expected}.", "This must be {expected}."),
    "not_a_datetime": Text("Cần {expected}.", "This must be {expected}."),
    "too_short": Text("Cần ít nhất {limit} ký tự.", "At least {limit} characters are needed."),
    "too_long": Text("Nhiều nhất {limit} ký tự.", "At most {limit} characters are taken."),
    "too_few": Text("Cần ít nhất {limit} phần tử.", "At least {limit} items are needed."),
    "too_many": Text("Nhiều nhất {limit} phần tử.", "At most {limit} items are taken."),
    "below_minimum": Text("Phải {bound}.", "This must be {bound}."),
    "above_maximum": Text("Phải {bound}.", "This must be {bound}."),
    "not_allowed_value": Text("Chỉ nhận: {allowed}.", "Only these are taken: {allowed}."),
    "wrong_pattern": Text("Không đúng dạng quy định.", "This does not have the required form."),
    "invalid_value": Text("Giá trị không hợp lệ.", "This value is not acceptable."),
    "bad_encoding": Text("Không phải UTF-8 mã hóa đúng.", "This is not correctly encoded UTF-8."),
    "control_character": Text(
        "Có ký tự điều khiển không được phép.", "There is a control character, which is not allowed."
    ),
    "lone_surrogate": Text("Có ký tự Unicode bị vỡ.", "There is one half of a broken Unicode character."),
    "duplicate_key": Text(
        "Tên này xuất hiện hai lần trong một đối tượng.", "This name stands twice in one object."
    ),
    "not_a_number": Text("NaN và Infinity không phải là JSON.", "NaN and Infinity are not JSON."),
    "number_out_of_range": Text("Số nằm ngoài phạm vi 64 bit.", "The number is outside the 64-bit range."),
    "too_deep": Text("Lồng nhau quá {limit} tầng.", "This is nested deeper than {limit} levels."),
    "syntax_error": Text("Không phải JSON hợp lệ.", "This is not JSON."),
}

_NAME = re.compile(r"[\w.$ ~/-]{1,64}")


def fault(pointer: str, code: str, **facts: object) -> Fault:
    """A fault with its message from the table; a fact may be a Text of its own."""
    message = MESSAGES[code]
    in_vietnamese = {name: fact.vi if isinstance(fact, Text) else fact for name, fact in facts.items()}
    in_english = {name: fact.en if isinstance(fact, Text) else fact for name, fact in facts.items()}
    return Fault(pointer, code, Text(message.vi.format(**in_vietnamese), message.en.format(**in_english)))


def is_a_name(text: str) -> bool:
    """Whether a name made up by the caller may be repeated in a pointer: short, plain, and not a key."""
    return _NAME.fullmatch(text) is not None and PREFIX not in text


def pointer_to(parts: Iterable[object]) -> str:
    """RFC 6901; stops above a name that may not be repeated."""
    pointer = ""
    for part in parts:
        text = str(part)
        if not is_a_name(text):
            break
        pointer += "/" + text.replace("~", "~0").replace("/", "~1")
    return pointer
