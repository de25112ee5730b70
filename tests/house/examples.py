"""Records `app/web/examples.json`: one real exchange for each operation, from the service as it runs.

    make examples

Starts the service on a fresh embedded database with the real plan and calls every operation once: as an
office (SVHTTDL, an outsider to most of the plan, so nothing internal gets into the published contract), or as
the plan's owner and others about what everybody sees. It keeps what was said. Lists are asked for one or
two items. Where an answer cannot be asked to be short, lists inside it are cut to their first two entries;
nothing else is changed.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from app.web.description import EXAMPLES
from tests.servers.service import ServerProcess

PLAN = "ttdn-2023"
OFFICE, OWNER = "SVHTTDL", "TTBCD"
HOST, PLANNER = "VPUBND", "SKHDT"
"""Who receives delegations, and whose duty is shown as one that is tracked by status only."""
FUNDER, CHECKER = "STC", "VPTU"
"""Who decides what money is given, and who checks how it was spent."""
LONGEST_LIST = 2

Exchange = dict[str, Any]


@dataclass(slots=True)
class Recorder:
    """Calls operations by their id and keeps each exchange."""

    clients: Mapping[str, httpx.Client]
    contract: Mapping[str, Any]
    exchanges: dict[str, Exchange] = field(default_factory=dict)

    def call(
        self, operation_id: str, *, caller: str = OFFICE, body: Any = None, **parameters: Any
    ) -> httpx.Response:
        """Call with these parameters (`If_Match` is the header `If-Match`); only a success is an example."""
        method, path, operation = self._operation(operation_id)
        named = {name.replace("_", "-") if name[0].isupper() else name: v for name, v in parameters.items()}
        places = {one["name"]: one["in"] for one in operation.get("parameters", ())}
        sent: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
        for name, value in named.items():
            sent[places[name]][name] = str(value)
        if isinstance(body, str):
            sent["header"]["Content-Type"] = "text/csv"
        answer = self.clients[caller].request(
            method,
            path.format(**sent["path"]),
            params=sent["query"],
            headers=sent["header"],
            **({"content": body.encode()} if isinstance(body, str) else {"json": body}),
        )
        answer.raise_for_status()
        exchange: Exchange = {"parameters": named} if named else {}
        if body is not None:
            exchange["request"] = body
        if answer.headers["content-type"] == "application/json":
            exchange["response"] = short(answer.json())
        if "location" in answer.headers:
            exchange["location"] = answer.headers["location"]
        self.exchanges[operation_id] = exchange
        return answer

    def lead(self, task: str) -> str:
        """The id of a task's one accountable assignment."""
        asked = {"task": task, "role": "lead"}
        found = self.clients[OWNER].get(f"/v1/plans/{PLAN}/assignments", params=asked).json()
        return str(found["items"][0]["id"])

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
    act(recorder)
    decide(recorder)
    urge(recorder)
    keep_calendar(recorder)
    spend(recorder)
    first = recorder.call("find_assignments", plan=PLAN, limit=1, agency=OFFICE, role="lead").json()
    assignment = first["items"][0]["id"]
    recorder.call("find_outputs", plan=PLAN, limit=1, task="IV.7.a")
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
        "find_activities": {"plan": PLAN, "limit": 1, "task": "IV.7.a", "status": "standing"},
        "get_progress": {"plan": PLAN, "by": "section", "section": "IV.7"},
        "get_explanation": {"plan": PLAN, "task": "IV.7.a"},
        "get_progress_change": {"plan": PLAN, "from": "2023-12-31", "task": "IV.7.a"},
        "find_gaps": {"plan": PLAN, "kind": "duty_without_target"},
        "find_amendments": {"plan": PLAN, "limit": 1},
        "get_amendment": {"plan": PLAN, "revision": 2},
        "find_proposals": {"plan": PLAN, "limit": 1},
        "find_urges": {"plan": PLAN, "limit": 1},
        "get_overview": {"plan": PLAN},
        "find_events": {"plan": PLAN, "limit": 1, "year": 2023},
        "find_occurrences": {
            "plan": PLAN,
            "limit": 2,
            "from": "2023-01-01",
            "to": "2030-12-31",
            "class": "round",
        },
        "get_occurrence": {"plan": PLAN, "occurrence": "E11-2023"},
        "get_event": {"plan": PLAN, "code": "E11", "year": 2023},
        "get_budget": {"plan": PLAN},
        "find_budget_lines": {"plan": PLAN, "limit": 1},
        "get_budget_line": {"plan": PLAN, "line": "SVHTTDL-01"},
        "get_budget_rollup": {"plan": PLAN, "by": "line"},
        "find_ledger_entries": {"plan": PLAN, "limit": 1, "kind": "spending"},
        "find_settlements": {"plan": PLAN, "limit": 1, "state": "accepted"},
        "find_agencies": {"limit": 1, "q": "van hoa"},
        "get_agency": {"code": "BAOTV"},
        "get_me": {},
        "get_permission": {"action": "activity.record", "on": f"plans/{PLAN}/tasks/IV.6.a"},
        "find_changes": {"limit": 1, "plan": PLAN, "subject": "activity"},
        "find_receipts": {"plan": PLAN, "limit": 1},
        "get_signing_keys": {},
        "get_livez": {},
        "get_readyz": {},
    }
    for operation, parameters in asked.items():
        recorder.call(operation, **parameters)


