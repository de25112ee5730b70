"""The table of the months: how far the plan was, at the end of each, on the three levels."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.year.comparing import Evening, exact
from tests.year.figures import LEVELS
from tests.year.player import OWNER

TABLE = Path(__file__).with_name("months.csv")
HEAD = "month,reported,evidenced,confirmed,reported_percent,evidenced_percent,confirmed_percent,rag"


def line(evening: Evening) -> str:
    """One month, as the plan's owner reads it on its last evening."""
    total: dict[str, Any] = evening.get(OWNER, "/progress")["total"]
    values = [str(exact(total[level])) for level in LEVELS]
    percents = [str(total[level]["percent"]) for level in LEVELS]
    return ",".join([f"{evening.today:%Y-%m}", *values, *percents, total["rag"]])


def table(lines: Iterable[str]) -> str:
    """All of them, under their head."""
    return "\n".join([HEAD, *lines, ""])
