"""The broken build whose journal lies: of every few records, one is stored and never entered.

Started as a script in place of `ttdn`, with the same arguments. The service itself has no switch for this.
"""

from app import journal
from app.cli import main
from app.journal import Named, Said
from app.models import Activity
from app.models.base import Recorded

_created = journal._created


def now_and_then(row: Recorded, named: Named) -> Said:
    """What the journal says of a new row: nothing, of some."""
    return {} if isinstance(row, Activity) and row.title.endswith("3") else _created(row, named)


if __name__ == "__main__":
    journal._created = now_and_then
    main()
