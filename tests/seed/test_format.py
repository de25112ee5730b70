"""Hostile plan files: each is refused with the item, the field and the reason, in both languages."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from app.errors import Invalid
from app.rules.vocabulary import (
    AgencyKind,
    AnomalyClass,
    EventKind,
    PeriodKind,
    Role,
    Source,
    TaskFamily,
    TaskKind,
    Visibility,
    Word,
)
from seed.faults import words
from seed.fields import EXAMPLES
from seed.format import PlanFile, read, read_with_digest

HERE = Path(__file__).parent
TINY = HERE / "tiny-plan.json"
DOCUMENT = HERE.parent.parent / "docs" / "plan-format.md"

PINNED = "fc6dab126ff6ec7a7b1a712cd0053041732faf9802eef37866a720701912dbeb"

VOCABULARY: tuple[type[Word], ...] = (
    *(AgencyKind, AnomalyClass, EventKind, PeriodKind, Role, Source, TaskFamily, TaskKind, Visibility),
)

Change = Callable[[dict[str, Any]], object]


def written(path: Path, change: Change) -> Path:
    """A copy of the tiny plan with one change made to it."""
    plan = json.loads(TINY.read_text("utf-8"))
    change(plan)
    file = path / "plan.json"
    file.write_text(json.dumps(plan), "utf-8")
    return file


def refusal(file: Path) -> dict[str, str]:
    """What is wrong with the file: pointer → code."""
    with pytest.raises(Invalid) as raised:
        read(file)
    for fault in raised.value.faults:
        assert fault.message.vi.startswith(words(fault.code).vi)
        assert fault.message.en.startswith(words(fault.code).en)
    return {fault.pointer: fault.code for fault in raised.value.faults}


def test_the_tiny_plan_is_in_order_and_stands_in_the_documentation() -> None:
    plan = read(TINY)
    assert [task.code for task in plan.tasks] == ["I.1", "II.1.a", "II.2.a"]
    assert TINY.read_text("utf-8") in DOCUMENT.read_text("utf-8")


def test_every_field_is_documented_in_both_languages() -> None:
    prose = DOCUMENT.read_text("utf-8").partition("\n## Ví dụ")[0]
    vietnamese, english = prose.split("\n# The plan file format")
    for half in (vietnamese, english):
        spelled = set(re.findall(r"[a-z0-9_]+", half))
        assert {word.value for words in VOCABULARY for word in words} <= spelled
        for model in models(PlanFile):
            names = {field.alias or name for name, field in model.model_fields.items()}
            assert names <= spelled, model


def named(valid_from: str | None, valid_to: str | None) -> dict[str, Any]:
    """A period in which SMAU carried the name it has in the tiny plan."""
    return {
        "name_vi": "Sở Mẫu",
        "name_en": "Sample Department",
        "valid_from": valid_from,
        "valid_to": valid_to,
        "source": "not_in_text",
    }


def test_names_follow_one_another_and_members_come_back(tmp_path: Path) -> None:
    def change(plan: dict[str, Any]) -> None:
        older = named(None, "2019-12-31") | {"name_vi": "Ty Mẫu"}
        plan["agencies"][1].update(names=[named("2020-01-01", None), older], valid_from="1992-05-05")
        before = {**plan["agencies"][2]["members"][0], "valid_from": None, "valid_to": "2023-12-31"}
        plan["agencies"][2]["members"].append(before)

    plan = read(written(tmp_path, change))
    assert [one.name_vi for one in plan.agencies[1].names] == ["Sở Mẫu", "Ty Mẫu"]
    assert len(plan.agencies[2].members) == 2


def test_the_version_of_a_file_is_what_it_says_not_what_we_make_of_it(tmp_path: Path) -> None:
    """Pinned: a field added to the format, or anything else of ours, must not change it."""
    assert read_with_digest(TINY)[1] == PINNED
    respelled = tmp_path / "respelled.json"
    turned = dict(reversed(json.loads(TINY.read_text("utf-8")).items()))
    respelled.write_text(unicodedata.normalize("NFD", json.dumps(turned, ensure_ascii=False)), "utf-8")
    assert read_with_digest(respelled)[1] == PINNED
    assert read_with_digest(written(tmp_path, lambda p: p.update(events_open=True)))[1] != PINNED


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The model and all that stand inside it."""
    yield model
    for field in model.model_fields.values():
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from models(inner)


