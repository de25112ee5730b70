"""Mutants: whether the tests of a rule notice every small way in which it could be wrong.

    python -m tests.house.mutants [app.rules.judging …]

Each mutant of `mutations` is written into a copy of `app` outside the working tree, and the module's own
tests are run against that copy in a process of their own. What they let pass is shown; so is an entry of
`EQUIVALENT` that names no such mutant.
"""

import importlib
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.context import ForkServerContext
from pathlib import Path
from queue import SimpleQueue
from shutil import copytree, ignore_patterns
from typing import NamedTuple

import pytest
from hypothesis import Phase, settings

from tests.house.mutations import Mutant, mutants

ROOT = Path(__file__).parents[2]
AT_ONCE = 2
PATIENCE = 5
"""A mutant that takes so many times longer than the module itself runs on for ever, and has been noticed."""

POLICY = ("app.rules.ownership", "app.rules.judging", "app.rules.parties", "app.rules.acts")
_VERDICTS = ("tests/rules/test_ownership.py", "tests/rules/test_parties.py")
TESTS: Mapping[str, Sequence[str]] = {
    "app.rules.ownership": _VERDICTS,
    "app.rules.judging": _VERDICTS,
    "app.rules.parties": _VERDICTS[::-1],
}
"""The tests of a module, where they are not those of its name."""

EQUIVALENT: Mapping[str, str] = {
    "in reversed((*rule.never,))": "a union has no order",
    "in reversed((*_IN_THE_PLAN.items(),))": "the order is that of the relations",
    "return _HELD[relation](item)": "the same callables, in another order",
    "if relation in _HELD else": "the same relations, in another order",
    "in reversed((*(Role.LEAD, Role.COORDINATE),))": "the roles of an item have no order",
}
"""What a mutant puts in that is no mistake, with the reason."""


class Verdict(NamedTuple):
    """What became of a mutant: `killed`, `survived`, or how its run broke."""

    module: str
    mutant: Mutant
    word: str


def main(names: Sequence[str] = ()) -> int:
    """Try every mutant of these modules, the policy's unless others are named; 1 if any was let pass."""
    started, modules = time.monotonic(), names or POLICY
    with tempfile.TemporaryDirectory() as folder:
        desks = [Desk(Path(folder) / str(number)) for number in range(AT_ONCE)]
        patience = _patience(desks[0], modules)
        verdicts = list(_tried(desks, [(module, one) for module in modules for one in _of(module)], patience))
    let_pass = [found for found in verdicts if found.word != "killed"]
    excused = [found for found in let_pass if _excuse(found.mutant)]
    for module in modules:
        words = Counter(found.word for found in verdicts if found.module == module)
        _say(f"{module}: {words['killed']} of {words.total()} noticed")
    idle = set(EQUIVALENT) - {_excuse(found.mutant) for found in excused} if not names else set()
    for part in idle:
        _say(f"no such mutant survives, strike it off the list: {part}")
    told, took = len(let_pass) - len(excused), round(time.monotonic() - started)
    _say(f"{len(verdicts)} mutants, {told} let pass, {len(excused)} equivalent, {took} s")
    return 1 if told or idle else 0


def _excuse(mutant: Mutant) -> str | None:
    """The entry of the list that a mutant falls under."""
    before, after = mutant.change.split("\n")
    return next((part for part in EQUIVALENT if part in after and part not in before), None)


def _patience(desk: "Desk", modules: Sequence[str]) -> Mapping[str, float]:
    """How long the tests of each module may take. They must pass on the modules as they are, and must notice
    one that is empty: otherwise they are no judge of the mutants."""
    took: dict[frozenset[str], float] = {}
    for module in modules:
        tests, started = frozenset(_tests_of(module)), time.monotonic()
        whole = "survived" if tests in took else desk.run(module, _source(module), 600)
        took.setdefault(tests, time.monotonic() - started)
        empty = desk.run(module, "", 600)
        if (whole, empty) != ("survived", "killed"):
            raise SystemExit(
                f"{module}: as it is {whole}, empty {empty}\n{desk.log.read_text(encoding='utf-8')}"
            )
    return {module: PATIENCE * took[frozenset(_tests_of(module))] for module in modules}


