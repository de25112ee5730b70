"""Gaps: what a plan leaves open about who answers for what, and how each could be closed; and money that
is left where nothing is to be done."""

from app.rules.vocabulary import Word


class GapKind(Word):
    """What is open."""

    PART_WITHOUT_OWNER = "part_without_owner", "Phần việc chưa có cơ quan nào", "Part that nobody owns"
    ITEM_WITHOUT_DUTY = "item_without_duty", "Nhiệm vụ chưa giao cho ai", "Item that no duty carries out"
    DUTY_WITHOUT_TARGET = "duty_without_target", "Chưa giao số lượng", "Duty without a target"
    GROUP_WITHOUT_MEMBERS = (
        "group_without_members",
        "Nhóm chưa xác định thành viên",
        "Group whose members nobody knows",
    )
    SEVERAL_LEADS = "several_leads", "Nhiều cơ quan cùng chịu trách nhiệm", "Several accountable bodies"
    LEAD_AND_COORDINATOR = (
        "lead_and_coordinator",
        "Vừa chịu trách nhiệm vừa phối hợp",
        "Accountable and coordinator at once",
    )
    EVENT_WITHOUT_STEWARD = (
        "event_without_steward",
        "Sự kiện chưa có cơ quan chủ trì chuẩn bị",
        "Event that nobody prepares",
    )
    NO_OWNER = "no_owner", "Chủ kế hoạch đã kết thúc hoạt động", "The plan's owner has come to an end"
    NO_MONITOR = "no_monitor", "Chưa có cơ quan theo dõi", "Nobody monitors"
    NO_APPROVER = (
        "no_approver",
        "Chưa có cấp trên xác nhận cho cơ quan theo dõi",
        "Nobody confirms the monitor's own duties",
    )
    NO_FUNDER = "no_funder", "Chưa có cơ quan quyết định kinh phí", "Nobody decides allocation"
    NO_SETTLER = "no_settler", "Chưa có cơ quan kiểm tra quyết toán", "Nobody checks settlement"
    MONEY_LEFT_OVER = (
        "money_left_over",
        "Kinh phí còn lại của việc đã hủy hoặc được thay thế",
        "Money left on what was cancelled or superseded",
    )
