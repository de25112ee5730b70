"""API keys: who a caller is. Only a digest of the secret is kept."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Json, Name, PublicId, Recorded


class Key(Recorded):
    """Bound to one agency. `digest` is SHA-256: a slow hash would let anyone keep the server busy."""

    __tablename__ = "keys"

    public_id: Mapped[PublicId]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"), index=True)
    label: Mapped[Name]
    scopes: Mapped[Json]
    hint: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True, info={"secret": True})
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("keys.id"))

    @property
    def ref(self) -> str:
        return self.public_id
