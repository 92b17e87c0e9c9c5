"""What can go wrong with posts, in words for people. Doors keep what was typed."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from corpblog.kernel.counts import Count
from corpblog.kernel.errors import Conflict, CorpblogError, Invalid, NotAllowed, NotFound
from corpblog.policy.engine import Verdict


def no_such_post() -> NotFound:
    """Answer for what does not exist, is deleted or is hidden: nobody can tell them apart."""
    return NotFound(_("That post does not exist, or you cannot see it."))


def no_such_file() -> NotFound:
    """Answer for a file that does not exist, is deleted, or hangs on what is hidden."""
    return NotFound(_("That file does not exist, or you cannot see it."))


class FileGone(CorpblogError):
    """The bytes are missing or were changed on disk; nobody gets others instead."""

    status = 410

    def __init__(self, digest: str) -> None:
        super().__init__(_("This file is damaged on the server. Tell your administrator."), digest=digest)


class Undescribed(Invalid):
    """A picture has neither a description nor the mark that it needs none."""

    def __init__(self) -> None:
        super().__init__(_("Describe each picture for people who cannot see it, or mark it as decorative."))


class PostEmpty(Invalid):
    """Nothing that anybody could read."""

    def __init__(self) -> None:
        super().__init__(_("Write something first."))


class PostTooLong(Invalid):
    """Longer than the limit; `over` says by how much."""

    def __init__(self, *, length: int, limit: int) -> None:
        over = length - limit
        message = ngettext(
            "Your post is %(over)s character too long. %(limit)s fit; nothing was cut.",
            "Your post is %(over)s characters too long. %(limit)s fit; nothing was cut.",
            over,
        )
        super().__init__(message % {"over": Count(over), "limit": Count(limit)}, length=length, limit=limit)
        self.over = over


class PostBroken(Invalid):
    """The characters did not arrive whole."""

    def __init__(self) -> None:
        super().__init__(_("Some characters arrived broken. Type them again, or paste the text as plain text."))


class PostBlocked(Invalid):
    """Policy does not let this be posted, even inside.

    verdict: which rules and where, so that the composer can mark the words.
    text: what was judged, cleaned; the verdict's spans count in it.
    """

    def __init__(self, verdict: Verdict, text: str, message: str = "") -> None:
        rules = list(verdict.rules)
        super().__init__(
            message or _("This cannot be posted: it has words that a rule does not allow. Change what is marked."),
            outcome=verdict.outcome.value,
            rules=rules,
        )
        self.verdict = verdict
        self.text = text


class PostHeld(PostBlocked):
    """A rule wants a person to look first, or nothing could be checked; inside there is no desk that waits for it."""

    def __init__(self, verdict: Verdict, text: str) -> None:
        message = _("This was not posted: a rule asks for care with the marked words. Change them, or ask compliance.")
        unchecked = _("This was not posted: it could not be checked. Your text is kept; try again in a moment.")
        super().__init__(verdict, text, message if any(finding.view for finding in verdict.findings) else unchecked)


class ReasonMissing(PostBlocked):
    """A rule asks why before it lets this pass."""

    def __init__(self, verdict: Verdict, text: str) -> None:
        super().__init__(verdict, text, _("A rule asks for a reason before this is posted. Say why, and post again."))


class StaleEdit(Conflict):
    """The post was edited after this page was opened."""

    def __init__(self, *, current: int) -> None:
        message = _("This post was edited meanwhile. Look at what it says now, then save yours again.")
        super().__init__(message, current=current)
        self.current = current


class KeyReused(Invalid):
    """One idempotency key came with two different posts."""

    def __init__(self) -> None:
        super().__init__(_("This was sent before with other words. Reload the page and post again."))


class Archived(NotAllowed):
    """The channel is kept for reading only."""

    def __init__(self) -> None:
        super().__init__(_("This channel is archived: it can be read, not changed."))


class BadReaction(Invalid):
    """It is none of Unicode's emoji."""

    def __init__(self) -> None:
        super().__init__(_("A reaction is one emoji. Choose one from the list."))


class EmojiRetired(Invalid):
    """It is shown where it stands, and not given anew."""

    def __init__(self, code: str) -> None:
        super().__init__(_("%(code)s is retired. Choose another emoji.") % {"code": code})


class TooManyReactions(Invalid):
    """The post has as many kinds of reactions as it takes; another person may join one of them."""

    def __init__(self, limit: int) -> None:
        message = _("This post has %(limit)s different reactions already. Choose one of them.")
        super().__init__(message % {"limit": limit})


class BadDraft(Invalid):
    """The draft cannot be kept."""


class NoOtherDraft(Conflict):
    """The other version of a draft was posted or dropped meanwhile."""


class TooManyPins(Conflict):
    """What is pinned must fit on a page's head."""

    def __init__(self, limit: int) -> None:
        super().__init__(_("%(limit)s posts are pinned here already. Take one down first.") % {"limit": limit})


class BadReport(Invalid):
    """The report cannot be taken like this."""
