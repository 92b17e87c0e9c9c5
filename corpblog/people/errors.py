"""What the doors must be able to tell apart about who somebody is."""

from corpblog.kernel.errors import NotAllowed


class ReauthenticationNeeded(NotAllowed):
    """The act needs a sign-in that is fresh; the door asks for the password and repeats."""
