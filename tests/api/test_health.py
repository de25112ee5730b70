"""/livez and /readyz say what is so: a load balancer and a supervisor believe them."""

from sqlalchemy import text

from app import migration
from tests.service import Service


def test_another_schema_is_not_ready_and_lives(service: Service) -> None:
    def stamped(revision: str | None) -> None:
        with service.database.engine.begin() as connection:
            connection.execute(
                text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision}
            )

    assert service.anonymous.get("/readyz").json() == {"status": "ok", "replica": None}
    stamped("0001")
    answer = service.anonymous.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert "ttdn migrate" in answer.json()["detail"]
    assert answer.headers["retry-after"].isdigit()
    assert service.anonymous.get("/livez").status_code == 200
    stamped("9999")
    newer = service.anonymous.get("/readyz").json()["detail"]
    assert "ttdn migrate" not in newer, "that program has never heard of it"
    assert "mới hơn" in newer
    stamped(migration.head())
    assert service.anonymous.get("/readyz").status_code == 200
