"""A client of ttdn. `Client` asks and pushes; what goes wrong is one of `problems`; `push` is the command.

with Client("https://…", key, "ttdn-2023") as office:
    office.push([{"task": "IV.7.a", …}])["counts"]
"""

from ttdn_client.client import Client
from ttdn_client.patience import Patience
from ttdn_client.problems import (
    InFlight,
    KeyRefused,
    NotPermitted,
    NotThere,
    NotTheService,
    NotTrusted,
    Passing,
    Problem,
    TtdnError,
    Unreachable,
)

__all__ = [
    "Client",
    "InFlight",
    "KeyRefused",
    "NotPermitted",
    "NotTheService",
    "NotThere",
    "NotTrusted",
    "Passing",
    "Patience",
    "Problem",
    "TtdnError",
    "Unreachable",
]