AT: list[tuple[str, str, Change]] = [
    ("/format", "not_allowed_value", lambda p: p.update(format="ttdn-plan/2")),
    ("/plan/slug", "bad_format", lambda p: p["plan"].update(slug="Mẫu 2024")),
    ("/plan/year", "wrong_type", lambda p: p["plan"].update(year="2024")),
    ("/plan/year", "out_of_range", lambda p: p["plan"].update(year=1900)),
    ("/plan/period", "period_out_of_year", lambda p: p["plan"]["period"].update({"to": "2025-01-01"})),
    ("/plan/owner", "unknown_body", lambda p: p["plan"].update(owner="G.SM")),
    ("/plan/superior", "unknown_body", lambda p: p["plan"].update(superior="X.BAOM")),
    ("/plan/secretariat", "unknown_body", lambda p: p["plan"].update(secretariat="KHONGCO")),
    ("/plan/place/source", "null_needs_not_in_text", lambda p: p["plan"]["place"].update(source="implied")),
    ("/plan/issued_on/value", "bad_date", lambda p: p["plan"]["issued_on"].update(value="2024-02-30")),
    ("/plan/effective_on/value", "wrong_type", lambda p: p["plan"]["effective_on"].update(value=None)),
    (
        "/plan/effective_on",
        "after_the_period",
        lambda p: p["plan"]["effective_on"].update(value="2042-01-15"),
    ),
    ("/plan/issued_on", "after_the_period", lambda p: p["plan"]["issued_on"].update(value="2025-01-15")),
    ("/plan/source/file", "bad_format", lambda p: p["plan"]["source"].update(file="dir/x.txt")),
    (
        "/plan/recipients/0/agency",
        "unknown_agency",
        lambda p: p["plan"].update(recipients=[{"printed": "Sở lạ", "agency": "SLA", "line": 38}]),
    ),
    ("/agencies", "missing", lambda p: p.pop("agencies")),
    ("/agencies/SMAU/kind", "not_allowed_value", lambda p: p["agencies"][1].update(kind="company")),
    ("/agencies/SMAU/kind", "missing", lambda p: p["agencies"][1].pop("kind")),
    ("/agencies/SMAU/name_vi", "empty", lambda p: p["agencies"][1].update(name_vi=" \u00a0 ")),
    ("/agencies/SMAU/name_vi", "too_long", lambda p: p["agencies"][1].update(name_vi="ă" * 301)),
    ("/agencies/SMAU/name_vi", "control_character", lambda p: p["agencies"][1].update(name_vi="Sở\0")),
    ("/agencies/SMAU/name_vi", "lone_surrogate", lambda p: p["agencies"][1].update(name_vi="S\ud800")),
    ("/agencies/SMAU/phone", "unknown_field", lambda p: p["agencies"][1].update(phone="1")),
    ("/agencies/SMAU/line", "line_after_end", lambda p: p["agencies"][1].update(line=41)),
    ("/agencies/SMAU/members", "not_a_group", lambda p: p["agencies"][1].update(members_open=True)),
    (
        "/agencies/G.SM/members/0/agency",
        "unknown_body",
        lambda p: p["agencies"][2]["members"][0].update(agency="X.BAOM"),
    ),
    (
        "/agencies/G.SM/members/0/valid_to",
        "dates_reversed",
        lambda p: p["agencies"][2]["members"][0].update(valid_to="2023-12-31"),
    ),
    (
        "/agencies/G.SM/members",
        "repeated",
        lambda p: p["agencies"][2].update(members=p["agencies"][2]["members"] * 2),
    ),
    (
        "/agencies/G.SM/members",
        "repeated",
        lambda p: p["agencies"][2]["members"].append(
            {"agency": "SMAU", "valid_from": "2024-06-01", "valid_to": None, "source": "not_in_text"}
        ),
    ),
    (
        "/agencies/SMAU/valid_to",
        "dates_reversed",
        lambda p: p["agencies"][1].update(valid_from="2024-01-02", valid_to="2024-01-01"),
    ),
    (
        "/agencies/SMAU/names/0/valid_to",
        "dates_reversed",
        lambda p: p["agencies"][1].update(names=[named("2024-01-02", "2024-01-01")]),
    ),
    (
        "/agencies/SMAU/names",
        "names_overlap",
        lambda p: p["agencies"][1].update(names=[named("2020-01-01", None), named(None, "2020-01-01")]),
    ),
    (
        "/agencies/SMAU/names",
        "name_not_listed",
        lambda p: p["agencies"][1].update(names=[named(None, None) | {"name_vi": "Sở Khác"}]),
    ),
    ("/agencies/x y/code", "bad_format", lambda p: p["agencies"].append(p["agencies"][3] | {"code": "x y"})),
    ("/agencies/SMAU/code", "duplicate_code", lambda p: p["agencies"].append(p["agencies"][1])),
    ("/sections/II.1/parent", "unknown_section", lambda p: p["sections"][2].update(parent="III")),
    ("/sections/II/parent", "parent_not_before", lambda p: p["sections"][1].update(parent="II.1")),
    ("/sections/II/parent", "parent_not_before", lambda p: p["sections"][1].update(parent="II")),
    ("/sections/II.2/title_vi", "wrong_type", lambda p: p["sections"][3].update(title_vi=7)),
    ("/tasks/Mục 1/code", "not_a_clause", lambda p: p["tasks"][1].update(code="Mục 1")),
    ("/tasks/1/code", "wrong_type", lambda p: p["tasks"][1].update(code=None)),
    ("/tasks/II.2.a/code", "duplicate_code", lambda p: p["tasks"].append(p["tasks"][2])),
    ("/tasks/II.2.a/kind", "not_allowed_value", lambda p: p["tasks"][2].update(kind="percent")),
    ("/tasks/II.2.a/section", "unknown_section", lambda p: p["tasks"][2].update(section="IX")),
    ("/tasks/II.2.a/weight", "out_of_range", lambda p: p["tasks"][2].update(weight=0)),
    ("/tasks/II.2.a/weight", "wrong_type", lambda p: p["tasks"][2].update(weight=True)),
    ("/tasks/II.2.a/weight", "not_finite", lambda p: p["tasks"][2].update(weight=float("inf"))),
    ("/tasks/II.2.a/line", "line_not_first", lambda p: p["tasks"][2].update(line=20)),
    ("/tasks/II.2.a/lines", "bad_format", lambda p: p["tasks"][2].update(lines="dòng 18")),
    ("/tasks/II.2.a/due_on", "deadline_out_of_reach", lambda p: p["tasks"][2].update(due_on="2023-12-31")),
    ("/tasks/II.2.a/due_on", "deadline_out_of_reach", lambda p: p["tasks"][2].update(due_on="2204-11-30")),
    ("/tasks/II.2.a/code", "clause_elsewhere", lambda p: p["tasks"][2].update(section="II.1")),
    ("/tasks/II.2.a/due_on", "bad_date", lambda p: p["tasks"][2].update(due_on="30/11/2024")),
    ("/tasks/II.1.a/due_on", "before_last_period", lambda p: p["tasks"][1].update(due_on="2024-12-30")),
    (
        "/tasks/II.2.a/visibility",
        "count_is_content",
        lambda p: p["tasks"][2].update(visibility="status_only"),
    ),
    ("/tasks/II.1.a/target", "target_not_counted", lambda p: p["tasks"][1].update(target=4)),
    ("/tasks/II.1.a/assignments", "no_lead", lambda p: p["tasks"][1]["assignments"].pop(0)),
    (
        "/tasks/II.1.a/assignments",
        "repeated",
        lambda p: p["tasks"][1].update(assignments=p["tasks"][1]["assignments"] * 2),
    ),
    (
        "/tasks/II.2.a/assignments/0/agency",
        "unknown_agency",
        lambda p: p["tasks"][2]["assignments"][0].update(agency="SMAY"),
    ),
    (
        "/tasks/II.2.a/assignments/2/role",
        "partner_not_accountable",
        lambda p: p["tasks"][2]["assignments"][2].update(role="lead"),
    ),
    (
        "/tasks/II.2.a/assignments/2/share",
        "share_without_lead",
        lambda p: p["tasks"][2]["assignments"][2].update(share="1/2"),
    ),
    (
        "/tasks/II.2.a/assignments",
        "shares_not_one",
        lambda p: p["tasks"][2]["assignments"][0].update(share="1/2"),
    ),
    ("/tasks/II.2.a/assignments", "shares_not_one", lambda p: p["tasks"][2]["assignments"][0].pop("share")),
    (
        "/tasks/II.2.a/assignments/0/share",
        "bad_format",
        lambda p: p["tasks"][2]["assignments"][0].update(share="1/0"),
    ),
    (
        "/tasks/II.2.a/implemented_by",
        "duty_is_not_implemented",
        lambda p: p["tasks"][2].update(implemented_by=["II.1.a"]),
    ),
    (
        "/tasks/I.1/assignments",
        "programme_is_not_assigned",
        lambda p: p["tasks"][0].update(assignments=p["tasks"][1]["assignments"]),
    ),
    ("/tasks/I.1/implemented_by/0", "unknown_duty", lambda p: p["tasks"][0].update(implemented_by=["I.1"])),
    (
        "/tasks/I.1/implemented_by",
        "repeated",
        lambda p: p["tasks"][0].update(implemented_by=["II.2.a", "II.2.a"]),
    ),
    (
        "/tasks/I.1/implemented_by_source",
        "links_need_source",
        lambda p: p["tasks"][0].pop("implemented_by_source"),
    ),
    (
        "/tasks/I.1/parts",
        "part_elsewhere",
        lambda p: p["tasks"][0].update(
            parts=[{"code": "I.2.a", "title_vi": "a", "title_en": "a", "line": 6}]
        ),
    ),
    (
        "/tasks/I.1/parts",
        "repeated",
        lambda p: p["tasks"][0].update(
            parts=[{"code": "I.1.a", "title_vi": "a", "title_en": "a", "line": 6}] * 2,
        ),
    ),
    ("/budget/total_vnd", "wrong_type", lambda p: p["budget"].update(total_vnd="100.000.000")),
    ("/budget/total_vnd", "out_of_range", lambda p: p["budget"].update(total_vnd=2**63)),
    ("/budget/lines", "over_total", lambda p: p["budget"].update(total_vnd=39_999_999)),
    ("/budget/printed", "digits_differ", lambda p: p["budget"].update(printed="100.000.001")),
    ("/budget/words_printed", "words_differ", lambda p: p["budget"].update(words_printed="một tỷ đồng")),
    ("/budget/words_printed", "no_amount", lambda p: p["budget"].update(words_printed="trăm triệu")),
    (
        "/budget/lines/B1/code",
        "duplicate_code",
        lambda p: p["budget"]["lines"].append(p["budget"]["lines"][0] | {"allocated_vnd": 0}),
    ),
    ("/budget/lines/B1/agency", "unknown_body", lambda p: p["budget"]["lines"][0].update(agency="X.BAOM")),
    (
        "/events/E01/task",
        "unknown_task",
        lambda p: p.update(events=[event(task="II.9")]),
    ),
    ("/events/E01/counterpart", "unknown_country", lambda p: p.update(events=[event(counterpart="XX")])),
    ("/events/E01/verified_by", "verified_by_what", lambda p: p.update(events=[event(verified_by=None)])),
    ("/anomalies", "numbers_not_in_turn", lambda p: p.update(anomalies=[anomaly(2)])),
    (
        "/anomalies/1/class",
        "not_allowed_value",
        lambda p: p.update(anomalies=[anomaly(1) | {"class": "odd"}]),
    ),
    ("/a~1b~0", "unknown_field", lambda p: p.update({"a/b~": 1})),
    ("/plan", "wrong_type", lambda p: p.update(plan=[])),
]


