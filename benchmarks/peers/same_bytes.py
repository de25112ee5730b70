"""A limit: the least a FastAPI application must do, which is to know the caller and answer bytes it has."""

import os
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Response

BODIES = {path.name: path.read_bytes() for path in Path(os.environ["BENCHMARK_BODIES"]).iterdir()}
KNOWN = {sha256(os.environ["BENCHMARK_KEY"].encode()).digest()}

app = FastAPI()


@app.get("/{job}")
async def answer(job: str, authorization: Annotated[str, Header()]) -> Response:
    """The bytes, for whom is known."""
    if sha256(authorization.removeprefix("Bearer ").encode()).digest() not in KNOWN:
        raise HTTPException(401)
    return Response(BODIES[job], media_type="application/json")
