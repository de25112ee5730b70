"""January to March: the plan begins, targets and milestones are decided, the first quarter is recorded."""

import unicodedata

from tests.year.steps import (
    Answer,
    Claim,
    Correct,
    Days,
    Decide,
    Open,
    Record,
    TakeBack,
    Tell,
    Urge,
    Withdraw,
    deadline,
    named,
    target,
)

TYPED_APART = unicodedata.normalize("NFD", "Bản tin đối ngoại tháng Hai")
"""As some keyboards send it: every tone mark a character of its own."""

DAYS: Days = {
    "2023-01-05": [
        ("BPGV", Record("IV.1.1", "2023-01-05", "Hội nghị triển khai kế hoạch", agency="TTBCD", key="TK/01")),
        ("BAOTV", Record("IV.9.1", "2023-01-04", "Trang đối ngoại số đầu năm", key="BTV/001", kind="news")),
        ("DAITV", Record("IV.9.1", "2023-01-05", "Chuyên mục đối ngoại đầu năm", kind="broadcast")),
        ("SCT", Record("IV.7.a", "2023-01-05", "Tập huấn của Sở khác", output="M1"), 403, "another_agency"),
        ("DAITV", Record("IV.1.3", "2023-01-05", "Việc nội bộ"), 422, "unknown_task"),
    ],
    "2023-01-10": [
        (
            "TTBCD",
            Decide(
                "01-QĐ/BCĐ-TTĐN",
                "Giao chỉ tiêu số lượng",
                [
                    target("IV.4.b", 4),
                    target("IV.6.a", 3),
                    target("IV.1.2b", 4),
                ],
            ),
        ),
        (
            "SCT",
            Decide("02-QĐ/SCT", "Tự giao", [target("IV.6.a", 1)]),
            403,
            "another_agency",
        ),
        ("STTTT", Record("IV.4.b", "2023-01-10", "Họp báo quý I", key="HB/1", kind="press_conference")),
        ("STTTT", Record("IV.4.b", "2023-01-10", "Họp báo quý I", key="HB/1", kind="press_conference")),
    ],
    "2023-01-16": [
        ("SVHTTDL", Record("IV.7.c", "2023-01-13", "Đề cương tài liệu du lịch", name="de-cuong")),
        ("SVHTTDL", Record("IV.7.a", "2023-02-01", "Việc chưa làm", output="M1"), 422, "in_the_future"),
        ("SVHTTDL", Record("IV.7.a", "2022-12-30", "Việc năm trước", output="M1"), 422, "before_the_plan"),
        ("BCHBP", Record("IV.11.1", "2023-01-14", "Tuyên truyền tại cảng cá", kind="outreach")),
        ("MTTQ", Record("IV.13.a", "2022-12-28", "Giao lưu trước thời gian của kế hoạch", kind="exchange")),
    ],
    "2023-01-31": [
        (
            "TTBCD",
            Decide(
                "02-QĐ/BCĐ-TTĐN",
                "Mốc của tài liệu du lịch; hạn của phóng sự; chỉ tiêu của các đơn vị",
                [
                    {
                        "change": "milestones",
                        "task": "IV.7.c",
                        "milestones": [
                            {**named("Bản thảo", "Draft"), "code": "M1", "due_on": "2023-04-28"},
                            {**named("Bản dịch", "Translation"), "due_on": "2023-08-31", "weight": 2},
                            named("Bản in", "Print"),
                        ],
                    },
                    deadline("IV.5.a", "2023-06-30"),
                    target("IV.14.2", 2),
                ],
            ),
        ),
        ("SVHTTDL", Correct("de-cuong", output="M1", title="Đề cương và bản thảo")),
        ("SCT", Record("IV.6.a", "2023-01-30", "Kết nối tại miền Trung", name="mien-trung")),
    ],
    "2023-02-14": [
        ("DAITV", Record("IV.9.2", "2023-02-10", "Bản tin đối ngoại tháng Hai", key="ĐTH/2")),
        ("DAITV", Record("IV.9.2", "2023-02-10", TYPED_APART, key=unicodedata.normalize("NFD", "ĐTH/2"))),
        ("BAOTV", Record("IV.9.2", "2023-02-13", "Tin kinh tế, chính trị, xã hội", kind="news")),
        ("BAOTV", Record("IV.9.3", "2023-02-13", "Cơ hội đầu tư, kinh tế biển", kind="news")),
        ("MTTQ", Record("IV.13.a", "2023-02-12", "Giao lưu nhân dân", name="giao-luu-1", kind="exchange")),
        ("MTTQ", Record("IV.13.b", "2023-02-12", "Thư gửi kiều bào", name="thu-kieu-bao")),
        ("UBND.TPTV", Record("IV.14.1", "2023-02-14", "Tuyên truyền tại thành phố", kind="outreach")),
        ("UBND.HCL", Record("IV.14.2", "2023-02-09", "Bài viết về cam sành", kind="news")),
    ],
    "2023-02-20": [
        ("VPUBND", Open("IV.3.a", "VPUBND", "Đoàn vào thứ nhất", "2023-03-15")),
        ("SCT", Open("IV.3.a", "VPUBND", "Đoàn của Sở khác"), 403, "another_agency"),
        ("BTG.TPTV", Record("IV.15.a", "2023-02-17", "Tham mưu cấp ủy", kind="conference")),
        ("TTBCD", Record("IV.1.2b", "2023-02-18", "Loạt bài trên báo, đài", quantity=2, name="loat-bai")),
        ("TTBCD", Record("IV.1.3", "2023-02-20", "Kiểm tra nội bộ", kind="inspection")),
    ],
    "2023-02-24": [
        ("TTBCD", Urge("tap-huan", "SVHTTDL", "Đề nghị tổ chức tập huấn", "2023-03-05", task="IV.7.a")),
        ("SVHTTDL", Urge("phoi-hop", "BAOTV", "Đề nghị phối hợp", "2023-03-10", task="IV.7.b")),
        ("SCT", Urge("khong-quyen", "STTTT", "Đôn đốc", "2023-03-10", task="IV.4.b"), 403, "another_agency"),
        ("TTBCD", Urge("ca-nhom", "G.UBH", "Đề nghị báo cáo quý I", "2023-03-20", task="IV.14.1")),
    ],
    "2023-03-06": [
        ("SVHTTDL", Answer("tap-huan", "Sẽ tổ chức trong tháng Ba")),
        ("BAOTV", Record("IV.7.b", "2023-03-04", "Bài quảng bá du lịch của Báo", kind="news")),
        ("BAOTV", Answer("phoi-hop", "Đã có bài")),
        ("UBND.TXDH", Answer("ca-nhom:UBND.TXDH", "Đang thực hiện")),
        ("UBND.TXDH", Record("IV.14.1", "2023-03-05", "Tuyên truyền tại thị xã", kind="outreach")),
    ],
    "2023-03-10": [
        ("VPUBND", Record("IV.3.a", "2023-03-09", "Trao ấn phẩm cho đoàn vào", output="O1", kind="exchange")),
        ("VPUBND", Record("IV.3.a", "2023-03-10", "Trao ấn phẩm cho đoàn ra", opens=True, name="doan-ra")),
        ("TTBCD", Record("IV.1.2a", "2023-03-08", "Phát động cuộc thi video clip", output="M1")),
        ("SCT", Record("IV.6.a", "2023-03-08", "Kết nối tại Tây Nguyên", quantity=3, name="tay-nguyen")),
        ("SCT", Correct("tay-nguyen", quantity=1)),
    ],
    "2023-03-15": [
        ("VPUBND", Withdraw("doan-ra", "Đoàn hoãn chuyến đi")),
        ("VPUBND", Withdraw("doan-ra", "Đoàn hoãn chuyến đi")),
        ("STTTT", Claim("IV.4.a", "STTTT", "M1")),
        ("SKHDT", Claim("IV.5.b", "SKHDT", "M1")),
    ],
    "2023-03-20": [
        ("BPGV", Record("IV.7.a", "2023-03-17", "Tập huấn lễ hội", "M1", "SVHTTDL", name="lop-1")),
        ("BPGV", Record("IV.7.a", "2023-03-17", "Ghi mà không nêu cơ quan", "M1"), 422, "missing"),
        ("SKHDT", TakeBack("IV.5.b", "SKHDT", "M1", "Báo cáo nhầm nhiệm vụ")),
        ("UBND.HCK", Record("IV.14.2", "2023-03-18", "Hai bài về điểm đến", quantity=2, kind="news")),
    ],
    "2023-03-29": [
        ("CAT", Tell("IV.10.1", "CAT", "2023-Q1", "fulfilled")),
        ("CAT", Tell("IV.10.2", "CAT", "2023-Q1", "not_fulfilled")),
        ("CAT", Record("IV.10.1", "2023-03-29", "Không được lưu nội dung"), 403, "status_only"),
        ("BTG.TPTV", Tell("IV.15.b", "BTG.TPTV", "2023-Q1", "fulfilled")),
        ("BTG.HCL", Tell("IV.15.c", "BTG.HCL", "2023-Q1", "fulfilled")),
        ("BTG.HCL", Tell("IV.15.b", "BTG.HCL", "2024-Q1", "fulfilled"), 422, "unknown_period"),
    ],
    "2023-03-31": [
        ("BCHQS", Record("IV.12.1", "2023-03-30", "Tuyên truyền đối ngoại quốc phòng", kind="outreach")),
        ("UBND.HCN", Record("IV.14.1", "2023-03-31", "Tuyên truyền tại huyện", kind="outreach")),
        ("BTG.HCL", Record("IV.15.a", "2023-03-30", "Hội nghị báo cáo viên", name="bao-cao-vien")),
        ("BAOTV", Record("IV.9.1", "2023-03-31", "Trang đối ngoại tháng Ba", key="BTV/014", kind="news")),
    ],
}  # fmt: skip
