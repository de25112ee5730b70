"""What may be done to an output, from where, and what becomes of it (model §2).

    act                 the output must be         and then is
    claim               owed                       claimed, and no longer returned
    withdrawal          claimed, not confirmed     not claimed; what records say of it stays
    confirmation        evidenced                  confirmed
    self_confirmation   evidenced                  marked so, and stays evidenced
    return              reported or higher         not claimed, not confirmed, and on no level
                                                   until its body claims it again

To do what is done already changes nothing, so acts may be repeated, and any order of them ends legally.
"""

from dataclasses import dataclass, replace

from app.errors import Text
from app.rules import lifecycle
from app.rules.vocabulary import Level, Word


class ActKind(Word):
    """What was done to an output."""

    CLAIM = "claim", "Báo cáo hoàn thành", "Claim"
    WITHDRAWAL = "withdrawal", "Rút báo cáo", "Withdrawal of a claim"
    CONFIRMATION = "confirmation", "Xác nhận", "Confirmation"
    SELF_CONFIRMATION = "self_confirmation", "Tự xác nhận", "Self-confirmation"
    RETURN = "return", "Trả lại", "Return"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is on record about an output; its level follows from it."""

    claimed: bool = False
    evidence: int = 0
    confirmed: bool = False
    self_confirmed: bool = False
    returned: bool = False
    owed: bool = True
    status_only: bool = False

    @property
    def level(self) -> Level:
        """Where it stands."""
        return lifecycle.level(
            claimed=self.claimed,
            evidence=self.evidence,
            confirmed=self.confirmed,
            returned=self.returned,
            status_only=self.status_only,
        )


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an act is not possible now, whoever asks."""

    code: str
    why: Text


def after(kind: ActKind, facts: Facts) -> Facts | Obstacle:
    """What is on record once it is done; the same facts where it is done already."""
    match kind:
        case ActKind.CLAIM:
            return replace(facts, claimed=True, returned=False) if facts.owed else NOT_OWED
        case ActKind.WITHDRAWAL:
            return CONFIRMED if facts.confirmed else replace(facts, claimed=False)
        case ActKind.CONFIRMATION:
            return _evidenced(facts) or replace(facts, confirmed=True, self_confirmed=False)
        case ActKind.SELF_CONFIRMATION:
            return _evidenced(facts) or (facts if facts.confirmed else replace(facts, self_confirmed=True))
        case ActKind.RETURN:  # pragma: no branch -- the type checker proves that there is no other kind
            if facts.level is Level.NONE and not facts.returned:
                return NOTHING_REPORTED
            return replace(facts, claimed=False, confirmed=False, self_confirmed=False, returned=True)


def is_open(kind: ActKind, facts: Facts) -> bool:
    """Whether doing it now would change something."""
    return after(kind, facts) not in (facts, NOT_OWED, CONFIRMED, NOT_EVIDENCED, NOTHING_REPORTED)


def _evidenced(facts: Facts) -> Obstacle | None:
    return None if facts.level in (Level.EVIDENCED, Level.CONFIRMED) else NOT_EVIDENCED


NOT_OWED = Obstacle(
    "not_owed",
    Text(
        "Đầu ra này không còn phải thực hiện theo quyết định điều chỉnh",
        "By decision, this output is no longer owed",
    ),
)
CONFIRMED = Obstacle(
    "already_confirmed",
    Text(
        "Đầu ra đã được xác nhận: cơ quan theo dõi phải trả lại trước",
        "The output is confirmed: the monitor has to return it first",
    ),
)
NOT_EVIDENCED = Obstacle(
    "not_evidenced",
    Text(
        "Chỉ xác nhận đầu ra có minh chứng còn hiệu lực",
        "Only an output with standing evidence can be confirmed",
    ),
)
NOTHING_REPORTED = Obstacle(
    "nothing_reported",
    Text(
        "Chưa có báo cáo hay minh chứng nào để trả lại",
        "Nothing has been reported that could be returned",
    ),
)
