"""Renaming: a body, a group or a partner bears another name from a day on. It stays what it is, with all it
has; whoever takes its place under another code is a successor (`services.regrouping`)."""

from datetime import date, timedelta

from sqlalchemy import select

from app.errors import Invalid
from app.models import AgencyName
from app.models.unit import today
from app.rules.vietnamese import fold, sort_key
from app.rules.vocabulary import Source
from app.schemas import changing as wire
from app.services import access, looking_up
from app.services.drafting import Draft


def rename(draft: Draft, change: wire.NameChange) -> None:
    """The name it bears ends the day before; what it was called it is still found by."""
    agency = looking_up.living(draft, change.agency, "/agency")
    query = select(AgencyName).where(AgencyName.agency_id == agency.id).order_by(AgencyName.id)
    names = draft.session.scalars(query).all()
    latest = max(names, key=lambda one: one.valid_from or date.min)
    if change.on > today(draft.session):
        raise Invalid.at("/on", "in_the_future", "Chưa đến ngày này", "This day has not come")
    if change.on <= max(latest.valid_from or date.min, agency.valid_from or date.min):
        raise Invalid.at(
            "/on",
            "dates_reversed",
            "Tên đang mang chưa bắt đầu trước ngày này",
            "The name it bears had not begun before this day",
        )
    if (change.name_vi, change.name_en) == (agency.name_vi, agency.name_en):
        raise Invalid.at(
            "/name_vi",
            "already_on_record",
            "Cơ quan này đang mang tên ấy",
            "This body bears that name already",
        )
    access.open_for_change(draft.session, draft.permit, [agency, latest])
    last_day = change.on - timedelta(1)
    latest.valid_to = min(latest.valid_to or last_day, last_day)
    draft.enter(
        AgencyName(
            agency_id=agency.id,
            name_vi=change.name_vi,
            name_en=change.name_en,
            valid_from=change.on,
            source=Source.DECISION,
        )
    )
    agency.name_vi, agency.name_en = change.name_vi, change.name_en
    agency.sort_key = sort_key(change.name_vi)
    agency.search_text = fold(f"{agency.search_text} {change.name_vi} {change.name_en}")
