"""Movements on the wire: what moved, assignment by assignment, and summed by task, agency or section."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from app.rules.change import Course, Item, Standing
from app.rules.movement import Halves, Movement, together
from app.schemas.base import AgencyRef, Exact, Ratio, Signed, TaskRef
from app.schemas.difference import BodyPart, DifferenceFilter, DifferenceItem, DifferenceRow, Stand
from app.services.parts import Part
from app.services.progress import IN_SUM, IN_SUM_TITLES
from app.services.tree import Tree


class Shown(NamedTuple):
    """What a movement comes from."""

    items: list[DifferenceItem]
    rows: list[DifferenceRow]


def shown(found: Movement, known: Mapping[str, Part], tree: Tree, ask: DifferenceFilter) -> Shown:
    """The items in the order of clauses, those that moved or all of them; and their sums."""
    tasks = {id_: place for place, id_ in enumerate(tree.tasks)}
    names = {
        name: (tasks.get(part.task_id, len(tasks)), place) for place, (name, part) in enumerate(known.items())
    }
    last = (len(tasks), len(names))
    chosen = [item for item in found.rows if ask.all or _moved(item, found)]
    chosen.sort(key=lambda item: names.get(item.key, last))
    items = [_item(item, found.halves[item.key], known, tree) for item in chosen]
    halves = {name: half for item in chosen for name, half in found.halves[item.key].items()}
    return Shown(items, list(_rows(halves, known, tree, ask.by)) if ask.by else [])


def _moved(item: Item, found: Movement) -> bool:
    """It counts at one instant at least, and stands otherwise, or weighs otherwise because others do."""
    if item.course is Course.NOT_COUNTED:
        return False
    return item.before != item.after or any(any(half) for half in found.halves[item.key].values())


def _item(item: Item, halves: Mapping[str, Halves], known: Mapping[str, Part], tree: Tree) -> DifferenceItem:
    work, scope = together(halves.values())
    first = None if item.key == IN_SUM else known[item.key]
    return DifferenceItem(
        key=item.key,
        task=TaskRef(code=first.task, title_vi=tree.tasks[first.task_id].title_vi) if first else None,
        course=item.course,
        before=_stand(item.before, item.weight_before),
        after=_stand(item.after, item.weight_after),
        work=Signed.of(work),
        scope=Signed.of(scope),
        bodies=[_body(known[name], half) for name, half in halves.items()] if first else [],
    )


def _stand(standing: Standing | None, weight: Fraction) -> Stand | None:
    if standing is None:
        return None
    return Stand(
        weight=Exact.of(standing.pull), weight_share=Ratio.of(weight), value=Ratio.of(standing.value)
    )


def _body(part: Part, half: Halves) -> BodyPart:
    return BodyPart(
        assignment=part.assignment,
        agency=AgencyRef(code=part.agency, name_vi=part.name_vi),
        work=Signed.of(half[0]),
        scope=Signed.of(half[1]),
    )


class _Node(NamedTuple):
    """What a breakdown has a row for, in the order of its rows."""

    place: int
    key: str
    parent: str | None
    title_vi: str
    title_en: str


def _rows(
    halves: Mapping[str, Halves], known: Mapping[str, Part], tree: Tree, by: str
) -> Iterator[DifferenceRow]:
    """A row for every node above what is told of; a part lies in one task, one agency, and all sections
    around its task."""
    found: dict[_Node, list[Halves]] = defaultdict(list)
    places = {id_: place for place, id_ in enumerate(tree.tasks if by == "task" else tree.sections)}
    for name, half in halves.items():
        for node in _nodes(known[name], tree, by, places):
            found[node].append(half)
    for node in sorted(found):
        work, scope = together(found[node])
        yield DifferenceRow(
            key=node.key,
            parent=node.parent,
            title_vi=node.title_vi,
            title_en=node.title_en,
            work=Signed.of(work),
            scope=Signed.of(scope),
        )


def _nodes(part: Part, tree: Tree, by: str, places: Mapping[int, int]) -> Iterator[_Node]:
    """`places`: of the tasks or sections that there are rows for, in the order of the document."""
    if part.in_sum:
        yield _Node(len(tree.tasks) + len(tree.sections), IN_SUM, None, *IN_SUM_TITLES)
    elif by == "agency":
        yield _Node(0, part.agency, None, part.name_vi, part.name_en)
    elif by == "task":
        task = tree.tasks[part.task_id]
        yield _Node(places[task.id], task.code, None, task.title_vi, task.title_en)
    else:
        for section in tree.upwards(tree.tasks[part.task_id]):
            up = tree.sections[section.up].code if section.up is not None else None
            yield _Node(places[section.id], section.code, up, section.title_vi, section.title_en)
