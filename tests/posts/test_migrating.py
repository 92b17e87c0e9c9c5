"""Migrations of posts, notices and people go back one by one with data in the tables, and come again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from corpblog.notifications.models import Notice
from corpblog.people.models import Person
from corpblog.posts import selectors
from corpblog.posts.models import Post, SavedSearch
from corpblog.posts.services import delete, publish, save_search
from corpblog.teams.models import Channel
from tests.conftest import one_of_the_cast
from tests.desk.test_migrating import migrate, rows, shape
from tests.servers.daphne import database
from tests.web.test_route_matrix import a_world

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("django_db_setup")]
BACK_TO = [
    ("people", "0005_data_exports"),
    ("notifications", "0009_kinds_of_posts"),
    ("posts", "0020_pins_are_told"),
    ("posts", "0019_other_versions"),
    ("posts", "0018_deleted_by"),
    ("posts", "0017_followed_searches"),
    ("posts", "0016_stems"),
    ("posts", "0015_custom_emoji"),
]


@pytest.fixture
def filled(django_db_blocker: Any, settings: Any) -> Iterator[None]:
    """A database of its own in which people wrote, deleted, searched and were told."""
    with database() as base, django_db_blocker.unblock(), base.opened():
        settings.SHARE_DELAY = timedelta(0)
        settings.FILES = base.folder / "files"
        settings.ANCHOR_FILE = base.folder / "anchors.jsonl"
        a_world(one_of_the_cast)
        alice, news = Person.objects.get(username="alice"), Channel.objects.get(slug="news")
        publish(by=alice, channel=news, text="The kestrels flew")
        delete(by=alice, post_id=publish(by=alice, channel=news, text="Gone").pk)
        save_search(by=alice, query="kestrel")
        yield


def test_each_goes_back_and_comes_again_with_its_rows(filled: None) -> None:
    alice = Person.objects.get(username="alice")
    was, kept = shape(), rows()
    assert min(kept["posts_post"], kept["notifications_notice"], kept["posts_savedsearch"]) > 0
    notices = list(Notice.objects.order_by("pk").values_list("pk", "kind"))
    for target in BACK_TO:
        migrate(target)
        # How SQLite's index of words lies in its own tables is its own affair; that it answers is asked below.
        back = {name: count for name, count in rows().items() if not name.startswith("posts_words")}
        assert {name: count for name, count in back.items() if kept.get(name) != count} == {}, target
    migrate()
    assert shape() == was
    assert list(Notice.objects.order_by("pk").values_list("pk", "kind")) == notices
    # The index of words came back with its forms, in the channel and everywhere.
    for query in ("kestrel", "kestrel in:news", "kestrel from:alice"):
        assert [post.text for post in selectors.search(alice, query).items] == ["The kestrels flew"], query
    assert Post.objects.get(deleted_at__isnull=False, root__isnull=True).deleted_by == "author"
    # Nothing is new in a search that was kept: counting begins anew.
    assert SavedSearch.objects.get(query="kestrel").seen >= Post.objects.order_by("-pk")[0].pk
