"""What the README shows is what the service answers, line by line."""

import os
import shutil

import pytest

from tests.house import tour


def test_every_answer_in_the_readme_is_real() -> None:
    if missing := [program for program in ("bash", "curl", "jq") if shutil.which(program) is None]:
        assert os.environ.get("TTDN_TEST_REQUIRE_TOUR") != "1", f"{missing} are required here"
        pytest.skip(f"the README's tour needs {missing}")
    wrong = [
        (step.command, step.printed, answer)
        for step, answer in tour.walk(tour.README.read_text(encoding="utf-8"))
        if tour.unlike(step.printed, answer)
    ]
    assert not wrong, "run: make tour"


def test_a_line_is_found_with_what_is_printed_under_it_and_nothing_else() -> None:
    text = 'Look:\n```console\n$ one | jq\n[1]\n[2]\n$ SET=2\n$ two\n"x"\n```\nand `$ three`\n'
    found = list(tour.steps(text))
    assert [(step.command, step.printed) for step in found] == [
        ("one | jq", "[1]\n[2]\n"),
        ("SET=2", ""),
        ("two", '"x"\n'),
    ]
    assert all(text[step.start : step.end] == step.printed for step in found)


@pytest.mark.parametrize(
    ("printed", "answered", "expected"),
    [
        ('["01M83Q67HYEB16RF80J1ZHPPTZ","a"]', '["01M888100KXPKTCCSS0H6N0SV1","a"]', False),
        ('etag: "1-9e01bb55a41551c049ae2932"', 'etag: "1-000000000000000000000000"', False),
        ('{"percent":4}', '{"percent":5}', True),
        ("", "curl: (7)", True),
    ],
)
def test_only_what_is_another_each_time_may_differ(printed: str, answered: str, expected: bool) -> None:
    assert tour.unlike(printed, answered) is expected
