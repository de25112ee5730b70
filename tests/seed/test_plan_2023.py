"""The facts of the 2023 plan that its file alone tells; what answers show is in `tests/api/test_facts.py`."""

import re
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from app.rules.clauses import order_key
from app.rules.vocabulary import AgencyKind, Role, Source, TaskFamily, Visibility
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


def test_the_document(plan_file: PlanFile) -> None:
    plan = plan_file.plan
    assert plan.superior == "TTTU"
    assert (plan.period.first, plan.period.last) == (date(2023, 1, 1), date(2023, 12, 31))
    numbered = {basis.number: basis.date for basis in plan.legal_bases if basis.number}
    assert numbered == {"86-HD/BTGTW": date(2022, 12, 23), "36-NQ/TW": date(2018, 10, 22)}
    assert [one.line for one in plan.recipients] == list(range(181, 188))
    assert plan.source is not None
    assert plan.source.lines == 195
    assert plan_file.budget is not None
    assert plan_file.budget.printed == "2.278.000.000"


def test_the_order_is_that_of_the_document(plan_file: PlanFile) -> None:
    for codes in (
        [section.code for section in plan_file.sections],
        [objective.code for objective in plan_file.objectives],
        [task.code for task in plan_file.tasks],
    ):
        assert codes == sorted(codes, key=order_key)
    lines = [section.line or 0 for section in plan_file.sections]
    assert lines == sorted(lines)


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


def test_nothing_is_invented(plan_file: PlanFile) -> None:
    for task in plan_file.tasks:
        assert task.due_on is None
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


def test_what_line_120_tells_the_press_does_not_make_it_work_along(tasks: dict[str, Task]) -> None:
    assert [one.role for one in tasks["IV.4.b"].assignments] == [Role.LEAD]


def test_links_are_our_reading(plan_file: PlanFile, tasks: dict[str, Task]) -> None:
    programme = [task for task in plan_file.tasks if task.family is TaskFamily.PROGRAMME]
    assert all(task.implemented_by_source is Source.OUR_READING for task in programme)
    assert tasks["II.1.4"].implemented_by == ("IV.1.2b", "IV.5.a", "IV.7.b")
    parts = {task.code: [part.mark_printed for part in task.parts] for task in programme if task.parts}
    assert parts == {"II.2.3": ["(i)", "(ii)", "(iii)"], "II.2.6": ["+", "+", "+"]}


def test_agencies(plan_file: PlanFile) -> None:
    printed = [agency for agency in plan_file.agencies if agency.source is Source.PLAN_TEXT]
    added = [agency for agency in plan_file.agencies if agency.source is Source.NOT_IN_TEXT]
    assert {agency.kind for agency in added} == {AgencyKind.DISTRICT_UNIT}
    assert all(agency.line is not None for agency in printed)
    assert all(agency.line is None and agency.entry is None for agency in added)
    assert len({agency.name_vi for agency in plan_file.agencies}) == len(plan_file.agencies)


def test_each_district_unit_has_the_name_of_its_place(plan_file: PlanFile) -> None:
    names = {agency.code: agency.name_vi for agency in plan_file.agencies}
    assert names["UBND.TXDH"] == "Ủy ban nhân dân thị xã Duyên Hải"
    assert names["UBND.HDH"] == "Ủy ban nhân dân huyện Duyên Hải"
    assert names["BTG.TPTV"] == "Ban Tuyên giáo Thành ủy Trà Vinh"
    assert names["BTG.TXDH"] == "Ban Tuyên giáo Thị ủy Duyên Hải"
    assert names["BTG.HTCU"] == "Ban Tuyên giáo Huyện ủy Trà Cú"


def test_events(plan_file: PlanFile) -> None:
    countries = [event.counterpart for event in plan_file.events]
    assert countries == [None, "AU", "IT", "MY", "NL", "FR", "SG", "CA", "GB", "JP", "ZA"]
    assert all(event.verified_by and event.line == 74 for event in plan_file.events)


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
