"""Nothing of a closed room reaches who may not see it: its name, its words, tags, files, descriptions, answers, links.

Each kind of text in the room holds a word of its own. Whoever is not a member asks for every address there is, and for
each of these words wherever one can ask for words: pages, fragments, searches, counts, suggestions, files, pictures,
previews. What the socket tells is in tests/realtime, what leaves by mail and push in test_canaries_sent.py.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from corpblog.kernel import blobs
from corpblog.people.models import Person
from corpblog.policy.extraction import VERSION
from corpblog.policy.models import FileText
from corpblog.posts import services as posts
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment, LinkedPage, Post
from corpblog.posts.parts.polls import PollPart
from corpblog.teams.models import Channel
from corpblog.teams.services import create_channel, invite, remove_member
from tests.people.test_exporting import exported
from tests.web.test_route_matrix import ROWS, World, client_of, files, in_a_day, world  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.long]
# Where it stands in the room, and the word that stands nowhere else.
CANARIES = {
    "channel name": "zanzibar",
    "channel description": "ombudsman",
    "text": "kumquat",
    "hashtag": "quetzal",
    "earlier version": "marzipan",
    "deleted post": "dulcimer",
    "poll answer": "tamarind",
    "file name": "obsidian",
    "description of a picture": "heliotrope",
    "words in a file": "calabash",
    "bytes of a picture": "persimmon",
    "bytes of a thumbnail": "vermilion",
    "title of a link": "bergamot",
    "picture of a link": "halcyon",
    "answer in a thread": "jacaranda",
}
# Not of the room: bruno was in it once; the others have roles that see much.
STRANGERS = ("nobody", "bruno", "chloe", "irene", "omar", "victor")
# Every address at which one asks for words.
ASKED = (
    "/search/?q={}",
    "/search/?q=in:{}",
    "/search/?q=in:{}+has:file",
    '/search/?q="{}"',
    "/search/?q=%23{}",
    "/search/?q=from:alice+{}",
    "/suggestions/channels/?q={}",
    "/suggestions/searches/?q={}",
    "/suggestions/searches/?q={}&all",
    "/suggestions/searches/?q=in:{}",
    "/suggestions/searches/?q=from:{}",
    "/suggestions/tags/?q={}",
    "/mentions/?q={}",
    "/channels/?find={}",
    "/channels/?archived&find={}",
    "/messages/new/?find={}",
    "/c/news/members/?find={}",
    "/tags/{}/",
    "/c/{}/",
    "/emoji/?q={}",
)


@pytest.fixture
def room(world: World, person: Callable[[str], Person]) -> dict[str, Any]:  # noqa: F811
    """Give what the matrix's addresses point at, where the hidden things are those of a room full of canaries."""
    said = CANARIES
    alice, bruno = person("alice"), person("bruno")
    channel = create_channel(
        by=alice, name=said["channel name"].title(), description=said["channel description"], is_private=True
    )
    invite(by=alice, channel=channel, person=bruno)
    written, picture = files_of(alice)
    wishes = [Wish(written.pk), Wish(picture.pk, alt=said["description of a picture"])]
    text = f"The {said['text']} #{said['hashtag']}"
    hidden = posts.publish(by=alice, channel=channel, text=f"{text} {said['earlier version']}", files=wishes)
    hidden = posts.edit(by=alice, post_id=hidden.pk, text=text, version=1)
    digest = blobs.write(said["picture of a link"].encode())
    page = LinkedPage.objects.create(
        digest="c" * 64, url="https://news.example/c", host="news.example", title=said["title of a link"],
        picture=digest, fetched_at=timezone.now(),
    )  # fmt: skip
    Post.objects.filter(pk=hidden.pk).update(linked_page=page)
    reply = posts.publish(by=alice, channel=channel, text=said["answer in a thread"], answers=hidden)
    gone = posts.publish(by=alice, channel=channel, text=said["deleted post"])
    posts.delete(by=alice, post_id=gone.pk)
    poll = posts.publish(
        by=alice, channel=channel, text="Which?", part=PollPart((said["poll answer"], "None"), False, in_a_day())
    )
    _was_there(bruno, hidden)
    remove_member(by=alice, channel=channel, person=bruno)
    return {
        **world.values, "secret": channel.slug, "secret_id": channel.pk, "hidden": hidden.pk, "answer": reply.pk,
        "poll": poll.pk, "file": picture.pk, "draft_file": written.pk,
    }  # fmt: skip


def files_of(owner: Person) -> tuple[Attachment, Attachment]:
    """A text and a picture of which we know what is in them."""
    said = CANARIES
    text = blobs.write(said["words in a file"].encode())
    facts = {"kind": "text/plain", "text": said["words in a file"], "version": VERSION}
    FileText.objects.create(digest=text, **facts)
    whole, small = (blobs.write(said[name].encode()) for name in ("bytes of a picture", "bytes of a thumbnail"))
    FileText.objects.create(digest=whole, kind="image/png", text="", version=VERSION)
    drawn = {"kind": "image/png", "width": 9, "height": 9, "thumbnail": small}
    mine = {"owner": owner, "place": "new", "size": 8}
    name = f"{said['file name']}.txt"
    return (
        Attachment.objects.create(**mine, name=name, kind="text/plain", sha256=text),
        Attachment.objects.create(**mine, name=f"{said['file name']}.png", sha256=whole, **drawn),
    )


