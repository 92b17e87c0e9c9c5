"""Every address against every role. An address that is not listed here fails, so nobody adds one unseen.

The rows say who gets in; everybody else is sent to sign in (who is nobody), or gets 403 or 404 (who is somebody).
Hidden things answer 404 like things that do not exist.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django.utils.timezone import localdate

from corpblog.desk import services as desk
from corpblog.desk.models import Hold, Sample
from corpblog.kernel import blobs
from corpblog.notifications import unsubscribing
from corpblog.notifications.models import Notice
from corpblog.people.models import DataExport, Person
from corpblog.people.sessions import SIGNED_IN_AT
from corpblog.policy import services as policy
from corpblog.policy.extraction import VERSION
from corpblog.policy.models import DictionaryText, FileText, PolicyVersion, digest_of
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment, CustomEmoji, LinkedPage, Post
from corpblog.posts.parts.announcements import AnnouncementPart
from corpblog.posts.parts.polls import PollPart
from corpblog.posts.parts.questions import QuestionPart
from corpblog.posts.services import Wanted, publish, report, schedule
from corpblog.sharing import services as gate
from corpblog.sharing.models import Destination, Incident, OwnKind, PressItem, QuietPeriod, Share
from corpblog.sharing.worker import Worker
from corpblog.teams.models import Channel, ChannelCounter, Membership
from corpblog.teams.services import ask_to_join, create_channel
from tests.conftest import files_kept_in, one_of_the_cast
from tests.sharing.conftest import POLICY, put_in_force

EVERYBODY = frozenset({"alice", "bruno", "chloe", "irene", "omar", "victor"})
ROLES = ("nobody", "zoe", *sorted(EVERYBODY))
OFFICERS = frozenset({"omar"})
DESK = frozenset({"omar", "victor"})
EDITORS = frozenset({"irene"})
ADMINS = frozenset({"irene"})
# Policies are read by those who write them, decide under them, or prove them.
POLICY_READERS = frozenset({"irene", "omar", "victor"})
AUTHOR = frozenset({"alice"})
COMMUNICATIONS = frozenset({"chloe"})
SEES_DESTINATIONS = frozenset({"irene", "omar", "victor", "chloe"})
MAY_CLOSE = frozenset({"irene", "omar", "chloe"})
NOBODY: frozenset[str] = frozenset()
QUIET = {
    "quiet-from_day": "2099-01-01",
    "quiet-from_time": "08:00",
    "quiet-until_day": "2099-01-02",
    "quiet-until_time": "08:00",
    "quiet-zone": "UTC",
    "quiet-reason": "Results",
}
TIMERS = frozenset({"chloe", "irene"})
ANYBODY = frozenset(ROLES)


@dataclass(frozen=True)
class World:
    """What the addresses point at: a secret room with a post, and what became of a post in an open one."""

    values: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass(frozen=True)
class Row:
    """One address and method, and who gets in.

    changes_policy: the page takes everybody back with a sentence; who got in is seen by what became of the policies.
    """

    method: str
    path: str
    let_in: frozenset[str]
    data: dict[str, str] = field(default_factory=dict)
    changes_policy: bool = False


def deed(path: str, let_in: frozenset[str], **data: str) -> list[Row]:
    """A change of policies."""
    return [Row("post", path, let_in, data, changes_policy=True)]


ROWS: dict[str, list[Row]] = {
    "sign_in": [Row("get", "/sign-in/", ANYBODY)],
    "sign_out": [Row("post", "/sign-out/", ANYBODY)],
    "settings": [Row("get", "/settings/", EVERYBODY), Row("post", "/settings/", EVERYBODY)],
    "end_other_sessions": [Row("post", "/settings/sessions/end-others/", EVERYBODY)],
    "end_session": [Row("post", "/settings/sessions/nothing/end/", EVERYBODY)],
    "manifest": [Row("get", "/manifest.fr.webmanifest", ANYBODY)],
    "worker": [Row("get", "/service-worker.en.js", ANYBODY)],
    "offline": [Row("get", "/offline/fr/", ANYBODY)],
    # What is sent names no push service; the address is everybody's own.
    "push_subscribe": [Row("post", "/settings/push/", EVERYBODY)],
    "push_drop": [Row("post", "/settings/push/1/drop/", EVERYBODY)],
    "my_data": [Row("get", "/settings/data/", EVERYBODY)],
    "my_data_ask": [Row("post", "/settings/data/ask/", EVERYBODY)],
    "my_data_state": [Row("get", "/settings/data/state/", EVERYBODY)],
    "my_data_file": [Row("get", "/settings/data/{export}/", AUTHOR)],
    "tokens": [Row("get", "/settings/tokens/", EVERYBODY)],
    "token_make": [
        Row("post", "/settings/tokens/new/", EVERYBODY, {"name": "x", "scopes": "read", "days": "7"}),
    ],
    "token_revoke": [Row("post", "/settings/tokens/1/revoke/", EVERYBODY)],
    # Programs get in with a token only, whatever browser they run in: tests/api.
    "verify_credentials": [Row("get", "/api/v1/accounts/verify_credentials", NOBODY)],
    "push_subscription": [Row("get", "/api/v1/push/subscription", NOBODY)],
    "keys": [Row("post", "/settings/keys/", EVERYBODY)],
    "admin_console": [Row("get", "/admin-console/", ADMINS)],
    "admin_sync": [Row("post", "/admin-console/sync/", ADMINS)],
    "admin_people": [Row("get", "/admin-console/people/", ADMINS)],
    "admin_cut_off": [Row("post", "/admin-console/people/bruno/cut-off/", ADMINS)],
    "admin_let_in": [Row("post", "/admin-console/people/zoe/let-in/", ADMINS)],
    "desk": [Row("get", "/desk/", DESK)],
    "desk_incidents": [Row("get", "/desk/incidents/", DESK)],
    "desk_incidents_adopt": [Row("post", "/desk/incidents/adopt/", OFFICERS, {"destination": "1"})],
    "desk_incident_disown": [Row("post", "/desk/incidents/{incident}/disown/", OFFICERS)],
    "desk_incident_acknowledge": [Row("post", "/desk/incidents/{incident}/acknowledge/", OFFICERS, {"note": "x"})],
    "anchors": [Row("get", "/desk/anchors/", DESK | ADMINS)],
    "desk_case": [Row("get", "/desk/{share}/", DESK)],
    "desk_file": [Row("get", "/desk/{share}/files/0/", DESK)],
    "desk_rows": [Row("get", "/desk/{share}/rows/", DESK)],
    "desk_news": [Row("get", "/desk/{share}/news/", DESK)],
    "desk_decide": [Row("post", "/desk/{share}/decide/", OFFICERS, {"decision": "approve", "digest": "{digest}"})],
    "desk_undo": [Row("post", "/desk/{share}/undo/", DESK)],
    "desk_assign": [Row("post", "/desk/{share}/assign/", OFFICERS, {"to": "omar"})],
    "desk_remark": [Row("post", "/desk/{share}/remarks/", OFFICERS, {"kind": "comment", "text": "x"})],
    "desk_holds": [
        Row("get", "/desk/holds/", DESK),
        Row("post", "/desk/holds/", OFFICERS, {"matter": "x", "reason": "x", "term": "x"}),
    ],
    "desk_hold": [Row("get", "/desk/holds/{hold}/", DESK)],
    "desk_hold_act": [Row("post", "/desk/holds/{hold}/act/", OFFICERS, {"act": "ask", "reason": "x"})],
    "desk_held_file": [Row("get", "/desk/holds/{hold}/files/{held_version}/0/", OFFICERS)],
    "desk_retention": [
        Row("get", "/desk/retention/", DESK),
        Row("post", "/desk/retention/", OFFICERS, {"kind": "posts", "days": "30"}),
    ],
    "desk_schedule": [Row("post", "/desk/retention/{schedule}/", OFFICERS, {"act": "end"})],
    "desk_samples": [
        Row("get", "/desk/samples/", DESK),
        Row("post", "/desk/samples/", OFFICERS, {"percent": "5"}),
    ],
    "desk_sample": [Row("post", "/desk/samples/{sample}/", OFFICERS, {"mark": "right"})],
    "desk_erasures": [
        Row("get", "/desk/erasures/", DESK),
        Row("post", "/desk/erasures/", OFFICERS, {"username": "ivan", "reason": "x"}),
    ],
    "desk_erasure": [Row("post", "/desk/erasures/{erasure}/", OFFICERS, {"act": "drop"})],
    "desk_search": [
        Row("get", "/desk/search/", DESK),
        Row("post", "/desk/search/", OFFICERS, {"purpose": "x", "query": "landed"}),
    ],
    "desk_figures": [Row("get", "/desk/reports/", DESK)],
    "desk_figures_csv": [Row("get", "/desk/reports.csv", DESK)],
    "desk_appeal": [Row("post", "/desk/{share}/appeal/", OFFICERS, {"answer": "lift"})],
    # The desk shows names here, so officers are told that there is nothing to unmask.
    "desk_unmask": [Row("post", "/desk/{share}/name/", OFFICERS, {"act": "ask", "reason": "x"})],
    "desk_mark_rule": [Row("post", "/desk/{share}/rules/", OFFICERS, {"marked": "code-names", "mark": "wrong"})],
    "desk_around": [Row("post", "/desk/{share}/around/", OFFICERS)],
    "desk_evidence": [Row("post", "/desk/{share}/evidence/", DESK)],
    "home": [Row("get", "/", EVERYBODY)],
    "channel": [Row("get", "/c/{open}/", EVERYBODY), Row("get", "/c/{secret}/", AUTHOR)],
    "join": [Row("post", "/c/{open}/join/", EVERYBODY), Row("post", "/c/{secret}/join/", NOBODY)],
    "leave": [Row("post", "/c/{secret}/leave/", AUTHOR)],
    "members": [Row("get", "/c/{open}/members/", EVERYBODY), Row("get", "/c/{secret}/members/", AUTHOR)],
    "ask_to_join": [Row("post", "/c/{secret}/ask/", NOBODY), Row("post", "/c/{listed}/ask/", EVERYBODY - AUTHOR)],
    "channel_settings": [
        Row("get", "/c/{open}/settings/", AUTHOR | ADMINS),
        Row("get", "/c/{secret}/settings/", AUTHOR),
        Row(
            "post", "/c/{secret}/settings/", AUTHOR, {"name": "Board", "slug": "{secret}", "classification": "internal"}
        ),
    ],
    "channel_archive": [Row("post", "/c/{secret}/archive/", AUTHOR)],
    "member_add": [Row("post", "/c/{secret}/members/helene/add/", AUTHOR)],
    "member_delegate": [Row("post", "/c/acme/members/helene/delegate/", TIMERS)],
    "member_remove": [Row("post", "/c/{secret}/members/helene/remove/", AUTHOR)],
    "member_owner": [Row("post", "/c/{secret}/members/alice/owner/", AUTHOR)],
    "member_answer": [Row("post", "/c/{listed}/members/helene/answer/", AUTHOR, {"accept": "0"})],
    "conversation_new": [Row("get", "/messages/new/", EVERYBODY)],
    "conversation": [Row("post", "/messages/", EVERYBODY, {"with": "helene"})],
    "conversations_menu": [Row("get", "/messages/menu/", EVERYBODY)],
    "channels": [Row("get", "/channels/", EVERYBODY)],
    "channel_level": [
        Row("post", "/c/{open}/level/", EVERYBODY, {"level": "all"}),
        Row("post", "/c/{secret}/level/", AUTHOR, {"level": "all"}),
    ],
    "notice_settings": [Row("get", "/settings/notices/", EVERYBODY), Row("post", "/settings/notices/", EVERYBODY)],
    "keyword_add": [Row("post", "/settings/notices/keywords/", EVERYBODY, {"phrase": "relay"})],
    "keyword_drop": [Row("post", "/settings/notices/keywords/1/drop/", EVERYBODY)],
    "unsubscribe": [Row("get", "/unsubscribe/{unsubscribe}/", ANYBODY)],
    "missed": [Row("get", "/missed/", EVERYBODY)],
    "kept_searches": [Row("get", "/search/kept/", EVERYBODY)],
    "topics": [Row("get", "/topics/", EVERYBODY)],
    "trending": [Row("get", "/trending/", EVERYBODY)],
    "tag_follow": [Row("post", "/tags/board/follow/", EVERYBODY)],
    "search_save": [Row("post", "/search/save/", EVERYBODY, {"q": "board"})],
    "search_drop": [Row("post", "/search/1/drop/", EVERYBODY)],
    "folder": [Row("post", "/p/{hidden}/folder/", AUTHOR, {"folder": "Later"})],
    "pinned": [Row("get", "/c/{open}/pinned/", EVERYBODY), Row("get", "/c/{secret}/pinned/", AUTHOR)],
    "pin": [Row("post", "/p/{public}/pin/", AUTHOR | ADMINS), Row("post", "/p/{hidden}/pin/", AUTHOR)],
    "thread_choice": [Row("post", "/p/{hidden}/thread/", AUTHOR, {"choice": "follow"})],
    "reactions": [Row("get", "/p/{public}/reactions/", EVERYBODY), Row("get", "/p/{hidden}/reactions/", AUTHOR)],
    "repost": [Row("post", "/p/{public}/repost/", EVERYBODY, {"on": "1"}), Row("post", "/p/{hidden}/repost/", NOBODY)],
    "preview": [Row("post", "/preview/", EVERYBODY, {"text": "*a*"})],
    "quotes": [Row("get", "/p/{public}/quotes/", EVERYBODY), Row("get", "/p/{hidden}/quotes/", AUTHOR)],
    "admin_emoji": [Row("get", "/admin-console/emoji/", ADMINS), Row("post", "/admin-console/emoji/", ADMINS)],
    "admin_emoji_retire": [Row("post", "/admin-console/emoji/ship_it/retire/", ADMINS)],
    "emoji_picture": [Row("get", "/emoji/of/ship_it/", EVERYBODY)],
    "emoji_names": [Row("get", "/emoji/names/", EVERYBODY)],
    "emoji": [Row("get", "/emoji/", EVERYBODY)],
    "preview_picture": [
        Row("get", "/p/{public}/preview/picture/", EVERYBODY),
        Row("get", "/p/{hidden}/preview/picture/", AUTHOR),
    ],
    "preview_remove": [
        Row("post", "/p/{public}/preview/remove/", AUTHOR),
        Row("post", "/p/{hidden}/preview/remove/", AUTHOR),
    ],
    "quoted": [Row("get", "/p/{public}/quoted/", EVERYBODY), Row("get", "/p/{hidden}/quoted/", AUTHOR)],
    "report": [
        Row("get", "/p/{public}/report/", EVERYBODY),
        Row("get", "/p/{hidden}/report/", AUTHOR),
        Row("post", "/p/{public}/report/", EVERYBODY - AUTHOR, {"reason": "other"}),
        Row("post", "/p/{hidden}/report/", NOBODY, {"reason": "other"}),
    ],
    "reports": [Row("get", "/reports/", DESK)],
    "report_close": [Row("post", "/reports/{report}/close/", OFFICERS, {"outcome": "nothing"})],
    "account_new": [
        Row("get", "/channels/new-account/", TIMERS),
        Row("post", "/channels/new-account/", TIMERS, {"name": "Acme jobs"}),
    ],
    "share_queue": [Row("get", "/shares/queue/press/", EVERYBODY)],
    "share_queue_move": [
        Row("post", "/shares/queue/press/move/", TIMERS | AUTHOR, {"share": "{share}", "act": "later"})
    ],
    "share_quiet": [Row("post", "/shares/calendar/press/quiet/", TIMERS, QUIET)],
    "share_quiet_end": [Row("post", "/shares/calendar/press/quiet/1/end/", TIMERS)],
    "channel_new": [Row("get", "/channels/new/", EVERYBODY), Row("post", "/channels/new/", EVERYBODY)],
    "leaders": [Row("get", "/leaders/", EVERYBODY)],
    "tag": [Row("get", "/tags/board/", EVERYBODY)],
    "search": [Row("get", "/search/?q=board", EVERYBODY)],
    "bookmarks": [Row("get", "/bookmarks/", EVERYBODY)],
    "person": [Row("get", "/@alice/", EVERYBODY)],
    "follow": [Row("post", "/@helene/follow/", EVERYBODY)],
    "compose": [
        Row("get", "/posts/new/", EVERYBODY),
        Row("post", "/posts/new/", EVERYBODY, {"text": "x", "kind": "poll"}),
    ],
    "publish": [Row("post", "/posts/", AUTHOR, {"text": "x", "channel": "{secret_id}"})],
    "part_fields": [Row("get", "/posts/new/part/?kind=poll", EVERYBODY)],
    "live_parts": [Row("get", "/live/parts/?ids={poll}", EVERYBODY)],
    "vote": [Row("post", "/p/{poll}/vote/", AUTHOR, {"choice": "0"})],
    "best": [Row("post", "/p/{answer}/best/", AUTHOR)],
    "acknowledge": [Row("post", "/p/{announcement}/acknowledge/", NOBODY)],
    "acknowledged": [Row("get", "/p/{announcement}/acknowledged/", AUTHOR)],
    "acknowledged_csv": [Row("get", "/p/{announcement}/acknowledged.csv", AUTHOR)],
    "remind": [Row("post", "/p/{announcement}/remind/", AUTHOR)],
    "later": [Row("get", "/posts/new/later/", EVERYBODY)],
    "scheduled": [Row("get", "/scheduled/", EVERYBODY)],
    "scheduled_edit": [
        Row("get", "/scheduled/{scheduled}/", AUTHOR),
        Row(
            "post",
            "/scheduled/{scheduled}/",
            AUTHOR,
            {"text": "x", "channel": "{secret_id}", "at": f"{localdate() + timedelta(days=9)}T09:00"},
        ),
    ],
    "scheduled_cancel": [Row("post", "/scheduled/{scheduled}/cancel/", AUTHOR)],
    "scheduled_now": [Row("post", "/scheduled/{scheduled}/now/", AUTHOR)],
    "poll": [Row("get", "/p/{poll}/poll/", AUTHOR)],
    "thread": [Row("get", "/p/{public}/", EVERYBODY), Row("get", "/p/{hidden}/", AUTHOR)],
    "history": [Row("get", "/p/{public}/history/", EVERYBODY), Row("get", "/p/{hidden}/history/", AUTHOR)],
    "edit": [
        Row("get", "/p/{public}/edit/", AUTHOR),
        Row("get", "/p/{hidden}/edit/", AUTHOR),
        Row("post", "/p/{hidden}/edit/", AUTHOR, {"text": "y", "version": "1"}),
    ],
    "delete": [Row("post", "/p/{public}/delete/", AUTHOR | ADMINS), Row("post", "/p/{hidden}/delete/", AUTHOR)],
    "react": [Row("post", "/p/{hidden}/react/", AUTHOR, {"emoji": "👍"})],
    "bookmark": [Row("post", "/p/{hidden}/bookmark/", AUTHOR)],
    "file_upload": [Row("post", "/files/", EVERYBODY, {"place": "new"})],
    "file_remove": [Row("post", "/files/{draft_file}/remove/", EVERYBODY)],
    "file_small": [Row("get", "/files/{file}/small/", AUTHOR), Row("get", "/files/{draft_file}/small/", AUTHOR)],
    "file": [Row("get", "/files/{file}/of/a.txt", AUTHOR), Row("get", "/files/{draft_file}/of/a.txt", AUTHOR)],
    "read": [Row("post", "/read/", AUTHOR, {"read": "{secret_id}:1"})],
    "draft_swap": [Row("post", "/drafts/swap/", EVERYBODY, {"place": "new"})],
    "draft": [Row("post", "/drafts/", EVERYBODY, {"place": "new", "text": "x"})],
    "mentions": [Row("get", "/mentions/?q=al", EVERYBODY)],
    "suggested_channels": [Row("get", "/suggestions/channels/?q=se", EVERYBODY)],
    "suggested_searches": [Row("get", "/suggestions/searches/?q=se&all", EVERYBODY)],
    "suggested_tags": [Row("get", "/suggestions/tags/?q=a", EVERYBODY)],
    "verdict": [Row("post", "/verdict/", EVERYBODY, {"text": "x"})],
    "live_since": [Row("get", "/live/since/?c={secret_id}&after=0", AUTHOR)],
    "live_mine": [Row("get", "/live/mine/?ids={hidden}", EVERYBODY)],
    "notices": [Row("get", "/notices/", EVERYBODY)],
    "notices_read": [Row("post", "/notices/read/", EVERYBODY)],
    "notice": [Row("get", "/notices/{notice}/", AUTHOR)],
    "counts": [Row("get", "/counts/", EVERYBODY)],
    "waiting": [Row("get", "/waiting/", EVERYBODY)],
    "theme": [Row("post", "/theme/", ANYBODY, {"theme": "dark"})],
    "language": [Row("post", "/language/", ANYBODY, {"language": "fr"})],
    "jsi18n": [Row("get", "/words/fr.js", ANYBODY)],
    "shares": [Row("get", "/shares/", EVERYBODY)],
    "share_new": [
        Row("get", "/shares/new/?post={public}", EVERYBODY),
        Row("get", "/shares/new/?post={hidden}", AUTHOR),
    ],
    "share": [Row("get", "/shares/{share}/", AUTHOR | DESK)],
    "calendar": [Row("get", "/shares/calendar/", EVERYBODY)],
    "share_times": [
        Row("get", "/shares/calendar/press/times/", TIMERS),
        Row("post", "/shares/calendar/press/times/", TIMERS, {"zone": "UTC"}),
    ],
    "share_preview": [
        Row("post", "/shares/preview/", EVERYBODY, {"post": "{public}", "destination": "press"}),
        Row("post", "/shares/preview/", AUTHOR, {"post": "{hidden}", "destination": "press"}),
    ],
    "share_wishes": [Row("post", "/shares/wishes/", EVERYBODY, {"outside": "1", "destination": "press"})],
    "share_plan": [Row("post", "/shares/{share}/plan/", AUTHOR)],
    "share_move": [Row("post", "/shares/{share}/move/", AUTHOR, {"day": f"{localdate() + timedelta(days=9)}"})],
    "share_withdraw": [Row("post", "/shares/{share}/withdraw/", AUTHOR)],
    # What has not left is not taken back, whoever asks: the page says so to those who may.
    "public_names": [
        Row("get", "/shares/names/", EVERYBODY),
        Row("post", "/shares/names/", EVERYBODY, {"x": "ada"}),
    ],
    # What is held is not out yet: the page says that there is nothing to correct.
    "share_correct": [Row("get", "/shares/{share}/correct/", AUTHOR)],
    "share_recall": [Row("get", "/shares/{share}/recall/", AUTHOR | OFFICERS)],
    "share_recall_settle": [Row("post", "/shares/{share}/recall/settle/", NOBODY)],
    "share_appeal": [Row("post", "/shares/{share}/appeal/", AUTHOR, {"reason": "x"})],
    "share_proposal": [Row("post", "/shares/{share}/proposals/1/", AUTHOR, {"answer": "take"})],
    "share_settle": [Row("post", "/shares/{share}/settle/", NOBODY)],
    "advocates": [Row("get", "/advocates/", EVERYBODY)],
    # Offered to the members of a channel, of whom alice is the only one.
    "advocate": [Row("get", "/advocates/{offer}/", AUTHOR), Row("post", "/advocates/{offer}/", AUTHOR, {"words": "x"})],
    "advocate_check": [Row("post", "/advocates/{offer}/check/", AUTHOR, {"account": "own-alice", "words": "x"})],
    "own_accounts": [Row("get", "/advocates/accounts/", EVERYBODY)],
    "own_account_back": [Row("get", "/advocates/accounts/back/?state=x&code=y", EVERYBODY)],
    "own_account_connect": [
        Row("get", "/advocates/accounts/new/bluesky/", EVERYBODY),
        Row("get", "/advocates/accounts/new/mastodon/", NOBODY),
        Row("post", "/advocates/accounts/new/bluesky/", EVERYBODY),
    ],
    "own_account_disconnect": [Row("post", "/advocates/accounts/own-alice/disconnect/", AUTHOR)],
    "own_networks": [Row("post", "/advocates/networks/", ADMINS, {"kind": "bluesky", "act": "close"})],
    "share_offer": [
        Row("get", "/shares/{offered}/offer/", COMMUNICATIONS),
        Row("post", "/shares/{offered}/offer/", COMMUNICATIONS, {"to": "everybody"}),
    ],
    "share_offer_end": [Row("post", "/shares/{offered}/offer/end/", COMMUNICATIONS)],
    "destinations": [Row("get", "/destinations/", SEES_DESTINATIONS)],
    "gate_switch": [Row("post", "/destinations/gate/", MAY_CLOSE, {"act": "close", "reason": "A leak"})],
    "destination_back": [Row("get", "/destinations/back/?state=x&code=y", ADMINS)],
    "destination_choose": [Row("get", "/destinations/new/", ADMINS)],
    "destination_connect": [
        Row("get", "/destinations/new/bluesky/", ADMINS),
        Row("post", "/destinations/new/bluesky/", ADMINS, {"name": "x"}),
    ],
    "destination": [Row("get", "/destinations/there/", SEES_DESTINATIONS)],
    "destination_connect_anew": [
        Row("get", "/destinations/there/connect/", ADMINS),
        Row("post", "/destinations/there/connect/", ADMINS, {"name": "x"}),
    ],
    # They take everybody back with a sentence; test_destinations.py sees what became of it.
    "destination_decide": [Row("post", "/destinations/there/decide/", SEES_DESTINATIONS, {"act": "confirm"})],
    "destination_switch": [Row("post", "/destinations/there/switch/", SEES_DESTINATIONS, {"act": "close"})],
    "destination_test": [Row("post", "/destinations/there/test/", SEES_DESTINATIONS)],
    "destination_again": [Row("post", "/destinations/there/again/", SEES_DESTINATIONS, {"share": "{share}"})],
    "press": [Row("get", "/press/", ANYBODY)],
    "press_atom": [Row("get", "/press/feed.atom", ANYBODY)],
    "press_json": [Row("get", "/press/feed.json", ANYBODY)],
    "press_file": [Row("get", "/press/{item}/files/0/a.txt", ANYBODY)],
    "press_item": [Row("get", "/press/{item}/", ANYBODY)],
    "healthz": [Row("get", "/healthz", ANYBODY)],
    "readyz": [Row("get", "/readyz", ANYBODY)],
    "metrics": [Row("get", "/metrics", ANYBODY)],
    "policies": [Row("get", "/policies/", POLICY_READERS)],
    "policy_health": [Row("get", "/policies/health/", POLICY_READERS)],
    "policy_rule_times": [Row("get", "/policies/health/times/", POLICY_READERS)],
    "policy_import": [Row("get", "/policies/import/", EDITORS)],
    "policy_export": [Row("post", "/policies/{draft}/export/", POLICY_READERS)],
    "policy_create_draft": deed("/policies/drafts/", EDITORS),
    "policy_version": [Row("get", "/policies/{draft}/", POLICY_READERS)],
    "policy_differences": [Row("get", "/policies/{draft}/differences/", POLICY_READERS)],
    "policy_propose": deed("/policies/{draft}/propose/", EDITORS, edit="{edit}", note="More"),
    "policy_put_in_force": deed("/policies/{proposed}/put-in-force/", OFFICERS, replacing="{current}"),
    "policy_refuse": deed("/policies/{proposed}/refuse/", EDITORS | OFFICERS, reason="Not yet"),
    "policy_roll_back": deed("/policies/{old}/roll-back/", EDITORS),
    "policy_discard": deed("/policies/{draft}/discard/", EDITORS, edit="{edit}"),
    "policy_bench": [Row("post", "/policies/{draft}/bench/", POLICY_READERS, {"text": "x"})],
    "policy_effect": [Row("get", "/policies/{draft}/effect/", POLICY_READERS)],
    "policy_simulation": [
        Row("get", "/policies/{draft}/simulation/", POLICY_READERS),
        Row("post", "/policies/{draft}/simulation/", POLICY_READERS),
    ],
    "policy_simulation_cancel": [Row("post", "/policies/{draft}/simulation/cancel/", POLICY_READERS)],
    "policy_source": [Row("get", "/policies/{draft}/yaml/", POLICY_READERS)],
    "policy_new_rule": [Row("get", "/policies/{draft}/new-rule/", POLICY_READERS)],
    "policy_new_rule_effect": [Row("post", "/policies/{draft}/new-rule/effect/", POLICY_READERS)],
    "policy_rule": [Row("get", "/policies/{draft}/rules/code-names/", POLICY_READERS)],
    "policy_rule_effect": [Row("post", "/policies/{draft}/rules/code-names/effect/", POLICY_READERS)],
    "policy_rule_step": [Row("post", "/policies/{draft}/rules/code-names/step/", POLICY_READERS)],
    "policy_new_rule_step": [Row("post", "/policies/{draft}/new-rule/step/", POLICY_READERS)],
    "policy_delete_rule": deed("/policies/{draft}/rules/careful/delete/", EDITORS, edit="{edit}"),
    "policy_add_pack": deed("/policies/{draft}/packs/", EDITORS, edit="{edit}", pack="secrets"),
    "policy_switch_pack": deed("/policies/{draft}/packs/switch/", EDITORS, edit="{edit}", pack="held", to="watching"),
    "policy_word_lists": [Row("get", "/policies/{draft}/lists/", POLICY_READERS)],
    "policy_put_word_list": deed("/policies/{draft}/lists/put/", EDITORS, edit="{edit}", name="more", terms="Harrier"),
    "policy_csv_columns": [Row("post", "/policies/{draft}/lists/columns/", POLICY_READERS)],
    "policy_word_list": [Row("get", "/policies/{draft}/lists/of/names/", POLICY_READERS)],
    "policy_list_met": [Row("get", "/policies/{draft}/lists/of/names/met/", POLICY_READERS)],
    "policy_put_source": deed(
        "/policies/{draft}/lists/keep-in-step/", EDITORS, edit="{edit}", list="rooms", kind="private-channels"
    ),
    # An address inside, so that nothing is asked.
    "policy_try_source": [
        Row("post", "/policies/{draft}/lists/try/", EDITORS, {"kind": "address", "url": "https://127.0.0.1/names"}),
    ],
    "policy_drop_source": deed("/policies/{draft}/lists/of/rooms/release/", EDITORS, edit="{edit}"),
    "policy_sync_now": deed("/policies/{draft}/lists/of/rooms/read/", EDITORS),
    "policy_drop_word_list": deed("/policies/{draft}/lists/of/names/drop/", EDITORS, edit="{edit}"),
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give what the addresses point at, made once: each test's deeds are undone, and the whole at the end."""
    folder = tmp_path_factory.mktemp("matrix")
    kept = {
        "FILES": folder, "STORAGES": files_kept_in(folder), "SHARE_DELAY": timedelta(0),
        "ANCHOR_FILE": folder / "anchors.jsonl",
    }  # fmt: skip
    with django_db_blocker.unblock(), override_settings(**kept), transaction.atomic():
        yield a_world(one_of_the_cast)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def files(world: World, settings: Any) -> Path:
    """Give the folder of the world's files, which outlives each test."""
    return Path(settings.FILES)


