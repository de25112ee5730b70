"""Who may do what: one table (model §4), read forwards (may I?) and backwards (who can?).

The plan is the policy. Nobody is a monitor or a lead by code: what a body is to an item follows from the
plan's own assignments. Everything the table does not grant is refused, and a refusal says which rule,
which clause, what the caller is here, what would be needed, and who has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.errors import Text
from app.rules.parties import Actor, Item, Relation, holders, relations
from app.rules.vocabulary import AgencyKind, PlanStatus, Scope, TaskStatus, Visibility, Word


class Action(Word):
    """What can be asked leave for."""

    PLAN_DRAW_UP = "plan.draw_up", "Lập kế hoạch", "Draw up the plan"
    ACTIVITY_RECORD = "activity.record", "Ghi hoạt động", "Record an activity"
    ACTIVITY_REVISE = "activity.revise", "Sửa hoạt động", "Correct an activity"
    ACTIVITY_WITHDRAW = "activity.withdraw", "Rút hoạt động", "Withdraw an activity"
    KEY_MANAGE = "key.manage", "Quản lý khóa truy cập", "Manage API keys"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table. `on_behalf` may act too, in the name of those in `may`; both get named.

    `stage` is the status the plan must have (None: whatever it has). What asks for a plan in force is about
    records, and asks for a task in force that takes records too.
    """

    says: Text
    may: frozenset[Relation]
    on_behalf: frozenset[Relation] = frozenset()
    scope: Scope = Scope.PUSH
    stage: PlanStatus | None = PlanStatus.ACTIVE


_RECORDERS = frozenset({Relation.ACCOUNTABLE, Relation.COORDINATOR})
_RECORD_KEEPERS = frozenset({Relation.SECRETARIAT})

POLICY: Mapping[Action, Rule] = MappingProxyType(
    {
        Action.PLAN_DRAW_UP: Rule(
            says=Text(
                "Chủ kế hoạch, hoặc bộ phận giúp việc thay mặt, lập kế hoạch.",
                "The plan owner, or the secretariat on its behalf, draws up the plan.",
            ),
            may=frozenset({Relation.PLAN_OWNER}),
            on_behalf=_RECORD_KEEPERS,
            stage=PlanStatus.DRAFT,
        ),
        Action.ACTIVITY_RECORD: Rule(
            says=Text(
                "Cơ quan chịu trách nhiệm ghi nhận hoạt động của nhiệm vụ mình; cơ quan phối hợp ghi phần "
                "đóng góp của mình; bộ phận giúp việc được ghi thay.",
                "The accountable body records activities on its own task; a coordinator its own "
                "contribution; the secretariat may record on behalf.",
            ),
            may=_RECORDERS,
            on_behalf=_RECORD_KEEPERS,
        ),
        Action.ACTIVITY_REVISE: Rule(
            says=Text(
                "Cơ quan đã thực hiện hoạt động, hoặc bộ phận giúp việc ghi thay, được sửa bản ghi.",
                "The body whose activity it is, or the secretariat on its behalf, corrects the record.",
            ),
            may=_RECORDERS,
            on_behalf=_RECORD_KEEPERS,
        ),
        Action.ACTIVITY_WITHDRAW: Rule(
            says=Text(
                "Cơ quan đã thực hiện hoạt động, hoặc bộ phận giúp việc ghi thay, được rút bản ghi.",
                "The body whose activity it is, or the secretariat on its behalf, withdraws the record.",
            ),
            may=_RECORDERS,
            on_behalf=_RECORD_KEEPERS,
        ),
        Action.KEY_MANAGE: Rule(
            says=Text(
                "Chỉ quản trị kỹ thuật cấp, thay và thu hồi khóa truy cập.",
                "Only the technical administrator issues, rotates and revokes keys.",
            ),
            may=frozenset({Relation.TECHNICIAN}),
            scope=Scope.ADMIN,
            stage=None,
        ),
    }
)


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
    you_are: tuple[Relation, ...]
    needs: tuple[Relation, ...]
    who_can: tuple[str, ...]
    on_behalf: tuple[str, ...]


def who_can(action: Action, item: Item) -> tuple[str, ...]:
    """The agencies that may do it in their own right, in the order of relations; none while nobody may."""
    rule = POLICY[action]
    return _able(rule, rule.may, item)


def _able(rule: Rule, wanted: frozenset[Relation], item: Item) -> tuple[str, ...]:
    if _of_the_item(rule, item) is not None:
        return ()
    ordered = [code for relation in Relation if relation in wanted for code in holders(relation, item)]
    return tuple(code for code in dict.fromkeys(ordered) if code not in item.voiceless)


def judge(actor: Actor, action: Action, item: Item) -> Permit | Refusal:
    """May this actor do this to this item now? The one engine behind every answer to that question."""
    rule = POLICY[action]
    mine = relations(actor, item)
    granted = [relation for relation in mine if relation in rule.may | rule.on_behalf]
    impediment = _of_the_caller(rule, actor) or _of_the_item(rule, item)
    if impediment is None and granted:
        return Permit(action, actor, granted[0])
    code, why = impediment or ("another_agency", rule.says)
    return Refusal(
        code=code,
        why=why,
        action=action,
        clause=item.clause,
        you_are=mine,
        needs=tuple(relation for relation in Relation if relation in rule.may),
        who_can=_able(rule, rule.may, item),
        on_behalf=_able(rule, rule.on_behalf, item),
    )


def _of_the_caller(rule: Rule, actor: Actor) -> tuple[str, Text] | None:
    """What stands in the way of a caller like this, whatever it is to the item."""
    if rule.scope not in actor.scopes:
        return "scope_missing", Text(
            f"Khóa truy cập này không có quyền “{rule.scope.label_vi}”.",
            f"This key lacks the scope “{rule.scope.value}”.",
        )
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
    if rule.stage is PlanStatus.DRAFT and item.plan_status is not PlanStatus.DRAFT:
        return "plan_not_draft", Text(
            "Kế hoạch đã có hiệu lực: chỉ được thay đổi theo một quyết định có dẫn chiếu.",
            "The plan has taken effect: only a cited decision changes it.",
        )
    if rule.stage is not PlanStatus.ACTIVE:
        return None
    if item.plan_status is not PlanStatus.ACTIVE:
        return "plan_not_active", Text(
            "Kế hoạch không ở trạng thái đang thực hiện.", "The plan is not in force."
        )
    if item.task_status is not TaskStatus.ACTIVE:
        return "task_not_active", Text(
            "Nhiệm vụ không ở trạng thái đang thực hiện.", "The task is not in force."
        )
    if item.visibility is Visibility.STATUS_ONLY:
        return "status_only", Text(
            "Nhiệm vụ này chỉ theo dõi trạng thái: không lưu bản ghi hoạt động.",
            "This duty is tracked by status only: no activity record is stored.",
        )
    return None
