"""The facts of the 2023 plan, counted from its file: what the issue and the plan's reading promise."""

import re
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from app.rules.clauses import order_key
from app.rules.vocabulary import AgencyKind, Role, Source, TaskFamily, TaskKind, Visibility
from seed.format import PlanFile, read
from seed.work import Task

FILE = Path(__file__).parents[2] / "seed" / "ttdn-2023.json"


@pytest.fixture(scope="module")
def plan_file() -> PlanFile:
    return read(FILE)


@pytest.fixture(scope="module")
def tasks(plan_file: PlanFile) -> dict[str, Task]:
    return {task.code: task for task in plan_file.tasks}


def duties(plan_file: PlanFile) -> list[Task]:
    return [task for task in plan_file.tasks if task.family is TaskFamily.DUTY]


def leads(task: Task) -> list[str]:
    return [one.agency for one in task.assignments if one.role is Role.LEAD]


def holders(plan_file: PlanFile, role: Role) -> dict[str, str]:
    return {task.code: one.agency for task in plan_file.tasks for one in task.assignments if one.role is role}


def test_the_document(plan_file: PlanFile) -> None:
    plan = plan_file.plan
    assert (plan.number, plan.number_printed) == ("07-KH/BCĐ-TTĐN", "07 -KH/BCĐ-TTĐN")
    assert (plan.owner, plan.secretariat, plan.superior) == ("TTBCD", "BPGV", "TTTU")
    assert (plan.period.first, plan.period.last) == (date(2023, 1, 1), date(2023, 12, 31))
    assert (plan.effective_on.value, plan.effective_on.source) == (date(2023, 1, 1), Source.IMPLIED)
    for lost in (plan.place, plan.issued_on):
        assert (lost.value, lost.source) == (None, Source.NOT_IN_TEXT)
    numbered = {basis.number: basis.date for basis in plan.legal_bases if basis.number}
    assert numbered == {"86-HD/BTGTW": date(2022, 12, 23), "36-NQ/TW": date(2018, 10, 22)}
    assert [one.line for one in plan.recipients] == list(range(181, 188))
    assert plan.source is not None
    assert plan.source.lines == 195


def test_the_tree(plan_file: PlanFile) -> None:
    duty_sections = [f"IV.{number}" for number in range(1, 16)]
    assert [section.code for section in plan_file.sections] == [
        *("I", "I.1", "I.2", "II", "II.1", "II.2", "III", "IV"),
        *duty_sections,
    ]
    lines = [section.line or 0 for section in plan_file.sections]
    assert lines == sorted(lines)


def test_objectives(plan_file: PlanFile) -> None:
    codes = [f"I.1.{number}" for number in range(1, 7)] + [f"I.2.{number}" for number in range(1, 6)]
    assert [objective.code for objective in plan_file.objectives] == codes


def test_the_45_codes_in_the_order_of_the_document(plan_file: PlanFile) -> None:
    codes = [task.code for task in plan_file.tasks]
    assert codes == [
        *("II.1.1", "II.1.2", "II.1.3", "II.1.4", "II.1.5", "II.1.6", "II.1.7"),
        *("II.2.1", "II.2.2", "II.2.3", "II.2.4", "II.2.5", "II.2.6", "II.2.7", "II.2.8"),
        *(
            "IV.1.1",
            "IV.1.2a",
            "IV.1.2b",
            "IV.1.3",
            "IV.2.a",
            "IV.3.a",
            "IV.4.a",
            "IV.4.b",
            "IV.5.a",
            "IV.5.b",
        ),
        *(
            "IV.6.a",
            "IV.7.a",
            "IV.7.b",
            "IV.7.c",
            "IV.8.a",
            "IV.9.1",
            "IV.9.2",
            "IV.9.3",
            "IV.10.1",
            "IV.10.2",
        ),
        *("IV.11.1", "IV.11.2", "IV.12.1", "IV.13.a", "IV.13.b", "IV.14.1", "IV.14.2"),
        *("IV.15.a", "IV.15.b", "IV.15.c"),
    ]
    assert codes == sorted(codes, key=order_key)
    assert len(duties(plan_file)) == 30
    for task in plan_file.tasks:
        assert task.code.startswith(f"{task.section}.")


