"""A search finds the forms of a word, words in quotes alone, and the words of files; on both databases alike."""

from collections.abc import Callable

import pytest
from django.db import connection

from corpblog.kernel.errors import NotFound
from corpblog.people.models import Person
from corpblog.posts import search as searching
from corpblog.posts import selectors, word_forms
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment, Post
from corpblog.posts.services import attach, delete, edit, publish
from corpblog.posts.services.removing import remove_files
from corpblog.teams.models import Channel
from tests.policy.extraction.files import picture
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db


def found(person: Person, query: str) -> list[str]:
    return [post.text for post in selectors.search(person, query).items]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("We refunded them", "refunds"),
        ("Every refund counts", "refunding"),
        ("Studies show it", "study"),
        ("She was running late", "run"),
        ("Les remboursements arrivent", "rembourser"),
        ("Il a remboursé", "remboursements"),
        ("Les chevaux courent", "cheval"),
        ("Conditions générales", "général"),
        ("Conditions générales", "generaux"),
        ("C'est publié", "publier"),
        ("Les RÉUNIONS du lundi", "reunion"),
        ("Une réunion", "REUNIONS"),
        ("Décision prise", "décisions"),
        ("Décisions prises", "decision"),
    ],
)
def test_a_word_finds_its_other_forms(said: str, asked: str, say: Say, alice: Person) -> None:
    say(said)
    say("Nothing of the kind")
    assert found(alice, asked) == [said]


@pytest.mark.parametrize(
    ("said", "asked"), [("Les prix", "le"), ("The cast", "castle"), ("Sales", "salt"), ("4120", "412")]
)
def test_what_only_looks_alike_is_no_form(said: str, asked: str, say: Say, alice: Person) -> None:
    say(said)
    assert found(alice, asked) == ([said] if said.lower().startswith(asked) else [])


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        ('"new portal"', ["The new portal is live"]),
        ("“new portal”", ["The new portal is live"]),
        ("« new portal »", ["The new portal is live"]),
        ('"portal new"', []),
        ('"new portals"', []),
        ('"portal"', ["Portal of the new office", "The new portal is live"]),
        ('"port"', []),
        ('"NEW Portal" live', ["The new portal is live"]),
        ('portals -"new portal"', ["Portal of the new office"]),
        ('"new portal', ["Portal of the new office", "The new portal is live"]),
        ('""', []),
        ('from:"alice" "new portal"', ["The new portal is live"]),
        ('in:engineering"new portal"', []),
        ('office"new"', ["Portal of the new office"]),
    ],
)
def test_words_in_quotes_are_found_as_they_stand(asked: str, answers: list[str], say: Say, alice: Person) -> None:
    say("The new portal is live")
    say("Portal of the new office")
    assert found(alice, asked) == answers


def test_a_word_left_out_is_left_out_in_every_form(say: Say, alice: Person) -> None:
    say("Deploying on Friday")
    say("Friday is quiet")
    assert found(alice, "friday -deployed") == ["Friday is quiet"]


def test_the_page_marks_the_words_that_answer(say: Say, alice: Person) -> None:
    posts = [say("Refunded! A refund, a fund"), say("The new portal, a portal")]
    question = searching.read('refunds "new portal" absent')
    assert searching.answering_words(question, posts) == ["new+portal", "refund", "refunded"]


# Files -------------------------------------------------------------------------------------------------------------


def with_file(by: Person, channel: Channel, name: str, alt: str = "", text: str = "See") -> Post:
    file = attach(by=by, place="new", name=name, data=picture("x") if name.endswith("png") else b"x")
    return publish(by=by, channel=channel, text=text, files=[Wish(file.pk, alt)])


def test_a_post_is_found_by_the_names_and_descriptions_of_its_files(engineering: Channel, alice: Person) -> None:
    with_file(alice, engineering, "Forecast_2027-Q3.txt", text="Numbers")
    with_file(alice, engineering, "a.png", "Un cheval devant la mairie", text="Picture")
    assert found(alice, "forecasts has:file") == ["Numbers"]
    assert found(alice, '"2027 Q3"') == ["Numbers"]
    assert found(alice, "chevaux has:image") == ["Picture"]


def test_files_of_a_closed_channel_are_not_found(secret: Channel, alice: Person, bruno: Person) -> None:
    with_file(alice, secret, "Layoffs.png", "The list of names")
    for query in ("layoffs", '"layoffs"', "has:file", "list", '"list of names"'):
        assert (found(alice, query), found(bruno, query)) == (["See"], [])


def test_another_description_is_found_in_the_place_of_the_old_one(engineering: Channel, alice: Person) -> None:
    post = with_file(alice, engineering, "a.png", "A horse")
    file = Attachment.objects.get(post=post)
    edit(by=alice, post_id=post.pk, text="See", version=1, descriptions=[Wish(file.pk, "A donkey")])
    assert (found(alice, "horses"), found(alice, "donkeys")) == ([], ["See"])


def test_what_is_gone_is_found_by_nothing(engineering: Channel, alice: Person) -> None:
    kept, gone = with_file(alice, engineering, "Horses.txt"), with_file(alice, engineering, "Donkeys.txt")
    remove_files(channel_id=engineering.pk, post_ids=[kept.pk])
    delete(by=alice, post_id=gone.pk)
    assert (found(alice, "horse"), found(alice, "donkey"), found(alice, "see")) == ([], [], ["See"])
    everything = Post.objects.all()
    assert not searching.narrow(everything, searching.read("donkey")).exists()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Raises where the index and the posts disagree.
            cursor.execute("INSERT INTO posts_words (posts_words, rank) VALUES ('integrity-check', 1)")
    with pytest.raises(NotFound):
        selectors.post_for(alice, gone.pk)


# Posts from before -------------------------------------------------------------------------------------------------


@pytest.fixture
def old(say: Say, engineering: Channel, alice: Person) -> Callable[[str], Post]:
    """Give posts as they were written when words had no stems."""

    def write(text: str) -> Post:
        post = say(text)
        searching.unindex(post)
        post.folded, post.stems = " ".join(word.folded for word in word_forms.read(text)), None
        post.save(update_fields=["folded", "stems"])
        searching.index(post)
        return post

    return write


def test_old_posts_are_found_by_their_forms_once_the_worker_read_them(
    old: Callable[[str], Post], alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_AT_ONCE", 2)
    for number in range(5):
        old(f"Refunded {number}")
    deleted = old("Refunded, and gone")
    delete(by=alice, post_id=deleted.pk)
    assert (found(alice, "refunding"), len(found(alice, "refunded"))) == ([], 5)
    assert searching.is_asked_for()
    searching.read_old_posts()
    assert not searching.is_asked_for()
    assert found(alice, "refunding") == [f"Refunded {number}" for number in (4, 3, 2, 1, 0)]


def test_it_marks_them_in_the_names_of_files_and_the_answers_of_polls_too() -> None:
    posts = [
        Post(text="Look", files=[{"name": "refunds.pdf", "alt": ""}]),
        Post(text="Which?", kind="poll", part={"options": [{"text": "One refund"}, {"text": "None"}]}),
    ]
    assert searching.answering_words(searching.read("refund"), posts) == ["refund", "refunds"]
