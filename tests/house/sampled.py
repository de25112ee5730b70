"""A sample of the services' mutants: how many small changes to them the tests would let pass.

    python -m tests.house.sampled [how many [seed [test …]]]

First the tests (tests/api and tests/policy, unless others are named) are run once on SQLite, and of every
line of the services it is kept which tests come by it. Then so many mutants of `mutations` are drawn, and
each is tried by the tests of its line: first those that come by few lines, since they are there for these.
What is let pass is shown: the share is no more than a bound from below, as some of that changes nothing
that is answered.
"""

import ast
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import NamedTuple

from coverage import CoverageData

from tests.house.mutations import Mutant, mutants

ROOT = Path(__file__).parents[2]
SERVICES = Path("app", "services")
MOST, PATIENCE = 100, 900
"""How many tests are asked about one mutant, and how many seconds they have."""

_WORDING = re.compile(r"[\"']XX[^\"']* ")
"""A sentence that says it otherwise is no other rule."""


class Drawn(NamedTuple):
    """A mutant of a module, whose path is from the root."""

    path: Path
    mutant: Mutant


class Tests:
    """Which tests come by a line of the services."""

    def __init__(self, named: Sequence[str], folder: Path) -> None:
        log, file = folder / "first", str(folder / "coverage")
        traced = {"COVERAGE_FILE": file, "TTDN_TEST_TRACED": "1"}
        kept = ("--cov=app/services", "--cov-context=test", "--cov-report=", "--cov-fail-under=0")
        if not _pass(ROOT, log, "-n", "2", *kept, "-k", "not postgresql", *named, **traced):
            raise SystemExit(log.read_text(encoding="utf-8")[-4000:])
        self._data = CoverageData(file)
        self._data.read()
        self._lines: dict[str, int] = {}
        for measured in self._data.measured_files():
            for tests in self._data.contexts_by_lineno(measured).values():
                for test in tests:
                    self._lines[test] = self._lines.get(test, 0) + 1

    def of(self, drawn: Drawn) -> list[str]:
        """Those of the mutant's line. One that is read when its module is imported has those of the lines on
        which the names it gives are used, or all of the module's."""
        lines = self._data.contexts_by_lineno(str(ROOT / drawn.path))
        for some in ({drawn.mutant.line}, _uses(drawn), set(lines)):
            if here := {test for line in some for test in lines.get(line, ())} - {""}:
                return [test.rpartition("|")[0] for test in sorted(here, key=self._lines.__getitem__)[:MOST]]
        return []


def _uses(drawn: Drawn) -> set[int]:
    tree = ast.parse((ROOT / drawn.path).read_text(encoding="utf-8"))
    own = (one for one in tree.body if one.lineno <= drawn.mutant.line <= (one.end_lineno or one.lineno))
    named = [one for statement in own for one in ast.walk(statement) if isinstance(one, ast.Name)]
    given = {one.id for one in named if isinstance(one.ctx, ast.Store)}
    used = (one for one in ast.walk(tree) if isinstance(one, ast.Name) and one.id in given)
    return {one.lineno for one in used if isinstance(one.ctx, ast.Load)}


def main(how_many: str = "100", seed: str = "1", *named: str) -> int:
    """Draw and try them; 1 if fewer than 85 of a hundred are noticed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tests, copy = Tests(named or ("tests/api", "tests/policy"), folder), Copy(folder)
        every = list(_every())
        drawn = random.Random(seed).sample(every, min(int(how_many), len(every)))
        _check(copy, next(one for one in drawn if tests.of(one)), tests)
        noticed = 0
        for number, one in enumerate(drawn, 1):
            asked = tests.of(one)
            if copy.passes(one, asked):
                _say(f"\nlet pass by {len(asked)} tests: {one.path}:{one.mutant.line}\n{one.mutant.change}\n")
            else:
                noticed += 1
            if number % 10 == 0:
                _say(f"{number} of {len(drawn)}")
    _say(f"{noticed} of {len(drawn)} noticed, drawn with seed {seed} from {len(every)}")
    return 0 if noticed * 100 >= 85 * len(drawn) else 1


def _check(copy: "Copy", drawn: Drawn, tests: Tests) -> None:
    """The tests must pass on the module as it is and notice an empty one: otherwise they judge nothing."""
    whole, empty = ((ROOT / drawn.path).read_text(encoding="utf-8"), "")
    asked = tests.of(drawn)
    found = [copy.passes(drawn._replace(mutant=Mutant(source, "", 0)), asked) for source in (whole, empty)]
    if found != [True, False]:
        raise SystemExit(f"{drawn.path}: as it is {found[0]}, empty {found[1]}")


def _every() -> Iterator[Drawn]:
    for file in sorted((ROOT / SERVICES).glob("[!_]*.py")):
        names = vars(import_module(f"app.services.{file.stem}"))
        for mutant in mutants(file.read_text(encoding="utf-8"), names):
            if not _WORDING.search(mutant.change.split("\n")[1]):
                yield Drawn(SERVICES / file.name, mutant)


class Copy:
    """A copy of the service in which one module at a time is wrong."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._written = folder, 0
        for part in ("app", "migrations"):
            copytree(ROOT / part, folder / part, ignore=ignore_patterns("__pycache__"))

    def passes(self, drawn: Drawn, tests: Sequence[str]) -> bool:
        """Whether the tests let this mutant pass; none do not notice anything."""
        self._put(drawn.path, drawn.mutant.source)
        passed = not tests or _pass(self._folder, self._folder / "log", "-x", *tests)
        self._put(drawn.path, (ROOT / drawn.path).read_text(encoding="utf-8"))
        return passed

    def _put(self, path: Path, source: str) -> None:
        """Every source has a time of its own, by which Python knows what it has compiled before."""
        self._written += 1
        place = self._folder / path
        place.write_text(source, encoding="utf-8")
        os.utime(place, (self._written, self._written))


def _pass(app: Path, log: Path, *asked: str, **environment: str) -> bool:
    """Whether tests of ours pass on the `app` that lies in a folder, without PostgreSQL."""
    usual = ("-q", "-p", "no:cacheprovider", f"--rootdir={ROOT}", "-o", f"pythonpath='{app}' '{ROOT}'")
    nowhere = {
        "TTDN_TEST_POSTGRES_URL": "postgresql://nowhere/none",
        "PYTHONPYCACHEPREFIX": f"{log}.compiled",
    }
    with log.open("w", encoding="utf-8") as told:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "pytest", *usual, *asked],
                cwd=ROOT,
                env={**os.environ, **nowhere, **environment},
                stdout=told,
                stderr=told,
                check=False,
                timeout=PATIENCE if app != ROOT else None,
            )
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
