"""What a notice says. Made when it is shown, in the reader's language; facts and names only, never held words."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from corpblog.notifications.models import Notice

Kind = Notice.Kind

# What the gate reports of a share; a state without words of its own still gets a true sentence.
_SHARE_STATES: dict[str, Callable[[], str]] = {
    "held": lambda: _("Your share waits for a reviewer."),
    "approved": lambda: _("Your share was approved."),
    "rejected": lambda: _("Your share was rejected."),
    "message": lambda: _("A reviewer wrote to you about your share."),
    "appeal_lifted": lambda: _("Another reviewer lifted the rejection of your share. It waits for a decision again."),
    "appeal_upheld": lambda: _("Another reviewer looked at your share: the rejection stands."),
    "changes_asked": lambda: _("A reviewer asks you to change your share."),
    "recalled": lambda: _("Your share was taken back."),
    "sent": lambda: _("Your share is out."),
    "failed": lambda: _("Your share could not be sent."),
    "unknown": lambda: _("Nobody knows yet whether your share arrived. A person is looking."),
    "void": lambda: _("Your edit ended the approval of your share."),
}

# What an officer is called to; who wrote what waits is said at the desk alone, by name or by pseudonym.
_REVIEW_STEPS: dict[str, Callable[[], str]] = {
    "assigned": lambda: _("A case was given to you."),
    "escalated": lambda: _("A case was escalated: another officer has to decide."),
    "appeal": lambda: _("A rejection was contested: another officer has to answer."),
    "unmasking": lambda: _("A colleague asks who is behind a pseudonym: another officer has to agree or refuse."),
}

_POLICY_STEPS: dict[str, Callable[[], str]] = {
    "proposed": lambda: _("%(name)s proposes policy version %(number)s."),
    "in_force": lambda: _("%(name)s put policy version %(number)s in force."),
    "list_shrank": lambda: _("Terms went from the source of a word list. Decide on policy version %(number)s."),
    "list_unread": lambda: _("The source of a word list cannot be read. It stays as it was."),
    "refused": lambda: _("%(name)s refused policy version %(number)s."),
    "broken": lambda: _("Policy version %(number)s cannot be loaded: everything that would leave is held."),
}

_DESTINATION_STEPS: dict[str, Callable[[], str]] = {
    "connected": lambda: _("%(name)s connected the destination %(destination)s."),
    "change_asked": lambda: _("%(name)s asks to change the target of %(destination)s. A second person decides."),
    "change_confirmed": lambda: _("%(name)s confirmed another target for %(destination)s."),
    "change_refused": lambda: _("%(name)s refused another target for %(destination)s."),
    "incident_edited": lambda: _("What we published on %(destination)s was changed there."),
    "incident_deleted": lambda: _("What we published on %(destination)s was deleted there."),
    "incident_foreign": lambda: _("Something stands on %(destination)s that did not come from Corpblog."),
    "incident_forgot": lambda: _(
        "A backup was restored. What was sent to %(destination)s after it was made stands there: please look once."
    ),
}


def sentence(notice: Notice) -> str:
    """Return one sentence that says who did what."""
    return _SENTENCES[Kind(notice.kind)](notice)


def _name(notice: Notice) -> str:
    return notice.actor.display_name if notice.actor else _("Somebody who left")


def _reaction(notice: Notice) -> str:
    others = max(0, int(notice.facts.get("people", 1)) - 1)
    emoji = " ".join(notice.facts.get("emoji", []))
    if not others:
        return _("%(name)s reacted to your post: %(emoji)s") % {"name": _name(notice), "emoji": emoji}
    text = ngettext(
        "%(name)s and %(others)s other person reacted to your post: %(emoji)s",
        "%(name)s and %(others)s other people reacted to your post: %(emoji)s",
        others,
    )
    return text % {"name": _name(notice), "others": others, "emoji": emoji}


def _quote(notice: Notice) -> str:
    is_repost = notice.post is not None and notice.post.is_repost
    words = _("%(name)s reposted your post.") if is_repost else _("%(name)s quoted your post.")
    return words % {"name": _name(notice)}


def _share(notice: Notice) -> str:
    words = _SHARE_STATES.get(str(notice.facts.get("state", "")))
    return words() if words else _("There is news about your share.")


def _review(notice: Notice) -> str:
    words = _REVIEW_STEPS.get(str(notice.facts.get("step", "")))
    if words:
        return words()
    count = len(notice.facts.get("cases", [])) or 1
    text = ngettext("%(count)s new case waits at the desk.", "%(count)s new cases wait at the desk.", count)
    return text % {"count": count}


def _invite(notice: Notice) -> str:
    channel = notice.channel.title if notice.channel else ""
    return _("%(name)s added you to %(channel)s.") % {"name": _name(notice), "channel": channel}


def _where(notice: Notice) -> str:
    return notice.post.channel.title if notice.post else ""


def _keyword(notice: Notice) -> str:
    # The reader's own word, as they typed it.
    facts = {"name": _name(notice), "word": notice.facts.get("word", ""), "channel": _where(notice)}
    return _("%(name)s wrote “%(word)s” in %(channel)s.") % facts


def _request(notice: Notice) -> str:
    channel = notice.channel.title if notice.channel else ""
    return _("%(name)s asks to join %(channel)s.") % {"name": _name(notice), "channel": channel}


def _policy(notice: Notice) -> str:
    facts = {"name": _name(notice), "number": notice.facts.get("number", "")}
    if notice.facts.get("step") == "proposed" and notice.facts.get("weaker"):
        return _("%(name)s proposes policy version %(number)s, which lowers protection.") % facts
    words = _POLICY_STEPS.get(str(notice.facts.get("step", "")))
    return words() % facts if words else _("There is news about the policy.")


def _destination(notice: Notice) -> str:
    facts = {"name": _name(notice), "destination": notice.facts.get("destination", "")}
    words = _DESTINATION_STEPS.get(str(notice.facts.get("step", "")))
    return words() % facts if words else _("There is news about a destination.")


def _announcement(notice: Notice) -> str:
    if notice.facts.get("is_reminder"):
        return _("A reminder: acknowledge the announcement of %(name)s.") % {"name": _name(notice)}
    return _("%(name)s asks you to acknowledge an announcement.") % {"name": _name(notice)}


_SENTENCES: dict[Kind, Callable[[Notice], str]] = {
    Kind.MENTION: lambda notice: _("%(name)s mentioned you.") % {"name": _name(notice)},
    Kind.REPLY: lambda notice: _("%(name)s replied to you.") % {"name": _name(notice)},
    Kind.QUOTE: _quote,
    Kind.REACTION: _reaction,
    Kind.FOLLOW: lambda notice: _("%(name)s follows you.") % {"name": _name(notice)},
    Kind.INVITE: _invite,
    Kind.REQUEST: _request,
    Kind.THREAD: lambda notice: _("%(name)s replied in a thread you follow.") % {"name": _name(notice)},
    Kind.KEYWORD: _keyword,
    Kind.POST: lambda notice: _("%(name)s posted in %(channel)s.") % {"name": _name(notice), "channel": _where(notice)},
    Kind.ANNOUNCEMENT: _announcement,
    Kind.SCHEDULED: lambda notice: _("A scheduled post of yours was not posted. See why."),
    Kind.BEST: lambda notice: _("%(name)s chose your answer as the best.") % {"name": _name(notice)},
    Kind.PRAISE: lambda notice: _("%(name)s praises you.") % {"name": _name(notice)},
    Kind.POLL: lambda notice: _("A poll ended. See its result."),
    Kind.REPORT: lambda notice: (
        _("%(name)s reported a post.") % {"name": _name(notice)} if notice.actor else _("A post was reported.")
    ),
    Kind.DIRECT: lambda notice: _("%(name)s wrote to you.") % {"name": _name(notice)},
    Kind.SHARE: _share,
    Kind.REVIEW: _review,
    Kind.POLICY: _policy,
    Kind.DESTINATION: _destination,
}
