"""The laws that a moment has to keep (model §3), each a function of what is shown at that moment."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from tests.laws.book import CALLERS, LEVELS, NOTHING, Book, Leaf, Row
from tests.year.comparing import DIVISIONS, exact
from tests.year.figures import BUCKETS
from tests.year.player import OWNER

Law = Callable[[Book], None]


def is_nested(book: Book) -> None:
    """0 ≤ confirmed ≤ evidenced ≤ reported ≤ 1, everywhere; undefined on all levels or on none."""
    for caller in CALLERS:
        for where, row in book.every_row(caller):
            values = [exact(row[level]) for level in LEVELS]
            known = [value for value in values if value is not None]
            assert len(known) in (0, 3), (where, values)
            assert all(0 <= value <= 1 for value in known), (where, values)
            assert sorted(known, reverse=True) == known, (where, values)
            assert (row["state"] is None) == (not known), where


def is_the_roll_up_of_its_leaves(book: Book) -> None:
    """Every node of every breakdown is Σ W·p / Σ W over the leaves below it that owe something."""
    for caller in CALLERS:
        for where, row, leaves in nodes(book, caller):
            for level in LEVELS:
                said, wanted = exact(row[level]), rolled(leaves, level)
                assert said == wanted, f"{caller}, {where}, {level}: {said}, and its leaves give {wanted}"
            included = sum((leaf.pull for leaf in leaves), NOTHING)
            defined = sum((leaf.pull for leaf in leaves if leaf.owed), NOTHING)
            assert exact(row["defined"]) == (defined / included if included else None), where


def is_the_sum_of_its_sections_and_of_its_agencies(book: Book) -> None:
    """P·ΣW of the plan is that of its sections, of its agencies, of its duties, of its assignments."""
    for caller in CALLERS:
        for by in DIVISIONS:
            pairs = []
            for where, row, leaves in nodes(book, caller, by):
                if where != "total" and _is_counted_once(by, where, row):
                    defined = sum((leaf.pull for leaf in leaves if leaf.owed), NOTHING)
                    pairs.append((defined, row))
            whole = sum((weight for weight, _ in pairs), NOTHING)
            for level in LEVELS:
                parts = sum((weight * (exact(row[level]) or NOTHING) for weight, row in pairs), NOTHING)
                total = exact(book.progress(caller, by)["total"][level])
                assert total == (parts / whole if whole else None), (caller, by, level)


def _is_counted_once(by: str, where: str, row: Row) -> bool:
    """The views of Part II look at what counts in Part IV, and that itself is the sum of its sections."""
    branch = by != "section" or row["parent"] == "IV" or where.endswith("status_only")
    return branch and not row["view"]


def lies_between_least_and_most(book: Book) -> None:
    for caller in CALLERS:
        for where, row, leaves in nodes(book, caller):
            for level in LEVELS:
                said, values = exact(row[level]), [leaf.value(level) for leaf in leaves if leaf.owed]
                assert said is None or min(values) <= said <= max(values), (caller, where, level)


def is_all_or_nothing_only_when_it_is(book: Book) -> None:
    """100 only if all is done, 0 only if nothing is; and the state says the same."""
    for caller in CALLERS:
        for where, row, leaves in nodes(book, caller):
            owing = [leaf for leaf in leaves if leaf.owed and leaf.pull]
            for level in LEVELS:
                percent = row[level]["percent"]
                everything = bool(owing) and all(leaf.at[level] == leaf.owed for leaf in owing)
                nothing = bool(owing) and not any(leaf.at[level] for leaf in owing)
                assert (percent == 100, percent == 0) == (everything, nothing), (caller, where, level)
            done, begun = row["confirmed"]["percent"] == 100, row["reported"]["percent"] not in (None, 0)
            assert (row["state"] == "done") == done, where
            assert (row["state"] in (None, "not_started")) == (not begun), where


def puts_every_live_obligation_in_one_place(book: Book) -> None:
    """The five places partition what is live."""
    for caller in CALLERS:
        for where, row, leaves in nodes(book, caller):
            live = [leaf for leaf in leaves if leaf.status == "active" and leaf.pull]
            places = sum(row["timeliness"][place] for place in BUCKETS)
            assert places == len(live), (caller, where)
            untriggered = sum(not leaf.owed for leaf in live)
            assert row["timeliness"]["not_triggered"] == untriggered, (caller, where)


def nodes(book: Book, caller: str, by: str | None = None) -> Iterator[tuple[str, Row, list[Leaf]]]:
    """Each row that is shown, with the leaves below it."""
    whole = book.seen(caller)
    in_sum = [
        leaf for id_, leaf in book.leaves.items() if id_ not in whole and leaf.visibility == "status_only"
    ]
    yield "total", book.progress(caller, by or "section")["total"], [*whole.values(), *in_sum]
    for division in (by,) if by else DIVISIONS:
        for key, row in book.rows(caller, division).items():
            below = in_sum if key == "status_only" else list(_below(book, caller, division, key))
            yield f"{division} {key}", row, below


def _below(book: Book, caller: str, by: str, key: str) -> Iterable[Leaf]:
    whole = book.seen(caller)
    match by:
        case "assignment":
            return [whole[key]]
        case "agency":
            return [leaf for leaf in whole.values() if leaf.agency == key]
        case "task":
            duties = _duties(book, caller, key)
        case _:
            duties = {
                duty
                for code, task in book.tasks.items()
                if key in _upwards(book, task["section"])
                for duty in _duties(book, caller, code)
            }
    return [leaf for leaf in whole.values() if leaf.task in duties]


def _duties(book: Book, caller: str, code: str) -> set[str]:
    """A duty stands for itself, a programme item for those that carry it out; one that is hidden for none."""
    task = book.tasks[code]
    if task["family"] == "duty":
        return {code}
    if caller != OWNER and task["visibility"] != "normal":
        return set()
    return {link["task"]["code"] for link in task["implemented_by"]}


def _upwards(book: Book, section: str | None) -> Iterator[str]:
    while section is not None:
        yield section
        section = book.sections[section]


def rolled(leaves: Iterable[Leaf], level: str) -> Fraction | None:
    """Σ W·p / Σ W over those that owe something."""
    owing = [leaf for leaf in leaves if leaf.owed]
    whole = sum((leaf.pull for leaf in owing), NOTHING)
    return sum((leaf.pull * leaf.value(level) for leaf in owing), NOTHING) / whole if whole else None


LAWS: tuple[Law, ...] = (
    is_nested,
    is_the_roll_up_of_its_leaves,
    is_the_sum_of_its_sections_and_of_its_agencies,
    lies_between_least_and_most,
    is_all_or_nothing_only_when_it_is,
    puts_every_live_obligation_in_one_place,
)
