"""The year from the first of January to the end of January after it, evening by evening."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from tests.year.comparing import Evening
from tests.year.player import Player
from tests.year.script import YEAR
from tests.year.stage import Stage
from tests.year.steps import Step, end_of, steps
from tests.year.taking import Year

FIRST, LAST = date(2023, 1, 1), date(2024, 1, 31)
DAY = timedelta(days=1)
Morning = Callable[[Evening], None]


def evenings(stage: Stage, until: date = LAST, morning: Morning | None = None) -> Iterator[Evening]:
    """Play each day's steps, take those that were accepted into the model, and stop at the day's last second.

    `morning` is called at midnight of each day on which something came due the day before.
    """
    player, year = Player(stage), Year()
    script: dict[date, list[Step]] = defaultdict(list)
    for step in steps(YEAR):
        script[step.day].append(step)
    day = FIRST
    while day <= until:
        due = due_days(year)
        if morning is not None and day - DAY in due:
            stage.set(datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=7))
            morning(Evening(player, year, day))
        unexpected = _play(player, year, script[day])
        stage.set(end_of(day))
        calm = not script[day] and day not in due and day - DAY not in due
        yield Evening(player, year, day, calm, unexpected)
        day += DAY


def _play(player: Player, year: Year, day: Sequence[Step]) -> list[str]:
    unexpected = []
    for step in day:
        came = player.play(step)
        unexpected += came
        if not came and step.refused is None:
            year.take(step)
    return unexpected


def due_days(year: Year) -> set[date]:
    """The days on which an output or a task is due: figures move at their end without anybody's doing."""
    tasks = year.plan.tasks.values()
    deadlines = {task.deadline for task in tasks}
    return deadlines | {one.due for task in tasks for part in task.leads for one in part.outputs if one.due}


def ends_a_month(day: date) -> bool:
    """Whether the next day is the first of a month."""
    return (day + DAY).day == 1
