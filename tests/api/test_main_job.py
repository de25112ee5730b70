"""The main job: an office pushes a record, the number moves; another office is refused with the reason."""

from fractions import Fraction
from typing import Any

from tests.service import PLAN, Service, push, undated


def total(service: Service, **filters: str) -> dict[str, Any]:
    """The plan's figure as its owner sees it."""
    answer = service["TTBCD"].get(f"{PLAN}/progress", params=filters)
    assert answer.status_code == 200
    figure: dict[str, Any] = answer.json()["total"]
    return figure


def ratio(figure: dict[str, Any], level: str = "evidenced") -> Fraction:
    return Fraction(figure[level]["numerator"], figure[level]["denominator"])


def test_a_record_moves_the_number_by_hand_arithmetic_and_its_withdrawal_moves_it_back(
    service: Service,
) -> None:
    before = service["TTBCD"].get(f"{PLAN}/progress", params={"by": "section"}).json()
    pushed = push(service["SVHTTDL"])
    assert pushed.status_code == 201
    # 22 of 30 duties owe something; of IV.14.1, IV.15.a and IV.15.b only the halves whose members are known.
    assert ratio(total(service)) == Fraction(1) / (22 - Fraction(3, 2))
    assert ratio(total(service, section="IV.7")) == Fraction(1, 3)
    assert ratio(total(service, agency="SVHTTDL")) == Fraction(1, 3)
    assert ratio(total(service, task="IV.7.a")) == 1
    withdrawn = service["SVHTTDL"].post(
        f"{PLAN}/activities/{pushed.json()['activity']['id']}/withdrawals", json={"reason": "Ghi nhầm"}
    )
    assert withdrawn.status_code == 201
    after = service["TTBCD"].get(f"{PLAN}/progress", params={"by": "section"}).json()
    assert undated(after) == undated(before)


def test_another_agency_is_refused_with_the_clause_and_who_can(service: Service) -> None:
    refused = push(service["SCT"])
    assert refused.status_code == 403
    problem = refused.json()
    assert problem["code"] == "not_permitted"
    assert problem["clause"] == "IV.7.a"
    assert problem["who_can"] == ["SVHTTDL"]
    assert problem["you_are"] == ["reader"]
    assert problem["instead"]["task"] == ["IV.6.a"]
