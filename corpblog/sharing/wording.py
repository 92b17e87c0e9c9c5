"""The gate's codes in words: what happened, and what to do. Kept as codes, so that each reader gets their language."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Final[dict[str, Promise]] = {
    # why it waits
    "gate_closed": _("Sending is switched off for the whole company. It goes out when the gate is opened again."),
    "destination_closed": _("This destination is closed at the moment. It goes out when it is opened again."),
    "scheduled": _("It goes out at the time you chose."),
    "quiet": _("This destination is quiet at the moment. It goes out when that ends."),
    "offer_waits": _("It goes out once the company’s own post is out."),
    "own_closed": _("Own accounts on this network are switched off at the moment. Ask your connector admin."),
    "no_policy": _("No policy is in force, so nothing leaves. Tell your policy admin."),
    "no_verdict": _("The text could not be checked just now. It is tried again."),
    "file_damaged": _("A file of it is missing or was changed on the server. Tell your administrator."),
    "restored": _("A backup was restored, so we look there first: it may have been sent already."),
    "alt_missing": _("A picture has no description, and this destination asks for one. Edit the post and describe it."),
    # why it is decided on again although it was released
    "again_policy": _("It was released, and then the policy became stricter. So it was not sent, and is decided anew."),
    "again_expired": _("It was released more than seven days ago. So it was not sent, and is decided anew."),
    "again_edited": _("The post was edited after it was released. So it was not sent, and is decided anew."),
    "again_account": _("Another account took this one's place. So it was not sent, and is decided anew."),
    "again_links": _("A short link in it leads elsewhere now, or nobody knows where. So it was not sent."),
    "again_original": _("The company corrected its own words. So it was not sent, and is decided anew."),
    "again_rejected": _("The same words were rejected meanwhile. So it was not sent."),
    "again_undecided": _("An approval it needs is missing. So it was not sent, and is decided anew."),
    "again_tampered": _("Its stored words were changed by somebody. So it was not sent, and is decided anew."),
    # why it must not
    "private_channel": _("Posts of private channels stay inside."),
    "classification": _("The channel is classified too high for this destination."),
    "not_released": _("It was stopped."),
    "post_deleted": _("The post was deleted."),
    "author_left": _("Its author or requester no longer works here."),
    "not_delegate": _("Who asked for it no longer speaks for this account. Another delegate can ask for it again."),
    "offer_ended": _("The company offers it no longer, or took it back."),
    "not_owner": _("This account belongs to somebody else."),
    "thread_stopped": _("The thread was stopped after its first parts. Take back what is out, or leave it there."),
    "by_person": _("It was withdrawn."),
    "original_gone": _("What it corrects is not out any more, or is being taken back. So nothing is changed there."),
    "original_unknown": _("Nobody but you knows where it is there. Correct it there by hand."),
    "original_elsewhere": _("Another account took this one's place. Correct it with the old account by hand."),
    "blocked": _("The policy forbids these words outside. Edit the post to try again."),
    "rejected_before": _("A reviewer rejected exactly these words. Edit the post to try again."),
    # what the outside said
    "asked_to_wait": _("The server asks us to wait. It is tried again."),
    "unreachable": _("The server cannot be reached. It is tried again."),
    "token": _("The server no longer accepts our token. A connector admin has to connect the account again."),
    "forbidden_address": _("The server's address is not allowed. A connector admin has to correct it."),
    "not_mastodon": _("This address does not answer as a Mastodon server does. Check the address."),
    "cannot_correct": _("This network does not let words be changed. Take it back, or publish what is right anew."),
    "cannot_correct_thread": _("A thread cannot be corrected in its place. Take it back, and publish it anew."),
    "gone_there": _("It is not there any more, so there is nothing to correct."),
    "changed_there": _("Somebody changed it there at the same moment. It is tried again."),
    "cannot_delete": _("What was sent there cannot be taken back from here. Delete it there."),
    "mail_address": _("The mail server does not take one of the addresses, so nobody got it. Correct the list."),
    "no_token": _("The network gave no token. Begin again, and say yes there."),
    "not_bluesky": _("This address does not answer as a Bluesky server does. Check the address."),
    "password": _("The server does not accept the name or the password. Check both."),
    "not_slack": _("This is not the address of a Slack webhook: those begin with https://hooks.slack.com/services/."),
    "slack_how": _("Fill in the address of a webhook, or the client ID and the client secret of a Slack app."),
    "too_many_recipients": _("A list takes 100 addresses at most. Make two of it."),
    "refused": _("The server refused it."),
    "unreadable_account": _("The network does not say whose account this is. Begin again."),
    "secret_too_short": _("The secret needs at least 32 characters, so that nobody can guess it."),
    "gave_up": _("It was tried eight times in vain. Ask for the share again when the server works."),
    "person_says": _("Somebody looked and did not find it there."),
    # what is wrong with its files
    "file_kind": _("This destination takes pictures only. Ask again without the other files."),
    "file_kind_there": _("This server does not take pictures of that kind. Attach another one."),
    "file_missing": _("An attached file is missing or damaged here, so nothing was sent. Attach it again."),
    "file_refused": _("The server could not take an attached picture."),
    "file_too_large": _("An attached picture is too large for this destination. Attach a smaller one."),
    "file_slow": _("The server is still working on an attached picture. It is tried again."),
    "too_many_pixels": _("An attached picture has too many pixels for this destination. Make it smaller."),
    "alt_too_long": _("The description of a picture is too long for this destination. Shorten it."),
    "not_carried": _("This destination cannot take everything that belongs to this post. Ask again with less."),
    "too_many_files": _("This destination does not take that many pictures. Attach fewer."),
    # why a person has to take it back
    "no_remote_id": _("Nobody but you knows where it is there. Take it away, then say so."),
    "other_account": _("Another account took this one's place. Take it away with the old account, then say so."),
    "recall_failed": _("Taking it back broke off. It is tried again."),
    "gave_up_recall": _("It was tried often and in vain. Take it away there, then say so."),
    # why an account is not watched
    "watch_unreadable": _("The server's answer cannot be read. It is looked at again later."),
    "watch_failed": _("Looking there broke off. It is looked at again later."),
    "watch_forbidden": _("The network does not let us read this account's posts."),
    # why it is unclear
    "no_answer": _("The server did not answer to the end. Look there, then say whether it arrived."),
    "server_error": _("The server answered with an error. Look there, then say whether it arrived."),
    "unreadable": _("The server's answer cannot be read. Look there, then say whether it arrived."),
    "timeline": _("The server's timeline cannot be read. Look there, then say whether it arrived."),
    "connector_failed": _("Sending broke off. Look there, then say whether it arrived."),
    "perhaps_sent": _(
        "A backup was restored, and it may have been sent before. Look there, then say whether it arrived."
    ),
    "perhaps_there": _(
        "The server says that it has the same words already. Look there, then say whether they are ours."
    ),
    "worker_died": _("Sending was interrupted. Look there, then say whether it arrived."),
}


def worded(code: str, *, told: str = "") -> str:
    """Return the code in the reader's language, with what the other side said."""
    words = str(WORDS.get(code, ""))
    return f"{words} ({told})" if told and words else words or told
