"""What can go wrong with channels, in words for people."""

from django.utils.translation import gettext as _

from corpblog.kernel.errors import Conflict, Invalid, NotFound
from corpblog.teams.models import Channel


def no_such_channel() -> NotFound:
    """Answer for what does not exist and for what is hidden: nobody can tell them apart."""
    return NotFound(_("That channel does not exist, or you are not a member of it."))


class BadChannel(Invalid):
    """The channel cannot be made or changed like this; `field` says what to correct."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message, field=field)
        self.field = field


class TooManyPeople(Invalid):
    """A direct conversation has room for so many; more people need a channel."""

    def __init__(self, limit: int) -> None:
        super().__init__(_("A conversation holds %(limit)s people at most. Make a channel instead.") % {"limit": limit})


class NameTaken(Conflict):
    """Another channel has that address already."""


class LastOwner(Conflict):
    """The channel would be left without anybody to look after it."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(
            _("An account needs a delegate. Name somebody else first.")
            if channel.is_company
            else _("A channel needs an owner. Make somebody else an owner first.")
        )


class FromDirectory(Conflict):
    """The membership comes from a directory group; changed here, the next sync would bring it back."""

    def __init__(self) -> None:
        super().__init__(_("This membership comes from a directory group. Ask IT to change the group."))
