"""Who may do what: one table (model §4). `judging` reads it forwards (may I?) and backwards (who can?).

The plan is the policy: what a body is to an item follows from the plan's own assignments (`parties`). What
the table does not grant is refused. `may` act in their own right; `on_behalf` in the name of those, and both
get named; who is anything in `never` may not, whatever else it is. `where`: what plan, task and its
visibility must be. A key needs `scope`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.rules.parties import Relation as Is
from app.rules.vocabulary import PlanStatus, Scope, TaskStatus, Visibility, Word


class Action(Word):
    """What can be asked leave for."""

    PLAN_READ = "plan.read", "Xem kế hoạch", "Read the plan"
    PLAN_DRAW_UP = "plan.draw_up", "Lập kế hoạch", "Draw up the plan"
    PLAN_AMEND = "plan.amend", "Điều chỉnh kế hoạch theo quyết định", "Amend the plan by a decision"
    PLAN_PROPOSE = "plan.propose", "Đề xuất điều chỉnh", "Propose an amendment"
    PROPOSAL_DECIDE = "proposal.decide", "Chấp nhận hoặc từ chối đề xuất", "Accept or decline a proposal"
    PROPOSAL_WITHDRAW = "proposal.withdraw", "Rút đề xuất", "Withdraw a proposal"
    AGENCY_EDIT = "agency.edit", "Sửa cơ quan, nhóm, kế thừa", "Change agencies, groups, succession"
    CALENDAR_EDIT = "calendar.edit", "Sửa lịch sự kiện", "Change the calendar"
    CALENDAR_STEWARD = "calendar.steward", "Giao cơ quan chủ trì chuẩn bị", "Name who prepares an event"
    CALENDAR_SUBSCRIBE = "calendar.subscribe", "Đăng ký lịch", "Subscribe to the calendar"
    ACTIVITY_RECORD = "activity.record", "Ghi hoạt động", "Record an activity"
    ACTIVITY_REVISE = "activity.revise", "Sửa hoạt động", "Correct an activity"
    ACTIVITY_WITHDRAW = "activity.withdraw", "Rút hoạt động", "Withdraw an activity"
    OCCURRENCE_OPEN = "occurrence.open", "Mở một lần phát sinh", "Open an occurrence"
    OUTPUT_CLAIM = "output.claim", "Báo cáo hoàn thành đầu ra", "Claim an output"
    OUTPUT_WITHDRAW = "output.withdraw", "Rút báo cáo đầu ra", "Withdraw a claim"
    OUTPUT_CONFIRM = "output.confirm", "Xác nhận đầu ra", "Confirm an output"
    OUTPUT_SELF_CONFIRM = "output.self_confirm", "Tự xác nhận đầu ra", "Mark an output self-confirmed"
    OUTPUT_RETURN = "output.return", "Trả lại đầu ra", "Return an output"
    STATUS_REPORT = "status.report", "Báo trạng thái theo kỳ", "Report the status of a period"
    STATUS_DECIDE = "status.decide", "Xét trạng thái theo kỳ", "Confirm or return the status of a period"
    URGE_CONTENT = "urge.content", "Đôn đốc thực hiện", "Urge a body"
    URGE_COORDINATOR = "urge.coordinator", "Đôn đốc cơ quan phối hợp", "Urge a coordinator"
    URGE_SETTLEMENT = "urge.settlement", "Đôn đốc quyết toán", "Urge settlement"
    URGE_ANSWER = "urge.answer", "Trả lời đôn đốc", "Answer an urge"
    URGE_CLOSE = "urge.close", "Kết thúc đôn đốc", "Close an urge"
    NEED_STATE = "need.state", "Mở dòng kinh phí, nêu nhu cầu", "Open a budget line, state its need"
    LINE_CORRECT = (
        "line.correct",
        "Sửa tên, mã, mục đích của dòng kinh phí",
        "Correct what a budget line says",
    )
    ALLOCATION_DECIDE = "allocation.decide", "Quyết định bố trí kinh phí", "Decide allocation"
    SPENDING_RECORD = "spending.record", "Ghi cam kết chi, chi", "Record commitment and spending"
    SETTLEMENT_SUBMIT = "settlement.submit", "Nộp quyết toán", "Submit settlement"
    SETTLEMENT_WITHDRAW = "settlement.withdraw", "Rút quyết toán", "Withdraw a settlement"
    SETTLEMENT_DECIDE = "settlement.decide", "Kiểm tra, trả lại, chấp nhận quyết toán", "Check settlement"
    KEY_MANAGE = "key.manage", "Quản lý khóa truy cập", "Manage API keys"
    SERVICE_OPERATE = "service.operate", "Vận hành hệ thống", "Operate the service"


@dataclass(frozen=True, slots=True)
class Where:
    """What the item must be; None is whatever it is."""

    plan: PlanStatus | None = None
    task: TaskStatus | None = None
    visibility: frozenset[Visibility] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table."""

    may: frozenset[Is]
    where: Where
    on_behalf: frozenset[Is] = frozenset()
    never: frozenset[Is] = frozenset()
    scope: Scope = Scope.PUSH


