"""What the command exits with, for cron and the task scheduler: numbers of sysexits.h where it has one."""

from enum import IntEnum


class Exit(IntEnum):
    """Until everything is delivered the spool keeps it; the same command again goes on."""

    DONE = 0
    """Everything is delivered and accepted, or there was nothing to deliver."""
    REFUSED = 1
    """Everything is delivered; the service refused some records: see the `refused` folder."""
    USAGE = 2
    """The command cannot be carried out as it was given, or a file cannot be one; nothing was taken in."""
    HELD = 73
    """Another run is using this spool."""
    DISK = 74
    """The spool cannot be read or written."""
    NOT_YET = 75
    """Something is not delivered yet: no connection, the service busy, a file that is being written, or the
    run was stopped. Or no longer: the service does not know a receipt that it gave, and what that is for has
    to be sent with `--again`."""
    NOT_THE_SERVICE = 76
    """What answered is not the service, or has no such plan: a wrong address, or a page of some gateway."""
    KEY = 77
    """The key is refused, or may not do this."""
