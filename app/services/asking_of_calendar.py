"""Asking of the calendar: what can be done to an event, and to its anniversary in a year."""

from sqlalchemy.orm import Session

from app.rules.parties import Actor
from app.services import anniversaries, calendars, events, grounds, obstacles
from app.services.asking_of_work import Thing, only


def event(session: Session, actor: Actor, slug: str, code: str) -> Thing:
    """An event, on the calendar or taken off it: that can be undone."""
    here = grounds.find(session, actor, slug)
    shown, _ = events.one(session, here, actor, code)
    return Thing(here.item, shown.can, only(calendars.ON_AN_EVENT), here=here)


def occurrence(session: Session, actor: Actor, slug: str, name: str) -> Thing:
    """One anniversary, as it stands today."""
    here = grounds.find(session, actor, slug)
    can = anniversaries.one(session, here, actor, name).can
    return Thing(here.item, can, only(calendars.ON_AN_EVENT), lambda _: obstacles.EVENT_WITHDRAWN, here)
