"""Sections as a tree: what lies in what."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Section
from app.services.grounds import Ground


def below(session: Session, here: Ground, codes: Collection[str]) -> set[int]:
    """These sections and all that lies in them. Parents stand before their children in the document."""
    query = select(Section.id, Section.parent_id, Section.code).where(Section.plan_id == here.plan.id)
    found: set[int] = set()
    for section, parent, code in session.execute(query.order_by(Section.id)):
        if code in codes or parent in found:
            found.add(section)
    return found
