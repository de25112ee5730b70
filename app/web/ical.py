"""iCalendar (RFC 5545, RFC 7986): a feed as the bytes that calendar programs subscribe to.

One all-day entry for each occurrence, since its title changes every year. Same feed, same bytes.
"""

from datetime import date, timedelta
from typing import Final

from icalendar import Alarm, Calendar, Event, vDuration

from app.errors import Text
from app.schemas.subscriptions import Language
from app.services.feeds import Entry, Feed

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
PRODUCT: Final = "-//ttdn//plan calendar//VI"
REFRESH: Final = timedelta(days=1)
"""How often a program may look again."""
MORNING: Final = timedelta(hours=8)
"""When on its day a reminder rings: at the day itself it would be midnight."""


def render(feed: Feed, lang: Language) -> bytes:
    """The calendar in one language."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, getattr(feed.name, lang))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for entry in feed.entries:
        calendar.add_component(_event(entry, lang))
    return bytes(calendar.to_ical())


def _event(entry: Entry, lang: Language) -> Event:
    def said(text: Text) -> str:
        return str(getattr(text, lang))

    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.on)
    if entry.on < date.max:  # left out, it is the one day all the same (RFC 5545 §3.6.1)
        event.add("dtend", entry.on + timedelta(days=1))
    event.add("summary", said(entry.title), parameters={"LANGUAGE": lang})
    event.add("description", said(entry.notes), parameters={"LANGUAGE": lang})
    event.add("categories", [said(category) for category in entry.categories])
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if entry.alarm_days is not None and not entry.cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", said(entry.title))
        alarm.add("trigger", MORNING - timedelta(days=entry.alarm_days))
        event.add_component(alarm)
    return event