def keep_calendar(recorder: Recorder) -> None:
    """An event is added and given to a body, an anniversary cancelled; an office subscribes to its own."""
    added = {
        "code": "E12",
        "kind": "diplomatic_relations",
        "name_vi": "Thiết lập quan hệ ngoại giao Việt Nam – Bỉ",
        "name_en": "Diplomatic relations with Belgium",
        "counterpart": "BE",
        "date_verified": "1973-03-22",
        "verified_by": "Cổng thông tin của Bộ Ngoại giao",
        "tasks": ["II.2.4"],
        "reason": "Danh sách in kết thúc bằng dấu …",
    }
    made = recorder.call("add_event", caller=OWNER, plan=PLAN, body=added)
    recorder.call(
        "correct_event",
        caller=OWNER,
        plan=PLAN,
        code="E12",
        If_Match=made.headers["etag"],
        body={"steward": HOST, "reason": "Giao cơ quan chủ trì chuẩn bị"},
    )
    held = {"cancelled": True, "reason": "Gộp vào hoạt động chung của năm"}
    recorder.call("decide_occurrence", caller=OWNER, plan=PLAN, occurrence="E12-2024", body=held)
    asked = {"label": "Lịch phòng Văn thư", "agency": OFFICE}
    subscribed = recorder.call("subscribe", plan=PLAN, body=asked).json()["subscription"]["id"]
    recorder.call("get_calendar", plan=PLAN, agency=OFFICE, lang="vi")
    recorder.call("find_subscriptions", plan=PLAN, limit=1)
    recorder.call("get_subscription", plan=PLAN, subscription=subscribed)
    recorder.call("revoke_subscription", plan=PLAN, subscription=subscribed)


def write(recorder: Recorder) -> None:
    """Push two records, correct one, withdraw the other; rehearse a batch."""
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
    recorder.call("get_receipt", plan=PLAN, receipt=made.json()["receipt"])
    activity = made.json()["activity"]["id"]
    read = recorder.call("get_activity", plan=PLAN, activity=activity)
    recorder.call(
        "revise_activity",
        plan=PLAN,
        activity=activity,
        If_Match=read.headers["etag"],
        body={"channel": "in_person", "languages": ["vi", "km"]},
    )
    batch = [
        {**pushed, "external_id": "2023/0117", "title": "Tập huấn quy định về lễ hội, bổ sung"},
        {**pushed, "external_id": "2023/0119", "task": "IV.6.a", "output": None},
    ]
    recorder.call("push_activities", plan=PLAN, dry_run=True, body={"records": batch})
    file = (
        "Mã nhiệm vụ,Mã đầu ra,Ngày thực hiện,Loại hoạt động,Tiêu đề,Số lượng\r\n"
        "IV.7.a,M1,12/05/2023,Tập huấn,Tập huấn quy định về lễ hội,1.200\r\n"
        "IV.7.b,,31/02/2023,Phim,Phim giới thiệu,1\r\n"
    )
    recorder.call("import_activities", plan=PLAN, dry_run=True, body=file)


def act(recorder: Recorder) -> None:
    """An output is claimed, sent back, confirmed; one that is due again; a period of a status-only duty."""
    own = {
        item["task"]: item["id"]
        for item in recorder.clients[OFFICE].get(f"/v1/plans/{PLAN}/outputs?agency={OFFICE}").json()["items"]
    }
    recorder.call("claim_output", plan=PLAN, output=own["IV.7.c"], body={"note": "Đã in xong"})
    recorder.call("withdraw_claim", plan=PLAN, output=own["IV.7.c"], body={"reason": "Còn bản tiếng Anh"})
    read = recorder.call("get_output", plan=PLAN, output=own["IV.7.a"])
    recorder.call(
        "confirm_output",
        caller=OWNER,
        plan=PLAN,
        output=own["IV.7.a"],
        If_Match=read.headers["etag"],
        body={},
    )
    missing = {"missing": "Thiếu danh sách đơn vị tham dự"}
    recorder.call("return_output", caller=OWNER, plan=PLAN, output=own["IV.7.a"], body=missing)
    recorder.clients[OFFICE].post(f"/v1/plans/{PLAN}/outputs/{own['IV.7.a']}/claims", json={})
    recorder.call("find_acts", plan=PLAN, output=own["IV.7.a"], limit=2)
    triggered = recorder.lead("IV.3.a")
    recorder.call(
        "open_occurrence",
        caller=HOST,
        plan=PLAN,
        assignment=triggered,
        body={"label": "Đoàn công tác tháng 6", "due_on": "2023-06-30"},
    )


