"""`python -m ttdn_client.push` is the command `ttdn-push`."""

import sys

from ttdn_client.push.command import main

sys.exit(main())
