"""Green, amber, red or grey, and always why (model §3, RAG). The thresholds belong to the plan.

             obligation                 node
    grey     undefined, or not live     nothing below it has a colour
    red      overdue, or gap > 1/4      red weight ≥ 1/5
    amber    gap > 1/10                 any red, or amber weight ≥ 3/10
    green    otherwise                  otherwise

gap = expected − evidenced; weight = share of the weight of all that is not grey; live = its task is active.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from app.errors import Text
from app.rules.rollup import percent, total
from app.rules.vocabulary import Word

Share: TypeAlias = Fraction | None  # from 0 to 1, None is undefined


class Colour(Word):
    GREEN = "green", "Xanh", "Green"
    AMBER = "amber", "Vàng", "Amber"
    RED = "red", "Đỏ", "Red"
    GREY = "grey", "Xám", "Grey"


class UnfitThresholds(ValueError):
    code = "unfit_thresholds"


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """A gap exceeds its own (>), a weight reaches it (≥). `UnfitThresholds` where they make no sense.

    Told apart as objects: they are part of what verdicts are remembered by.
    """

    obligation_red: Fraction = Fraction(1, 4)
    obligation_amber: Fraction = Fraction(1, 10)
    node_red: Fraction = Fraction(1, 5)
    node_amber: Fraction = Fraction(3, 10)

    def __post_init__(self) -> None:
        gaps_fit = 0 <= self.obligation_amber < self.obligation_red <= 1
        if not (gaps_fit and 0 < self.node_red <= 1 and 0 < self.node_amber <= 1):
            raise UnfitThresholds("within 0..1; of obligations amber below red; of nodes not 0")


class Reason(NamedTuple):
    code: str
    text: Text


class Verdict(NamedTuple):
    """A colour and all that speaks for it or for a milder one: one reason or more, the strongest first."""

    colour: Colour
    reasons: tuple[Reason, ...]


SENTENCES: Mapping[str, tuple[str, str]] = {
    "excluded": ("Tạm dừng, chuyển năm sau hoặc không có hiệu lực", "Suspended, carried over, not in force"),
    "nothing_owed": ("Chưa có hoặc không còn việc phải làm", "Nothing is owed yet, or nothing any more"),
    "overdue": ("Đã quá hạn mà chưa xong", "The due day has passed and it is not done"),
    "behind_plan": ("Đến nay cần {due}, có minh chứng {done}: chậm {gap}; vàng: quá {amber}, đỏ: quá {red}",
                    "Due by now {due}, evidenced {done}: {gap} behind; amber: over {amber}, red: over {red}"),
    "on_plan": ("Đến nay cần {due}, có minh chứng {done}: không chậm quá {amber}",
                "Due by now {due}, evidenced {done}: not behind by more than {amber}"),
    "nothing_coloured": ("Chưa có việc nào để đánh giá", "There is nothing to judge"),
    "red_weight": ("Việc đỏ chiếm {reds} trọng số; từ {red} trở lên là đỏ, ít hơn là vàng",
                   "Red work has {reds} of the weight; {red} or more is red, less is amber"),
    "amber_weight": ("Việc vàng chiếm {ambers} trọng số; từ {amber} trở lên là vàng",
                     "Amber work has {ambers} of the weight; {amber} or more is amber"),
    "within_limits": ("Không có việc đỏ; việc vàng chiếm {ambers} trọng số, dưới {amber}",
                      "Nothing is red; amber work has {ambers} of the weight, less than {amber}"),
}  # fmt: skip


def of_obligation(
    *, expected: Share, evidenced: Share, overdue: bool, live: bool, thresholds: Thresholds
) -> Verdict:
    """One body's part of one task. `expected` is the share planned to be done by now."""
    if expected is None or evidenced is None or not live:
        undefined = expected is None or evidenced is None
        return _verdict({}, (not live, Colour.GREY, "excluded"), (undefined, Colour.GREY, "nothing_owed"))
    gap, red, amber = expected - evidenced, thresholds.obligation_red, thresholds.obligation_amber
    return _verdict(
        {"due": expected, "done": evidenced, "gap": gap, "red": red, "amber": amber},
        (overdue, Colour.RED, "overdue"),
        (gap > amber, Colour.RED if gap > red else Colour.AMBER, "behind_plan"),
        (gap <= amber and not overdue, Colour.GREEN, "on_plan"),
    )


def of_node(parts: Iterable[tuple[Fraction, Colour]], thresholds: Thresholds) -> Verdict:
    """A section, an agency, the plan: from weight W and colour of the obligations below, not of nodes."""
    pulls: dict[Colour, list[tuple[int, int]]] = {colour: [] for colour in Colour}
    for pull, colour in parts:
        pulls[colour].append((pull.numerator, pull.denominator))
    weight = {colour: total(some) for colour, some in pulls.items()}
    coloured = sum(weight.values()) - weight[Colour.GREY]
    if not coloured:
        return _verdict({}, (True, Colour.GREY, "nothing_coloured"))
    reds, ambers = weight[Colour.RED] / coloured, weight[Colour.AMBER] / coloured
    red, amber = thresholds.node_red, thresholds.node_amber
    return _verdict(
        {"reds": reds, "ambers": ambers, "red": red, "amber": amber},
        (reds > 0, Colour.RED if reds >= red else Colour.AMBER, "red_weight"),
        (ambers >= amber, Colour.AMBER, "amber_weight"),
        (reds == 0 and ambers < amber, Colour.GREEN, "within_limits"),
    )


def _verdict(numbers: Mapping[str, Fraction], *rows: tuple[bool, Colour, str]) -> Verdict:
    """The rows that hold; their sentences give every number as a fraction and in per cent."""
    said = {name: f"{number} ({percent(number)}%)" for name, number in numbers.items()}
    found = [(colour, code, SENTENCES[code]) for holds, colour, code in rows if holds]
    reasons = (Reason(code, Text(vi.format(**said), en.format(**said))) for _, code, (vi, en) in found)
    return Verdict(found[0][0], tuple(reasons))