def a_world(person: Callable[[str], Person]) -> World:
    put_in_force(POLICY)
    alice, irene = person("alice"), person("irene")
    helene = person("helene")
    press = gate.ensure_press_page()
    Destination.objects.create(slug="there", name="There", kind="bluesky", remote_account="did:plc:x")
    room = create_channel(by=alice, name="Board", is_private=True)
    news = create_channel(by=alice, name="News")
    file, draft_file, held_file, sent_file = (a_file_of(alice) for _ in range(4))
    hidden = publish(by=alice, channel=room, text="The board meets #board", files=[Wish(file.pk)])
    public = publish(by=alice, channel=news, text="Falcon has landed #news", files=[Wish(held_file.pk)])
    poll = publish(by=alice, channel=room, text="Who goes?", part=PollPart(("I", "You"), False, in_a_day()))
    question = publish(by=alice, channel=room, text="When?", part=QuestionPart())
    answer = publish(by=alice, channel=room, text="Now", answers=question)
    announcement = publish(by=alice, channel=room, text="Hush", part=AnnouncementPart(alice, None))
    scheduled = schedule(by=alice, wanted=Wanted(room, "Later", f"{localdate() + timedelta(days=8)}T09:00", {}))
    sent = publish(by=alice, channel=news, text="We are open", files=[Wish(sent_file.pk)])
    CustomEmoji.objects.create(name="ship_it", picture=blobs.write(b"a ship"), made_by=irene)
    page = LinkedPage.objects.create(
        digest="d" * 64, url="https://news.example/", host="news.example", title="News",
        picture=blobs.write(b"a picture"), fetched_at=timezone.now(),
    )  # fmt: skip
    Post.objects.filter(pk__in=[hidden.pk, public.pk]).update(linked_page=page)
    period = {"starts_at": timezone.now() + timedelta(days=1), "ends_at": timezone.now() + timedelta(days=3)}
    QuietPeriod.objects.create(destination=press, zone="UTC", reason="Results", made_by=irene, **period)
    share = gate.request_share(by=alice, post=public, destination=press)
    out = gate.request_share(by=alice, post=sent, destination=press)
    companys = a_company_post(person("chloe"))
    offered = gate.request_share(by=person("chloe"), post=companys, destination=press)
    Worker("matrix").round()
    offer = gate.offer(by=person("chloe"), share=offered, audience=gate.Audience(False, [news]))
    OwnKind.objects.create(kind="bluesky", is_open=True)
    Destination.objects.create(slug="own-alice", name="Alice", kind="bluesky", owner=alice, remote_account="did:plc:a")
    old = put_in_force(POLICY.replace("[Falcon]", "[Falcon, Osprey]"))
    current = put_in_force(POLICY)
    let_a_list_follow_private_channels(current)
    proposed = changed_draft(irene, "Heron")
    policy.propose(by=irene, number=proposed.number, edit=proposed.edit, note="More names")
    draft = changed_draft(irene, "Gannet")
    policy.put_dictionary(by=irene, number=draft.number, edit=draft.edit, name="names", terms="Harrier")
    draft.refresh_from_db()
    notice = Notice.objects.create(person=alice, kind=Notice.Kind.SHARE)
    return World(
        {
            "open": news.slug, "secret": room.slug, "secret_id": room.pk, "hidden": hidden.pk, "public": public.pk,
            "poll": poll.pk, "answer": answer.pk, "scheduled": scheduled.pk, "announcement": announcement.pk,
            "unsubscribe": unsubscribing.address_for(helene).split("/")[2],
            "listed": a_listed_channel(alice, helene).slug,
            "report": report(by=helene, post_id=public.pk, reason="other").pk,
            "share": share.pk,
            "incident": Incident.objects.create(
                destination=press, kind="foreign", remote_id="1", shows_digest="x", raised_at=timezone.now()
            ).pk,
            "offer": offer.pk, "offered": offered.pk,
            "file": file.pk, "draft_file": draft_file.pk,
            "digest": share.digest,
            "schedule": desk.propose_schedule(by=person("omar"), kind="posts", channel="", days=30).pk,
            "sample": Sample.objects.create(
                revision=Share.objects.get(post=sent).revision, taken_at=timezone.now()
            ).pk,
            "erasure": desk.ask_to_erase(by=person("omar"), username=person("zoe").username, reason="x").pk,
            "hold": a_hold(person).pk, "held_version": public.revisions.get().pk,
            "proposed": proposed.number,
            "old": old.number,
            "current": current.number,
            "export": an_export_of(alice).pk,
            "edit": draft.edit, "item": PressItem.objects.get(digest=out.digest).pk,
            "draft": draft.number, "notice": notice.pk,
        }
    )  # fmt: skip


