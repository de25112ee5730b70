"""Mutations: every small way in which a module could be wrong, one at a time.

A mutant is the module with one thing changed: a condition that always holds or never, one member of a
vocabulary for another, a relation more or less in a row of the policy, a filter or an operand left out.
Left as they are: annotations, docstrings, the labels of a vocabulary (docs/ownership.md and openapi.json hold
them), and `slots`, which only saves memory.
"""

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import takewhile
from typing import Any, NamedTuple

Names = Mapping[str, Any]
"""What the names of the module stand for."""

AROUND, FEW = 60, 6
"""Letters shown around a change; a member of a larger vocabulary is replaced by those beside it alone."""

_PAIRS: Sequence[tuple[type[ast.AST], type[ast.AST]]] = (
    (ast.And, ast.Or),
    (ast.Is, ast.IsNot),
    (ast.In, ast.NotIn),
    (ast.Eq, ast.NotEq),
    (ast.Lt, ast.LtE),
    (ast.Gt, ast.GtE),
    (ast.BitOr, ast.BitAnd),
    (ast.Add, ast.Sub),
    (ast.Mult, ast.Div),
    (ast.FloorDiv, ast.Mod),
)
_OTHER = dict([*_PAIRS, *((other, one) for one, other in _PAIRS)])
_LEFT_ALONE = frozenset({"annotation", "returns", "names", "bases", "targets", "target"})
_DROPPED_ONE_BY_ONE = frozenset({"elts", "ifs", "cases", "decorator_list", "keywords"})


class Mutant(NamedTuple):
    """The module with one thing changed, and what that is."""

    source: str
    change: str
    line: int


def mutants(source: str, names: Names) -> Iterator[Mutant]:
    """Every mutant of a module once, in the order of its statements."""
    body = ast.parse(source).body
    texts, seen = [ast.unparse(statement) for statement in body], set()
    for place, statement in enumerate(body):
        for variant in _variants(statement, names):
            text = ast.unparse(ast.fix_missing_locations(variant))
            if text != texts[place] and (place, text) not in seen:
                seen.add((place, text))
                whole = "\n".join([*texts[:place], text, *texts[place + 1 :]])
                yield Mutant(whole, difference(texts[place], text), _line(statement, variant))


def _line(before: ast.AST, after: ast.AST) -> int:
    """Where in the module they first differ."""
    line = getattr(before, "lineno", 0)
    while type(before) is type(after):
        pairs = [
            (one, other)
            for one, other in zip(ast.iter_child_nodes(before), ast.iter_child_nodes(after), strict=False)
            if ast.dump(one) != ast.dump(other)
        ]
        if not pairs:
            break
        before, after = pairs[0]
        line = getattr(before, "lineno", line)
    return line


def difference(before: str, after: str) -> str:
    """What differs, with a little of what is around it in the same line."""
    old, new = " ".join(before.split()), " ".join(after.split())
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    near = slice(max(0, start - AROUND), start)
    return "\n".join(
        f"{mark} {one[near]}{one[start : len(one) - end]}{one[len(one) - end :][:AROUND]}"
        for mark, one in (("-", old), ("+", new))
    )


def _alike(one: str, other: str) -> int:
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))


