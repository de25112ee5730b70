"""Writes `docs/ownership.md`: the policy as a page, read off the table that the service itself judges by.

    make ownership

Only where a relation comes from in a plan is told here, in `ORIGINS`; everything else is the code's.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping

from app.errors import Text
from app.rules.ownership import POLICY, Action, Where
from app.rules.parties import INSIDERS, Relation
from app.rules.vocabulary import Visibility, Word
from app.services import asking
from tests.house.errors import ROOT

PAGE = ROOT / "docs" / "ownership.md"

HEAD = """<!-- Written by `make ownership` from the code: change the code, not this page. -->
# Ai được làm gì · Who may do what

Kế hoạch chính là quy định: một cơ quan có quyền gì là do phân công trong kế hoạch, không do mã nguồn. Điều gì
bảng này không cho phép thì bị từ chối. Mỗi khóa truy cập thay mặt đúng một cơ quan; khóa quản trị kỹ thuật
không ghi được dữ liệu nghiệp vụ; đối tác bên ngoài và cơ quan đã kết thúc hoạt động không ghi được gì.

The plan is the policy: what a body may do follows from the plan's own assignments, not from the program. What
this table does not grant is refused. A key acts as exactly one agency; a technical administrator's key writes
no business record; neither a partner nor a body that has come to an end writes anything.
"""

TABLE = """`được làm`: với tư cách của mình. `làm thay`: ghi thay cho cơ quan được làm; cả hai đều được nêu
tên. `không bao giờ`: dù có tư cách nào khác.

`may`: in its own right. `on behalf`: in the name of those who may; both get named. `never`: whatever else it
is."""

PLACES = """Một cơ quan có thể có nhiều tư cách; nó làm việc với tư cách đứng trước trong bảng này. 👁: được
xem toàn bộ nhiệm vụ nội bộ và nhiệm vụ chỉ theo dõi trạng thái
([quyết định 0003](decisions/0003-secretariat-sight.md)).

A body can be several of these at once, and acts as the first. 👁: sees internal and status-only tasks whole
([decision 0003](decisions/0003-secretariat-sight.md))."""

REFUSED = """Trả lời 403 nêu lý do, quy định, điều khoản, ai có thẩm quyền, và yêu cầu sẽ được nhận. Xem
từng lý do, từng trường ở [mã lỗi](errors.md). Xét theo thứ tự: khóa, cơ quan, kế hoạch, nhiệm vụ, rồi mới đến
tư cách.

A 403 says why, by which rule and clause, who has the power, and which request would be accepted: every reason
and member is among the [error codes](errors.md). The key is looked at first, then the agency, the plan, the
task, and last what one is."""

STATED = """Được phép mà trạng thái chưa cho: yêu cầu nhận 409, hoặc 422 khi nêu sai mục; với `already_so` thì
nhận 200 và không có gì thay đổi. Xem từng lý do ở [mã lỗi](errors.md).

Allowed, but not as things stand: the request is answered 409, or 422 where it names the wrong thing; with
`already_so` it is answered 200 and nothing changes. Every reason is among the [error codes](errors.md)."""

ASKING = """Mọi thứ có việc để làm đều có `can`: những việc người gọi làm được ngay. Danh sách lọc được
theo đó, trừ lịch: `?can=output.confirm` là việc chờ mình xác nhận. Hỏi về một việc, cả khi không làm được:

Whatever something can be done with has `can`: what the caller may do with it now. Lists can be filtered by
it, but for the calendar's: `?can=output.confirm` is what waits for the caller. To ask about one thing, also
about what is not allowed:

```
GET /v1/me/permissions?action=output.confirm&on=plans/ttdn-2023/outputs/{id}
```

`action` là một mã ở bảng trên; `on` là địa chỉ của mục trong API, có hoặc không có `/v1/`:
`action` is a code of the table above; `on` is the thing's address in this API, with or without `/v1/`:
"""

ANSWERS = """
Trả lời: `allowed`, và làm với tư cách nào (`as`); nếu không thì `refusal` như 403 ở trên, hoặc `obstacle` là
trạng thái chưa cho. Mục không có và mục không được xem là như nhau: 422 `unknown_thing`.