def in_a_day() -> datetime:
    return timezone.now() + timedelta(days=1)


def an_export_of(owner: Person) -> DataExport:
    """Give an export that is ready."""
    facts = {"state": "ready", "asked_at": timezone.now(), "ready_at": timezone.now(), "sha256": blobs.write(b"PK")}
    return DataExport.objects.create(person=owner, **facts)


def a_file_of(owner: Person) -> Attachment:
    """Give a file in somebody's draft whose words are known: a child for each of a hundred tests would take long."""
    digest = blobs.write(b"The room")
    facts = {"kind": "text/plain", "text": "The room", "version": VERSION}
    FileText.objects.get_or_create(digest=digest, defaults=facts)
    return Attachment.objects.create(owner=owner, place="new", name="a.txt", kind="text/plain", size=8, sha256=digest)


def a_hold(person: Callable[[str], Person]) -> Hold:
    """Give a hold on the channel that everybody reads, with two officers behind it."""
    hold = desk.place_hold(by=person("omar"), matter="Inquiry 7", reason="A claim", scope=desk.Scope(channel="news"))
    return desk.agree_to_hold(by=person("lena"), hold_id=hold.pk)


def a_company_post(writer: Person) -> Post:
    """Give what communications wrote for the company."""
    company = Channel.objects.create(slug="acme", name="Acme", kind=Channel.Kind.COMPANY)
    ChannelCounter.objects.create(channel=company)
    Membership.objects.create(person=writer, channel=company, role=Membership.Role.OWNER)
    return publish(by=writer, channel=company, text="We open an office in Lyon")


