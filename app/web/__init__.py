"""The web room: everything HTTP that exists once.

A request comes in through `entrance`, in this order, every step plain ASGI:

    protocol     what is not even HTTP is still answered as a problem document
    catch_all    a request id, the standing headers, and an answer whatever happens further in
    rate         may this key ask again so soon (where a rate is set)
    warm         has this been answered since the last commit (where answers are kept)
    directory    is there such an address, does it take this method, does it know these parameters (`head`)
    reader       the body: size, media type, strictly read (`bodies`: JSON, lines of it, files of rows)
    the router, then back out through `problems` if it failed (`faults` words what was wrong, `languages`
    chooses Vietnamese or English)

`desk` serves one request inside; `exports` makes files of whole lists there, `uploads` hands files in.
`description` makes the published contract out of the routes, `docs` shows it without any internet.
"""
