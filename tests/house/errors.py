"""Writes `docs/errors.md`: every code a caller can meet, read off the code that answers it.

    make errors

Failures come from the tree in `app.errors`. The codes of single faults, the reasons of a refused key and
those of a refused act are found in the source of `app/` by their shape: a snake_case code followed by its
sentence in Vietnamese and English. Parts that are only known at run time are shown as `…`.
"""

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from app.errors import Failure, Text

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "errors.md"

_CODE = re.compile(r"[a-z]+(_[a-z]+)+|missing|repeated")

HEAD = """<!-- Written by `make errors` from the code: change the code, not this page. -->
# Mã lỗi · Error codes

Mọi trả lời 4xx và 5xx là một tài liệu `application/problem+json` (RFC 9457):

| trường | nội dung |
|---|---|
| `code` | mã ổn định dưới đây, để chương trình so sánh; `type` là `urn:ttdn:problem:` và mã này |
| `title`, `detail` | câu cho người đọc: tiếng Việt, hay tiếng Anh khi gửi `Accept-Language: en`; có thể đổi |
| `status`, `request_id` | như trong phần đầu trả lời (`X-Request-ID`) và trong nhật ký máy chủ |
| `errors` | từng chỗ sai: `pointer` (RFC 6901, hoặc `query:tên`, `header:tên`), `code`, `message` |

Every 4xx and 5xx is an `application/problem+json` document. Compare `code`; sentences are for people and may
change. Nothing that was sent is ever repeated in it.
"""


FAULTS = """Với 400 và 422; một mã có thể có nhiều câu.
With 400 and 422; one code may have several sentences."""

KEYS = """Hỏi người quản trị kỹ thuật một khóa mới. · Ask the technical administrator for a new one."""

ACTS = """`another_agency` là trường hợp thường gặp. `rule` nêu việc, `clause` điều khoản của mục này,
`granted_by` điều khoản giao thẩm quyền (như theo dõi, đôn đốc), `you_are` bạn là ai ở đây, `needs` cần
tư cách nào, `who_can` cơ quan nào có thẩm quyền, `on_behalf` cơ quan nào được ghi thay, `instead` yêu cầu nào
sẽ được nhận. Xét theo thứ tự nào: [ai được làm gì](ownership.md).

`another_agency` is the usual one. `rule` names the act, `clause` the clause of the thing, `granted_by` those
that give a power over it (as to monitor); `you_are` is what you are here, `needs` what is needed, `who_can`
who has it, `on_behalf` who may act for them, `instead` a request that would be accepted. What is looked at
first: [who may do what](ownership.md)."""

ANOTHER_AGENCY = Text(
    "Câu của dòng tương ứng trong [bảng](ownership.md).",
    "The sentence of its row of the [table](ownership.md).",
)
"""What is put together from the table; every other reason is a sentence of the source."""

STATES = """Không phải thẩm quyền, mà trạng thái hiện tại chưa cho phép: đọc lại rồi làm theo câu trả lời.
No question of permission: the present state does not allow it. Read again, and do as the answer says."""

JUDGING = "app/rules/judging.py"
"""Where an act is refused."""
CONFLICT = "conflict"
"""The source of what is a reason of a conflict."""
STATED = (CONFLICT, "app/rules/acts.py", "app/services/obstacles.py")
"""Where it is said what the state of a thing does not allow."""


class Entry(NamedTuple):
    """A code, where it comes from, and what it says."""

    code: str
    source: str
    text: Text


def failures() -> list[type[Failure]]:
    """Every failure, by status, a general one before its special cases."""

    def below(kind: type[Failure]) -> Iterator[type[Failure]]:
        for one in kind.__subclasses__():
            if one.__module__ == Failure.__module__:
                yield one
                yield from below(one)

    return sorted(below(Failure), key=lambda kind: (kind.status, len(kind.mro())))


def entries() -> list[Entry]:
    """Every code with its sentence in the source, in the order of the alphabet."""
    found = {
        (entry.code, entry.source, entry.text): entry
        for path in sorted((ROOT / "app").rglob("*.py"))
        for entry in of_source(path.read_text(encoding="utf-8"), path)
    }
    return sorted([*found.values(), Entry("another_agency", JUDGING, ANOTHER_AGENCY)])


