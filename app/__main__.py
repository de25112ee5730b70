"""`python -m app` is `ttdn`."""

from app.cli import main

main()