def decide(recorder: Recorder) -> None:
    """Decisions that amend the plan, and what an office proposes."""
    body = {
        "decision": decision(9),
        "summary": "Giao số lượng",
        "changes": [
            {"change": "target", "task": "IV.6.a", "target": 3},
            {"change": "visibility", "task": "IV.5.b", "visibility": "status_only"},
        ],
    }
    recorder.call("amend_plan", caller=OWNER, plan=PLAN, body=body)
    recorder.call(
        "enter_status",
        caller=PLANNER,
        plan=PLAN,
        assignment=recorder.lead("IV.5.b"),
        body={"period": "M1", "entry": "fulfilled"},
    )
    ids = []
    for day in ("2023-11-30", "2023-10-31", "2023-09-30"):
        change = {"change": "deadline", "task": "IV.7.b", "due_on": day}
        asked = {"reason": "Chờ lịch phát sóng", "changes": [change]}
        made = recorder.call("propose_amendment", plan=PLAN, body=asked)
        ids.append(made.json()["proposal"]["id"])
    recorder.call(
        "accept_proposal", caller=OWNER, plan=PLAN, proposal=ids[0], body={"decision": decision(10)}
    )
    reason = {"reason": "Đã có hạn mới"}
    recorder.call("decline_proposal", caller=OWNER, plan=PLAN, proposal=ids[1], body=reason)
    recorder.call("withdraw_proposal", plan=PLAN, proposal=ids[2], body=reason)
    recorder.call("get_proposal", plan=PLAN, proposal=ids[0])


def decision(number: int) -> dict[str, str]:
    """A decision to cite."""
    return {
        "number": f"{number:02}-QĐ/BCĐ-TTĐN",
        "decided_on": "2023-03-15",
        "issuer": "Ban Chỉ đạo Công tác thông tin đối ngoại tỉnh",
    }


def urge(recorder: Recorder) -> None:
    """The monitor urges, the office answers, the monitor closes it."""
    body = {
        "to": OFFICE,
        "about": "content",
        "task": "IV.7.b",
        "message": "Báo cáo tiến độ sản xuất chương trình",
        "due_on": "2099-12-31",
    }
    made = recorder.call("urge", caller=OWNER, plan=PLAN, body=body).json()["urges"][0]["id"]
    recorder.call("answer_urge", plan=PLAN, urge=made, body={"answer": "Đang dựng, xong trong tháng"})
    recorder.call("close_urge", caller=OWNER, plan=PLAN, urge=made, body={"outcome": "met"})
    recorder.call("get_urge", plan=PLAN, urge=made)