def of_source(source: str, path: Path) -> Iterator[Entry]:
    """Every code with its sentence in one module."""
    for node in ast.walk(ast.parse(source)):
        for code, text, source in _coded(node):
            if _CODE.fullmatch(code):
                yield Entry(code, source or path.relative_to(ROOT).as_posix(), text)


class Coded(NamedTuple):
    """A code with its sentences; `source` where that is not simply the module."""

    code: str
    text: Text
    source: str = ""


def _coded(node: ast.AST) -> Iterator[Coded]:
    """A code beside its two sentences: as neighbours in a call or tuple, or as a key with its value."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if (code := _string(key)) and (text := _text([value])):
                yield Coded(code, text)
    parts: Sequence[ast.expr] = ()
    if isinstance(node, ast.Call) and (code := _reason(node)) and (text := _text(node.args[:1])):
        yield Coded(code, text, CONFLICT)
    if isinstance(node, ast.Call):
        parts = node.args
    elif isinstance(node, ast.Tuple):
        parts = node.elts
    for place, part in enumerate(parts):
        for code in strings(part):
            if text := _text(parts[place + 1 : place + 3], called=isinstance(node, ast.Call)):
                yield Coded(code, text)


def _reason(call: ast.Call) -> str | None:
    """`Conflict(Text(…), facts={"reason": code, …})`: the code stands behind its sentence."""
    for keyword in call.keywords:
        if keyword.arg == "facts" and isinstance(keyword.value, ast.Dict):
            for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
                if _string(key) == "reason":
                    return _string(value)
    return None


def _text(parts: Sequence[ast.expr], *, called: bool = False) -> Text | None:
    """What comes next says: `Text(vi, en)`; in a call also two strings, or one and then both in a dict."""
    said: Sequence[ast.expr | None] = ()
    match parts:
        case [ast.Call(func=ast.Name(id="Text" | "Words"), args=said), *_]:
            pass
        case [_, ast.Dict(keys=[ast.Constant(value="vi"), ast.Constant(value="en")], values=said)] if called:
            pass
        case [ast.Constant() | ast.JoinedStr(), ast.Constant() | ast.JoinedStr()] if called:
            said = parts
    vi, en = map(_string, said) if len(said) == 2 else (None, None)
    return Text(vi, en) if vi and en and not vi.isascii() else None


def strings(node: ast.expr) -> list[str]:
    """The strings an argument can be."""
    either = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
    return [found for one in either if (found := _string(one))]


def _string(node: ast.expr | None) -> str | None:
    """A string of the source; what is filled in later is shown as `…`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"\{\w+\}", "…", node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_string(part) or "…" for part in node.values)
    return None


def page() -> str:
    """The whole page."""
    found = entries()
    acts = [entry for entry in found if entry.source == JUDGING]
    keys = [entry for entry in found if entry.source == "app/services/keys.py"]
    states = [entry for entry in found if entry.source in STATED]
    faults = [entry for entry in found if entry not in acts + keys + states]
    return (
        "\n".join(
            [
                HEAD,
                "## `code`: cả yêu cầu · the whole request",
                "",
                "| HTTP | code | tiếng Việt | English |",
                "|---|---|---|---|",
                *(f"| {k.status} | `{k.code}` | {k.title.vi} | {k.title.en} |" for k in failures()),
                "",
                *_section("`errors[].code`: một chỗ sai · one fault", FAULTS, faults),
                *_section("`reason` của 401 · why a key is not taken", KEYS, keys),
                *_section("`reason` của 403 · why an act is refused", ACTS, acts),
                *_section("`reason` của 409 · why not now", STATES, states),
            ]
        ).rstrip("\n")
        + "\n"
    )


def _section(title: str, lead: str, some: list[Entry]) -> list[str]:
    rows = dict.fromkeys(f"| `{entry.code}` | {entry.text.vi} | {entry.text.en} |" for entry in some)
    return [f"## {title}", "", lead, "", "| code | tiếng Việt | English |", "|---|---|---|", *rows, ""]


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}: {len(failures())} failures, {len(entries())} sentences\n")


if __name__ == "__main__":
    main()
