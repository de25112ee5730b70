"""The broken build of the batches' negative control: every record of a batch is committed by itself, at once.

Started as a script in place of `ttdn`, with the same arguments. The service itself has no switch for this.
"""

from app.cli import main
from app.schemas.batches import BatchRow
from app.services.batching import Pushed, Tray

_take = Tray.take


def commit_each(self: Tray, place: int, record: Pushed) -> BatchRow:
    """As `Tray.take`; what follows may never come."""
    row = _take(self, place, record)
    self._session.commit()
    self._open.clear()
    return row


if __name__ == "__main__":
    Tray.take = commit_each  # type: ignore[method-assign]
    main()
