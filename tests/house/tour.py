"""The README's tour, walked: every `$` line of it is typed into a shell beside a fresh server.

    python -m tests.house.tour

writes what was answered back into README.md. Ids and tags are another server's each time: an answer that
differs in nothing else stays as it is printed.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from tests.patience import UNMEASURED
from tests.servers import ServerProcess

README = Path(__file__).parents[2] / "README.md"
DEMO = "--demo"
"""A chapter that speaks of it is walked on a server that was started so."""

_CHAPTER = re.compile(r"^(?=## |### A dashboard|### An office)", re.MULTILINE)
"""Where the tour starts anew: what was done before is undone, for whoever reads one chapter only."""
_CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^`(\S+\.json)`:\n```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ANOTHER_EACH_TIME = re.compile(r'\b[0-9A-HJKMNP-TV-Z]{26}\b|"\d+-[0-9a-f]{24}"')
_END = "--- the end of an answer ---"


class Step(NamedTuple):
    """One line of the tour, what is printed under it, and where that stands in the file."""

    command: str
    printed: str
    start: int
    end: int


def steps(text: str) -> Iterator[Step]:
    """All lines that are typed, in order."""
    for block in _CONSOLE.finditer(text):
        for found in re.finditer(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block[1], re.MULTILINE):
            start = block.start(1) + found.start(2)
            yield Step(found[1], found[2], start, start + len(found[2]))


def chapters(text: str) -> list[tuple[int, str]]:
    """The parts that are walked apart, each with where it begins."""
    starts = [0, *(found.start() for found in _CHAPTER.finditer(text)), len(text)]
    return [(start, text[start:end]) for start, end in pairwise(starts)]


def unlike(printed: str, answered: str) -> bool:
    """Whether two answers differ in more than what differs each time."""
    return _ANOTHER_EACH_TIME.sub("…", printed) != _ANOTHER_EACH_TIME.sub("…", answered)


def walk(text: str) -> Iterator[tuple[Step, str]]:
    """Type every line; yields it with what was answered. Places are those in the whole text."""
    files = dict(_FILE.findall(text))
    for start, chapter in chapters(text):
        typed = list(steps(chapter))
        if not typed:
            continue
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                Path(folder, name).write_text(content, encoding="utf-8")
            answers = _answers(folder, [step.command for step in typed], demo=DEMO in chapter)
        for step, answer in zip(typed, answers, strict=True):
            yield step._replace(start=start + step.start, end=start + step.end), answer


def _answers(folder: str, commands: Sequence[str], *, demo: bool) -> list[str]:
    database = {"DATABASE_URL": f"sqlite:///{Path(folder, 'tour.sqlite3').as_posix()}"}
    with ServerProcess(database, (*ServerProcess.COMMAND, *([DEMO] if demo else []))) as server:
        script = "\n".join(f"{command}\necho '{_END}'" for command in commands)
        done = subprocess.run(
            ["bash", "-c", script], cwd=folder, env=_environment(server), capture_output=True, check=False
        )
    *answers, _ = done.stdout.decode().replace("\r", "").split(f"{_END}\n")
    return answers


def _environment(server: ServerProcess) -> dict[str, str]:
    """What the README has its reader export, with the keys that the first start printed."""
    secrets = dict(re.findall(r"^  (\S+)\s+(ttdn_\S+)", server.log, re.MULTILINE))
    bearers = {"READ": "BPGV", "PUSH": "SVHTTDL", "OWN": "TTBCD"}
    return {
        **os.environ,
        **UNMEASURED,
        **{name: f"Authorization: Bearer {secrets[agency]}" for name, agency in bearers.items()},
        "TTDN": f"{server.base_url}/v1",
        "PLAN": f"{server.base_url}/v1/plans/ttdn-2023",
        "JSON": "Content-Type: application/json",
    }


def main() -> None:
    """Write the README anew."""
    text = README.read_text(encoding="utf-8")
    changed = [found for found in walk(text) if unlike(found[0].printed, found[1])]
    for step, answer in reversed(changed):
        text = text[: step.start] + answer + text[step.end :]
    README.write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(f"{README.name}: {len(changed)} answers written anew\n")


if __name__ == "__main__":
    main()
