"""Nothing that anybody typed runs: each text of each table, on each page, in Chromium under the page's own policy.

Nobody lists what has to be covered. Two hundred payloads and more are put into every text field of every model, past
all forms, in the database itself; then each address of the route matrix is shown to somebody who gets in. Left out is
what MADE names; and a text that no page shows has to stand in UNSEEN. So a new field is shown here, or named.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Dialog, Page, expect

from corpblog.kernel.ids import new_id
from corpblog.notifications.push import new_key
from corpblog.notifications.wishes import add_keyword
from corpblog.people.models import Person
from corpblog.people.services import give_token
from corpblog.posts import services as keeping
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment, Post, PostRevision
from corpblog.posts.services import publish, report
from corpblog.posts.writing import write
from corpblog.sharing import services as gate
from corpblog.sharing.models import Destination, PublicHandle
from corpblog.teams.models import Channel
from tests.posts.test_rendering import PAYLOADS
from tests.web import rare_states
from tests.web.every_page import LOOKERS, Pages, browser_on, every_page, pages_at, shown_in
from tests.web.test_route_matrix import World, client_of, files, world  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.long]
OURS = ("people", "posts", "teams", "notifications", "sharing", "desk", "policy", "audit")
EVERYTHING = " ".join(dict.fromkeys(PAYLOADS)).replace("\n", " ")

# What the program writes or lets in letter by letter: codes, digests, names that are addresses, sealed bytes.
MADE = {
    "Person.password",
    "Person.username",
    "Person.directory_id",
    "Person.language",
    "Person.asked_language",
    "Person.time_zone",
    "DirectoryGroup.directory_id",
    "Session.session_key",
    "Session.session_data",
    "AccessToken.digest",
    "AccessToken.scopes",
    "DataExport.sha256",
    "Post.html",
    "Post.folded",
    "Post.language",
    "Post.client_key",
    "Post.reactions",
    "Post.stems",
    "PostRevision.html",
    "PostRevision.folded",
    "PostRevision.verdict",
    "Attachment.place",
    "Attachment.sha256",
    "Attachment.thumbnail",
    "Attachment.kind",
    "IdempotencyKey.key",
    "IdempotencyKey.body_digest",
    "Draft.place",
    "LinkedPage.digest",
    "LinkedPage.picture",
    "LinkedPage.problem",
    "ScheduledPost.zone",
    "CustomEmoji.name",
    "CustomEmoji.picture",
    "Channel.slug",
    "Channel.folded",
    "FormerAddress.slug",
    "Notice.facts",
    "Notice.url",
    "PushDevice.endpoint",
    "PushDevice.endpoint_digest",
    "PushDevice.p256dh",
    "PushDevice.auth",
    "PushDevice.alerts",
    "Keyword.folded",
    "Reach.kind",
    "Destination.slug",
    "Destination.kind",
    "Destination.config",
    "Destination.credentials",
    "Share.digest",
    "Share.zone",
    "ShareRevision.canonical",
    "ShareRevision.digest",
    "ShareRevision.outcome",
    "ShareRevision.verdict",
    "ShareRevision.policy_digest",
    "Decision.digest",
    "Decision.policy_digest",
    "Decision.engine_version",
    "Decision.normaliser_version",
    "OwnKind.kind",
    "SignInTrip.state_digest",
    "SignInTrip.sealed",
    "TargetChange.config",
    "TargetChange.sealed",
    "PublicHandle.kind",
    "Incident.shows_digest",
    "FollowedLink.digest",
    "Job.sealed",
    "Job.mac",
    "Receipt.figures",
    "ThreadPart.figures",
    "PressItem.sealed",
    "PressItem.digest",
    "Timetable.zone",
    "Timetable.quiet_days",
    "Timetable.slots",
    "OfficerSearch.posts",
    "Simulation.digest",
    "Simulation.against_digest",
    "Simulation.result",
    "PolicyVersion.source",
    "PolicyVersion.dictionaries",
    "PolicyVersion.sources",
    "PolicyVersion.digest",
    "PolicyVersion.rule_versions",
    "DictionaryText.digest",
    "SourceState.digest",
    "RunningProcess.digest",
    "FileText.digest",
    "FileText.kind",
    "AuditHead.digest",
    "AuditEntry.action",
    "AuditEntry.subject",
    "AuditEntry.commitment",
    "AuditEntry.digest",
    "AuditPayload.salt",
    "AuditPayload.body",
    "Anchor.digest",
    "Anchor.key",
    "Anchor.signature",
    "KeptAnchor.receipt",
    "Erasure.report",
    "QuietPeriod.zone",
}
# Names of files and hashtags: all ways to make one take the slash away.
ONE_STEP_OF_A_PATH = {"Attachment.name", "PostTag.tag", "FollowedTag.tag"}
# What no page shows, and why.
UNSEEN = {
    "Draft.others": "kept until its person has it shown as the draft",
    "FileText.reasons": "codes of `policy.unread`, told in their words",
    "FollowedLink.way": "where a short link led; only compared",
    "HoldWord.word": "a part of `Hold.term`, which is shown",
    "Incident.remote_id": "only compared",
    "Job.trouble": "a code of `sharing.wording`, told in its words",
    "Job.worker": "in logs only",
    "KeptAnchor.place": "a code, told by its title",
    "Offer.reason": "goes into recalls; in the log only",
    "Person.email": "written to, never shown",
    "PlaceTrouble.place": "a code, told by its title",
    "PollOption.text": "pages draw the part of the post",
    "PostRevision.part": "for the desk's search, which shows the text",
    "PostRevision.reason": "for the desk's search, which shows the text",
    "Recall.reason": "in the log only",
    "Recall.trouble": "a code of `sharing.wording`, told in its words",
    "Receipt.how": "a code",
    "Receipt.remote_id": "only compared",
    "Sample.missed_by": "a rule's id, counted in figures of rules that exist",
    "Sample.note": "in the log only",
    "ScheduledPost.files": "numbers and descriptions of files, which the composer takes from the files",
    "Share.note": "a code of `sharing.wording`, told in its words",
    "ShareRevision.why": "a code",
    "SourceState.key": "a digest's name",
    "SourceState.problem": "a code, told in its words",
    "TargetChange.name": "what the destination is called stays",
    "ThreadPart.remote_id": "only compared",
    "Watch.trouble": "a code of `sharing.wording`, told in its words",
    "WorkerBeat.name": "only counted",
}


def text_fields() -> Iterator[tuple[type[models.Model], Any]]:
    """Give every field that may hold words: text without a list of choices, and JSON."""
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.choices:
                    yield model, field


def name_of(model: type[models.Model], field: Any) -> str:
    return f"{model.__name__}.{field.name}"


def mark_of(name: str) -> str:
    return f"⟦{name}⟧"


def evil(name: str, number: Any) -> str:
    """Every payload, behind the field's name; where a page would link to it, a script first."""
    said = f"{mark_of(name)} {number} {EVERYTHING}"
    if name in ONE_STEP_OF_A_PATH:
        return said.replace("/", "\N{FRACTION SLASH}")
    # It was fetched to make a card of it, and nothing but http and https is fetched.
    if name == "LinkedPage.url":
        return f"https://evil.example/{said}"
    return f"javascript:alert(1)//{said}" if name.endswith((".url", ".remote_id")) else said