def event(**other: object) -> dict[str, object]:
    plain = {"code": "E01", "kind": "agreement", "name_vi": "Ký", "name_en": "Signed", "counterpart": None}
    dates = {"date_printed": "1973-01-27", "date_verified": "1973-01-27", "verified_by": "Báo", "line": 9}
    return plain | dates | {"task": None} | other


def anomaly(number: int) -> dict[str, object]:
    texts = {"printed": "x", "reading_vi": "y", "reading_en": "y", "lines": "3, 5", "line": 3}
    return {"number": number, "class": "ocr"} | texts


@pytest.mark.parametrize(
    ("pointer", "code", "change"), AT, ids=[f"{number} {code}" for number, (_, code, _) in enumerate(AT)]
)
def test_one_fault_is_named_with_its_place(pointer: str, code: str, change: Change, tmp_path: Path) -> None:
    found = refusal(written(tmp_path, change))
    assert found[pointer] == code
    if code not in {"missing", "not_a_clause", "wrong_type"}:  # these leave other items without their partner
        assert found == {pointer: code}


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    def change(plan: dict[str, Any]) -> None:
        plan["tasks"][2].pop("kind")
        plan["tasks"][1]["assignments"][0]["agency"] = "SLA"
        plan["sections"].append(plan["sections"][3])
        plan["extra"] = {}

    assert refusal(written(tmp_path, change)) == {
        "/sections/II.2/code": "duplicate_code",
        "/tasks/II.1.a/assignments/0/agency": "unknown_agency",
        "/tasks/II.2.a/kind": "missing",
        "/extra": "unknown_field",
    }


