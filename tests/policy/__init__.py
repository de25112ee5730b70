"""Every operation × role × relation, with the verdict that model §4 gives it, asked over HTTP."""
