"""Facts: what is on record about an output, as the rules want to have it."""

from app.models import Output, Task
from app.rules.acts import Facts
from app.rules.vocabulary import Visibility


def of(output: Output, task: Task) -> Facts:
    """All that is on record about an output."""
    return Facts(
        claimed=output.claimed,
        evidence=output.evidence,
        confirmed=output.confirmed,
        self_confirmed=output.self_confirmed,
        returned=output.returned,
        owed=not output.dropped,
        status_only=task.visibility is Visibility.STATUS_ONLY,
    )