def a_listed_channel(owner: Person, asking: Person) -> Channel:
    """Give a private channel that everybody may know of, with somebody who asks to be let in."""
    channel = create_channel(by=owner, name="Works council", is_private=True, is_listed=True)
    ask_to_join(by=asking, channel=channel)
    return channel


def changed_draft(by: Person, word: str) -> PolicyVersion:
    """Give a draft with one more code name."""
    draft = policy.create_draft(by=by)
    source = draft.source.replace("[Falcon]", f"[Falcon, {word}]")
    return policy.edit_draft(by=by, number=draft.number, edit=draft.edit, source=source)


@pytest.fixture
def client_of(person: Callable[[str], Person]) -> Callable[[str], Client]:
    """Give somebody's browser; zoe's session is from before she was disabled."""

    def make(role: str) -> Client:
        client = Client(REMOTE_ADDR="127.0.0.1")
        if role != "nobody":
            client.force_login(person(role), backend="corpblog.people.directory.backend.DirectoryBackend")
            session = client.session
            # Typed a moment ago, as decisions ask for.
            session[SIGNED_IN_AT] = timezone.now().isoformat()
            session.save()
        return client

    return make


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        else:
            yield str(pattern.name)


def test_every_address_is_listed() -> None:
    assert set(names(get_resolver().url_patterns)) == set(ROWS)