ANYWHERE = Where()
DRAFT = Where(PlanStatus.DRAFT)
PLAN = Where(PlanStatus.ACTIVE)
WORK = Where(PlanStatus.ACTIVE, TaskStatus.ACTIVE, frozenset({Visibility.NORMAL, Visibility.INTERNAL}))
STATUS = Where(PlanStatus.ACTIVE, TaskStatus.ACTIVE, frozenset({Visibility.STATUS_ONLY}))


def _row(where: Where, *may: Is, behalf: Is | None = None, never: tuple[Is, ...] = ()) -> Rule:
    return Rule(frozenset(may), where, frozenset({behalf} if behalf else ()), frozenset(never))


def _technical() -> Rule:
    return Rule(frozenset({Is.TECHNICIAN}), ANYWHERE, scope=Scope.ADMIN)


# Whose doing it was, even where the rest has been handed over since.
_DOER = (Is.ACCOUNTABLE, Is.FORMER_LEAD)
# Who did the work is no judge of it; who gives money out does not spend it.
_OWN_WORK = (*_DOER, Is.CLAIMANT)
_PURSE = (Is.FUNDER, Is.SETTLER)

# fmt: off
POLICY: Mapping[Action, Rule] = MappingProxyType({
    Action.PLAN_READ:           Rule(frozenset(Is), ANYWHERE, scope=Scope.READ),
    Action.PLAN_DRAW_UP:        _row(DRAFT,  Is.PLAN_OWNER, behalf=Is.SECRETARIAT),
    Action.PLAN_AMEND:          _row(PLAN,   Is.PLAN_OWNER),
    Action.PLAN_PROPOSE:        _row(PLAN,   Is.ACCOUNTABLE),
    Action.PROPOSAL_DECIDE:     _row(PLAN,   Is.PLAN_OWNER),
    Action.PROPOSAL_WITHDRAW:   _row(PLAN,   Is.PROPOSER),
    Action.AGENCY_EDIT:         _row(PLAN,   Is.PLAN_OWNER),
    Action.CALENDAR_EDIT:       _row(PLAN,   Is.PLAN_OWNER, Is.SECRETARIAT),
    Action.CALENDAR_STEWARD:    _row(PLAN,   Is.PLAN_OWNER),
    Action.CALENDAR_SUBSCRIBE:  Rule(frozenset(Is), ANYWHERE, scope=Scope.READ),
    Action.ACTIVITY_RECORD:     _row(WORK,   Is.ACCOUNTABLE, Is.COORDINATOR, behalf=Is.SECRETARIAT),
    Action.ACTIVITY_REVISE:     _row(WORK,   *_DOER, Is.COORDINATOR, behalf=Is.SECRETARIAT),
    Action.ACTIVITY_WITHDRAW:   _row(WORK,   *_DOER, Is.COORDINATOR, behalf=Is.SECRETARIAT),
    Action.OCCURRENCE_OPEN:     _row(WORK,   Is.ACCOUNTABLE, behalf=Is.SECRETARIAT),
    Action.OUTPUT_CLAIM:        _row(WORK,   *_DOER, behalf=Is.SECRETARIAT),
    Action.OUTPUT_WITHDRAW:     _row(WORK,   *_DOER, behalf=Is.SECRETARIAT),
    Action.OUTPUT_CONFIRM:      _row(WORK,   Is.MONITOR, Is.APPROVER, never=_OWN_WORK),
    Action.OUTPUT_SELF_CONFIRM: _row(WORK,   Is.SELF_MONITOR),
    Action.OUTPUT_RETURN:       _row(WORK,   Is.MONITOR, Is.APPROVER, never=_OWN_WORK),
    Action.STATUS_REPORT:       _row(STATUS, *_DOER, behalf=Is.SECRETARIAT),
    Action.STATUS_DECIDE:       _row(STATUS, Is.MONITOR, Is.APPROVER, never=_OWN_WORK),
    Action.URGE_CONTENT:        _row(WORK,   Is.MONITOR),
    Action.URGE_COORDINATOR:    _row(WORK,   Is.MONITOR, Is.ACCOUNTABLE),
    Action.URGE_SETTLEMENT:     _row(PLAN,   Is.SETTLER),
    Action.URGE_ANSWER:         _row(PLAN,   Is.URGED),
    Action.URGE_CLOSE:          _row(PLAN,   Is.URGER),
    Action.NEED_STATE:          _row(PLAN,   Is.SPENDER, never=_PURSE),
    Action.LINE_CORRECT:        _row(PLAN,   Is.SPENDER, Is.FUNDER),
    Action.ALLOCATION_DECIDE:   _row(PLAN,   Is.FUNDER, never=(Is.SPENDER,)),
    Action.SPENDING_RECORD:     _row(PLAN,   Is.SPENDER, never=_PURSE),
    Action.SETTLEMENT_SUBMIT:   _row(PLAN,   Is.SPENDER, never=_PURSE),
    Action.SETTLEMENT_WITHDRAW: _row(PLAN,   Is.SPENDER, never=_PURSE),
    Action.SETTLEMENT_DECIDE:   _row(PLAN,   Is.SETTLER, never=(Is.SPENDER,)),
    Action.KEY_MANAGE:          _technical(),
    Action.SERVICE_OPERATE:     _technical(),
})
# fmt: on
