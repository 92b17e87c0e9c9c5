"""The posts that stand for a year are there by the low bits of their ids, and by nothing else."""

from datetime import timedelta

import pytest

from corpblog.kernel import clock
from corpblog.kernel.ids import RANDOM_BITS, first_id_at
from corpblog.posts import past
from corpblog.posts.models import Post
from corpblog.teams.models import Channel

pytestmark = pytest.mark.django_db
# Whose low bits are lowest is neither the oldest nor the newest.
BITS = [50, 10, 40, 20, 60, 30]


@pytest.fixture
def posts(alice):
    channel = Channel.objects.create(slug="news", name="News")
    made = []
    for number, bits in enumerate(BITS, 1):
        at = clock.now() - timedelta(days=number)
        pk = first_id_at(at) | bits
        made.append(
            Post.objects.create(
                pk=pk, channel=channel, author=alice, number=number, text=f"{bits}", html="", created_at=at
            )
        )
    return made


def sampled(person, most, days=365):
    population, found = past.sample_since(since=clock.now() - timedelta(days=days), person=person, most=most)
    return population, [post.text for post in found]


def test_the_lowest_low_bits_are_looked_at_first(posts, bruno):
    assert sampled(bruno, 3) == (6, ["10", "20", "30"])
    assert all(post.pk % 2**RANDOM_BITS == int(post.text) for post in posts)


def test_it_is_the_same_sample_each_time_and_grows_at_its_end(posts, bruno):
    assert sampled(bruno, 2)[1] == sampled(bruno, 4)[1][:2] == ["10", "20"]


def test_where_there_are_few_all_are_there(posts, bruno):
    assert sampled(bruno, 6) == (6, ["10", "20", "30", "40", "50", "60"])
    assert sampled(bruno, 7)[0] == 6


def test_neither_older_nor_deleted_posts_count(posts, bruno):
    Post.objects.filter(pk=posts[1].pk).update(deleted_at=clock.now(), text="")
    assert sampled(bruno, 9, days=4) == (2, ["40", "50"])
    assert sampled(bruno, 1, days=4) == (2, ["40"])


def test_many_are_read_in_the_order_of_chance(posts, bruno, monkeypatch):
    monkeypatch.setattr(past, "_SAMPLED_AT_ONCE", 2)
    assert sampled(bruno, 6)[1] == ["10", "20", "30", "40", "50", "60"]
