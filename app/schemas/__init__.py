"""The wire: what goes out (XOut), what comes in (XIn, XPatch), and what a list can be asked (XFilter)."""
