"""Who learns of direct messages and of requests to join."""

import pytest

from corpblog.kernel.errors import NotFound
from corpblog.notifications.listening import hear_of_post
from corpblog.notifications.models import Notice
from corpblog.notifications.selectors import recent
from corpblog.notifications.services import mark_read
from corpblog.people.models import Person
from corpblog.posts.events import PostChanged
from corpblog.posts.services import publish
from corpblog.teams.services import ask_to_join, create_channel, open_conversation
from tests.posts.conftest import policy_says

__all__ = ["policy_says"]
pytestmark = pytest.mark.django_db(transaction=True)


def told(person: Person) -> list[tuple[str, str]]:
    return [(notice.kind, notice.sentence) for notice in recent(person).items]


def test_messages_of_a_conversation_are_one_notice_until_it_is_read(
    alice: Person, bruno: Person, chloe: Person
) -> None:
    talk = open_conversation(by=alice, people=[bruno])
    assert told(bruno) == []
    publish(by=alice, channel=talk, text="Hello @bruno @chloe")
    newest = publish(by=alice, channel=talk, text="Are you there?")
    assert told(bruno) == [("direct", "Alice Martin wrote to you.")]
    assert Notice.objects.get(person=bruno).post_id == newest.pk
    assert told(chloe) == told(alice) == []
    mark_read(by=bruno)
    publish(by=alice, channel=talk, text="Now?")
    assert [kind for kind, _sentence in told(bruno)] == ["direct", "direct"]


def test_late_news_of_a_message_that_was_read_tells_nothing(alice: Person, bruno: Person) -> None:
    talk = open_conversation(by=alice, people=[bruno])
    post = publish(by=alice, channel=talk, text="Hello")
    mark_read(by=bruno)
    hear_of_post(PostChanged(talk.pk, 1, post.pk, None, "created", alice.pk))
    assert len(told(bruno)) == 1


def test_owners_learn_who_asks_to_join(alice: Person, bruno: Person, chloe: Person) -> None:
    channel = create_channel(by=alice, name="Works council", is_private=True, is_listed=True)
    ask_to_join(by=bruno, channel=channel)
    assert told(alice) == [("request", "Bruno Lefèvre asks to join Works council.")]
    assert told(chloe) == []
    with pytest.raises(NotFound):
        ask_to_join(by=alice, channel=channel)
