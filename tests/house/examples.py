"""Records `app/web/examples.json`: one real exchange for each operation, from the service as it runs.

    make examples

Starts the service on a fresh embedded database with the real plan, calls every operation once as an office
(SVHTTDL, an outsider to most of the plan, so nothing internal gets into the published contract) and keeps
what was said. Lists are asked for one or two items. Where an answer cannot be asked to be short, lists inside
it are cut to their first two entries; nothing else is changed.
"""

import json
import re
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from app.web.description import EXAMPLES
from tests.servers.service import ServerProcess

PLAN = "ttdn-2023"
OFFICE = "SVHTTDL"
LONGEST_LIST = 2

Exchange = dict[str, Any]


@dataclass(slots=True)
class Recorder:
    """Calls operations by their id and keeps each exchange."""

    client: httpx.Client
    contract: Mapping[str, Any]
    exchanges: dict[str, Exchange] = field(default_factory=dict)

    def call(self, operation_id: str, *, body: Any = None, **parameters: Any) -> httpx.Response:
        """Call with these parameters (`If_Match` is the header `If-Match`); only a success is an example."""
        method, path, operation = self._operation(operation_id)
        named = {name.replace("_", "-") if name[0].isupper() else name: v for name, v in parameters.items()}
        places = {one["name"]: one["in"] for one in operation.get("parameters", ())}
        sent: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
        for name, value in named.items():
            sent[places[name]][name] = str(value)
        answer = self.client.request(
            method, path.format(**sent["path"]), params=sent["query"], headers=sent["header"], json=body
        )
        answer.raise_for_status()
        exchange: Exchange = {"parameters": named} if named else {}
        if body is not None:
            exchange["request"] = body
        self.exchanges[operation_id] = {**exchange, "response": short(answer.json())}
        return answer

    def _operation(self, operation_id: str) -> tuple[str, str, dict[str, Any]]:
        for path, methods in self.contract["paths"].items():
            for method, operation in methods.items():
                if operation["operationId"] == operation_id:
                    return method, path, operation
        raise LookupError(operation_id)


def short(value: Any) -> Any:
    """The value with every list in it cut to its first entries."""
    if isinstance(value, dict):
        return {name: short(member) for name, member in value.items()}
    if isinstance(value, list):
        return [short(member) for member in value[:LONGEST_LIST]]
    return value


def tour(recorder: Recorder) -> None:
    """Call every operation once. What is written comes first, so that what is read has something to show."""
    write(recorder)
    first = recorder.call("find_assignments", plan=PLAN, limit=1, agency=OFFICE, role="lead").json()
    assignment = first["items"][0]["id"]
    output = recorder.call("find_outputs", plan=PLAN, limit=1, task="IV.7.a").json()["items"][0]["id"]
    asked: dict[str, dict[str, Any]] = {
        "find_plans": {"limit": 1},
        "get_plan": {"plan": PLAN},
        "find_sections": {"plan": PLAN, "limit": 2, "parent": "IV"},
        "get_section": {"plan": PLAN, "code": "IV.7"},
        "find_objectives": {"plan": PLAN, "limit": 2},
        "get_objective": {"plan": PLAN, "code": "I.1.1"},
        "find_tasks": {"plan": PLAN, "limit": 1, "lead": OFFICE, "state": "awaiting_confirmation"},
        "get_task": {"plan": PLAN, "code": "IV.7.a"},
        "get_assignment": {"plan": PLAN, "assignment": assignment},
        "find_outputs_of_assignment": {"plan": PLAN, "assignment": assignment, "limit": 1},
        "get_output": {"plan": PLAN, "output": output},
        "find_activities": {"plan": PLAN, "limit": 1, "task": "IV.7.a", "status": "standing"},
        "get_progress": {"plan": PLAN, "by": "section", "section": "IV.7"},
        "get_overview": {"plan": PLAN},
        "find_events": {"plan": PLAN, "limit": 1, "year": 2023},
        "get_event": {"plan": PLAN, "code": "E11", "year": 2023},
        "get_budget": {"plan": PLAN},
        "find_budget_lines": {"plan": PLAN, "limit": 1},
        "find_agencies": {"limit": 1, "q": "van hoa"},
        "get_agency": {"code": "BAOTV"},
        "get_me": {},
        "find_changes": {"limit": 1, "plan": PLAN, "subject": "activity"},
        "get_livez": {},
        "get_readyz": {},
    }
    for operation, parameters in asked.items():
        recorder.call(operation, **parameters)


def write(recorder: Recorder) -> None:
    """Push two records, correct one, withdraw the other."""
    pushed = {
        "task": "IV.7.a",
        "output": "M1",
        "occurred_on": "2023-05-12",
        "kind": "training",
        "title": "Tập huấn quy định về lễ hội",
        "source_system": "qlvb",
        "external_id": "2023/0117",
    }
    twice = {**pushed, "external_id": "2023/0118"}
    doubled = recorder.call("record_activity", plan=PLAN, body=twice).json()["activity"]["id"]
    recorder.call("withdraw_activity", plan=PLAN, activity=doubled, body={"reason": "Ghi trùng"})
    made = recorder.call("record_activity", plan=PLAN, body=pushed)
    activity = made.json()["activity"]["id"]
    read = recorder.call("get_activity", plan=PLAN, activity=activity)
    recorder.call(
        "revise_activity",
        plan=PLAN,
        activity=activity,
        If_Match=read.headers["etag"],
        body={"channel": "in_person", "languages": ["vi", "km"]},
    )


def record() -> dict[str, Exchange]:
    """Run the service and take the tour; examples in the order of the contract."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"DATABASE_URL": f"sqlite:///{folder}/examples.sqlite3"}
        with ServerProcess(environment) as server:
            found = re.search(rf"^\s+{OFFICE}\s+(ttdn_\w+)", server.log, re.MULTILINE)
            assert found is not None, server.log
            headers = {"Authorization": f"Bearer {found[1]}"}
            with httpx.Client(base_url=server.base_url, headers=headers, timeout=30) as client:
                recorder = Recorder(client, client.get("/openapi.json").raise_for_status().json())
                tour(recorder)
    order = [one["operationId"] for path in recorder.contract["paths"].values() for one in path.values()]
    return {name: recorder.exchanges[name] for name in order}


def main() -> None:
    """Write the file; it is replaced only when every operation has answered."""
    text = json.dumps(record(), ensure_ascii=False, indent=2)
    EXAMPLES.write_text(text + "\n", encoding="utf-8", newline="\n")
    sys.stdout.write(f"{Path(EXAMPLES).name}: {len(json.loads(text))} operations\n")


if __name__ == "__main__":
    main()