def test_notes_and_readings_say_nothing_of_guarded_duties(plan_file: PlanFile) -> None:
    """Agencies and anomalies are for every reader; what internal and status-only duties are about is not."""
    guarded = [task for task in plan_file.tasks if task.visibility is not Visibility.NORMAL]
    assert guarded
    told = [
        note.lower()
        for agency in plan_file.agencies
        for note in (agency.note_vi, agency.note_en, agency.succession_vi, agency.succession_en)
        if note
    ]
    for one in plan_file.anomalies:
        told += [one.reading_vi.lower(), one.reading_en.lower()]
    revealing = (
        *("trạng thái", "status", "nội bộ", "internal", "theo dõi", "monitor", "bảo mật", "confidential"),
        *("quyết toán", "settlement", "bố trí kinh phí", "allocation of funds"),
    )
    assert [(word, text) for text in told for word in revealing if word in text] == []


def test_kinds(plan_file: PlanFile) -> None:
    assert Counter(task.kind for task in plan_file.tasks) == {
        TaskKind.CONTINUOUS: 25,
        TaskKind.TRIGGERED: 6,
        TaskKind.COUNTED: 6,
        TaskKind.DELIVERABLE: 8,
    }
    assert sum(task.kind is TaskKind.CONTINUOUS for task in duties(plan_file)) == 15


def test_nothing_is_invented(plan_file: PlanFile) -> None:
    for task in plan_file.tasks:
        assert (task.target, task.due_on, task.weight) == (None, None, 1)
        assert all(one.share is None for one in task.assignments)


def test_visibility(plan_file: PlanFile) -> None:
    def seen(visibility: Visibility) -> set[str]:
        return {task.code for task in plan_file.tasks if task.visibility is visibility}

    assert seen(Visibility.STATUS_ONLY) == {"IV.10.1", "IV.10.2", "IV.15.b", "IV.15.c"}
    assert seen(Visibility.INTERNAL) == {"II.1.7", "IV.1.3", "IV.2.a", "IV.8.a", "IV.12.1"}


def test_what_is_status_only_or_names_people_has_not_come_along() -> None:
    text = FILE.read_text("utf-8").lower()
    for word in (
        "dư luận",
        "phóng viên",
        "tâm trạng",
        "đồng chí",
        "tổng bí thư",
        "surveillance",
        "public opinion",
    ):
        assert word not in text


def test_verb_and_role_are_two_things(plan_file: PlanFile) -> None:
    coordinating = {
        task.code
        for task in duties(plan_file)
        for one in task.assignments
        if one.role is Role.LEAD and (one.verb_printed or "").startswith("phối hợp")
    }
    by_heading = {
        task.code
        for task in duties(plan_file)
        for one in task.assignments
        if one.role is Role.LEAD and one.role_read is not None and "heading" in one.role_read.en
    }
    assert coordinating == by_heading
    assert len(coordinating) == 10
    assert all(len(leads(task)) == 1 for task in duties(plan_file) if task.code in coordinating)
    assert all(
        one.verb_printed for task in duties(plan_file) for one in task.assignments if one.role is Role.LEAD
    )


def test_three_duties_are_powers_as_well(plan_file: PlanFile, tasks: dict[str, Task]) -> None:
    assert holders(plan_file, Role.MONITOR) == {"IV.1.3": "TTBCD"}
    assert holders(plan_file, Role.SETTLE) == {"IV.2.a": "VPTU"}
    assert holders(plan_file, Role.FUND) == {"IV.8.a": "STC"}
    for code, agency in {"IV.1.3": "TTBCD", "IV.2.a": "VPTU", "IV.8.a": "STC"}.items():
        assert leads(tasks[code]) == [agency]


def test_who_owes_what(plan_file: PlanFile, tasks: dict[str, Task]) -> None:
    for code in ("IV.9.1", "IV.9.2", "IV.9.3"):
        assert leads(tasks[code]) == ["BAOTV", "DAITV"]
    assert leads(tasks["IV.7.a"]) == ["SVHTTDL"]
    assert leads(tasks["IV.14.1"]) == ["G.SBN", "G.UBH"]
    assert leads(tasks["IV.15.c"]) == ["G.TGH", "G.THDU"]
    # Line 120 tells the press something; it does not make the press work along.
    assert [one.role for one in tasks["IV.4.b"].assignments] == [Role.LEAD]
    kinds = {agency.code: agency.kind for agency in plan_file.agencies}
    for task in duties(plan_file):
        assert all(kinds[code] is not AgencyKind.EXTERNAL_PARTNER for code in leads(task))


