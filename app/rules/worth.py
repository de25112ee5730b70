"""What money was worth: what was spent beside what was done, in whole đồng and without a float."""

from typing import NamedTuple

from app.rules.vocabulary import State


class Cost(NamedTuple):
    """What each of some things cost: so many đồng, and what is left over when it is shared out."""

    spent: int
    things: int
    each: int
    left_over: int


def cost(spent: int, things: int) -> Cost | None:
    """The cost of each; None where there is nothing to share it over. Always each × things + left over =
    spent."""
    return Cost(spent, things, *divmod(spent, things)) if things else None


def done_unspent(state: State | None, spent: int) -> bool:
    """All is confirmed, and not a đồng went into it."""
    return state is State.DONE and spent == 0


def spent_unevidenced(evidenced: int, *, alone: bool, shared: bool) -> bool | None:
    """Money went into this work `alone`, and no record shows for what. Where it went into more than that, it
    may all have gone into the rest; None: not to be said."""
    if evidenced or alone:
        return not evidenced
    return None if shared else False