The answer: `allowed`, and `as` what; otherwise the `refusal`, as a 403 would have it, or the `obstacle` in
the state of things. What is not there and what may not be seen are the same: 422 `unknown_thing`."""

ORIGINS: Mapping[Relation, Text] = {
    Relation.ACCOUNTABLE: Text(
        "Phân công `lead` còn hiệu lực của chính nhiệm vụ; nhóm thì từng thành viên",
        "A standing `lead` assignment of the task itself; of a group, each member",
    ),
    Relation.FORMER_LEAD: Text(
        "Phân công `lead` đã bàn giao theo quyết định: chỉ với phần mình đã làm",
        "A `lead` assignment handed over by a decision: for its own part of the work only",
    ),
    Relation.COORDINATOR: Text(
        "Phân công `coordinate` của chính nhiệm vụ: chỉ với đóng góp của mình",
        "A `coordinate` assignment of the task itself: for its own contribution only",
    ),
    Relation.SPENDER: Text("Đơn vị ghi ở dòng kinh phí", "The agency of the budget line"),
    Relation.PROPOSER: Text("Đã gửi đề xuất này", "It made this proposal"),
    Relation.URGER: Text("Đã gửi đôn đốc này", "It sent this urge"),
    Relation.URGED: Text("Lần đôn đốc này gửi cho nó", "This urge was sent to it"),
    Relation.PLAN_OWNER: Text("Chủ kế hoạch ghi ở đầu kế hoạch", "The owner the plan names"),
    Relation.SECRETARIAT: Text("Bộ phận giúp việc mà kế hoạch nêu", "The secretariat the plan names"),
    Relation.SUPERIOR: Text(
        "Cấp trên ở nơi nhận, và cấp trên xác nhận cho chủ kế hoạch",
        "Superior bodies the plan is sent to, and the one that confirms for its owner",
    ),
    Relation.MONITOR: Text(
        "Phân công `monitor`, đối với cả kế hoạch (năm 2023: mục IV.1.3)",
        "A `monitor` assignment, over the whole plan (2023: clause IV.1.3)",
    ),
    Relation.APPROVER: Text(
        "Cấp trên của chủ kế hoạch, khi mọi cơ quan theo dõi đều phải tự xét việc của mình",
        "The owner's superior, where every monitor would have to judge its own work",
    ),
    Relation.SELF_MONITOR: Text(
        "Cơ quan theo dõi mà chính nó chịu trách nhiệm, đã bàn giao, hoặc đã báo cáo",
        "A monitor that is itself accountable, handed it over, or reported it",
    ),
    Relation.FUNDER: Text(
        "Phân công `fund`, đối với cả kế hoạch (năm 2023: mục IV.8.a)",
        "A `fund` assignment, over the whole plan (2023: clause IV.8.a)",
    ),
    Relation.SETTLER: Text(
        "Phân công `settle`, đối với cả kế hoạch (năm 2023: mục IV.2.a)",
        "A `settle` assignment, over the whole plan (2023: clause IV.2.a)",
    ),
    Relation.CLAIMANT: Text(
        "Đã báo cáo hoặc ghi hoạt động cho đầu ra này, kể cả ghi thay",
        "It claimed this output or recorded for it, also on behalf",
    ),
    Relation.TECHNICIAN: Text("Khóa có quyền `admin`", "A key with the scope `admin`"),
    Relation.READER: Text("Mọi khóa khác", "Any other key"),
}
"""Where each relation comes from in a plan."""


def page() -> str:
    """The whole page."""
    parts: list[Iterable[str]] = [
        [HEAD, "## Bảng · The table", "", TABLE, ""],
        _table(
            (
                "việc · action",
                "được làm · may",
                "làm thay · on behalf",
                "không bao giờ · never",
                "khi · when",
            ),
            map(_row, Action),
        ),
        ["", "## Tư cách · What one can be", "", PLACES, ""],
        _table(("tư cách · relation", "mã · code", "từ đâu · where it comes from"), map(_place, Relation)),
        ["", "## Vì sao bị từ chối · Why an act is refused", "", REFUSED],
        ["", "## Trạng thái chưa cho · Not as things stand", "", STATED],
        ["", "## Hỏi trước · Ask before sending", "", ASKING],
        (f"- `{form.replace('{}', '…')}`" for form in asking.PLACES),
        [ANSWERS],
    ]
    return "\n".join(line for part in parts for line in part) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for cells in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(cells)} |"


def _row(action: Action) -> tuple[str, ...]:
    rule = POLICY[action]
    everybody = rule.may == frozenset(Relation)
    may = "mọi cơ quan có khóa<br>any agency with a key" if everybody else _relations(rule.may)
    return (
        f"{_both(action)}<br>`{action.value}`",
        may,
        _relations(rule.on_behalf),
        _relations(rule.never),
        _when(action, rule.where),
    )


def _both(word: Word) -> str:
    return f"{word.label_vi}<br>{word.label_en}"


def _relations(some: frozenset[Relation]) -> str:
    return "<br>".join(f"{one.label_vi} · {one.label_en}" for one in Relation if one in some) or "—"


def _when(action: Action, where: Where) -> str:
    """The key's scope, and what plan and task must be; what an output must be is told below, as its state."""
    scope = POLICY[action].scope
    words = [f"khóa “{scope.label_vi}” · key `{scope.value}`"]
    if where.plan is not None:
        words.append(f"kế hoạch: {where.plan.label_vi} · plan: {where.plan.label_en}")
    if where.task is not None:
        words.append(f"nhiệm vụ: {where.task.label_vi} · task: {where.task.label_en}")
    if where.visibility is not None:
        seen = [one for one in Visibility if one in where.visibility]
        words.append(" / ".join(f"{one.label_vi} · {one.label_en}" for one in seen))
    return "<br>".join(words)


def _place(relation: Relation) -> tuple[str, ...]:
    eye = " 👁" if relation in INSIDERS else ""
    origin = ORIGINS[relation]
    return f"{_both(relation)}{eye}", f"`{relation.value}`", f"{origin.vi}<br>{origin.en}"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}: {len(POLICY)} actions, {len(ORIGINS)} relations\n")


if __name__ == "__main__":
    main()
