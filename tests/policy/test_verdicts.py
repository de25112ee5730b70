"""Who may do what over HTTP: the verdicts of model §4, written down here a second time, cell by cell.

The task is IV.7.b, of SVHTTDL's, where a row says nothing else; occurrences are IV.3.a's, statuses IV.10.1's,
and rows that begin with `own` are about a duty of the monitor's, IV.1.1.
"""

from collections.abc import Mapping

import pytest

from tests.patience import untraced
from tests.policy.requests import MAKERS, World, operations
from tests.service import PLAN, Service
from tests.verdicts import grid
from tests.walks import OPEN, everything

pytestmark = untraced

CALLERS = {
    "lead": "SVHTTDL",
    "coor": "BAOTV",
    "form": "SKHDT",
    "othr": "SCT",
    "memb": "UBND.TPTV",
    "ownr": "TTBCD",  # the plan's owner, and its monitor
    "secr": "BPGV",
    "supr": "TTTU",
    "fund": "STC",
    "setl": "VPTU",
    "pol": "CAT",
    "off": "VPUBND",
    "read": "SVHTTDL:read",
    "tech": "SVHTTDL:admin",
    "none": "",
}
"""Each column and the key it calls with. SKHDT led the task before; CAT leads IV.10.1, VPUBND IV.3.a."""

# yes: in its own right · for: in the lead's name · self: marked as self-confirmed · no: refused, told who can
# hid: as if it were not there · key: the key lacks the scope · 401: no key at all
# who: it has to say in whose name
TABLE = """
                        lead coor form othr memb ownr secr supr fund setl pol  off  read tech none
record_activity_own     yes  yes  no   no   no   no   who  no   no   no   no   no   key  key  401
record_activity         yes  no   no   no   no   no   for  no   no   no   no   no   key  key  401
push_activities_own     yes  yes  no   no   no   no   who  no   no   no   no   no   key  key  401
push_activities         yes  no   no   no   no   no   for  no   no   no   no   no   key  key  401
import_activities_own   yes  yes  no   no   no   no   who  no   no   no   no   no   key  key  401
import_activities       yes  no   no   no   no   no   for  no   no   no   no   no   key  key  401
revise_activity         yes  no   no   no   no   no   for  no   no   no   no   no   key  key  401
withdraw_activity       yes  no   no   no   no   no   for  no   no   no   no   no   key  key  401
claim_output            yes  no   no   no   no   no   for  no   no   no   no   no   key  key  401
withdraw_claim          yes  no   no   no   no   no   for  no   no   no   no   no   key  key  401
confirm_output          no   no   no   no   no   yes  no   no   no   no   no   no   key  key  401
return_output           no   no   no   no   no   yes  no   no   no   no   no   no   key  key  401
open_occurrence         no   no   no   no   no   no   for  no   no   no   no   yes  key  key  401
enter_status_fulfilled  hid  hid  hid  hid  hid  no   for  no   hid  hid  yes  hid  hid  hid  401
enter_status_confirmed  hid  hid  hid  hid  hid  yes  no   no   hid  hid  no   hid  hid  hid  401
enter_status_returned   hid  hid  hid  hid  hid  yes  no   no   hid  hid  no   hid  hid  hid  401
amend_plan              no   no   no   no   no   yes  no   no   no   no   no   no   key  key  401
amend_plan_agency       no   no   no   no   no   yes  no   no   no   no   no   no   key  key  401
propose_amendment       yes  no   no   no   no   no   no   no   no   no   no   no   key  key  401
accept_proposal         no   hid  hid  hid  hid  yes  no   no   hid  hid  hid  hid  key  key  401
decline_proposal        no   hid  hid  hid  hid  yes  no   no   hid  hid  hid  hid  key  key  401
withdraw_proposal       yes  hid  hid  hid  hid  no   no   no   hid  hid  hid  hid  key  key  401
urge_content            no   no   no   no   no   yes  no   no   no   no   no   no   key  key  401
urge_coordinator        yes  no   no   no   no   yes  no   no   no   no   no   no   key  key  401
urge_settlement         no   no   no   no   no   no   no   no   no   yes  no   no   key  key  401
answer_urge             yes  hid  hid  hid  hid  no   no   no   hid  hid  hid  hid  key  key  401
close_urge              no   hid  hid  hid  hid  yes  no   no   hid  hid  hid  hid  key  key  401
add_event               no   no   no   no   no   yes  yes  no   no   no   no   no   key  key  401
add_event_steward       no   no   no   no   no   yes  no   no   no   no   no   no   key  key  401
correct_event           no   no   no   no   no   yes  yes  no   no   no   no   no   key  key  401
correct_event_steward   no   no   no   no   no   yes  no   no   no   no   no   no   key  key  401
decide_occurrence       no   no   no   no   no   yes  yes  no   no   no   no   no   key  key  401
subscribe               yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  401
revoke_subscription     yes  hid  hid  hid  hid  hid  hid  hid  hid  hid  hid  hid  yes  yes  401
open_budget_line        yes  no   no   no   no   no   no   no   no   no   no   no   key  key  401
open_budget_line_allocated no   no   no   no   no   no   no   no   yes  no   no   no   key  key  401
import_budget_lines     yes  no   no   no   no   no   no   no   no   no   no   no   key  key  401
import_budget_lines_allocated no   no   no   no   no   no   no   no   yes  no   no   no   key  key  401
import_ledger_entries_need yes  no   no   no   no   no   no   no   no   no   no   no   key  key  401
import_ledger_entries_allocation no   no   no   no   no   no   no   no   yes  no   no   no   key  key  401
import_ledger_entries_commitment yes  no   no   no   no   no   no   no   no   no   no   no   key  key  401
import_ledger_entries_spending yes  no   no   no   no   no   no   no   no   no   no   no   key  key  401
correct_budget_line     yes  no   no   no   no   no   no   no   yes  no   no   no   key  key  401
state_need              yes  no   no   no   no   no   no   no   no   no   no   no   key  key  401
decide_allocation       no   no   no   no   no   no   no   no   yes  no   no   no   key  key  401
transfer_allocation     no   no   no   no   no   no   no   no   yes  no   no   no   key  key  401
record_commitment       yes  no   no   no   no   no   no   no   no   no   no   no   key  key  401
record_spending         yes  no   no   no   no   no   no   no   no   no   no   no   key  key  401
reverse_entry_commitment yes  no   no   no   no   no   no   no   no   no   no   no   key  key  401
reverse_entry_allocation no   no   no   no   no   no   no   no   yes  no   no   no   key  key  401
submit_settlement       yes  no   no   no   no   no   no   no   no   no   no   no   key  key  401
withdraw_settlement     yes  no   no   no   no   no   no   no   no   no   no   no   key  key  401
accept_settlement       no   no   no   no   no   no   no   no   no   yes  no   no   key  key  401
return_settlement       no   no   no   no   no   no   no   no   no   yes  no   no   key  key  401
own_confirm_output      no   no   no   no   no   self no   yes  no   no   no   no   key  key  401
own_return_output       no   no   no   no   no   no   no   yes  no   no   no   no   key  key  401
own_claim_output        no   no   no   no   no   yes  for  no   no   no   no   no   key  key  401
"""