def test_links_are_our_reading_and_ten_items_have_a_gap(plan_file: PlanFile, tasks: dict[str, Task]) -> None:
    programme = [task for task in plan_file.tasks if task.family is TaskFamily.PROGRAMME]
    assert len(programme) == 15
    assert all(task.implemented_by_source is Source.OUR_READING for task in programme)
    assert {task.code for task in programme if task.ownership_gap is None} == {
        *("II.1.1", "II.1.2", "II.2.1", "II.2.2", "II.2.8"),
    }
    assert tasks["II.1.4"].implemented_by == ("IV.1.2b", "IV.5.a", "IV.7.b")
    parts = {task.code: [part.mark_printed for part in task.parts] for task in programme if task.parts}
    assert parts == {"II.2.3": ["(i)", "(ii)", "(iii)"], "II.2.6": ["+", "+", "+"]}


def test_agencies(plan_file: PlanFile) -> None:
    printed = [agency for agency in plan_file.agencies if agency.source is Source.PLAN_TEXT]
    added = [agency for agency in plan_file.agencies if agency.source is Source.NOT_IN_TEXT]
    assert (len(printed), len(added)) == (26, 18)
    assert {agency.kind for agency in added} == {AgencyKind.DISTRICT_UNIT}
    assert all(agency.line is not None for agency in printed)
    assert all(agency.line is None and agency.entry is None for agency in added)
    assert len({agency.name_vi for agency in plan_file.agencies}) == 44


def test_members(plan_file: PlanFile) -> None:
    groups = {agency.code: agency for agency in plan_file.agencies if agency.kind is AgencyKind.GROUP}
    units = ("TPTV", "TXDH", "HCL", "HCK", "HTC", "HCT", "HCN", "HTCU", "HDH")
    for group, prefix in {"G.UBH": "UBND", "G.TGH": "BTG"}.items():
        members = groups[group].members
        assert [one.agency for one in members] == [f"{prefix}.{unit}" for unit in units]
        assert {one.source for one in members} == {Source.NOT_IN_TEXT}
        assert not groups[group].members_open
    for group in ("G.SBN", "G.THDU", "G.TVBCD"):
        assert groups[group].members == ()
        assert groups[group].members_open
    names = {agency.code: agency.name_vi for agency in plan_file.agencies}
    assert names["UBND.TXDH"] == "Ủy ban nhân dân thị xã Duyên Hải"
    assert names["UBND.HDH"] == "Ủy ban nhân dân huyện Duyên Hải"
    assert names["BTG.TPTV"] == "Ban Tuyên giáo Thành ủy Trà Vinh"
    assert names["BTG.TXDH"] == "Ban Tuyên giáo Thị ủy Duyên Hải"
    assert names["BTG.HTCU"] == "Ban Tuyên giáo Huyện ủy Trà Cú"


def test_events(plan_file: PlanFile) -> None:
    assert [event.code for event in plan_file.events] == [f"E{number:02}" for number in range(1, 12)]
    assert plan_file.events_open
    years = {event.code: 2023 - event.date_verified.year for event in plan_file.events if event.date_verified}
    assert [code for code, ordinal in years.items() if ordinal != 50] == ["E11"]
    assert years["E11"] == 30
    south_africa = plan_file.events[-1]
    assert (south_africa.counterpart, south_africa.date_printed) == ("ZA", date(1973, 12, 22))
    countries = [event.counterpart for event in plan_file.events]
    assert countries == [None, "AU", "IT", "MY", "NL", "FR", "SG", "CA", "GB", "JP", "ZA"]
    assert all(event.date_printed == event.date_verified for event in plan_file.events[:-1])
    assert all(
        event.verified_by and event.task == "II.2.4" and event.line == 74 for event in plan_file.events
    )


def test_one_total_and_no_lines(plan_file: PlanFile) -> None:
    assert plan_file.budget is not None
    assert (plan_file.budget.total_vnd, plan_file.budget.lines) == (2_278_000_000, ())
    assert int((plan_file.budget.printed or "").replace(".", "")) == plan_file.budget.total_vnd


def test_anomalies(plan_file: PlanFile) -> None:
    assert len(plan_file.anomalies) == 34
    often = {"ocr": 7, "structure": 5, "ownership": 4, "citation": 3, "missing": 3, "style": 3, "wording": 3}
    seldom = {"naming": 2, "fact": 1, "open_list": 1, "order": 1, "budget": 1}
    assert Counter(one.anomaly_class.value for one in plan_file.anomalies) == often | seldom
    assert [one.number for one in plan_file.anomalies if one.line is None] == [34]


def test_text_is_nfc_and_holds_no_address_and_no_path() -> None:
    text = FILE.read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert not re.search(r"https?:|www\.|/[a-z]+/[a-z]+/", text)
