"""Figures on the wire: a set of leaves rolled up, judged and explained in the words of the rules."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from app.rules import rag
from app.rules.rag import Thresholds, Verdict
from app.rules.rollup import FORMULA, Figure, total
from app.rules.timeliness import Bucket, Punctuality, bucket, punctuality
from app.rules.vocabulary import NOTHING_OWED, State
from app.schemas.base import Ratio
from app.schemas.progress import Confidence, Contributions, Levels, NodeLevels, RagReason, Timeliness
from app.services import parts
from app.services.contributions import Contribution
from app.services.grounds import Ground
from app.services.parts import Part


def levels(here: Ground, some: Iterable[Part]) -> Levels:
    """The figure of a set of parts, with what it was computed by and from."""
    return Levels(**_of(here, some).levels)


def node(here: Ground, some: Iterable[Part], helped: Collection[Contribution]) -> NodeLevels:
    """The same for all there is, with what is asked of a whole. Whatever moves moves it: it is not kept."""
    figures = _figures(_each(some), here.today, here.plan.revision, thresholds(here))
    return NodeLevels(**_whole(figures, helped))


def whole(here: Ground, some: Iterable[Part], helped: Collection[Contribution]) -> dict[str, Any]:
    """The fields of a node."""
    return _whole(_of(here, some), helped)


def _whole(figures: "_Figures", helped: Collection[Contribution]) -> dict[str, Any]:
    asked = Contributions(delivered=sum(one.records > 0 for one in helped), asked=len(helped))
    return {**figures.levels, **figures.of_a_whole, "contributions": asked}


class _Figures(NamedTuple):
    """The fields of any set of parts, and those that are asked of a whole. Kept and given to many: nobody
    changes what is in it."""

    levels: Mapping[str, Any]
    of_a_whole: Mapping[str, Any]


def _of(here: Ground, some: Iterable[Part]) -> _Figures:
    return _remembered(_each(some), here.today, here.plan.revision, thresholds(here))


def _figures(each: tuple[Part, ...], today: date, revision: int, by: Thresholds) -> _Figures:
    figure = parts.figure(each)
    verdict = _verdict(each, today, by)
    return _Figures(
        {
            "reported": Ratio.of(figure.reported),
            "evidenced": Ratio.of(figure.evidenced),
            "confirmed": Ratio.of(figure.confirmed),
            "defined": Ratio.of(_coverage(figure)),
            "expected": Ratio.of(_expected(each, figure)),
            "state": figure.state,
            "rag": verdict.colour,
            "rag_reasons": [
                RagReason(code=reason.code, text_vi=reason.text.vi, text_en=reason.text.en)
                for reason in verdict.reasons
            ],
            "formula": FORMULA,
            "revision": revision,
            "as_of": _as_of(each),
            "on": today,
        },
        {
            "timeliness": _timeliness(_in_time(each, today)),
            "confidence": _confidence(each, today, figure),
        },
    )


_remembered = lru_cache(maxsize=512)(_figures)
"""A figure follows from its parts alone, and of a plan's nodes a record moves few."""


def state(here: Ground, some: Iterable[Part]) -> State | None:
    """Where a set of parts stands."""
    found: State | None = _of(here, some).levels["state"]
    return found


def stands_in(here: Ground, some: Iterable[Part], states: Collection[str]) -> bool:
    """Whether a set of parts stands in one of these states, of which the undefined one has a code too."""
    return (state(here, some) or NOTHING_OWED[0]) in states


def in_time(here: Ground, each: Iterable[Part]) -> Punctuality:
    """How many of these stand where in time. Who handed all of its part over owes nothing any more, in no
    place."""
    return _in_time(each, here.today)


def _in_time(each: Iterable[Part], today: date) -> Punctuality:
    return punctuality(bucket(part.obligation, today) for part in each if part.live and part.held)


def colour(here: Ground, part: Part) -> Verdict:
    """One obligation's colour and why."""
    return _of_part(part, here.today, thresholds(here))


def _of_part(part: Part, today: date, by: Thresholds) -> Verdict:
    overdue = bucket(part.obligation, today) is Bucket.OPEN_OVERDUE
    return _colour(part.expected, part.leaf.evidenced, part.leaf.owed, overdue, part.live, by)


@lru_cache(maxsize=4096)  # a plan has few different standings, and every node above asks for each again
def _colour(expected: int, evidenced: int, owed: int, overdue: bool, live: bool, by: Thresholds) -> Verdict:
    return rag.of_obligation(
        expected=Fraction(expected, owed) if owed else None,
        evidenced=Fraction(evidenced, owed) if owed else None,
        overdue=overdue,
        live=live,
        thresholds=by,
    )


def thresholds(here: Ground) -> Thresholds:
    """The plan's own, or the usual ones."""
    stated: dict[str, str] = here.plan.thresholds or {}
    return _thresholds(tuple(sorted(stated.items())))


@lru_cache(maxsize=64)
def _thresholds(stated: tuple[tuple[str, str], ...]) -> Thresholds:
    return Thresholds(**{name: Fraction(value) for name, value in stated})


def _each(some: Iterable[Part]) -> tuple[Part, ...]:
    """Every part once: two programme items may look at one duty."""
    return tuple(parts.by_assignment(some).values())


def _verdict(each: tuple[Part, ...], today: date, by: Thresholds) -> Verdict:
    """A single obligation's colour follows from its gap, whoever had it before; a node's from the colours
    below it."""
    held = [part for part in each if part.held] or each
    if len(held) == 1 and not held[0].in_sum:
        return _of_part(held[0], today, by)
    return rag.of_node([(part.leaf.pull, _of_part(part, today, by).colour) for part in each], by)


def _expected(each: Iterable[Part], figure: Figure) -> Fraction | None:
    if not figure.defined:
        return None
    owing = [part for part in each if part.leaf.owed]
    due = total(
        (
            part.leaf.weight * part.leaf.share.numerator * part.expected,
            part.leaf.share.denominator * part.leaf.owed,
        )
        for part in owing
    )
    return due / figure.defined


def _coverage(figure: Figure) -> Fraction | None:
    return figure.defined / figure.included if figure.included else None


def _as_of(each: Iterable[Part]) -> datetime | None:
    return max((part.as_of for part in each if part.as_of), default=None)


def _timeliness(found: Punctuality) -> Timeliness:
    return Timeliness(**found._asdict(), rate_due=Ratio.of(found.rate_due), rate_all=Ratio.of(found.rate_all))


def _confidence(each: Iterable[Part], today: date, figure: Figure) -> Confidence:
    last = max((part.heard_on for part in each if part.heard_on), default=None)
    return Confidence(
        coverage=Ratio.of(_coverage(figure)),
        verification=Ratio.of(
            figure.confirmed / figure.reported if figure.reported and figure.confirmed is not None else None
        ),
        freshness_days=(today - last).days if last else None,
    )
