"""Looking back without a copy: what has changed since a day, and all that became of one task."""

import pytest

from tests.deciding import act, decided, on, output
from tests.service import PLAN, Service, push
from tests.sheets import rows_of
from tests.walks import feed, items, settle

TASK = "IV.7.a"


def test_what_has_changed_since_a_day_is_told_without_an_id(service: Service) -> None:
    """A day is its end in Vietnam, as where a figure's change is split: the two pages tell the same days."""
    owner, office = service["TTBCD"], service["SVHTTDL"]
    on(service, "2023-06-27")
    push(office)
    on(service, "2023-06-28")
    decided(owner, {"change": "weight", "task": TASK, "weight": 2})
    settle(service)
    made = {"subject": "activity,output,amendment"}
    whole = [change for change in feed(owner, limit=200, **made) if change["action"] != "plan.draw_up"]
    assert {change["at"][:10] for change in whole} == {"2023-06-27", "2023-06-28"}
    loaded = [change for change in feed(owner, limit=200, **made) if change not in whole]
    for day in ("2023-06-26", "2023-06-27", "2023-06-28"):
        told = [one for one in loaded + whole if one["at"][:10] > day]
        assert feed(owner, limit=200, **made, **{"from": day}) == told
        assert feed(owner, whole[0]["id"], limit=2, **made, **{"from": day}) == [
            one for one in whole[1:] if one in told
        ]
    instant = {"from": whole[0]["at"]}
    assert feed(owner, whole[0]["id"], **made, **instant) == [
        one for one in whole if one["at"] > whole[0]["at"]
    ]


@pytest.mark.parametrize("said", ["2023-02-30", "yesterday", ""])
def test_what_is_no_day_is_refused(service: Service, said: str) -> None:
    answer = service["TTBCD"].get("/v1/changes", params={"from": said})
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("query:from", "not_a_moment")
    ]


def test_one_question_has_the_whole_story_of_a_task(service: Service) -> None:
    owner, office = service["TTBCD"], service["SVHTTDL"]
    record = push(office).json()["activity"]["id"]
    push(office, task="IV.7.b", kind="video", title="Phim")
    assert act(owner, output(owner, TASK), "returns", missing="Thiếu ảnh").status_code == 201
    withdrawn = office.post(f"{PLAN}/activities/{record}/withdrawals", json={"reason": "Ghi nhầm"})
    assert withdrawn.status_code == 201
    decided(owner, {"change": "deadline", "task": TASK, "due_on": "2023-11-30"})
    settle(service)
    story = feed(owner, limit=3, task=TASK)
    assert {"task", "assignment", "output", "activity", "withdrawal", "act"} <= {
        change["subject"] for change in story
    }
    assert story == [change for change in feed(owner, limit=200) if change["task"] == TASK]
    assert feed(owner, limit=200, task=f"{TASK},IV.7.b") != story


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_change_is_told_with_the_names_that_people_know(service: Service, form: str) -> None:
    """A page or a sheet of what has changed needs no second list to say whose work it was, and on what."""
    owner, office = service["TTBCD"], service["SVHTTDL"]
    push(office)
    settle(service)
    asked = {"subject": "activity"}
    [change] = feed(owner, **asked)
    names = ["Tập huấn quy định pháp luật về tổ chức sự kiện, lễ hội", "Sở Văn hóa, Thể thao và Du lịch"]
    assert [change["task_title_vi"], change["actor_name_vi"]] == names
    headings, row = rows_of(owner.get("/v1/changes", params={**asked, "format": form}))
    assert [row[headings.index(one)] for one in ("Nhiệm vụ", "Cơ quan thực hiện")] == names
    [drawn] = feed(owner, subject="plan", limit=1)[:1]
    assert drawn["task_title_vi"] is None


def test_the_story_of_a_hidden_task_is_told_to_nobody_else(service: Service) -> None:
    owner, other = service["TTBCD"], service["SCT"]
    decided(owner, {"change": "visibility", "task": TASK, "visibility": "internal"})
    settle(service)
    assert feed(owner, limit=200, task=TASK)
    assert feed(other, limit=200, task=TASK) == []
    assert items(other, f"{PLAN}/tasks", q=TASK) == []
