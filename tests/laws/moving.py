"""The laws of what may move when something is done (model §3): each does it, and looks before and after."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.laws.book import LEVELS, Book
from tests.laws.histories import History
from tests.walks import items
from tests.year import steps
from tests.year.comparing import DIVISIONS, exact
from tests.year.player import OWNER
from tests.year.steps import lead, named

Move = Callable[[History], bool]
"""Does something and checks the law; False where this history has nothing to do it with."""
Page = Mapping[tuple[str, str], Mapping[str, Any]]
SHOWN = (*LEVELS, "defined", "expected", "state", "rag", "timeliness", "confidence", "contributions")
FIGURES = (*LEVELS, "defined", "expected", "state", "rag")
DISTRICTS = tuple(f"UBND.{code}" for code in ("TXDH", "HCK", "HTC", "HCT", "HCN", "HTCU", "HDH"))


def page(history: History, names: Iterable[str] = SHOWN, *, but: Iterable[str] = ()) -> Page:
    """Every row of every breakdown as its owner reads it, without the instant and revision it carries."""
    book, names = Book(history), tuple(names)
    shown = {
        (by, key): {name: row[name] for name in names}
        for by in DIVISIONS
        if by not in but
        for key, row in book.rows(OWNER, by).items()
    }
    return {**shown, ("plan", "total"): {name: book.total()[name] for name in names}}


def changed(before: Page, after: Page) -> dict[tuple[str, str], Any]:
    """The rows that are others than before, that came or that went."""
    keys = sorted({*before, *after})
    return {key: (before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)}


def _record(history: History) -> tuple[str, str] | None:
    """A record of a lead that is taken, and whose."""
    for _ in range(20):
        drawn = history.record()
        if isinstance(drawn[1], steps.Record) and drawn[1].key is None:
            answer = history.do(*drawn)
            if answer.status_code == 201:
                one = answer.json()["activity"]
                return one["task"]["code"], one["agency"]["code"]
    return None


def a_record_lowers_nothing_and_touches_only_what_lies_above(history: History) -> bool:
    """Reported and evidenced of no node fall; and what is not above the duty, or its body, stays."""
    before = page(history)
    if (whose := _record(history)) is None:
        return False
    task, agency = whose
    after = page(history)
    moved = changed(before, after)
    for (by, key), (old, new) in moved.items():
        for level in ("reported", "evidenced"):
            least = exact(old[level]) if old else None
            assert least is None or (exact(new[level]) or 0) >= least, (by, key, level)
    assert set(moved) <= above(history, task, agency), (whose, set(moved) - above(history, task, agency))
    return True


def above(history: History, task: str, agency: str) -> set[tuple[str, str]]:
    """The rows that look at a body's part of a task: the plan, the sections around it and around the
    programme items it carries out, these items, the task, the body, the part."""
    book = Book(history)
    around = [task, *(code for code, one in book.tasks.items() if _is_carried_out(one, task))]
    sections = {
        section for code in around for section in _upwards(book.sections, book.tasks[code]["section"])
    }
    part = history.player.id_of(task, agency)
    return {
        ("plan", "total"),
        ("agency", agency),
        ("assignment", part),
        *(("task", code) for code in around),
        *(("section", section) for section in sections),
    }


def _is_carried_out(item: Mapping[str, Any], duty: str) -> bool:
    return any(link["task"]["code"] == duty for link in item["implemented_by"] or ())


def _upwards(sections: Mapping[str, str | None], section: str | None) -> Iterable[str]:
    while section is not None:
        yield section
        section = sections[section]


def coordinators_are_neutral(history: History) -> bool:
    """What a coordinator contributes shows as its contribution, and moves nothing else."""
    client = history.player.stage.client(OWNER)
    helping = [
        (one["task"]["code"], one["agency"]["code"])
        for one in items(client, f"{history.player.plan}/assignments", role="coordinate", limit=200)
        if not one["fans_out"] and one["valid_to"] is None and one["agency"]["code"][:2] not in ("G.", "X.")
    ]
    before, names = None, tuple(name for name in SHOWN if name != "contributions")
    for task, agency in helping:
        before = before or page(history, names)
        history.wait()
        what = steps.Record(task, history.today.isoformat(), "Đóng góp của cơ quan phối hợp")
        if history.do(agency, what).status_code == 201:
            assert changed(before, page(history, names)) == {}
            return True
    return False


def scale_does_not_matter(history: History) -> bool:
    """Every weight times k: every figure as before."""
    before = page(history)
    times = history.chance.randrange(2, 1000)
    changes = [steps.weight(code, task["weight"] * times) for code, task in sorted(history.tasks.items())]
    assert _decided(history, *changes)
    assert changed(before, page(history)) == {}
    return True


def what_is_not_triggered_is_absent(history: History) -> bool:
    """Another duty that has not come up: nothing that is known anywhere becomes another number."""
    names = (*LEVELS, "expected", "state", "rag")
    before = page(history, names, but=("agency",))
    duty = {
        "change": "duty",
        "code": "IV.7.z",
        "section": "IV.7",
        **named("Khi phát sinh", "When it comes up"),
        "kind": "triggered",
        "leads": [{"agency": "STC"}],
        "implements": ["II.1.2"],
        "weight": history.chance.randrange(1, 9),
    }
    assert _decided(history, duty)
    moved = changed(before, page(history, names, but=("agency",)))
    assert all(old is None for old, _ in moved.values()), moved
    return True


def like_parts_are_the_whole(history: History) -> bool:
    """A duty of which nothing was done, given to k bodies in like parts: nothing above it notices; nor when
    all of them do the same."""
    found = Book(history).leaves.values()
    bodies: dict[str, list[Any]] = {}
    for leaf in found:
        bodies.setdefault(leaf.task, []).append(leaf)
    untouched = [
        task
        for task, [leaf, *others] in sorted(bodies.items())
        if not others and leaf.owed and not leaf.at["reported"] and history.tasks[task]["kind"] != "triggered"
    ]
    if not untouched:
        return False
    task = history.chance.choice(untouched)
    before = page(history, FIGURES, but=("agency", "assignment"))
    coming = history.chance.sample(DISTRICTS, history.chance.randrange(2, 6))
    leads = {**lead(task, coming[0]), "leads": [{"agency": agency} for agency in coming]}
    assert _decided(history, leads)
    assert changed(before, page(history, FIGURES, but=("agency", "assignment"))) == {}
    return True


def _decided(history: History, *changes: steps.Change) -> bool:
    history.wait()
    what = steps.Decide(f"{len(history.taken) + 500}-QĐ/BCĐ-TTĐN", "Thử một định luật", changes)
    return history.do(OWNER, what).status_code == 201


MOVES: tuple[Move, ...] = (
    a_record_lowers_nothing_and_touches_only_what_lies_above,
    coordinators_are_neutral,
    like_parts_are_the_whole,
    what_is_not_triggered_is_absent,
    scale_does_not_matter,
)