EXPECTED: Mapping[str, Mapping[str, str]] = {
    next(name for name in MAKERS if name.replace(" ", "_") == row): cells
    for row, cells in grid(TABLE).items()
}


def test_every_operation_that_writes_stands_in_the_table(service: Service) -> None:
    """One that is missing here has no verdict, and fails the build."""
    published = {
        operation["operationId"]
        for path, methods in service.app.openapi()["paths"].items()
        for method, operation in methods.items()
        if method != "get"
    }
    assert published - operations(iter(EXPECTED)) == set()
    assert set(EXPECTED) == set(MAKERS)
    assert all(set(cells) == set(CALLERS) for cells in EXPECTED.values())


@pytest.mark.parametrize("row", EXPECTED)
def test_the_verdict_of_every_cell(service: Service, row: str) -> None:
    world, request = World(service), None
    for column, expected in EXPECTED[row].items():
        request = request or MAKERS[row](world)
        answer = request.by(world[CALLERS[column]])
        said = answer.json()
        where = (row, column, answer.status_code, answer.text[:400])
        match expected:
            case "yes" | "for" | "self":
                assert answer.status_code in (200, 201), where
                _in_whose_name(said, expected)
                request = None  # it is done: for the next one it is made anew
            case "no":
                assert (answer.status_code, said["code"]) == (403, "not_permitted"), where
                assert said["reason"] in ("another_agency", "own_work"), where
                assert said["who_can"], where
                again = request.by(world[said["who_can"][0]])
                assert again.status_code in (200, 201), (where, again.text)
                request = None
            case "who":
                assert (answer.status_code, said["errors"][0]["pointer"]) == (422, "/agency"), where
            case "hid":
                assert answer.status_code == 404, where
            case "key":
                assert (answer.status_code, said["reason"]) == (403, "scope_missing"), where
            case "401":
                assert answer.status_code == 401, where


@pytest.mark.parametrize("caller", ["SVHTTDL:read", "SVHTTDL:admin", "SVHTTDL", "TTBCD"])
def test_any_key_reads_whatever_it_may_see(service: Service, caller: str) -> None:
    """Every operation that reads; what a key may not see is not there (tests/api/test_visibility.py)."""
    world = World(service)
    world.urge()
    world.proposal()
    world.record()
    world.settlement()
    world.evidenced("IV.1.1", "TTBCD")
    World.done(world[caller].post(f"{PLAN}/calendar/subscriptions", json={"label": "Lịch"}))
    spec = service.app.openapi()
    read = set()
    for operation, address in everything(world[caller], spec, most=1):
        assert world[caller].get(address).status_code == 200, address
        read.add(operation)
        if operation not in OPEN:
            assert service.anonymous.get(address).status_code == 401, address
    assert read == {methods["get"]["operationId"] for methods in spec["paths"].values() if "get" in methods}


def _in_whose_name(said: dict[str, object], expected: str) -> None:
    """On behalf both are named; a self-confirmation says so and does not count as confirmed."""
    act = said.get("act")
    if isinstance(act, dict):
        assert (act["on_behalf_of"] is not None) == (expected == "for")
        assert (act["kind"] == "self_confirmation") == (expected == "self")
        if expected == "self":
            assert act["level"] == "evidenced"
    record = said.get("activity")
    if isinstance(record, dict) and expected == "for" and said["result"] == "created":
        assert record["agency"] != record["recorded_by"]


def test_who_is_refused_by_its_key_would_be_let_with_another(service: Service) -> None:
    """A technical administrator can write no business record, whatever its agency may."""
    world = World(service)
    for row in ("claim_output", "propose_amendment"):
        request = MAKERS[row](world)
        assert request.by(world["SVHTTDL:admin"]).json()["reason"] == "scope_missing"
        assert request.by(world["SVHTTDL"]).status_code == 201
