"""October to January: thresholds and targets change, a member leaves, work goes back, the year is closed."""

from tests.year.steps import (
    Claim,
    Close,
    Confirm,
    Correct,
    Days,
    Decide,
    Open,
    Record,
    SendBack,
    Tell,
    Withdraw,
    lead,
    member,
    status,
    target,
)

DAYS: Days = {
    "2023-10-03": [
        ("TTBCD", Confirm("IV.5.b", "SKHDT", "M1")),
        ("TTBCD", Confirm("IV.4.a", "STTTT", "M1")),
        ("TTBCD", Confirm("IV.3.a", "VPUBND", "O1")),
        ("TTBCD", Confirm("IV.3.a", "VPUBND", "O3")),
        ("TTBCD", Confirm("IV.13.a", "SGD.A", "2023-Q3")),
        ("TTBCD", Confirm("IV.1.1", "TTBCD", "2023-Q2")),
        ("TTBCD", Confirm("IV.1.1", "TTBCD", "2023-Q3")),
        ("TTTU", Confirm("IV.1.1", "TTBCD", "2023-Q2")),
        ("TTTU", SendBack("IV.1.1", "TTBCD", "2023-Q3", "Thiếu kết luận giao ban")),
    ],
    "2023-10-09": [
        (
            "TTBCD",
            Decide(
                "10-QĐ/BCĐ-TTĐN",
                "Một thành viên rời nhóm; ngưỡng màu; chỉ tiêu",
                [
                    member("G.SBN", "SGD.B", "2023-04-01", "2023-09-30"),
                    {
                        "change": "thresholds",
                        "obligation_red": "1/2",
                        "obligation_amber": "1/5",
                        "node_red": "1/3",
                    },
                    target("IV.4.b", 3),
                    target("IV.6.a", 5),
                ],
            ),
        ),
        ("SGD.B", Record("IV.14.1", "2023-10-05", "Không còn là thành viên"), 403, "another_agency"),
        ("SGD.B", Correct("sgd-b", title="Tuyên truyền quý III, đủ số liệu")),
        ("TTBCD", Claim("IV.1.1", "TTBCD", "2023-Q3")),
    ],
    "2023-10-16": [
        ("SCT", Record("IV.6.a", "2023-10-14", "Kết nối lần nữa tại miền Trung", quantity=2, name="lan-nua")),
        ("SCT", Correct("mien-trung", on="2023-10-15")),
        ("SCT", Record("IV.14.2", "2023-10-12", "Bài về sản phẩm OCOP", kind="news")),
        ("UBND.HCL", Record("IV.14.2", "2023-10-13", "Bài thứ hai về cam sành", kind="news")),
        ("TTBCD", Tell("IV.10.1", "CAT", "2023-Q3", "confirmed")),
    ],
    "2023-10-24": [
        ("STTTT", Record("IV.4.b", "2023-10-20", "Họp báo quý IV", key="HB/4", kind="press_conference")),
        ("DAITV", Record("IV.9.1", "2023-10-20", "Bản tin tháng Mười", name="ban-tin", kind="broadcast")),
        ("DAITV", Correct("ban-tin", on="2023-09-29")),
        ("TTBCD", Record("IV.1.2b", "2023-10-21", "Loạt bài cuối năm", quantity=2, kind="news")),
        ("TTBCD", Withdraw("loat-bai", "Tính trùng với năm trước")),
    ],
    "2023-11-06": [
        (
            "TTBCD",
            Decide(
                "11-QĐ/BCĐ-TTĐN",
                "Giao lại đối ngoại nhân dân; giao chương trình quảng bá chưa ai làm cho cơ quan khác",
                [
                    lead("IV.13.a", "MTTQ"),
                    lead("IV.7.b", "SGD.A"),
                ],
            ),
        ),
        ("MTTQ", Record("IV.13.a", "2023-11-05", "Giao lưu nhân dân quý IV", kind="exchange")),
        ("SGD.A", Correct("doan", title="Đoàn nhân dân, có danh mục ấn phẩm")),
        ("SGD.A", Record("IV.13.a", "2023-11-05", "Đã giao lại"), 403, "another_agency"),
    ],
    "2023-11-14": [
        ("MTTQ", Record("IV.13.b", "2023-11-12", "Thư gửi kiều bào cuối năm")),
        ("TTBCD", Confirm("IV.13.a", "MTTQ", "2023-Q1")),
        ("TTBCD", Close("ca-nhom:UBND.TXDH", "met")),
        ("UBND.TXDH", Claim("IV.14.1", "UBND.TXDH", "2023-Q1")),
        ("BCHBP", Record("IV.11.1", "2023-11-10", "Tuyên truyền cho ngư dân quý IV", kind="outreach")),
    ],
    "2023-11-27": [
        ("VPUBND", Open("IV.3.a", "VPUBND", "Đoàn vào cuối năm")),
        ("BTG.HTC", Tell("IV.15.b", "BTG.HTC", "2023-Q4", "fulfilled")),
        ("UBND.HDH", Record("IV.14.2", "2023-11-25", "Hai bài về biển đảo", quantity=2, kind="news")),
        ("TTBCD", Confirm("IV.14.2", "UBND.HDH", "P1")),
        ("SGD.A", Record("IV.7.b", "2023-11-24", "Chương trình quảng bá, chưa nêu sản phẩm")),
    ],
    "2023-12-11": [
        (
            "TTBCD",
            Decide(
                "12-QĐ/BCĐ-TTĐN",
                "Chuyển chương trình quảng bá sang năm sau",
                [status("IV.7.b", "carried_over")],
            ),
        ),
        ("SGD.A", Record("IV.7.b", "2023-12-10", "Việc đã chuyển năm sau", "M1"), 403, "task_not_active"),
        ("SVHTTDL", Record("IV.7.c", "2023-12-09", "In 2.000 bản", "M3", quantity=2000, kind="publication")),
        ("DAITV", Record("IV.9.3", "2023-12-08", "Chuyên đề cuối năm", kind="broadcast")),
        ("BAOTV", Record("IV.9.1", "2023-12-08", "Trang đối ngoại tháng Mười hai", kind="news")),
    ],
    "2023-12-22": [
        ("CAT", Tell("IV.10.1", "CAT", "2023-Q4", "fulfilled")),
        ("CAT", Tell("IV.10.2", "CAT", "2023-Q4", "fulfilled")),
        ("CAT", Tell("IV.10.2", "CAT", "2023-Q3", "fulfilled")),
        ("BTG.HCK", Tell("IV.15.c", "BTG.HCK", "2023-Q4", "fulfilled")),
        ("TTBCD", Tell("IV.15.c", "BTG.HCK", "2023-Q4", "confirmed")),
        ("TTBCD", Record("IV.1.3", "2023-12-20", "Đôn đốc cuối năm", kind="inspection")),
        ("TTBCD", Record("IV.1.1", "2023-12-21", "Tổng kết năm", kind="conference")),
    ],
    "2023-12-29": [
        ("VPUBND", Record("IV.3.a", "2023-12-28", "Ấn phẩm cho đoàn vào cuối năm", output="O4")),
        ("UBND.TPTV", Record("IV.14.1", "2023-12-28", "Tuyên truyền cuối năm", kind="outreach")),
        ("SCT", Record("IV.14.1", "2023-12-27", "Tuyên truyền cuối năm", kind="outreach")),
        ("BCHQS", Record("IV.12.1", "2023-12-27", "Tuyên truyền cuối năm", name="cuoi-nam")),
    ],
    "2024-01-04": [
        ("BAOTV", Record("IV.9.2", "2023-12-30", "Tin ngày cuối năm", kind="news")),
        ("DAITV", Record("IV.9.1", "2024-01-03", "Bản tin của năm sau", kind="broadcast")),
        ("TTBCD", Confirm("IV.7.c", "SVHTTDL", "M2")),
        ("TTBCD", Confirm("IV.7.c", "SVHTTDL", "M3")),
        ("SCT", Record("IV.6.a", "2023-12-29", "Kết nối ngày cuối năm")),
    ],
    "2024-01-09": [
        ("TTBCD", Confirm("IV.13.a", "MTTQ", "2023-Q4")),
        ("TTTU", Confirm("IV.1.1", "TTBCD", "2023-Q3")),
        ("TTBCD", Tell("IV.10.1", "CAT", "2023-Q4", "confirmed")),
        ("BCHQS", Withdraw("cuoi-nam", "Ghi nhầm năm")),
        ("VPUBND", Record("IV.3.a", "2024-01-08", "Đoàn đầu năm sau", opens=True)),
    ],
    "2024-01-22": [
        ("TTBCD", Confirm("IV.6.a", "SCT", "P2")),
        ("TTBCD", SendBack("IV.7.c", "SVHTTDL", "M3", "Bản in sai tên tỉnh")),
        ("MTTQ", Claim("IV.13.b", "MTTQ", "2023-Q3")),
    ],
}