def test_messages_say_what_would_be_right_and_never_what_was_there(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as raised:
        read(written(tmp_path, lambda p: p["tasks"][2].update(kind="bí mật", weight="bí mật")))
    kind, weight = raised.value.faults
    assert kind.message.vi == (
        "Giá trị phải là một trong: 'deliverable', 'counted', 'continuous' hoặc 'triggered'"
    )
    assert (
        kind.message.en == "The value must be one of: 'deliverable', 'counted', 'continuous' or 'triggered'"
    )
    assert weight.message == (
        "Sai kiểu dữ liệu, phải là: số nguyên",
        "The type is wrong, it must be: an integer",
    )
    assert raised.value.detail == (
        "Tệp kế hoạch plan.json có 2 lỗi",
        "The plan file plan.json has 2 fault(s)",
    )


def test_what_is_wrong_with_a_sum_is_told_as_a_sum(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as raised:
        read(written(tmp_path, lambda p: p["budget"].update(total_vnd=39_000_000, printed=None)))
    assert raised.value.faults[0].message == (
        "Tổng các dòng vượt tổng kinh phí: thừa 1.000.000 đồng",
        "The lines add up to more than the total: 1,000,000 VND over",
    )
    with pytest.raises(Invalid) as raised:
        read(written(tmp_path, lambda p: p["budget"].update(words_printed="một tỷ đồng")))
    assert raised.value.faults[0].message.vi.endswith("chữ đọc được là 1.000.000.000 đồng")


def test_no_pattern_is_shown_to_whoever_writes_a_plan(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as raised:
        read(written(tmp_path, lambda p: p["plan"].update(slug="Mẫu 2024", source={"file": "a/b"})))
    told = {fault.pointer: fault.message.vi for fault in raised.value.faults}
    assert told["/plan/slug"] == "Không đúng mẫu quy định: ví dụ ttdn-2024"
    assert told["/plan/source/file"].endswith("ví dụ ke-hoach-2024.txt")
    for pattern, examples in EXAMPLES.items():
        assert all(re.match(pattern, one) for one in re.split("; " if ";" in examples else ", ", examples))


def test_nfd_text_is_read_as_nfc(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(unicodedata.normalize("NFD", TINY.read_text("utf-8")), "utf-8")
    assert read(file) == read(TINY)
    assert read(file).agencies[1].name_vi == unicodedata.normalize("NFC", "Sở Mẫu")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(b"\xef\xbb\xbf" + TINY.read_bytes())
    assert isinstance(read(file), PlanFile)


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b'{\n  "format": "ttdn-plan/1"\n  "plan": 1}', "syntax", ("dòng 3, cột 3", "line 3, column 3")),
        (b"", "syntax", ("dòng 1, cột 1: tệp trống", "line 1, column 1: the file is empty")),
        (b'{"format": 1', "syntax", ("kết thúc giữa chừng", "ends before its end")),
        (b'{"a": "b\tc"}', "syntax", ("dòng 1, cột 9: chuỗi có ký tự tab", "column 9: Invalid control")),
        (b'{"a": 1,}', "syntax", ("sau mục cuối không có dấu phẩy", "column 9")),
        ("{“a”: 1}".encode(), "syntax", ("dấu nháy kép thẳng", "column 2")),
        (
            b'{"format":\n "\xff"}',
            "not_utf8",
            ("Notepad: Lưu thành…, chọn mã hóa ấy): dòng 2, byte 13", "byte 13"),
        ),
        (b"[" * 100_000, "too_deep", ("", "")),
        (b'{"format": ' + b"9" * 5000 + b"}", "too_deep", ("", "")),
    ],
)
def test_what_cannot_be_read_says_where(
    content: bytes, code: str, place: tuple[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(content)
    with pytest.raises(Invalid) as raised:
        read(file)
    (fault,) = raised.value.faults
    assert (fault.pointer, fault.code) == ("", code)
    assert place[0] in fault.message.vi
    assert place[1] in fault.message.en


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.json") == {"": "unreadable_file"}


@pytest.mark.parametrize("content", [b"[]", b"null", b"7", b'"plan"'])
def test_json_that_is_no_plan(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(content)
    assert refusal(file) == {"": "wrong_type"}


def test_json_nested_deeper_than_a_plan(tmp_path: Path) -> None:
    file = written(tmp_path, lambda p: p.update(extra=json.loads("[" * 100 + "]" * 100)))
    assert "too_deep" in refusal(file).values()


def test_a_key_written_twice_is_named(tmp_path: Path) -> None:
    text = TINY.read_text("utf-8").replace('"weight": 2,', '"weight": 2, "weight": 3,')
    file = tmp_path / "plan.json"
    file.write_text(text, "utf-8")
    assert refusal(file) == {"/tasks/II.2.a/weight": "duplicate_key"}


def test_a_key_that_is_no_text_is_refused(tmp_path: Path) -> None:
    assert (
        refusal(written(tmp_path, lambda p: p["budget"].update({"\ud800": 1})))["/budget"] == "lone_surrogate"
    )
