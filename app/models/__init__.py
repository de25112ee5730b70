"""The tables. Importing this package registers them all, which migrations and the engine rely on."""

from app.models.activities import Activity, Withdrawal
from app.models.acts import Act
from app.models.agencies import Agency, AgencyName, Membership
from app.models.amendments import Amendment, Proposal
from app.models.assignments import Assignment
from app.models.base import Base
from app.models.budget import Budget, BudgetLine, BudgetLink
from app.models.changes import Change
from app.models.events import Event, EventLink, Occurrence, Subscription
from app.models.keys import Key
from app.models.ledger import LedgerEntry, Settlement
from app.models.objectives import Objective
from app.models.outputs import Output
from app.models.plans import Plan
from app.models.receipts import Receipt, SigningKey
from app.models.replays import Replay
from app.models.sections import Section
from app.models.standings import Standing
from app.models.tasks import Implementation, Task
from app.models.urges import Urge

__all__ = [
    "Act",
    "Activity",
    "Agency",
    "AgencyName",
    "Amendment",
    "Assignment",
    "Base",
    "Budget",
    "BudgetLine",
    "BudgetLink",
    "Change",
    "Event",
    "EventLink",
    "Implementation",
    "Key",
    "LedgerEntry",
    "Membership",
    "Objective",
    "Occurrence",
    "Output",
    "Plan",
    "Proposal",
    "Receipt",
    "Replay",
    "Section",
    "Settlement",
    "SigningKey",
    "Standing",
    "Subscription",
    "Task",
    "Urge",
    "Withdrawal",
]
