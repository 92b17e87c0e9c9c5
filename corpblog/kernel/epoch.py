"""A name for this life of the database: a restore begins another one, in which old sequence numbers mean other events.

Pages keep the name they were loaded under; one that meets another name loads itself afresh instead of catching up.
"""

import secrets

from corpblog.kernel.models import Epoch


def current() -> str:
    """Return the name of this life, made on first use."""
    epoch, _created = Epoch.objects.get_or_create(id=1, defaults={"name": _new_name()})
    return str(epoch.name)


def renew() -> str:
    """Begin another life; whoever restores a backup must call this before anybody reads."""
    epoch, _created = Epoch.objects.update_or_create(id=1, defaults={"name": _new_name()})
    return str(epoch.name)


def _new_name() -> str:
    return secrets.token_urlsafe(9)
