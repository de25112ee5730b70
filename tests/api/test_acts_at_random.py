"""Random acts and records by random callers against a small model of our own: the same answers, the same
states, and nothing stored that the records do not say."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deciding import Figure, Prepared, act, assignment, decided, nodes, secret_of
from tests.patience import TIMES, untraced
from tests.service import PLAN, Service
from tests.walks import items
from tests.writing import differences, news, with_key

if TYPE_CHECKING:
    from tests.conftest import Seeded

pytestmark = untraced

CALLERS = ("TTBCD", "BPGV", "TTTU", "SVHTTDL", "BAOTV", "STTTT", "CAT", "BTG.TPTV", "VPUBND", "SCT")
PARTS = {
    # task: its body, what it owes
    "IV.7.a": ("SVHTTDL", ("M1",)),
    "IV.9.1": ("BAOTV", ("2023-Q1", "2023-Q2")),
    "IV.4.b": ("STTTT", ("P1", "P2")),
    "IV.1.1": ("TTBCD", ("2023-Q1",)),
    "IV.10.1": ("CAT", ("2023-Q1", "2023-Q2")),
    "IV.15.c": ("BTG.TPTV", ("2023-Q1", "2023-Q2")),
    "IV.3.a": ("VPUBND", ("O1", "O2")),
}
LADDER = ("none", "reported", "evidenced", "confirmed")
STATUS_ONLY = ("IV.10.1", "IV.15.c")
INSIDERS = ("TTBCD", "BPGV", "TTTU")
DAYS = {"2023-Q1": "2023-02-03", "2023-Q2": "2023-05-12"}
WORDS = {
    "claims": "fulfilled",
    "withdrawals": "not_fulfilled",
    "confirmations": "confirmed",
    "returns": "returned",
}


@dataclass
class Known:
    """What the model has of an output."""

    claimed: bool = False
    confirmed: bool = False
    self_confirmed: bool = False
    returned: bool = False
    by_record: bool = False
    evidence: int = 0

    def level(self, *, by_word: bool) -> str:
        if self.returned:
            return "none"
        if self.evidence or (by_word and self.claimed):
            return "confirmed" if self.confirmed else "evidenced"
        return "reported" if self.claimed else "none"

    @property
    def owed(self) -> bool:
        return not self.by_record or self.claimed or self.evidence > 0


def _claim(known: Known, _level: str, _itself: bool) -> bool:
    known.claimed, known.returned = True, False
    return True


def _withdraw(known: Known, _level: str, _itself: bool) -> bool:
    known.claimed = known.claimed and known.confirmed
    return not known.confirmed


def _confirm(known: Known, level: str, itself: bool) -> bool:
    if level in ("evidenced", "confirmed"):
        known.self_confirmed = itself and not known.confirmed
        known.confirmed = known.confirmed or not itself
    return level in ("evidenced", "confirmed")


def _return(known: Known, level: str, _itself: bool) -> bool:
    """What its body said itself stays owed."""
    if level != "none" or known.returned:
        known.by_record = known.by_record and not known.claimed
        known.claimed = known.confirmed = known.self_confirmed = False
        known.returned = True
    return known.returned


DOES = {"claims": _claim, "withdrawals": _withdraw, "confirmations": _confirm, "returns": _return}


@dataclass
class Model:
    """Outputs by task and code, and the standing records: who, of what, where, how many."""

    outputs: dict[tuple[str, str], Known] = field(default_factory=dict)
    records: list[tuple[str, str | None, int]] = field(default_factory=list)

    def level(self, task: str, code: str) -> str:
        return self.outputs[task, code].level(by_word=task in STATUS_ONLY)

    def count(self) -> None:
        """Evidence anew from the records; pieces are filled in order."""
        for (task, code), known in self.outputs.items():
            if task == "IV.4.b":
                known.evidence = int(sum(n for of, _, n in self.records if of == task) >= int(code[1:]))
            else:
                known.evidence = sum((task, code) == (of, where) for of, where, _ in self.records)
            known.self_confirmed &= self.level(task, code) == "evidenced"

    def act(self, caller: str, what: str, task: str, code: str) -> int:
        """The status that the answer must have; what it does is done."""
        body = PARTS[task][0]
        if task in STATUS_ONLY and caller not in (*INSIDERS, body):
            return 404
        judges = caller == ("TTTU" if body == "TTBCD" else "TTBCD")
        self_judging = caller == body == "TTBCD" and what == "confirmations"
        speaks = caller in (body, "BPGV")
        if not (self_judging or (judges if what in ("confirmations", "returns") else speaks)):
            return 403
        if (task, code) not in self.outputs:  # a period that has not come up yet
            if task != "IV.15.c" or what != "claims":
                return 422
            self.outputs[task, code] = Known(by_record=True)
        known = self.outputs[task, code]
        before = replace(known)
        if not DOES[what](known, self.level(task, code), self_judging):
            return 409
        self.count()
        return 200 if known == before else 201

    def record(self, caller: str, task: str, code: str | None, quantity: int) -> int:
        """The same of a record; one that names no output opens the next occurrence, where there are some."""
        body = PARTS[task][0]
        if task in STATUS_ONLY and caller not in (*INSIDERS, body):
            return 422
        if task in STATUS_ONLY or caller not in (body, "BPGV"):
            return 403
        if task == "IV.3.a" and code is None:
            code = f"O{1 + sum(of == task for of, _ in self.outputs)}"
            self.outputs[task, code] = Known(by_record=True)
        elif code is not None and (task, code) not in self.outputs:
            return 422
        self.records.append((task, code, quantity))
        self.count()
        return 201

    def withdraw(self, place: int) -> int:
        """The same of a withdrawal."""
        kept = self.records[place]
        self.records.pop(place)
        self.count()
        if any(
            known.confirmed and not known.evidence
            for (task, _), known in self.outputs.items()
            if task == kept[0]
        ):
            self.records.insert(place, kept)
            self.count()
            return 409
        return 201


steps = st.one_of(
    st.tuples(
        st.sampled_from(CALLERS),
        st.sampled_from(list(WORDS)),
        st.sampled_from([(task, code) for task, (_, codes) in PARTS.items() for code in codes]),
    ),
    st.sampled_from([(task, code) for task, (_, codes) in PARTS.items() for code in codes]).flatmap(
        lambda of: st.tuples(
            st.sampled_from([PARTS[of[0]][0], "TTTU" if of[0] == "IV.1.1" else "TTBCD"]),
            st.sampled_from(list(WORDS)),
            st.just(of),
        )
    ),
    st.tuples(
        st.sampled_from(CALLERS) | st.just("BPGV"),
        st.just("record"),
        st.sampled_from(
            [*((task, code) for task, (_, codes) in PARTS.items() for code in codes), ("IV.3.a", "")]
        ),
        st.integers(1, 3),
    ),
    st.sampled_from(
        [*((task, code) for task, (_, codes) in PARTS.items() for code in codes), ("IV.3.a", "")]
    ).flatmap(
        lambda of: st.tuples(st.just(PARTS[of[0]][0]), st.just("record"), st.just(of), st.integers(1, 2))
    ),
    st.tuples(st.just("withdraw"), st.integers(0, 30)),
)


class Run:
    """One random history, in the service and in the model."""

    def __init__(self, service: Service, parts: dict[str, str], outputs: dict[tuple[str, str], str]) -> None:
        self.service, self.parts, self.outputs = service, parts, dict(outputs)
        self.model = Model({name: Known() for name in outputs})
        self.clients = {code: with_key(service, service.secrets[code]) for code in CALLERS}
        self.ids: list[str] = []

    def look(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The outputs as they are."""
        return look(self.clients["TTBCD"], self.parts)

    def step(self, step: tuple[Any, ...]) -> None:
        """One step in both; they must answer alike."""
        if step[0] == "withdraw":
            self._withdraws(step[1])
        elif step[1] == "record":
            self._records(step[0], step[2][0], step[2][1], step[3])
        else:
            self._acts(step[0], step[1], step[2][0], step[2][1])

    def _withdraws(self, number: int) -> None:
        if self.model.records:
            place = number % len(self.model.records)
            body = PARTS[self.model.records[place][0]][0]
            url = f"{PLAN}/activities/{self.ids[place]}/withdrawals"
            answer = self.clients[body].post(url, json={"reason": "Nhầm"})
            assert answer.status_code == self.model.withdraw(place), answer.text
            if answer.status_code == 201:
                self.ids.pop(place)

    def _records(self, caller: str, task: str, code: str, quantity: int) -> None:
        body = self._record(caller, task, code, quantity)
        answer = self.clients[caller].post(f"{PLAN}/activities", json=body)
        named = None if task == "IV.4.b" else (code or None)
        assert answer.status_code == self.model.record(caller, task, named, quantity), answer.text
        if answer.status_code == 201:
            told = answer.json()["activity"]
            self.ids.append(told["id"])
            if told["output"] and (task, told["output"]) not in self.outputs:
                self.outputs[task, told["output"]] = self.look()[task, told["output"]]["id"]

    def _acts(self, caller: str, what: str, task: str, code: str) -> None:
        if task in STATUS_ONLY:
            url = f"{PLAN}/assignments/{self.parts[task]}/status-entries"
            answer = self.clients[caller].post(url, json={"period": code, "entry": WORDS[what]})
        elif (task, code) in self.outputs:
            said = {"withdrawals": {"reason": "Rút"}, "returns": {"missing": "Thiếu"}}.get(what, {})
            answer = act(self.clients[caller], self.outputs[task, code], what, **said)
        else:
            return
        assert answer.status_code == self.model.act(caller, what, task, code), answer.text
        if answer.status_code in (200, 201):
            self.outputs[task, code] = answer.json()["output"]["id"]
            self.same((task, code), answer.json()["output"])

    @staticmethod
    def _record(caller: str, task: str, code: str, quantity: int) -> dict[str, Any]:
        named: dict[str, Any] = {"quantity": quantity, "occurred_on": DAYS.get(code, "2023-05-12")}
        if caller == "BPGV":
            named["agency"] = PARTS[task][0]
        if task in ("IV.7.a", "IV.3.a"):
            named |= {"output": code} if code else {"opens_occurrence": True}
        return news(task, **named)

    def same(self, name: tuple[str, str], shown: dict[str, Any]) -> None:
        """An output as it is told, and as the model has it."""
        one = self.model.outputs[name]
        assert shown["level"] == self.model.level(*name), name
        assert (shown["owed"], shown["evidence"], shown["claimed_explicitly"]) == (
            *(one.owed, one.evidence, one.claimed),
        ), name
        assert (shown["confirmed"], shown["self_confirmed"], shown["returned"] is not None) == (
            *(one.confirmed, one.self_confirmed, one.returned),
        ), name

    def compare(self) -> None:
        """Where everything stands, and the figures of each part."""
        shown = self.look()
        assert set(shown) == set(self.model.outputs)
        for name, one in shown.items():
            self.same(name, one)
        figures = nodes(self.clients["TTBCD"], "assignment")
        for task in PARTS:
            assert figures[f"assignment {self.parts[task]}"] == self.figure(task), task
        reported, evidenced, confirmed = (value or 0 for value in figures["total"])
        assert 0 <= confirmed <= evidenced <= reported <= 1

    def figure(self, task: str) -> Figure:
        """The levels of a body's part, from the model."""
        owed = [
            LADDER.index(self.model.level(of, code))
            for (of, code), one in self.model.outputs.items()
            if of == task and one.owed
        ]
        return tuple(
            Fraction(sum(one >= place for one in owed), len(owed)) if owed else None for place in (1, 2, 3)
        )