def let_a_list_follow_private_channels(version: PolicyVersion) -> None:
    version.sources = {"rooms": {"kind": "private-channels"}}
    version.dictionaries = {"rooms": digest_of("Attic", {})}
    DictionaryText.objects.create(digest=version.dictionaries["rooms"], terms="Attic", count=1)
    version.digest = digest_of(version.source, version.dictionaries, version.sources)
    version.save()


def ask(client: Client, row: Row, world: World) -> int:
    path, data = (
        row.path.format(**world.values),
        {name: value.format(**world.values) for name, value in row.data.items()},
    )
    client.raise_request_exception = False
    # Undone afterwards, so that one role's deed does not change what the next one meets.
    with transaction.atomic():
        before = policies()
        answer = client.get(path) if row.method == "get" else client.post(path, data)
        has_changed = policies() != before
        transaction.set_rollback(True)
    if row.changes_policy and not has_changed and answer.status_code < 500:
        return 401 if answer.headers.get("Location", "").startswith("/sign-in/") else 403
    if answer.status_code == 302 and answer["Location"].startswith("/sign-in/") and row.path != "/sign-out/":
        return 401
    return int(answer.status_code)


def policies() -> list[tuple[Any, ...]]:
    return list(PolicyVersion.objects.order_by("number").values_list("number", "state", "digest", "dictionaries"))


