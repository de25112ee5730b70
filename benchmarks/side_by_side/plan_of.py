"""The plan as the peers are given it: bodies, tasks and duties, read from a database of the service."""

import hashlib
from typing import Any

from sqlalchemy import create_engine, text

from app import sqlite

_AGENCIES = "SELECT id, code, name_vi, name_en FROM agencies ORDER BY id"
_TASKS = """
SELECT t.id, t.code, t.order_key, s.code AS section, s.title_vi AS section_title_vi,
  s.title_en AS section_title_en, t.family, t.kind, t.title_vi, t.title_en, t.lines, t.line, t.visibility,
  t.status, t.weight, t.target, t.due_on, t.due_source, t.note_vi, t.note_en
FROM tasks t JOIN sections s ON s.id = t.section_id ORDER BY t.id
"""
_ASSIGNMENTS = """
SELECT a.id, a.task_id, a.agency_id, a.role,
  (SELECT count(*) FROM outputs o WHERE o.assignment_id = a.id) AS owed
FROM assignments a ORDER BY a.id
"""
Rows = list[dict[str, Any]]


def read(url: str, secrets: dict[str, str]) -> tuple[Rows, Rows, Rows]:
    """Agencies, with the digest of their key where they have one; tasks; assignments."""
    engine = create_engine(url, module=sqlite.driver())
    with engine.connect() as connection:
        agencies, tasks, assignments = (
            [dict(row) for row in connection.execute(text(query)).mappings()]
            for query in (_AGENCIES, _TASKS, _ASSIGNMENTS)
        )
    engine.dispose()
    for agency in agencies:
        secret = secrets.get(agency["code"])
        agency["key_sha256"] = hashlib.sha256(secret.encode()).hexdigest() if secret else None
    return agencies, tasks, assignments
