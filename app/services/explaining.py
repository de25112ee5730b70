"""Explaining: a figure taken apart into rows that anybody can compute it from again."""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Text
from app.models import Assignment, Output, Task
from app.rules.parties import Actor
from app.rules.rollup import percent
from app.rules.vocabulary import Level
from app.schemas.base import AgencyRef, Exact, Ratio, TaskRef
from app.schemas.explanation import (
    ExplainedOutput,
    ExplainedRow,
    ExplanationOut,
    PartFilter,
    StatusOnlyRow,
)
from app.services import figures, grounds, omissions, parts, sight, tree
from app.services.grounds import Ground
from app.services.parts import Part
from app.services.progress import Scene

NOTHING = Fraction(0)


def explain(session: Session, actor: Actor, slug: str, ask: PartFilter) -> ExplanationOut:
    """The figure of the plan, or of a filtered set, at one level: its rows, and what is left out of it."""
    here = grounds.find(session, actor, slug)
    nodes = tree.find(session, here, actor, of_every_status=True)
    idle = [part for part in parts.visible(session, here, actor, left_out=True) if not part.in_sum]
    all_, idle_ = (Scene(here, some, [], nodes) for some in (parts.visible(session, here, actor), idle))
    chosen, left = all_.chosen(ask).parts, idle_.chosen(ask).parts
    seen = [part for part in chosen if not part.in_sum]
    counted = [part for part in chosen if part.leaf.owed]
    shown = figures.levels(here, chosen)
    whole = sum((part.leaf.pull for part in counted), NOTHING)
    outputs = _outputs(session, here, actor)
    return ExplanationOut(
        plan=here.plan.slug,
        level=Level(ask.level),
        value=getattr(shown, ask.level),
        formula=shown.formula,
        revision=shown.revision,
        as_of=shown.as_of,
        on=shown.on,
        **_how(counted, Level(ask.level), whole),
        rows=[
            _row(part, ask.level, whole, nodes.tasks[part.task_id].title_vi, outputs[part.assignment])
            for part in counted
            if not part.in_sum
        ],
        status_only=_in_sum([part for part in counted if part.in_sum], ask.level, whole),
        left_out=omissions.of(session, here, [*seen, *left], nodes),
        filtered_out=len(all_.parts) + len(idle_.parts) - len(chosen) - len(left),
    )


def _value(part: Part, level: str) -> Fraction:
    return Fraction(getattr(part.leaf, level), part.leaf.owed)


def _outputs(session: Session, here: Ground, actor: Actor) -> dict[str, list[ExplainedOutput]]:
    """All that is owed, as far as this caller may see it, by assignment."""
    query = (
        select(Assignment.public_id, Output)
        .join(Assignment, Assignment.id == Output.assignment_id)
        .join(Task, Task.id == Output.task_id)
        .where(
            Output.plan_id == here.plan.id,
            Output.owed,
            sight.seen_whole(here, actor),
            sight.own_part(here, actor),
        )
        .order_by(Output.number, Output.id)
    )
    found: dict[str, list[ExplainedOutput]] = defaultdict(list)
    for assignment, output in session.execute(query):
        found[assignment].append(ExplainedOutput.model_validate(output))
    return found


def _row(
    part: Part, level: str, whole: Fraction, title_vi: str, outputs: list[ExplainedOutput]
) -> ExplainedRow:
    value, leaf = _value(part, level), part.leaf
    weight_share = _normalised(leaf.pull, whole)
    return ExplainedRow(
        assignment=part.assignment,
        task=TaskRef(code=part.task, title_vi=title_vi),
        agency=AgencyRef(code=part.agency, name_vi=part.name_vi),
        group=part.group,
        weight=leaf.weight,
        share=Ratio.of(leaf.share),
        owed=leaf.owed,
        at_level=getattr(leaf, level),
        value=Ratio.of(value),
        weight_share=Ratio.of(weight_share),
        contributes=Ratio.of(weight_share * value),
        outputs=outputs,
    )


def _in_sum(some: Sequence[Part], level: str, whole: Fraction) -> StatusOnlyRow | None:
    """What the caller may see in the sum alone."""
    weight = sum((part.leaf.pull for part in some), NOTHING)
    if not weight:
        return None
    value = sum((part.leaf.pull * _value(part, level) for part in some), NOTHING) / weight
    return StatusOnlyRow(
        assignments=len(some),
        weight=Exact.of(weight),
        value=Ratio.of(value),
        weight_share=Ratio.of(weight / whole),
        contributes=Ratio.of(weight / whole * value),
    )


def _normalised(pull: Fraction, whole: Fraction) -> Fraction:
    return pull / whole if whole else NOTHING


def _said(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"({value})"


def _how(counted: list[Part], level: Level, whole: Fraction) -> dict[str, str]:
    """The arithmetic in one sentence, with the numbers."""
    if not whole:
        said = Text(
            "Chưa xác định: trong phạm vi này chưa có việc nào phải làm, nên không có gì để chia.",
            "Undefined: nothing is owed here yet, so there is nothing to divide by.",
        )
        return {"how_vi": said.vi, "how_en": said.en}
    done = sum((part.leaf.pull * _value(part, level.value) for part in counted), NOTHING)
    value = done / whole
    result = f"{_said(done)} ÷ {_said(whole)} = {value} ({percent(value)}%)"
    return {
        "how_vi": f"Mức “{level.label_vi}”: lấy trọng số × phần được giao × đầu ra đạt mức ÷ đầu ra phải có, "
        f"cộng {len(counted)} phân công có việc phải làm, chia cho tổng trọng số × phần được giao: {result}.",
        "how_en": f"Level “{level.label_en}”: weight × share × outputs at the level ÷ outputs owed, summed "
        f"over the {len(counted)} parts that owe something, divided by the sum of weight × share: {result}.",
    }
