"""Errors with a sentence for people and facts for the log."""

from typing import Any


class CorpblogError(Exception):
    """Something the person can understand and act upon; doors show `message`, never a traceback.

    message: a translated sentence that says what to do.
    facts: what the log should keep, never shown and never containing what a person wrote.
    """

    status = 400

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


class NotAllowed(CorpblogError):
    """The person may know that the thing exists, but not do this to it."""

    status = 403


class NotFound(CorpblogError):
    """The thing does not exist, or the person may not know that it does: both answer alike."""

    status = 404


class Gone(CorpblogError):
    """The thing was here for everybody, and was taken away for good."""

    status = 410


class Conflict(CorpblogError):
    """Somebody was faster, or the page was stale; nothing was changed."""

    status = 409


class Invalid(CorpblogError):
    """What was sent cannot be accepted as it is; what the person typed is kept by the door."""

    status = 422


class TooMany(CorpblogError):
    """A limit was reached.

    retry_after: seconds until it is worth trying again.
    """

    status = 429

    def __init__(self, message: str, *, retry_after: int, **facts: Any) -> None:
        super().__init__(message, retry_after=retry_after, **facts)
        self.retry_after = retry_after
