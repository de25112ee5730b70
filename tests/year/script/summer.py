"""July to September: a lead is replaced half-way, a missed deadline is met late, a third member joins."""

from tests.year.steps import (
    Answer,
    Claim,
    Close,
    Confirm,
    Correct,
    Days,
    Decide,
    Open,
    Record,
    SendBack,
    TakeBack,
    Tell,
    Urge,
    Withdraw,
)

DAYS: Days = {
    "2023-07-04": [
        ("TTBCD", Confirm("IV.9.1", "BAOTV", "2023-Q2")),
        ("TTBCD", Confirm("IV.9.2", "BAOTV", "2023-Q1")),
        ("TTBCD", Confirm("IV.13.a", "MTTQ", "2023-Q2")),
        ("TTBCD", Confirm("IV.14.1", "UBND.TPTV", "2023-Q1")),
        ("TTBCD", SendBack("IV.14.1", "UBND.TXDH", "2023-Q1", "Chưa nêu số lượt")),
        ("UBND.TXDH", Claim("IV.14.1", "UBND.TXDH", "2023-Q2")),
        ("TTBCD", Tell("IV.10.1", "CAT", "2023-Q2", "confirmed")),
        ("TTBCD", Tell("IV.10.2", "CAT", "2023-Q2", "confirmed")),
        ("BPGV", Confirm("IV.12.1", "BCHQS", "2023-Q1"), 403, "another_agency"),
    ],
    "2023-07-10": [
        (
            "TTBCD",
            Decide(
                "07-QĐ/BCĐ-TTĐN",
                "Thêm một thành viên nhóm; tiếp tục phong trào quần chúng",
                [
                    {"change": "member", "group": "G.SBN", "agency": "SCT", "valid_from": "2023-07-01"},
                    {"change": "status", "task": "IV.11.2", "status": "active"},
                ],
            ),
        ),
        ("SCT", Record("IV.14.1", "2023-07-08", "Tuyên truyền sản phẩm của tỉnh", kind="outreach")),
        ("SCT", Record("IV.14.1", "2023-06-08", "Việc trước khi là thành viên", kind="outreach")),
        ("BCHBP", Record("IV.11.2", "2023-06-20", "Việc làm trong lúc tạm dừng", kind="outreach")),
        ("BCHBP", Record("IV.11.2", "2023-07-09", "Tiếp tục phong trào", kind="outreach")),
    ],
    "2023-07-18": [
        ("TTBCD", SendBack("IV.13.a", "MTTQ", "2023-Q2", "Chưa có ảnh tư liệu")),
        ("MTTQ", Record("IV.13.a", "2023-06-16", "Giao lưu nhân dân tháng Sáu", name="giao-luu-3")),
        ("MTTQ", Claim("IV.13.a", "MTTQ", "2023-Q2")),
        ("MTTQ", Claim("IV.13.a", "MTTQ", "2023-Q4")),
        ("MTTQ", TakeBack("IV.13.a", "MTTQ", "2023-Q4", "Chưa đến kỳ")),
    ],
    "2023-07-20": [
        (
            "TTBCD",
            Decide(
                "08-QĐ/BCĐ-TTĐN",
                "Giao đối ngoại nhân dân cho Sở thứ nhất",
                [{"change": "leads", "task": "IV.13.a", "leads": [{"agency": "SGD.A"}]}],
            ),
        ),
        ("MTTQ", Record("IV.13.a", "2023-07-19", "Làm mà chưa ghi trước bàn giao"), 403, "another_agency"),
        ("MTTQ", Correct("giao-luu-2", title="Giao lưu nhân dân quý II, có ảnh")),
        ("SGD.A", Claim("IV.13.a", "MTTQ", "2023-Q2"), 403, "another_agency"),
        ("TTBCD", Confirm("IV.13.a", "MTTQ", "2023-Q2")),
    ],
    "2023-08-02": [
        ("MTTQ", Correct("giao-luu-1", on="2023-02-15")),
        ("MTTQ", Withdraw("giao-luu-3", "Chưa đủ thành phần")),
        ("TTBCD", SendBack("IV.13.a", "MTTQ", "2023-Q1", "Soát lại theo ảnh tư liệu")),
        ("SGD.A", Record("IV.13.a", "2023-08-01", "Đoàn nhân dân của Sở thứ nhất", name="doan", kind="exchange")),
    ],
    "2023-08-10": [
        ("SKHDT", Record("IV.5.a", "2023-08-08", "Phóng sự tiềm năng đầu tư", "M1", kind="video")),
        ("SKHDT", Answer("phong-su", "Đã phát sóng ngày 8/8")),
        ("TTBCD", Close("phong-su", "met")),
        ("SKHDT", Answer("phong-su", "Nói thêm"), 409, "already_closed"),
        ("STC", Answer("quyet-toan", "Chưa phát sinh chi")),
        (
            "TTBCD",
            Decide(
                "09-QĐ/BCĐ-TTĐN",
                "Hạn của tài liệu chính sách đầu tư",
                [{"change": "deadline", "task": "IV.5.b", "due_on": "2023-09-15"}],
            ),
        ),
    ],
    "2023-08-21": [
        ("MTTQ", Claim("IV.13.a", "MTTQ", "2023-Q1")),
        ("TTBCD", Confirm("IV.5.a", "SKHDT", "M1")),
        ("VPUBND", Open("IV.3.a", "VPUBND", "Đoàn ra tháng Tám", "2023-08-31")),
        ("TTBCD", Urge("ca-nhom-2", "G.UBH", "Đề nghị báo cáo chỉ tiêu", "2023-08-31", task="IV.14.2")),
        ("UBND.HTCU", Record("IV.14.2", "2023-08-19", "Ba bài về lễ hội", quantity=3, kind="news")),
        ("UBND.HTCU", Answer("ca-nhom-2:UBND.HTCU", "Đã vượt chỉ tiêu")),
    ],
    "2023-08-31": [
        ("SVHTTDL", Record("IV.7.c", "2023-08-30", "Bản dịch tiếng Anh, tiếng Khmer", "M2", kind="publication")),
        ("BAOTV", Record("IV.9.1", "2023-08-30", "Trang đối ngoại tháng Tám", kind="news")),
        ("BAOTV", Record("IV.9.3", "2023-08-30", "Cơ hội đầu tư", kind="news")),
        ("TTBCD", Close("quyet-toan", "met"), 403, "another_agency"),
        ("VPTU", Close("quyet-toan", "dropped")),
        ("TTBCD", Close("ca-nhom-2:UBND.HTCU", "met")),
    ],
    "2023-09-11": [
        ("VPUBND", Record("IV.3.a", "2023-08-29", "Ấn phẩm cho đoàn ra", output="O3", kind="exchange")),
        ("BAOTV", Record("IV.9.2", "2023-09-09", "Tin đối ngoại tháng Chín", kind="news")),
        ("DAITV", Record("IV.9.2", "2023-09-10", "Bản tin quý III", kind="broadcast")),
        ("TTBCD", Record("IV.1.2b", "2023-09-08", "Loạt bài mùa thu", kind="news")),
    ],
    "2023-09-25": [
        ("SKHDT", Record("IV.5.b", "2023-09-12", "Tài liệu đã in từ trước hạn", "M1", kind="publication")),
        ("STTTT", Record("IV.4.a", "2023-09-22", "Ấn phẩm với Báo Đầu tư", "M1", kind="publication")),
        ("STTTT", Record("IV.4.b", "2023-09-23", "Họp báo quý III", key="HB/3", kind="press_conference")),
        ("SGD.A", Record("IV.14.1", "2023-09-21", "Tuyên truyền quý III", kind="outreach")),
        ("SGD.B", Record("IV.14.1", "2023-09-22", "Tuyên truyền quý III", name="sgd-b", kind="outreach")),
        ("SGD.A", Record("IV.7.c", "2023-09-22", "Góp ảnh cho tài liệu du lịch")),
    ],
    "2023-09-28": [
        ("CAT", Tell("IV.10.1", "CAT", "2023-Q3", "fulfilled")),
        ("BTG.TPTV", Record("IV.15.a", "2023-09-26", "Tham mưu cấp ủy quý III", kind="conference")),
        ("UBND.HCT", Record("IV.14.1", "2023-09-27", "Tuyên truyền tại huyện", kind="outreach")),
        ("BCHQS", Record("IV.12.1", "2023-09-27", "Tuyên truyền quý III", kind="outreach")),
        ("TTBCD", Record("IV.1.1", "2023-09-27", "Giao ban quý III", kind="conference")),
    ],
}  # fmt: skip