def _was_there(person: Person, post: Post) -> None:
    """What somebody kept while they were a member must not show them the room afterwards."""
    posts.put_bookmark(by=person, post_id=post.pk, folder="Kept")
    posts.react(by=person, post_id=post.pk, emoji="👍")
    posts.choose_for_thread(by=person, post_id=post.pk, choice="follow")
    posts.follow_tag(by=person, tag=CANARIES["hashtag"])


def asked(client: Client, method: str, path: str, data: Mapping[str, str]) -> str:
    """Return all that is answered, head and body; what it changed is undone."""
    client.raise_request_exception = False
    with transaction.atomic():
        answer = client.get(path) if method == "get" else client.post(path, data)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return body.decode(errors="replace") + str(dict(answer.headers))


def everything(client: Client, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every address of the matrix, read and acted upon, with what it answered."""
    for row in (row for rows in ROWS.values() for row in rows if row.path != "/sign-out/"):
        path = row.path.format(**values)
        data = {name: value.format(**values) for name, value in row.data.items()}
        yield f"{row.method} {path}", asked(client, row.method, path, data)
    for path in (f"/files/{values['file']}/of/a.png", f"/p/{values['answer']}/", f"/live/mine/?ids={values['answer']}"):
        yield path, asked(client, "get", path, {})


def found_in(told: str) -> list[str]:
    return [kind for kind, word in CANARIES.items() if word in told.lower()]


@pytest.mark.gate("G31")
@pytest.mark.parametrize("role", STRANGERS)
def test_no_address_tells_of_a_closed_room(role: str, room: dict[str, Any], client_of: Callable[[str], Client]) -> None:  # noqa: F811
    told = []
    for address, words in everything(client_of(role), room):
        # What the asker said themselves is no news: the slug in an address that is sent back, the hashtag they follow.
        own = {"channel name"} if CANARIES["channel name"] in address else set()
        own |= {"hashtag"} if (role, address) == ("bruno", "get /topics/") else set()
        if kinds := set(found_in(words)) - own:
            told.append((address, kinds))
    assert told == []


@pytest.mark.gate("G31")
@pytest.mark.parametrize("role", STRANGERS)
def test_asking_for_its_words_is_answered_as_for_words_that_nobody_said(
    role: str,
    room: dict[str, Any],
    client_of: Callable[[str], Client],  # noqa: F811
) -> None:
    """No count, suggestion or status differs: not even that there is something is told."""
    client = client_of(role)
    differ = []
    for path in ASKED:
        plain = _without("zyzzyva", asked(client, "get", path.format("zyzzyva"), {}))
        for kind, word in CANARIES.items():
            told = _without(word, asked(client, "get", path.format(word), {}))
            # A tag that one follows is shown as followed, whatever is under it.
            if told != plain and (role, path, kind) != ("bruno", "/tags/{}/", "hashtag"):
                differ.append((path, kind))
    assert differ == []


def _without(word: str, told: str) -> str:
    """The answer without what was asked for, and without what differs each time."""
    told = re.sub(re.escape(word), "WORD", told, flags=re.IGNORECASE)
    told = re.sub(r'(name="csrfmiddlewaretoken" value|name="csrf" content)="[^"]+"', "", told)
    return re.sub(r"'(Content-Length|Expires|Set-Cookie)': '[^']*'", "", told)


def test_what_one_takes_along_names_no_room_one_left(room: dict[str, Any], person: Callable[[str], Person]) -> None:
    archive = exported(person("bruno"))
    told = "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    assert "Kept" in told
    # The hashtag that they follow is their own word.
    assert [kind for kind in found_in(told) if kind != "hashtag"] == []


def test_the_canaries_sing_to_a_member(room: dict[str, Any], client_of: Callable[[str], Client]) -> None:  # noqa: F811
    """The test of these tests: each word is told to who may read it, and found by asking."""
    client = client_of("alice")
    told = "".join(words for _address, words in everything(client, room))
    # What was deleted is gone for members, too, and the words of a file are only searched.
    unheard = set(CANARIES) - set(found_in(told))
    assert unheard == {"deleted post"}
    assert Channel.objects.get(pk=room["secret_id"]).slug in asked(client, "get", "/suggestions/channels/?q=zanz", {})
    assert Channel.objects.get(pk=room["secret_id"]).slug in asked(
        client, "get", "/suggestions/searches/?q=in:zanz", {}
    )
    assert CANARIES["hashtag"] in asked(client, "get", "/suggestions/tags/?q=quet", {})
    for word in ("kumquat", "quetzal", "jacaranda"):
        assert f"/p/{room['hidden']}/" in asked(client, "get", f"/search/?q={word}", {}), word
