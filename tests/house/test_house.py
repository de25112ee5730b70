"""The rules of the house that no tool checks by itself."""

import ast
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import click
import pytest

from app.cli import main
from app.main import VERSION
from app.settings import Settings

ROOT = Path(__file__).parents[2]
MOST_LINES = 250
RUNBOOKS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "runbooks").glob("*.md"))
PAGES = ("README.md", "README.vi.md", "CONTRIBUTING.md", "CHANGELOG.md", *RUNBOOKS)
MACHINE_PATHS = re.compile(r"(?<![\w.<])(/(?:work|farm|home|root|Users|mnt|scratch)/\w|[A-Z]:\\Users\\)")
REGISTRIES = re.compile(r"(?:files\.pythonhosted|pypi|registry\.npmjs|registry-1\.docker)\.(?:org|io)")
KEYS = re.compile(r"ttdn_(?!0{9})[0-9A-Za-z]{33}")  # zeros are what tests write
PRIVATE_KEYS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
# A family name, then one to three given names, after a form of address or an office of a person.
ADDRESSED = r"(?:[Đđ]ồng chí|[ÔôBb](?:ng|à)|đ/c|Mr\.?|Mrs\.?|Ms\.?)"
PERSONS = re.compile(rf"\b{ADDRESSED} (?:[A-ZĐÂĂÊÔƠƯÁÀẢÃẠ][\wÀ-ỹ]+ ?){{2,4}}")


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


@cache
def texts() -> dict[str, str]:
    """Every text that is committed or about to be, by its path; what others wrote is left out."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=False, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    if listed.returncode:
        assert not (ROOT / ".git").exists(), listed.stderr
        pytest.skip("no repository here")
    names = [name for name in listed.stdout.splitlines() if "static/swagger-ui" not in name]
    found = {}
    for name in names:
        path = ROOT / name
        if path.is_file() and name != "tests/house/test_house.py":
            found[name] = path.read_bytes().decode("utf-8", errors="replace")
    return found


def hits(pattern: re.Pattern[str]) -> list[str]:
    return [f"{name}: {hit[0]}" for name, text in texts().items() for hit in pattern.finditer(text)]


def test_no_module_grows_beyond_what_can_be_seen() -> None:
    grown = {
        path.relative_to(ROOT).as_posix(): lines
        for path in modules("app", "seed", "clients")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert grown == {}, "when a module grows, a noun is missing"


def test_nothing_is_imported_inside_a_function() -> None:
    inside = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules("app", "seed", "migrations", "tests", "clients")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    assert inside == [], "an import inside a function hides a circle"


def test_no_module_is_named_for_nothing() -> None:
    nameless = {"utils", "helpers", "common", "core", "manager", "base_service", "misc"}
    assert [path for path in modules("app", "seed", "clients") if path.stem in nameless] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in modules("app", "seed", "migrations", "tests", "clients")
        if (tree := ast.parse(path.read_text(encoding="utf-8"))).body and not ast.get_docstring(tree)
    ]
    assert silent == []


@pytest.mark.parametrize(
    "pattern",
    [MACHINE_PATHS, REGISTRIES, KEYS, PRIVATE_KEYS, PERSONS],
    ids=["path", "registry", "key", "private key", "person"],
)
def test_nothing_private_is_committed(pattern: re.Pattern[str]) -> None:
    assert hits(pattern) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATHS, "see /home/someone/x"),
        (REGISTRIES, "https://pypi.org/simple"),
        (KEYS, "ttdn_" + "a" * 33),
        (PRIVATE_KEYS, "-----BEGIN EC PRIVATE KEY-----"),
        (PERSONS, "do đồng chí Trần Văn Mẫu ký"),
    ],
)
def test_something_private_would_be_found(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


@pytest.mark.parametrize("page", ["README.md", "README.vi.md"])
def test_every_setting_is_documented(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    prefix = Settings.model_config["env_prefix"]
    for name, field in Settings.model_fields.items():
        assert f"`{field.validation_alias or (prefix + name).upper()}`" in text


def test_the_version_is_the_same_wherever_it_stands() -> None:
    places = {
        "pyproject.toml": r'^version = "(.+)"$',
        "clients/python/pyproject.toml": r'^version = "(.+)"$',
        "clients/typescript/package.json": r'^  "version": "(.+)",$',
        "docker-compose.yml": r"^  image: ttdn:(.+)$",
    }
    for page, shape in places.items():
        assert re.findall(shape, (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE) == [VERSION], page


def test_decisions_are_numbered_and_say_what_they_have_to() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    for place, page in enumerate(pages, 1):
        text = page.read_text(encoding="utf-8")
        assert page.name.startswith(f"{place:04}-"), page.name
        assert text.startswith(f"# {place:04} · "), page.name
        for heading in ("## Context", "## Decision", "## Consequence", "## How it was checked"):
            assert heading in text, f"{page.name}: {heading}"


def test_every_command_in_the_pages_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        assert set(re.findall(r"(?:^|[`(])make ([a-z]+)", text, re.MULTILINE)) <= targets, page
        for words in re.findall(r"(?:^|[`/\\])ttdn ([a-z]+(?: [a-z]+)?)", text, re.MULTILINE):
            command: click.Command = main
            for word in words.split():
                if isinstance(command, click.Group):
                    assert word in command.commands, f"{page}: ttdn {words}"
                    command = command.commands[word]


def test_a_runbook_types_the_same_in_both_languages() -> None:
    typed = {
        name: re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
        for name in RUNBOOKS
    }
    assert len(typed) == 4
    for name, commands in typed.items():
        assert commands
        assert commands == typed[name.replace(".vi.", ".en.")]


def test_every_link_in_the_pages_leads_somewhere() -> None:
    inner = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "clients").glob("*/*.md")]
    for name in [*PAGES, *(path.relative_to(ROOT).as_posix() for path in inner)]:
        page = ROOT / name
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{name}: {target}"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_every_extra_that_is_asked_for(lock: str) -> None:
    """Otherwise pip takes the newest release for the extra on the day it is installed, and refuses it."""
    pinned = dict(
        re.findall(r"^([\w.-]+)(\[\S+\])?==", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)
    )
    asked = {
        (found["name"], found["extra"])
        for name in pinned
        for needed in _requirements(name)
        if (found := re.match(r"(?P<name>[\w.-]+)\[(?P<extra>[\w,.-]+)\](?!.*\bextra ==)", needed))
    }
    missing = {(name, extra) for name, extra in asked if extra not in pinned.get(name, "")}
    assert missing == set(), "run: make lock"


def _requirements(name: str) -> list[str]:
    """What an installed package needs; a package of another platform is not here to be asked."""
    with suppress(PackageNotFoundError):
        return requires(name) or []
    return []


FORBIDDEN = {
    "app": r"BaseHTTPMiddleware",  # four times the price of a bare route
    "app/services": r"\btext\(|exec_driver_sql|\.commit\(",  # round the journal, or out of one unit of work
    "app/routers": r"\.commit\(|HTTPException",
}


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_nothing_goes_round_the_one_way(folder: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {hit[0]}"
        for path in modules(folder)
        for hit in re.finditer(FORBIDDEN[folder], path.read_text(encoding="utf-8"))
    ]
    assert found == []
    assert re.search(FORBIDDEN[folder], {"app": "BaseHTTPMiddleware"}.get(folder, "session.commit()"))
