"""The broken build of the contract's negative control: it fails, it shows what is another's, it answers in
another form than it has published.

Started as a script in place of `ttdn`, with the same arguments. The service itself has no switch for this.
"""

from dataclasses import replace

from sqlalchemy.orm import Session

from app.cli import main
from app.rules.parties import Actor
from app.rules.vocabulary import Scope
from app.schemas.agencies import AgencyOut
from app.schemas.subscriptions import SubscriptionOut
from app.services import agencies, me, subscriptions

_subscription, _agency = subscriptions.get, agencies.get


def anybodys(session: Session, actor: Actor, slug: str, public_id: str) -> SubscriptionOut:
    """A subscription, whoever asks."""
    return _subscription(session, replace(actor, scopes=frozenset({Scope.ADMIN})), slug, public_id)


def misshapen(session: Session, code: str) -> AgencyOut:
    """An agency that has no name but a number."""
    return _agency(session, code).model_copy(update={"name_vi": 5})


def forgetful(_: Session, actor: Actor) -> None:
    """Nobody."""
    raise KeyError(actor.agency)


if __name__ == "__main__":
    subscriptions.get = anybodys
    agencies.get = misshapen
    me.get = forgetful  # type: ignore[assignment]
    main()