def spend(recorder: Recorder) -> None:
    """A line is opened, given money, spent from and settled; what was wrong is taken back."""
    line = {
        "code": "SVHTTDL-01",
        "title_vi": "Tập huấn về lễ hội",
        "tasks": ["IV.7.a"],
        "needed_vnd": 180000000,
    }
    tag = recorder.call("open_budget_line", plan=PLAN, body=line).headers["etag"]
    put_right = {"title_vi": "Tập huấn về tổ chức lễ hội", "category": "160", "subcategory": "161"}
    recorder.call("correct_budget_line", plan=PLAN, line="SVHTTDL-01", body=put_right, If_Match=tag)
    other = {"code": "SVHTTDL-02", "title_vi": "Phim giới thiệu", "tasks": ["IV.7.b"]}
    recorder.clients[OFFICE].post(f"/v1/plans/{PLAN}/budget/lines", json=other)
    recorder.call("state_need", plan=PLAN, body=amount("SVHTTDL-02", 200000000, "2023-02-01"))
    for code in ("SVHTTDL-02", "SVHTTDL-01"):
        body = {**amount(code, 150000000, "2023-03-20"), "decision": decision(12)}
        recorder.call("decide_allocation", caller=FUNDER, plan=PLAN, body=body)
    moved = amount("", 20000000, "2023-04-03") | {"from_line": "SVHTTDL-02", "to_line": "SVHTTDL-01"}
    del moved["line"]
    body = {**moved, "decision": decision(13)}
    recorder.call("transfer_allocation", caller=FUNDER, plan=PLAN, body=body)
    paper = {"number": "15/HĐ-SVHTTDL", "issued_on": "2023-04-10"}
    body = {**amount("SVHTTDL-01", 160000000, "2023-04-10"), "document": paper}
    recorder.call("record_commitment", plan=PLAN, body=body)
    wrong = amount("SVHTTDL-01", 16000000, "2023-05-15")
    made = recorder.call("record_spending", plan=PLAN, body=wrong).json()["entries"][0]["id"]
    body = {"reason": "Ghi nhầm số tiền", "occurred_on": "2023-05-15"}
    recorder.call("reverse_entry", plan=PLAN, entry=made, body=body)
    recorder.call("record_spending", plan=PLAN, body=amount("SVHTTDL-01", 155000000, "2023-05-15"))
    file = (
        "Mã,Tên,Mã nhiệm vụ,Nhu cầu (đồng)\r\n"
        "SVHTTDL-03,Biên soạn tài liệu,IV.7.c,40.000.000\r\n"
        "SCT-09,Hội chợ,,5.000.000\r\n"
    )
    recorder.call("import_budget_lines", plan=PLAN, dry_run=True, body=file)
    file = (
        "Mã dòng kinh phí,Loại bút toán,Số tiền (đồng),Số tiền bằng chữ,"
        "Ngày phát sinh,Số văn bản,Ngày văn bản\r\n"
        "SVHTTDL-01,Chi,5.000.000,Năm triệu đồng,20/05/2023,31/PC,20/05/2023\r\n"
        "SVHTTDL-01,Chi,6.000.000,Sáu trăm nghìn đồng,21/05/2023,32/PC,21/05/2023\r\n"
    )
    recorder.call("import_ledger_entries", plan=PLAN, dry_run=True, body=file)
    recorder.call("get_ledger_entry", plan=PLAN, entry=made)
    handed_in = {"line": "SVHTTDL-01", "amount_vnd": 155000000}
    early = recorder.call("submit_settlement", plan=PLAN, body=handed_in).json()["id"]
    why = {"reason": "Còn một chứng từ chưa ghi"}
    recorder.call("withdraw_settlement", plan=PLAN, settlement=early, body=why)
    first = recorder.call("submit_settlement", plan=PLAN, body=handed_in).json()["id"]
    missing = {"missing": "Thiếu danh sách ký nhận"}
    recorder.call("return_settlement", caller=CHECKER, plan=PLAN, settlement=first, body=missing)
    second = recorder.call("submit_settlement", plan=PLAN, body=handed_in).json()["id"]
    body = {"decision": {**decision(20), "decided_on": "2023-12-20"}, "occurred_on": "2023-12-20"}
    recorder.call("accept_settlement", caller=CHECKER, plan=PLAN, settlement=second, body=body)
    recorder.call("get_settlement", plan=PLAN, settlement=second)


def amount(line: str, vnd: int, day: str) -> dict[str, Any]:
    """Some money on a line."""
    return {"line": line, "amount_vnd": vnd, "occurred_on": day}


def key_of(agency: str, environment: Mapping[str, str]) -> str:
    """A key of another agency, as the person on the server makes one."""
    command = (sys.executable, "-m", "app", "key", "create", agency, "--label", "examples", "--scope", "push")
    made = subprocess.run(
        command, env={**os.environ, **environment}, check=True, capture_output=True, encoding="utf-8"
    )
    return str(re.findall(r"ttdn_\w+", made.stdout)[0])


def record() -> dict[str, Exchange]:
    """Run the service and take the tour; examples in the order of the contract."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"DATABASE_URL": f"sqlite:///{folder}/examples.sqlite3"}
        with ServerProcess(environment) as server:
            keys = dict(re.findall(r"^\s+([A-Z]+)\s+(ttdn_\w+)", server.log, re.MULTILINE))
            keys |= {agency: key_of(agency, environment) for agency in (HOST, PLANNER, FUNDER, CHECKER)}
            with ExitStack() as opened:
                clients = {
                    agency: opened.enter_context(
                        httpx.Client(
                            base_url=server.base_url,
                            headers={"Authorization": f"Bearer {keys[agency]}"},
                            timeout=30,
                        )
                    )
                    for agency in (OFFICE, OWNER, HOST, PLANNER, FUNDER, CHECKER)
                }
                contract = clients[OFFICE].get("/openapi.json").raise_for_status().json()
                recorder = Recorder(clients, contract)
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
