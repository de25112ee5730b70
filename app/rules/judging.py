"""Judging: the one engine that reads the table of `ownership`, forwards and backwards.

A yes is a permit, without which nothing changes. A no says which rule, which clause, what the caller is here,
what would be needed, and who has it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.errors import Text
from app.rules.ownership import POLICY, Action, Rule
from app.rules.parties import Actor, Item, Relation, granted_by, holders, relations
from app.rules.vocabulary import AgencyKind, PlanStatus, Scope, Visibility


@dataclass(frozen=True, slots=True)
class Permit:
    """A yes: which action by whom. Whatever a transaction changes must stand under one."""

    action: Action
    actor: Actor
    as_: Relation


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no, with everything that helps the caller do it right."""

    code: str
    why: Text
    action: Action
    clause: str | None
    granted_by: tuple[str, ...]
    you_are: tuple[Relation, ...]
    needs: tuple[Relation, ...]
    who_can: tuple[str, ...]
    on_behalf: tuple[str, ...]


def judge(actor: Actor, action: Action, item: Item) -> Permit | Refusal:
    """May this actor do this to this item now? The one engine behind every answer to that question."""
    rule, mine = POLICY[action], relations(actor, item)
    verdict = _verdict(rule, actor, item, mine)
    if isinstance(verdict, Relation):
        return Permit(action, actor, verdict)
    code, why = verdict or ("another_agency", sentence(action))
    needs = tuple(relation for relation in Relation if relation in rule.may)
    return Refusal(
        code=code,
        why=why,
        action=action,
        clause=item.clause,
        you_are=mine,
        granted_by=tuple(clause for relation in needs for clause in granted_by(relation, item)),
        needs=needs,
        who_can=_able(rule, rule.may, item),
        on_behalf=_able(rule, rule.on_behalf, item),
    )


def who_can(action: Action, item: Item) -> tuple[str, ...]:
    """The agencies that may do it in their own right, in the order of relations; none while nobody may."""
    return _able(POLICY[action], POLICY[action].may, item)


def allowed(actor: Actor, actions: Iterable[Action], item: Item) -> list[Action]:
    """What this actor may do to this item, of what can be done to such a thing."""
    mine = relations(actor, item)
    return [action for action in actions if isinstance(_verdict(POLICY[action], actor, item, mine), Relation)]


def sentence(action: Action) -> Text:
    """A row of the table as an official would say it."""
    rule = POLICY[action]
    may, behalf, never = (
        [relation for relation in Relation if relation in some]
        for some in (rule.may, rule.on_behalf, rule.never)
    )
    if Relation.READER in may:
        return Text(f"{action.label_vi}: mọi cơ quan có khóa.", f"{action.label_en}: any agency with a key.")
    vi = f"{action.label_vi}: {_listed(map(_vi, may), 'hoặc')}"
    en = f"{action.label_en}: {_listed(map(_en, may), 'or')}"
    if behalf:
        vi, en = f"{vi}; {_vi(behalf[0])} được làm thay", f"{en}; {_en(behalf[0])} on behalf"
    if never:
        vi = f"{vi}; không bao giờ là {_listed(map(_vi, never), 'hoặc')}"
        en = f"{en}; never {_listed(map(_en, never), 'nor')}"
    return Text(f"{vi}.", f"{en}.")


def _listed(names: Iterable[str], word: str) -> str:
    *others, last = names
    return f"{', '.join(others)} {word} {last}" if others else last


def _vi(relation: Relation) -> str:
    return relation.label_vi[0].lower() + relation.label_vi[1:]


def _en(relation: Relation) -> str:
    label = relation.label_en.removeprefix("The ")
    return f"the {label[0].lower()}{label[1:]}"


def _able(rule: Rule, wanted: frozenset[Relation], item: Item) -> tuple[str, ...]:
    if _of_the_item(rule, item) is not None:
        return ()
    barred = item.voiceless.union(*(holders(relation, item) for relation in rule.never))
    ordered = [code for relation in Relation if relation in wanted for code in holders(relation, item)]
    return tuple(code for code in dict.fromkeys(ordered) if code not in barred)


