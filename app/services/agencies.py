"""Agencies: who there is, under which names, and in which groups."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.errors import NotFound
from app.models import Agency, AgencyName, Membership
from app.schemas import agencies as wire
from app.schemas.agencies import AgencyFilter, AgencyOut, AgencyPage
from app.schemas.base import AgencyRef
from app.schemas.lists import several
from app.services import grounds, listing

ORDERS = {"code": Agency.code, "name": Agency.sort_key}


def find(session: Session, ask: AgencyFilter) -> AgencyPage:
    """List agencies, groups and partners."""
    query = select(Agency).where(*listing.matching(Agency.search_text, ask.q))
    if ask.kind:
        query = query.where(Agency.kind.in_(several(ask.kind)))
    if ask.group:
        group, valid = aliased(Agency), _on(ask.on)
        query = query.where(
            exists().where(
                Membership.member_id == Agency.id,
                Membership.group_id == group.id,
                group.code.in_(several(ask.group)),
                *valid,
            )
        )
    found = listing.page(session, query, ask, ORDERS, by="code", last=[Agency.code])
    agencies = [agency for (agency,) in found.rows]
    return AgencyPage(
        items=_out(session, agencies, set(several(ask.include))),
        next_cursor=found.next_cursor,
        total=found.total,
    )


def get(session: Session, code: str) -> AgencyOut:
    """One agency with its names, its members and the groups it belongs to."""
    agency = session.scalars(select(Agency).where(Agency.code == code)).one_or_none()
    if agency is None:
        raise NotFound()
    return _out(session, [agency], {"names", "members", "groups"})[0]


def _on(day: date | None) -> list[ColumnElement[bool]]:
    return [] if day is None else [grounds.current(day, Membership)]


def _out(session: Session, agencies: Sequence[Agency], include: set[str]) -> list[AgencyOut]:
    ids = [agency.id for agency in agencies]
    names = _names(session, ids) if "names" in include else None
    members = (
        _memberships(session, ids, Membership.group_id, Membership.member_id)
        if "members" in include
        else None
    )
    groups = (
        _memberships(session, ids, Membership.member_id, Membership.group_id) if "groups" in include else None
    )
    answers = []
    for agency in agencies:
        out = AgencyOut.model_validate(agency)
        out.names = names.get(agency.id, []) if names is not None else None
        out.members = members.get(agency.id, []) if members is not None else None
        out.groups = groups.get(agency.id, []) if groups is not None else None
        answers.append(out)
    return answers


def _names(session: Session, ids: list[int]) -> dict[int, list[wire.AgencyName]]:
    found: dict[int, list[wire.AgencyName]] = {}
    query = select(AgencyName).where(AgencyName.agency_id.in_(ids)).order_by(AgencyName.id)
    for name in session.scalars(query):
        found.setdefault(name.agency_id, []).append(wire.AgencyName.model_validate(name))
    return found


def _memberships(
    session: Session, ids: list[int], mine: InstrumentedAttribute[int], other: InstrumentedAttribute[int]
) -> dict[int, list[wire.Membership]]:
    found: dict[int, list[wire.Membership]] = {}
    query = (
        select(mine, Agency.code, Agency.name_vi, Membership)
        .select_from(Membership)
        .join(Agency, Agency.id == other)
        .where(mine.in_(ids))
        .order_by(Agency.code)
    )
    for agency_id, code, name_vi, membership in session.execute(query):
        found.setdefault(agency_id, []).append(
            wire.Membership(
                agency=AgencyRef(code=code, name_vi=name_vi),
                valid_from=membership.valid_from,
                valid_to=membership.valid_to,
                source=membership.source,
            )
        )
    return found


def ref(session: Session, agency_id: int) -> AgencyRef:
    """An agency briefly, by the database's own number."""
    code, name_vi = session.execute(select(Agency.code, Agency.name_vi).where(Agency.id == agency_id)).one()
    return AgencyRef(code=code, name_vi=name_vi)