@pytest.mark.parametrize("name", sorted(ROWS))
def test_who_gets_in(name: str, world: World, client_of: Callable[[str], Client]) -> None:
    for row in ROWS[name]:
        answers = {role: ask(client_of(role), row, world) for role in ROLES}
        let_in = {role for role, status in answers.items() if status not in {401, 403, 404}}
        assert let_in == row.let_in, f"{row.method} {row.path}: {answers}"
        # 503: there is no directory in these tests, and the page says so.
        assert not any(status >= 500 and status != 503 for status in answers.values()), f"{row.path}: {answers}"
        assert all(answers[role] == 401 for role in ("nobody", "zoe") if role not in row.let_in), answers


HIDDEN = (
    "/files/{file}/of/a.txt",
    "/files/{file}/small/",
    "/files/{draft_file}/of/a.txt",
    "/c/{secret}/",
    "/p/{hidden}/",
    "/p/{hidden}/history/",
    "/shares/{share}/",
    "/advocates/{offer}/",
    "/live/since/?c={secret_id}&after=0",
)


@pytest.mark.parametrize("path", HIDDEN)
def test_hidden_things_answer_as_if_they_were_not_there(
    path: str, world: World, client_of: Callable[[str], Client]
) -> None:
    assert ask(client_of("bruno"), Row("get", path, frozenset()), world) == 404


def test_the_matrix_points_at_things_that_exist(world: World) -> None:
    assert Share.objects.get(pk=world["share"]).state == Share.State.HELD
    assert Post.objects.filter(pk__in=[world["hidden"], world["public"]]).count() == 2