def _tests_of(module: str) -> Sequence[str]:
    return TESTS.get(module) or (f"tests/rules/test_{module.rpartition('.')[2]}.py",)


def _source(module: str) -> str:
    return _file(ROOT, module).read_text(encoding="utf-8")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _of(module: str) -> Iterator[Mutant]:
    return mutants(_source(module), vars(importlib.import_module(module)))


def _file(folder: Path, module: str) -> Path:
    return folder.joinpath(*module.split(".")).with_suffix(".py")


def _tried(
    desks: Sequence["Desk"], tasks: Sequence[tuple[str, Mutant]], patience: Mapping[str, float]
) -> Iterator[Verdict]:
    free: SimpleQueue[Desk] = SimpleQueue()
    for desk in desks:
        free.put(desk)

    def work(task: tuple[str, Mutant]) -> Verdict:
        desk = free.get()
        try:
            module, mutant = task
            return Verdict(module, mutant, desk.run(module, mutant.source, patience[module]))
        finally:
            free.put(desk)

    with ThreadPoolExecutor(len(desks)) as pool:
        for number, verdict in enumerate(pool.map(work, tasks), 1):
            if number % 100 == 0:
                _say(f"{number} of {len(tasks)}")
            if verdict.word != "killed" and not _excuse(verdict.mutant):
                _say(f"\n{verdict.word}: {verdict.module}\n{verdict.mutant.change}\n")
            yield verdict


def _processes() -> ForkServerContext:
    """Forked off one process in which the tools are loaded, and nothing of `app`."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["pytest", "hypothesis.strategies", "hypothesis.internal.conjecture.engine"]
    )
    return context


class Desk:
    """A copy of `app` in which one module at a time is wrong."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._written = folder, 0
        copytree(ROOT / "app", folder / "app", ignore=ignore_patterns("__pycache__", "static"))
        self._processes = _processes()

    @property
    def log(self) -> Path:
        """What the last run said."""
        return self._folder / "log"

    def run(self, module: str, source: str, patience: float) -> str:
        """Run the module's tests on another source of it."""
        self._put(module, source)
        process = self._processes.Process(
            target=_judge, args=(str(self._folder), module, _tests_of(module), str(self.log))
        )
        process.start()
        process.join(patience)
        if process.is_alive():
            process.kill()
            process.join()
            word = "killed"
        else:
            word = _WORDS.get(process.exitcode or 0, f"broken ({process.exitcode})")
        self._put(module, _source(module))
        return word

    def _put(self, module: str, source: str) -> None:
        """Every source has a time of its own, by which Python knows what it has compiled before."""
        self._written += 1
        place = _file(self._folder, module)
        place.write_text(source, encoding="utf-8")
        os.utime(place, (self._written, self._written))


_WORDS = {0: "survived", 1: "killed", 2: "killed"}
"""By pytest's exit code: all passed, some failed, stopped while collecting."""
_ANOTHER, _RAISED = 98, 99


def _judge(folder: str, module: str, tests: Sequence[str], log: str) -> None:
    """In a process of its own: run the tests with the copy of `app` before everything else."""
    code = _RAISED
    try:
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        code = int(_tests(folder, tests))
        judged = str(getattr(sys.modules.get(module), "__file__", ""))
        code = code if code or judged.startswith(folder) else _ANOTHER
    finally:
        os._exit(code)


def _tests(folder: str, tests: Sequence[str]) -> int:
    sys.pycache_prefix = f"{folder}/compiled"
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    phases = [Phase.explicit, Phase.generate]
    settings.register_profile("mutants", database=None, derandomize=True, phases=phases)
    settings.load_profile("mutants")
    needed = ("no:cacheprovider", "pytest_timeout", "pytest_cov.plugin", "_hypothesis_pytestplugin")
    plugins = [word for plugin in needed for word in ("-p", plugin)]
    path = ["-o", f"pythonpath='{folder}' '{ROOT}'"]
    return pytest.main(
        ["-x", "-q", "--noconftest", "--assert=plain", f"--rootdir={ROOT}", *plugins, *path, *tests]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