def _variants(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    """The node with one thing in it changed."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom() | ast.keyword(arg="slots"):
            return
        case ast.ClassDef(name=name) if _is_word(name, names):
            yield from _codes(node, names)
            return
        case ast.Call(func=ast.Name(id="_row")) if "Is" in names:
            yield from _rows(node, names)
            return
    yield from _instead(node, names)
    for field, value in ast.iter_fields(node):
        if field in _LEFT_ALONE or (field == "comparators" and _is_none(value)):
            continue
        if isinstance(value, list):
            yield from (_with(node, field, other) for other in _lists(field, value, names))
        elif isinstance(value, ast.AST):
            yield from (_with(node, field, other) for other in _variants(value, names))
            if field == "test":
                yield from (_with(node, field, ast.Constant(always)) for always in (True, False))
            if field == "iter":
                yield _with(node, field, _reversed(value))


def _with(node: Any, field: str, value: Any) -> ast.AST:
    changed: ast.AST = copy.copy(node)
    setattr(changed, field, value)
    return changed


def _codes(node: ast.ClassDef, names: Names) -> Iterator[ast.AST]:
    """A vocabulary with one code changed: the first of a tuple, or all there is."""
    for place, statement in enumerate(node.body):
        if not isinstance(statement, ast.Assign):
            continue
        value = statement.value
        code, *labels = value.elts if isinstance(value, ast.Tuple) else [value]
        for other in _instead(code, names):
            changed = _with(value, "elts", [other, *labels]) if labels else other
            yield _with(node, "body", _put(node.body, place, _with(statement, "value", changed)))


def _lists(field: str, values: list[Any], names: Names) -> Iterator[list[Any]]:
    """The list with one of its members changed, left out or added."""
    for place, value in enumerate(values):
        if isinstance(value, ast.AST):
            yield from (_put(values, place, other) for other in _variants(value, names))
        starred = field == "args" and isinstance(value, ast.Starred)
        memory = isinstance(value, ast.keyword) and value.arg == "slots"
        if (field in _DROPPED_ONE_BY_ONE or starred) and not memory:
            yield values[:place] + values[place + 1 :]
    if field == "elts" and (members := _members(values, names)):
        yield from ([*values, other] for other in _absent(members, names))


def _put(values: Sequence[Any], place: int, value: Any) -> list[Any]:
    return [*values[:place], value, *values[place + 1 :]]


def _instead(node: ast.AST, names: Names) -> Iterator[ast.AST]:  # noqa: C901 -- a table
    """What could stand in the place of a node."""
    match node:
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str() as value):
            yield ast.Constant(f"XX{value}")
        case ast.Constant(value=None):
            yield ast.Constant("XX")
        case ast.Attribute(value=ast.Name(id=name), attr=attr) if _is_word(name, names):
            yield from (_attribute(name, other) for other in _beside(names[name], attr))
        case ast.Name(id=name) if name.lstrip("_").isupper():
            constants = [other for other in names if other != name and other.lstrip("_").isupper()]
            yield from (ast.Name(one) for one in constants if type(names[one]) is type(names.get(name)))
        case ast.BoolOp(op=op, values=values):
            yield _with(node, "op", _OTHER[type(op)]())
            yield from (ast.BoolOp(op, values[:place] + values[place + 1 :]) for place in range(len(values)))
        case ast.Compare(ops=[op]):
            yield _with(node, "ops", [_OTHER[type(op)]()])
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=op, right=right):
            yield from (left, right, _with(node, "op", _OTHER.get(type(op), ast.Add)()))
        case ast.IfExp(body=body, orelse=orelse):
            yield from (body, orelse)
        case ast.comprehension(ifs=[ast.Name() | ast.Call() as condition]):
            yield _with(node, "ifs", [ast.UnaryOp(ast.Not(), condition)])
        case ast.Call(func=ast.Attribute(value=receiver)):
            yield receiver
        case ast.Call(func=ast.Name(id="frozenset"), args=[ast.Name(id=name)]) if _is_word(name, names):
            words = [ast.Set([_attribute(name, member.name)]) for member in names[name]]
            yield from (ast.BinOp(node, ast.Sub(), word) for word in words)
        case ast.Dict(keys=keys, values=values):
            for at in range(len(keys)):
                yield ast.Dict(keys[:at] + keys[at + 1 :], values[:at] + values[at + 1 :])
        case ast.Subscript(value=value, ctx=ast.Load()):
            yield value
        case ast.Return(value=ast.expr()):
            yield ast.Return(ast.Constant(None))
        case ast.AugAssign() | ast.Expr():
            yield ast.Pass()


def _rows(node: ast.Call, names: Names) -> Iterator[ast.AST]:
    """A row of the policy with one relation more or less among those who may, who may on behalf and who never
    may; and with other conditions. It calls the relations `Is`."""
    base = "Is"
    given = {word.arg: word.value for word in node.keywords}
    where, may = node.args[0], _members(node.args[1:], names)
    behalf = _members([given["behalf"]], names) if "behalf" in given else []
    named = given.get("never", ast.Tuple([]))
    never = _members(named.elts if isinstance(named, ast.Tuple) else [ast.Starred(named)], names)

    def row(where: Any, may: list[Enum], behalf: list[Enum], never: list[Enum]) -> ast.AST:
        words = [ast.keyword("behalf", _attribute(base, one.name)) for one in behalf]
        words.append(ast.keyword("never", ast.Tuple([_attribute(base, one.name) for one in never])))
        return ast.Call(node.func, [where, *(_attribute(base, one.name) for one in may)], words)

    for other in _instead(where, names):
        yield row(other, may, behalf, never)
    for member in names[base]:
        yield row(where, _toggled(may, member), behalf, never)
        yield row(where, may, [] if member in behalf else [member], never)
        yield row(where, may, behalf, _toggled(never, member))


def _is_none(values: Sequence[ast.expr]) -> bool:
    return isinstance(values[0], ast.Constant) and values[0].value is None


def _toggled(members: list[Enum], one: Enum) -> list[Enum]:
    return [member for member in members if member is not one] if one in members else [*members, one]


def _is_word(name: str, names: Names) -> bool:
    """Whether a name stands for a vocabulary."""
    value = names.get(name)
    return isinstance(value, type) and issubclass(value, Enum)


def _attribute(base: str, name: str) -> ast.Attribute:
    return ast.Attribute(ast.Name(base), name)


def _reversed(value: Any) -> ast.AST:
    return ast.Call(ast.Name("reversed"), [ast.Tuple([ast.Starred(value)])], [])


def _beside(vocabulary: type[Enum], name: str) -> list[str]:
    """Members that could be meant by mistake."""
    every = list(vocabulary.__members__)
    if name not in every:
        return []
    place = every.index(name)
    others = [every[(place + step) % len(every)] for step in (1, -1)] if len(every) > FEW else every
    return [other for other in others if other != name]


def _members(elements: Sequence[ast.expr], names: Names) -> list[Enum]:
    """What the elements of a collection stand for, if they are members of a vocabulary."""
    found: list[Any] = []
    for element in elements:
        match element:
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if _is_word(name, names):
                found.append(names[name][attr])
            case ast.Starred(value=ast.Name(id=name)) if isinstance(names.get(name), tuple):
                found.extend(names[name])
    return [member for member in found if isinstance(member, Enum)]


def _absent(members: list[Enum], names: Names) -> Iterator[ast.expr]:
    """The members of the same vocabulary that a collection lacks."""
    vocabulary = type(members[0])
    base = next(name for name, value in names.items() if value is vocabulary)
    yield from (_attribute(base, one.name) for one in vocabulary if one not in members)
