"""What differs between two installations, read once from the environment and never changed after."""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Names are the environment's, without prefix for DATABASE_URL and with `TTDN_` for the rest."""

    model_config = SettingsConfigDict(env_prefix="TTDN_", frozen=True, extra="ignore")

    database_url: str = Field(
        default="sqlite:///var/ttdn.sqlite3",
        validation_alias="DATABASE_URL",
        description="sqlite:///path (embedded) or postgresql://user:password@host/database",
    )
    replica_url: str = Field(
        default="", description="a streaming replica's address, which serves reads; empty: none"
    )
    replica_seconds: float = Field(
        default=10, ge=0.1, le=3600, description="how late what a replica serves may be at most"
    )
    threads: int = Field(default=4, ge=1, le=64, description="requests worked on at once in one process")
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024)
    signing_key: Path | None = Field(
        default=None,
        description="private key that signs receipts, made if missing; beside an embedded database's file, "
        "or var/receipts.pem",
    )
    max_import_bytes: int = Field(default=10 * 1024 * 1024, ge=1024, description="largest file of records")
    kept_bytes: int = Field(
        default=32 * 1024 * 1024, ge=0, description="answers one process keeps while nothing changes; 0: none"
    )
    rate: str = Field(
        default="",
        pattern=r"^$|^[1-9]\d{0,6}/(s|min|h)$",
        examples=["600/min"],
        description="how often one key may ask one process, e.g. 600/min; empty: as often as it likes",
    )
    root_path: str = Field(
        default="",
        pattern=r"^(/[A-Za-z0-9._~-]+)*$",
        examples=["/ttdn"],
        description="path prefix a gateway serves this under",
    )
    log: Literal["text", "json"] = Field(
        default="text", description="`json`: one JSON object a line on standard output"
    )
    drain_seconds: int = Field(
        default=0, ge=0, le=300, description="how long /readyz says 503 before a stop that was asked for"
    )
    metrics: str | None = Field(
        default=None,
        pattern=r"^(\[[0-9A-Fa-f:.]+\]|[^:\s\[\]]+):[0-9]{1,5}$",
        examples=["127.0.0.1:9464"],
        description="address and port of the page for Prometheus, as 127.0.0.1:9464; none: no page",
    )
    busy_seconds: int = Field(default=10, ge=1, le=60, description="how long a write waits for its turn")

    @field_validator("database_url")
    @classmethod
    def _is_of_our_own_driver(cls, url: str) -> str:
        if url.startswith("sqlite") and not url.startswith("sqlite://"):
            raise ValueError("sqlite:///path, postgresql://user:password@host/database")
        return url

    @cached_property
    def requests_in_seconds(self) -> tuple[int, int] | None:
        """How many requests one key may make in how many seconds; None: as many as it likes."""
        most, _, unit = self.rate.partition("/")
        return (int(most), {"s": 1, "min": 60, "h": 3600}[unit]) if most else None

    @cached_property
    def embedded(self) -> bool:
        """Whether the database is a file of our own, which the service may create and migrate itself."""
        return self.database_url.startswith("sqlite")

    @cached_property
    def database_file(self) -> Path | None:
        """The embedded database's file; None on a server, and where it is only the memory of a connection."""
        path = self.database_url.removeprefix("sqlite://").removeprefix("/")
        return Path(path) if self.embedded and path not in ("", ":memory:") else None

    @cached_property
    def key_file(self) -> Path:
        """Where the private key lies that signs receipts."""
        folder = self.database_file.parent if self.database_file else Path("var")
        return self.signing_key or folder / "receipts.pem"
