"""The words of the domain: every code the wire knows, with its Vietnamese and English label.

A code is what programs store and compare; a label is what people read. Both are part of the contract.
"""

from enum import StrEnum
from typing import Final, Self


class Word(StrEnum):
    """A code that carries its labels."""

    label_vi: str
    label_en: str

    def __new__(cls, code: str, label_vi: str = "", label_en: str = "") -> Self:
        """Make the member from `code, Vietnamese label, English label`."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label_vi = label_vi
        member.label_en = label_en
        return member


class PlanStatus(Word):
    DRAFT = "draft", "Dự thảo", "Draft"
    ACTIVE = "active", "Còn hiệu lực", "Active"
    CLOSED = "closed", "Đã kết thúc", "Closed"


class TaskFamily(Word):
    PROGRAMME = "programme", "Nhiệm vụ trọng tâm", "Programme item"
    DUTY = "duty", "Nhiệm vụ được phân công", "Duty"


class TaskKind(Word):
    DELIVERABLE = "deliverable", "Sản phẩm", "Deliverable"
    COUNTED = "counted", "Theo số lượng", "Counted"
    CONTINUOUS = "continuous", "Thường xuyên", "Continuous"
    TRIGGERED = "triggered", "Khi phát sinh", "Triggered"


class TaskStatus(Word):
    """Administrative status, changed only by a cited decision."""

    DRAFT = "draft", "Dự thảo", "Draft"
    ACTIVE = "active", "Còn hiệu lực", "Active"
    SUSPENDED = "suspended", "Tạm dừng", "Suspended"
    CARRIED_OVER = "carried_over", "Chuyển năm sau", "Carried over"
    CANCELLED = "cancelled", "Hủy bỏ", "Cancelled"
    SUPERSEDED = "superseded", "Được thay thế", "Superseded"


class Visibility(Word):
    NORMAL = "normal", "Thông thường", "Normal"
    INTERNAL = "internal", "Nội bộ", "Internal"
    STATUS_ONLY = "status_only", "Chỉ theo dõi trạng thái", "Status only"


class Role(Word):
    LEAD = "lead", "Chịu trách nhiệm", "Lead"
    COORDINATE = "coordinate", "Phối hợp", "Coordinate"
    MONITOR = "monitor", "Theo dõi, đôn đốc", "Monitor"
    FUND = "fund", "Quyết định kinh phí", "Funding decider"
    SETTLE = "settle", "Kiểm tra quyết toán", "Settlement checker"


class AgencyKind(Word):
    PARTY_STEERING = "party_steering", "Ban chỉ đạo của Đảng", "Party steering body"
    PARTY_OFFICE = "party_office", "Văn phòng cấp ủy", "Party office"
    STATE_OFFICE = "state_office", "Văn phòng cơ quan nhà nước", "State office"
    STATE_DEPARTMENT = "state_department", "Sở", "State department"
    MEDIA = "media", "Cơ quan báo chí của tỉnh", "Provincial media"
    ARMED_FORCE = "armed_force", "Lực lượng vũ trang", "Armed force"
    FRONT_MASS_ORG = "front_mass_org", "Mặt trận, đoàn thể", "Front and mass organisation"
    DISTRICT_UNIT = "district_unit", "Đơn vị cấp huyện", "District-level unit"
    GROUP = "group", "Nhóm cơ quan", "Group"
    EXTERNAL_PARTNER = "external_partner", "Đối tác bên ngoài", "External partner"
    SUPERIOR = "superior", "Cấp trên", "Superior"
    SECRETARIAT = "secretariat", "Bộ phận giúp việc", "Secretariat"


class OutputKind(Word):
    MILESTONE = "milestone", "Mốc sản phẩm", "Milestone"
    PIECE = "piece", "Đơn vị sản phẩm", "Piece"
    PERIOD = "period", "Kỳ báo cáo", "Reporting period"
    OCCURRENCE = "occurrence", "Lần phát sinh", "Occurrence"


class Level(Word):
    """Where an output stands; each level contains those before it."""

    NONE = "none", "Chưa có", "None"
    REPORTED = "reported", "Đã báo cáo", "Reported"
    EVIDENCED = "evidenced", "Có minh chứng", "Evidenced"
    CONFIRMED = "confirmed", "Đã xác nhận", "Confirmed"


class State(Word):
    """How far an item is, derived and never typed."""

    NOT_STARTED = "not_started", "Chưa bắt đầu", "Not started"
    IN_PROGRESS = "in_progress", "Đang thực hiện", "In progress"
    AWAITING_CONFIRMATION = "awaiting_confirmation", "Chờ xác nhận", "Awaiting confirmation"
    DONE = "done", "Hoàn thành", "Done"


NOTHING_OWED: Final = ("nothing_owed", "Chưa xác định")
"""The state of what owes nothing, null on the wire: by which code lists are asked for it, and its label."""


class ActivityStatus(Word):
    STANDING = "standing", "Còn hiệu lực", "Standing"
    WITHDRAWN = "withdrawn", "Đã rút lại", "Withdrawn"


class Source(Word):
    """Where a fact comes from."""

    PLAN_TEXT = "plan_text", "Theo văn bản kế hoạch", "From the plan's text"
    OUR_READING = "our_reading", "Suy luận từ văn bản", "Our reading"
    NOT_IN_TEXT = "not_in_text", "Không có trong văn bản", "Not in the text"
    IMPLIED = "implied", "Suy ra từ kế hoạch", "Implied by the plan"
    DECISION = "decision", "Theo quyết định điều chỉnh", "By a decision that amended the plan"


class EventKind(Word):
    AGREEMENT = "agreement", "Ký kết hiệp định", "Agreement signed"
    DIPLOMATIC_RELATIONS = "diplomatic_relations", "Thiết lập quan hệ ngoại giao", "Diplomatic relations"
    HISTORICAL = "historical", "Sự kiện lịch sử", "Historical event"


class YearClass(Word):
    """What kind of year an anniversary is in."""

    ROUND = "round", "Năm tròn", "Round year"
    FIVE_YEAR = "five_year", "Năm lẻ 5", "Five-year"
    OTHER = "other", "Năm khác", "Other year"


class Stage(Word):
    """Where an anniversary stands on a day."""

    AHEAD = "ahead", "Chưa đến lúc chuẩn bị", "Ahead"
    PREPARING = "preparing", "Đang trong thời gian chuẩn bị", "To be prepared now"
    PAST = "past", "Đã qua", "Past"
    CANCELLED = "cancelled", "Không tổ chức", "Cancelled"


class AnomalyClass(Word):
    OCR = "ocr", "Lỗi nhận dạng chữ", "Recognition error"
    FACT = "fact", "Sai sự kiện", "Factual error"
    OPEN_LIST = "open_list", "Danh sách để mở", "Open list"
    ORDER = "order", "Thứ tự", "Order"
    STRUCTURE = "structure", "Cấu trúc", "Structure"
    CITATION = "citation", "Viện dẫn", "Citation"
    MISSING = "missing", "Thiếu", "Missing"
    STYLE = "style", "Hình thức", "Style"
    WORDING = "wording", "Câu chữ", "Wording"
    NAMING = "naming", "Tên gọi", "Naming"
    BUDGET = "budget", "Kinh phí", "Budget"
    OWNERSHIP = "ownership", "Phân công", "Ownership"


class PeriodKind(Word):
    MONTH = "month", "Tháng", "Month"
    QUARTER = "quarter", "Quý", "Quarter"
    HALF_YEAR = "half_year", "6 tháng", "Half-year"
    YEAR = "year", "Năm", "Year"


class Scope(Word):
    """What a key may be used for. `admin` is technical and excludes `push`."""

    READ = "read", "Đọc", "Read"
    PUSH = "push", "Gửi báo cáo", "Push records"
    ADMIN = "admin", "Quản trị kỹ thuật", "Technical administration"


class ActivityKind(Word):
    """What was done."""

    NEWS = "news", "Tin, bài", "News item or article"
    BROADCAST = "broadcast", "Chương trình phát thanh, truyền hình", "Radio or television programme"
    VIDEO = "video", "Phim, video clip", "Film or video clip"
    PUBLICATION = "publication", "Ấn phẩm, tài liệu", "Publication"
    PRESS_CONFERENCE = "press_conference", "Họp báo", "Press conference"
    TRAINING = "training", "Tập huấn", "Training"
    CONFERENCE = "conference", "Hội nghị, hội thảo", "Conference or workshop"
    CONTEST = "contest", "Cuộc thi", "Contest"
    TRADE_PROMOTION = "trade_promotion", "Xúc tiến, kết nối tiêu thụ", "Trade promotion"
    OUTREACH = "outreach", "Tuyên truyền trực tiếp", "Outreach"
    EXCHANGE = "exchange", "Giao lưu, tiếp đoàn", "Exchange or delegation"
    INSPECTION = "inspection", "Kiểm tra, đôn đốc", "Inspection or follow-up"
    OTHER = "other", "Khác", "Other"


class Channel(Word):
    """Where it was published or took place."""

    PRINT = "print", "Báo in, ấn phẩm in", "Print"
    RADIO = "radio", "Phát thanh", "Radio"
    TELEVISION = "television", "Truyền hình", "Television"
    PORTAL = "portal", "Cổng, trang thông tin điện tử", "Portal or web site"
    SOCIAL_NETWORK = "social_network", "Mạng xã hội", "Social network"
    IN_PERSON = "in_person", "Trực tiếp", "In person"
    OTHER = "other", "Khác", "Other"


class Subject(Word):
    """The kinds of record the journal tells of."""

    PLAN = "plan", "Kế hoạch", "Plan"
    SECTION = "section", "Mục", "Section"
    OBJECTIVE = "objective", "Mục đích, yêu cầu", "Objective"
    TASK = "task", "Nhiệm vụ", "Task"
    IMPLEMENTATION = "implementation", "Liên kết thực hiện", "Implementation link"
    ASSIGNMENT = "assignment", "Phân công", "Assignment"
    OUTPUT = "output", "Đầu ra", "Output"
    ACTIVITY = "activity", "Hoạt động", "Activity"
    WITHDRAWAL = "withdrawal", "Rút lại", "Withdrawal"
    ACT = "act", "Bước xử lý đầu ra", "Act on an output"
    AMENDMENT = "amendment", "Điều chỉnh", "Amendment"
    PROPOSAL = "proposal", "Đề xuất", "Proposal"
    URGE = "urge", "Đôn đốc", "Urge"
    EVENT = "event", "Sự kiện", "Event"
    EVENT_LINK = "event_link", "Nhiệm vụ gắn với sự kiện", "Task of an event"
    OCCURRENCE = "occurrence", "Kỷ niệm một năm", "Anniversary of a year"
    SUBSCRIPTION = "subscription", "Đăng ký lịch", "Calendar subscription"
    BUDGET = "budget", "Kinh phí", "Budget"
    BUDGET_LINE = "budget_line", "Dòng kinh phí", "Budget line"
    BUDGET_LINK = "budget_link", "Liên kết dòng kinh phí", "Budget link"
    LEDGER_ENTRY = "ledger_entry", "Bút toán", "Ledger entry"
    SETTLEMENT = "settlement", "Quyết toán", "Settlement"
    AGENCY = "agency", "Cơ quan", "Agency"
    AGENCY_NAME = "agency_name", "Tên cơ quan", "Agency name"
    MEMBERSHIP = "membership", "Thành viên nhóm", "Membership"
    KEY = "key", "Khóa truy cập", "API key"


class Operation(Word):
    """What became of a record."""

    CREATED = "created", "Tạo mới", "Created"
    CHANGED = "changed", "Thay đổi", "Changed"
