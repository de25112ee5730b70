"""The broken build of the batches' negative control: every record of a batch is committed by itself, at once.

Started as a script in place of `ttdn`, with the same arguments. The service itself has no switch for this.
"""

from app.cli import main
from app.schemas.activities import ActivityIn
from app.schemas.batches import BatchRow
from app.services.batching import Tray

_take = Tray.take


def commit_each(self: Tray, place: int, record: ActivityIn) -> BatchRow:
    """As `Tray.take`; what follows may never come."""
    row = _take(self, place, record)
    self.close()
    self._session.commit()
    self._open.clear()
    self._tally = None
    return row


if __name__ == "__main__":
    Tray.take = commit_each  # type: ignore[method-assign]
    main()
