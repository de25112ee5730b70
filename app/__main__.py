"""`ttdn`, and `python -m app`.

Nothing of what is imported is garbage: to look for it there, while importing and at the end, took as long as
the imports.
"""

import gc

gc.disable()

from app.cli import main  # noqa: E402 - while nobody looks for garbage

gc.freeze()
gc.enable()

if __name__ == "__main__":
    main()