def _verdict(
    rule: Rule, actor: Actor, item: Item, mine: tuple[Relation, ...]
) -> Relation | tuple[str, Text] | None:
    """What the caller may do it as; or what stands in the way; or None, where it is simply another's."""
    impediment = _of_the_caller(rule, actor) or _of_the_item(rule, item) or _of_both(rule, mine)
    if impediment is not None:
        return impediment
    return next((relation for relation in mine if relation in rule.may or relation in rule.on_behalf), None)


def _of_the_caller(rule: Rule, actor: Actor) -> tuple[str, Text] | None:
    """What stands in the way of a caller like this, whatever it is to the item."""
    if rule.scope not in actor.scopes:
        return "scope_missing", Text(
            f"Khóa truy cập này không có quyền “{rule.scope.label_vi}”.",
            f"This key lacks the scope “{rule.scope.value}”.",
        )
    if rule.scope is Scope.READ:
        return None
    if rule.scope is Scope.PUSH and Scope.ADMIN in actor.scopes:
        return "technician_cannot_write", Text(
            "Khóa quản trị kỹ thuật không được ghi dữ liệu nghiệp vụ.",
            "A technical administrator's key can write no business record.",
        )
    if actor.kind is AgencyKind.EXTERNAL_PARTNER:
        return "partner_cannot_write", Text(
            "Đối tác bên ngoài không được ghi dữ liệu.", "An external partner cannot write."
        )
    if not actor.active:
        return "agency_not_active", Text(
            "Cơ quan đã kết thúc hoạt động nên không được ghi dữ liệu.",
            "An agency that no longer exists cannot write.",
        )
    return None


def _of_the_item(rule: Rule, item: Item) -> tuple[str, Text] | None:
    """What stands in the way of everybody, whoever owns the item."""
    where = rule.where
    if where.plan not in (None, item.plan_status):
        return _OTHER_PLAN[where.plan]
    if where.task not in (None, item.task_status):
        return "task_not_active", Text("Nhiệm vụ hiện không có hiệu lực.", "The task is not in force.")
    if where.visibility is not None and item.visibility not in where.visibility:
        return _STATUS_ONLY if item.visibility is Visibility.STATUS_ONLY else _NOT_STATUS_ONLY
    return None


def _of_both(rule: Rule, mine: tuple[Relation, ...]) -> tuple[str, Text] | None:
    """What the caller is to the item, and must not be to do this."""
    for relation in mine:
        if relation in rule.never:
            return "own_work", Text(
                f"Cơ quan của bạn không làm được việc này vì là {_vi(relation)}.",
                f"Your agency cannot do this, being {_en(relation)}.",
            )
    return None


_OTHER_PLAN = {
    PlanStatus.DRAFT: (
        "plan_not_draft",
        Text(
            "Kế hoạch đã có hiệu lực: chỉ được thay đổi theo một quyết định có dẫn chiếu.",
            "The plan has taken effect: only a cited decision changes it.",
        ),
    ),
    PlanStatus.ACTIVE: (
        "plan_not_active",
        Text("Kế hoạch không ở trạng thái đang thực hiện.", "The plan is not in force."),
    ),
}
_STATUS_ONLY = (
    "status_only",
    Text(
        "Nhiệm vụ này chỉ theo dõi trạng thái: không lưu nội dung, chỉ báo trạng thái theo kỳ.",
        "This duty is tracked by status only: nothing is stored but the status of each period.",
    ),
)
_NOT_STATUS_ONLY = (
    "not_status_only",
    Text(
        "Nhiệm vụ này không thuộc loại chỉ theo dõi trạng thái: hãy ghi hoạt động và báo cáo đầu ra.",
        "This duty is not tracked by status only: record activities and claim outputs.",
    ),
)