def poison(value: Any, name: str, number: Any) -> Any:
    """Put the payloads in the place of all words in JSON; keys and codes stay."""
    if isinstance(value, dict):
        kept = {"id", "kind", "sha256", "for", "username", "ends_at", "praise", "ends", "at", "due"}
        return {
            key: part
            if key in kept
            else poison(part, "Attachment.name" if key == "name" and "files" in name else name, number)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [poison(part, name, number) for part in value]
    return evil(name, number) if isinstance(value, str) else value


def row_of(model: Any) -> Any:
    """Give a row, made of what there is, where there is none; the database's rules are off."""
    if found := model._base_manager.first():
        return found
    facts: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.has_default() or field.null or isinstance(field, models.AutoField):
            continue
        if field.is_relation:
            facts[field.name] = row_of(field.related_model)
        elif isinstance(field, models.DateTimeField | models.DateField):
            facts[field.name] = timezone.now()
        elif isinstance(field, models.JSONField):
            facts[field.name] = ["x"]
        elif field.choices:
            facts[field.name] = field.choices[0][0]
        elif isinstance(field, models.BigIntegerField) and field.primary_key:
            facts[field.name] = new_id()
        elif isinstance(field, models.IntegerField):
            facts[field.name] = 1
        elif isinstance(field, models.BooleanField):
            facts[field.name] = True
        elif isinstance(field, models.CharField | models.TextField):
            facts[field.name] = "x"
    return model._base_manager.create(**facts)


def poison_everything() -> None:
    """Put the payloads into every row of every table. SQLite takes what is longer than a column allows."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (trigger,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{trigger}"')
    fields: dict[type[models.Model], list[Any]] = {}
    for model, field in text_fields():
        if name_of(model, field) not in MADE:
            fields.setdefault(model, []).append(field)
    for model in fields:
        row_of(model)
    for model, its in fields.items():
        for row in model._base_manager.all():
            said = {}
            for field in its:
                name = name_of(model, field)
                is_json = isinstance(field, models.JSONField)
                said[field.name] = poison(getattr(row, field.name), name, row.pk) if is_json else evil(name, row.pk)
            model._base_manager.filter(pk=row.pk).update(**said)
    # What is shown of a text is what the formatter makes of it.
    author = Person.objects.get(username="alice")
    for model in (Post, PostRevision):
        for row in model._base_manager.all():
            model._base_manager.filter(pk=row.pk).update(html=write(row.text, author).html)


def keep_of_each(alice: Person, post: Post) -> None:
    """Have somebody keep and choose what people can, so that their pages show it."""
    keeping.put_bookmark(by=alice, post_id=post.pk, folder="x")
    keeping.save_search(by=alice, query="x")
    keeping.follow_tag(by=alice, tag="x")
    keeping.save_draft(by=alice, place="new", text="x", fields={"kind": ["poll"], "option": ["x", "y"]})
    add_keyword(by=alice, phrase="xx")
    give_token(person=alice, name="x", scopes=["read"], days=7)
    PublicHandle.objects.create(person=alice, kind="mastodon", handle="x")
    report(by=Person.objects.get(username="helene"), post_id=post.pk, reason="other", note="x")


@pytest.fixture
def pages(world: World, client_of: Callable[[str], Client], settings: Any) -> Pages:  # noqa: F811
    """Give what each address answers, once everything that was typed is a payload."""
    settings.POST_LIMIT = 1_000_000
    alice = Person.objects.get(username="alice")
    channel = Channel.objects.get(slug=world["open"])
    facts = {"kind": "image/png", "size": 1, "sha256": "0" * 64, "width": 9, "height": 9, "alt": "x"}
    picture = Attachment.objects.create(owner=alice, place="new", name="a.png", thumbnail="0" * 64, **facts)
    Attachment.objects.create(owner=alice, place="new", name="b.png", thumbnail="0" * 64, **facts)
    post = publish(by=alice, channel=channel, text=f"Falcon {EVERYTHING}")
    publish(by=alice, channel=channel, text="Look", files=[Wish(picture.pk, alt="x")])
    share = gate.request_share(by=alice, post=post, destination=Destination.objects.get(slug="press"))
    keep_of_each(alice, post)
    # Signed in before: what their browsers call themselves is a text, too.
    clients = {looker: client_of(looker) for looker in LOOKERS}
    poison_everything()
    there = {**world.values, "public": post.pk, "share": share.pk}
    pages = every_page(clients, world.values, there)
    # The same pages once more, with what they only show at times.
    settings.VAPID_KEY, settings.DESK_PSEUDONYMS = new_key(), True
    said = partial(evil, number=0)
    places = rare_states.bring_about(there, share, said)
    pages |= pages_at(clients, places, "rare")
    pages |= pages_at(clients, rare_states.ask_for_changes(share, said), "changes")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
    return pages


def test_what_is_left_out_exists() -> None:
    known = {name_of(model, field) for model, field in text_fields()}
    assert (MADE | UNSEEN.keys()) - known == set()
    assert MADE.isdisjoint(UNSEEN)
    assert len(set(PAYLOADS)) >= 200


# What no text of anybody may become, wherever it is shown.
FOREIGN = """() => [
  ...document.querySelectorAll(`script:not([src]), iframe, object, embed, base, style, math, animate, [http-equiv],
    [action*=evil], [href*='evil.example/x' i][rel=stylesheet], [data-hx-get], [hx-get*='sign-out'], img[src=x]`),
  ...[...document.querySelectorAll('[href], [src]')].filter((one) =>
    /^\\s*(javascript|vbscript|data):/i.test(one.getAttribute('href') ?? one.getAttribute('src'))),
  ...[...document.querySelectorAll('*')].filter((one) => one.getAttributeNames().some((name) => /^on/.test(name))),
].map((each) => each.outerHTML.slice(0, 300))"""
LISTEN = """window.__refused = [];
document.addEventListener('securitypolicyviolation', ({ effectiveDirective: kind, blockedURI, sample }) => {
  if (!kind.startsWith('connect')) window.__refused.push(`${kind} ${blockedURI} ${sample}`);
});"""


def text_of(headers: dict[str, str], body: bytes) -> str:
    """What an answer says; scripts read JSON past its escapes."""
    text = body.decode(errors="replace")
    if "json" not in headers.get("Content-Type", ""):
        return text
    return json.dumps(json.loads(text), ensure_ascii=False)


def test_no_payload_in_any_field_runs_on_any_page(pages: Pages) -> None:
    broken = {path: status for path, (status, _headers, _body) in pages.items() if status >= 500 and status != 503}
    everything = "".join(text_of(headers, body) for _status, headers, body in pages.values())
    fields = {name_of(model, field) for model, field in text_fields()} - MADE
    unseen = {name for name in fields if mark_of(name) not in everything}
    complaints: list[str] = []
    with browser_on(pages) as page:
        page.add_init_script(LISTEN)

        def said(dialog: Dialog) -> None:
            complaints.append(f"{page.url}: {dialog.message}")
            dialog.dismiss()

        page.on("dialog", said)
        for path in shown_in(pages):
            page.goto(path, wait_until="domcontentloaded")
            complaints += [f"{path}: {found}" for found in page.evaluate(FOREIGN) + page.evaluate("window.__refused")]
        draw_suggestions(page, pages)
        complaints += [f"suggestions: {found}" for found in page.evaluate(FOREIGN) + page.evaluate("window.__refused")]
    assert (broken, complaints, sorted(unseen ^ UNSEEN.keys())) == ({}, [], [])


def draw_suggestions(page: Page, pages: Pages) -> None:
    """Have the composer and the search field list people and channels, from JSON."""
    pages["/suggestions/channels/?q=news"] = pages["/suggestions/channels/?q=news&again=rare"]
    for typed, name in (("@al", "Person.display_name"), ("~news", "Channel.name")):
        page.goto("/posts/new/")
        page.locator("cb-composer textarea").first.press_sequentially(typed)
        expect(page.locator(".suggest [role=option]").first).to_contain_text(mark_of(name), timeout=30_000)
    # A name alone leads to its place: the last one.
    for typed, name in (("from:al", "Person.display_name"), ("in:news", "Channel.name"), ("news", "Channel.name")):
        answer = pages[f"/suggestions/searches/?q={typed}&all&again=rare"]
        pages[f"/suggestions/searches/?q={quote(typed, safe='')}&all"] = answer
        page.goto("/posts/new/")
        page.locator("#search").press_sequentially(typed)
        expect(page.locator(".search [role=option]").first).to_contain_text(mark_of(name), timeout=30_000)
