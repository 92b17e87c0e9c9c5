"""The operator's simulation counts and shows nobody's words."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from corpblog.kernel import clock
from corpblog.people.models import Person
from corpblog.policy import services
from corpblog.posts.models import Post
from corpblog.teams.models import Channel
from tests.policy.conftest import FALCON

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> str:
    output = StringIO()
    call_command("simulate_policy", *map(str, arguments), stdout=output)
    return output.getvalue()


@pytest.fixture
def number(irene: Person, alice: Person) -> int:
    channel = Channel.objects.create(slug="all", name="All")
    for days in (1, 2, 40):
        at = clock.now() - timedelta(days=days)
        Post.objects.create(channel=channel, author=alice, number=days, text="Falcon flies", html="", created_at=at)
    draft = services.create_draft(by=irene)
    return services.edit_draft(by=irene, number=draft.number, edit=1, source=FALCON).number


def test_it_counts_the_posts_of_the_last_days(number: int) -> None:
    said = run(number, "--days", 30)
    assert "Version 1: 2 of 2 posts, 1 people." in said
    assert "flies" not in said
    assert json.loads(run(number, "--days", 60, "--json"))["rules"] == {"code-names": {"hold": 3}}


def test_a_version_that_does_not_exist_or_cannot_be_read_is_named(number: int, irene: Person) -> None:
    with pytest.raises(CommandError, match="no version 9"):
        run(9)
    services.edit_draft(by=irene, number=number, edit=2, source="policy: 1\nrules: [")
    with pytest.raises(CommandError, match="line"):
        run(number)
    with pytest.raises(CommandError, match="3650"):
        run(number, "--days", 0)
