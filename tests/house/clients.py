"""What `make clients` asks of the generated clients: that they take every recorded example.

    python tests/house/clients.py typescript > examples.ts    for `tsc --strict` to judge
    python tests/house/clients.py python                      with the generated package on the path

Standard library only: the second runs in an environment that has what a client needs and nothing of ours.
"""

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def examples() -> Iterator[tuple[str, str, Any]]:
    """Operation, the schema's name and the value, for every request and answer."""
    contract = json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))
    for methods in contract["paths"].values():
        for operation in methods.values():
            status = min(status for status in operation["responses"] if status.startswith("2"))
            for one in (operation.get("requestBody"), operation["responses"][status]):
                for content in (one or {}).get("content", {}).values():
                    if content["schema"].get("type") != "string":  # a file or lines of text is no value
                        name = content["schema"]["$ref"].rpartition("/")[2]
                        yield operation["operationId"], name, content["example"]


def typescript() -> None:
    """Every example as a constant of its type."""
    lines = [
        'import type { components } from "../../clients/typescript/ttdn";',
        'type Schemas = components["schemas"];',
    ]
    for place, (operation, name, value) in enumerate(examples()):
        text = json.dumps(value, ensure_ascii=False)
        lines.append(f'export const {operation}_{place}: Schemas["{name}"] = {text};')
    sys.stdout.write("\n".join(lines) + "\n")


def python() -> None:
    """Read every example with the generated model and write it again: nothing is lost or added."""
    every = list(examples())
    for operation, name, value in every:
        module = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
        model = getattr(importlib.import_module(f"generated.models.{module}"), name)
        again = model.from_dict(value).to_dict()
        if json.dumps(_plain(again), sort_keys=True) != json.dumps(_plain(value), sort_keys=True):
            raise SystemExit(f"{operation}: {name} does not come back as it went in")
    sys.stdout.write(f"{len(every)} examples read and written by the Python client\n")


def _plain(value: Any) -> Any:
    """The value with one spelling of UTC: `Z` and `+00:00` are the same instant."""
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    return re.sub(r"(:\d\d(?:\.\d+)?)\+00:00$", r"\1Z", value) if isinstance(value, str) else value


if __name__ == "__main__":
    {"typescript": typescript, "python": python}[sys.argv[1]]()
