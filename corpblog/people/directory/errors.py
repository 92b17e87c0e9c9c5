"""What can be wrong with the directory, in words for the person who wants to sign in."""

from typing import Any

from django.utils.translation import gettext as _

from corpblog.kernel.errors import CorpblogError


class DirectoryUnavailable(CorpblogError):
    """Nobody can be asked who this is. Never means that the password was wrong, and never lets anybody in."""

    status = 503
    retry_after = 30

    def __init__(self, **facts: Any) -> None:
        super().__init__(
            _(
                "The company directory does not answer, so nobody can sign in at the moment. "
                "Whoever is signed in can go on working. Try again in a minute; if it lasts, tell your IT team."
            ),
            **facts,
        )