def look(client: httpx.Client, parts: dict[str, str]) -> dict[tuple[str, str], dict[str, Any]]:
    """What the bodies we look at owe."""
    shown = items(client, f"{PLAN}/outputs", task=",".join(PARTS), limit="200")
    return {(one["task"], one["code"]): one for one in shown if one["assignment"] == parts[one["task"]]}


@pytest.fixture(scope="module")
def prepared(seeded: "Seeded") -> Iterator[Prepared]:
    """The real plan; two pieces owed of IV.4.b, and a key for the superior."""

    def prepare(service: Service) -> dict[str, str]:
        decided(service["TTBCD"], {"change": "target", "task": "IV.4.b", "target": 2})
        return {"TTTU": secret_of(service, "TTTU")}

    made = Prepared(seeded, prepare)
    yield made
    made.drop()


@pytest.fixture(scope="module")
def known(prepared: Prepared) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """The ids of the parts and of what they owe: the same in every copy."""
    with prepared.copy() as service:
        owner = service["TTBCD"]
        parts = {task: assignment(owner, task, body)["id"] for task, (body, _) in PARTS.items()}
        shown = look(owner, parts)
        assert {task for task, _ in shown} == set(PARTS) - {"IV.15.c", "IV.3.a"}
        return parts, {name: one["id"] for name, one in shown.items()}


@given(st.lists(steps, min_size=4, max_size=14))
@settings(max_examples=20 * TIMES, deadline=None)
@pytest.mark.timeout(1800)
def test_any_sequence_of_acts_and_records_is_answered_as_the_model_says(
    prepared: Prepared,
    known: tuple[dict[str, str], dict[tuple[str, str], str]],
    history: list[tuple[Any, ...]],
) -> None:
    with prepared.copy() as service:
        run = Run(service, *known)
        for step in history:
            run.step(step)
        run.compare()
        assert differences(service) == []
