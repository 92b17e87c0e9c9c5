"""Scheduled posts: posted once, when their time has come, with the rights and under the policy of then."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from corpblog.kernel import blobs, clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from corpblog.notifications.models import Notice
from corpblog.people.models import Person
from corpblog.policy.engine import Outcome
from corpblog.posts.errors import PostBlocked
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment, Draft, Poll, Post, ScheduledPost
from corpblog.posts.scheduled import scheduled_of
from corpblog.posts.services import Wanted, cancel, post_now, reschedule, schedule, scheduling
from corpblog.posts.services.attaching import forget_old_files
from corpblog.posts.services.scheduling import LEASE, is_due, post_due
from corpblog.teams.models import Channel
from corpblog.teams.services import archive, leave
from tests.threads import at_once

pytestmark = pytest.mark.django_db
Capture = Callable[..., Any]
Browser = Callable[[Person], Client]
# The company's clock stands in UTC, and so does bruno's; in March the clocks go forward in Paris.
NOON = "2027-03-10T12:00"
START = datetime(2027, 3, 1, tzinfo=UTC)
DUE = datetime(2027, 3, 10, 12, 0, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_march() -> Any:
    with clock.standing_at(START):
        yield


@pytest.fixture
def plan(engineering: Channel, bruno: Person) -> Callable[..., ScheduledPost]:
    """Schedule as bruno in Engineering."""
    bruno.time_zone = "UTC"
    bruno.save()

    def make(text: str = "Lunch is ready", *, at: str = NOON, **more: Any) -> ScheduledPost:
        return schedule(by=bruno, wanted=Wanted(engineering, text, at, more.pop("fields", {}), **more))

    return make


def post_at(moment: datetime) -> None:
    with clock.standing_at(moment):
        post_due()


Plan = Callable[..., ScheduledPost]


def test_it_is_posted_when_its_time_has_come_and_not_before(plan: Plan, bruno: Person) -> None:
    plan()
    post_at(DUE - timedelta(minutes=1))
    assert not Post.objects.exists()
    post_at(DUE)
    post = Post.objects.get()
    assert (post.author, post.text, post.created_at) == (bruno, "Lunch is ready", DUE)
    assert not ScheduledPost.objects.exists()
    assert not is_due()


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2027-03-27T09:00", datetime(2027, 3, 27, 8, tzinfo=UTC)),
        ("2027-03-28T09:00", datetime(2027, 3, 28, 7, tzinfo=UTC)),
        # An hour that comes twice: the first.
        ("2027-10-31T02:30", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ],
)
def test_the_time_is_its_author_s_whatever_the_clocks_do(local: str, utc: datetime, plan: Plan, bruno: Person) -> None:
    bruno.time_zone = "Europe/Paris"
    assert plan(at=local).send_at == utc


@pytest.mark.parametrize("at", ["", "soon", "2027-02-01T10:00", "2028-12-01T10:00", "2027-03-28T02:30"])
def test_a_time_that_is_none_is_refused(at: str, plan: Plan, bruno: Person) -> None:
    bruno.time_zone = "Europe/Paris"
    with pytest.raises(Invalid):
        plan(at=at)


def test_what_cannot_be_posted_now_is_not_scheduled(
    plan: Plan, engineering: Channel, omar: Person, policy_says: Callable[[Outcome], None]
) -> None:
    policy_says(Outcome.BLOCK)
    with pytest.raises(PostBlocked):
        plan("Falcon")
    with pytest.raises(Invalid):
        plan("")
    with pytest.raises(NotAllowed):
        schedule(by=omar, wanted=Wanted(engineering, "Hello", NOON, {}))
    assert not ScheduledPost.objects.exists()


@pytest.mark.usefixtures("threads_database")
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_post_it_once(plan: Plan) -> None:
    plan()
    answers = at_once(*[lambda: post_at(DUE) for _worker in range(4)])
    assert answers == [None] * 4
    assert Post.objects.count() == 1


def test_a_worker_that_died_after_posting_posts_nothing_twice(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    row = plan()
    real = scheduling.publish

    def die(**facts: Any) -> Post:
        real(**facts)
        raise SystemError("the plug was pulled")

    monkeypatch.setattr(scheduling, "publish", die)
    post_at(DUE)
    assert ScheduledPost.objects.get().state == "posting"
    monkeypatch.setattr(scheduling, "publish", real)
    # Its lease keeps others away until it is over.
    post_at(DUE + timedelta(minutes=1))
    with clock.standing_at(DUE + timedelta(minutes=1)), pytest.raises(Conflict):
        cancel(by=row.author, number=row.pk)
    assert ScheduledPost.objects.exists()
    post_at(DUE + LEASE + timedelta(seconds=1))
    assert Post.objects.count() == 1
    assert not ScheduledPost.objects.exists()


def test_who_lost_access_gets_it_back_with_the_reason_and_is_told(
    plan: Plan, engineering: Channel, bruno: Person, django_capture_on_commit_callbacks: Capture
) -> None:
    row = plan()
    leave(by=bruno, channel=engineering)
    bruno.language = "fr"
    bruno.save()
    for _time in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            post_at(DUE)
    row.refresh_from_db()
    assert (row.state, row.text) == ("returned", "Lunch is ready")
    assert row.why == "Rejoignez le canal pour y publier."
    assert not Post.objects.exists()
    notice = Notice.objects.get(person=bruno)
    assert (notice.kind, notice.url) == ("scheduled", "/scheduled/")
    assert "Lunch" not in str(notice.facts)
    assert scheduled_of(bruno) == [row]


def test_the_policy_of_then_decides(plan: Plan, policy_says: Callable[[Outcome], None]) -> None:
    row = plan("Falcon flies")
    policy_says(Outcome.BLOCK)
    post_at(DUE)
    row.refresh_from_db()
    assert row.state == "returned"
    assert not Post.objects.exists()


def test_an_archive_takes_no_scheduled_post(plan: Plan, engineering: Channel, alice: Person) -> None:
    row = plan()
    archive(by=alice, channel=engineering)
    post_at(DUE)
    row.refresh_from_db()
    assert "archived" in row.why


def test_who_left_the_company_posts_nothing(plan: Plan, bruno: Person) -> None:
    plan()
    bruno.is_active = False
    bruno.save()
    post_at(DUE)
    assert not Post.objects.exists()


def test_it_is_changed_posted_now_and_taken_away_by_its_author_alone(
    plan: Plan, engineering: Channel, alice: Person, bruno: Person
) -> None:
    row = plan()
    other = Wanted(engineering, "Dinner is ready", "2027-03-11T19:00", {})
    for act in (
        lambda: reschedule(by=alice, number=row.pk, wanted=other),
        lambda: post_now(by=alice, number=row.pk),
        lambda: cancel(by=alice, number=row.pk),
    ):
        with pytest.raises(NotFound):
            act()
    reschedule(by=bruno, number=row.pk, wanted=other)
    post_at(DUE)
    assert not Post.objects.exists()
    assert post_now(by=bruno, number=row.pk).text == "Dinner is ready"
    second = plan()
    cancel(by=bruno, number=second.pk)
    post_at(DUE)
    assert Post.objects.count() == 1


def test_what_keeps_it_from_being_posted_now_leaves_it_waiting(
    plan: Plan, bruno: Person, policy_says: Callable[[Outcome], None]
) -> None:
    row = plan("Falcon flies")
    policy_says(Outcome.BLOCK)
    with pytest.raises(PostBlocked):
        post_now(by=bruno, number=row.pk)
    row.refresh_from_db()
    assert (row.state, row.leased_at) == ("waiting", None)


def test_a_poll_is_judged_as_of_its_time(plan: Plan) -> None:
    poll = {"kind": ["poll"], "option": ["Tea", "Coffee"], "multiple": [""]}
    with pytest.raises(Invalid):
        plan(fields=poll | {"ends": ["2027-03-09T12:00"]})
    plan(fields=poll | {"ends": ["2027-03-11T12:00"]})
    post_at(DUE)
    assert Poll.objects.get().ends_at == datetime(2027, 3, 11, 12, tzinfo=UTC)


def test_its_files_wait_with_it_and_go_with_it(plan: Plan, bruno: Person) -> None:
    def file() -> Attachment:
        digest = blobs.write(b"Menu")
        return Attachment.objects.create(
            owner=bruno, place="new", name="menu.txt", kind="text/plain", size=4, sha256=digest
        )

    first, second = file(), file()
    kept, gone = plan(files=[Wish(first.pk)]), plan(files=[Wish(second.pk)])
    with clock.standing_at(clock.now() + timedelta(days=400)):
        forget_old_files()
    assert Attachment.objects.filter(place=f"scheduled:{kept.pk}").count() == 1
    cancel(by=bruno, number=gone.pk)
    assert not Attachment.objects.filter(pk=second.pk).exists()
    post_at(DUE)
    assert Post.objects.get().files[0]["name"] == "menu.txt"


# Pages -------------------------------------------------------------------------------------------------------------


def form(channel: Channel, **more: object) -> dict[str, object]:
    return {"channel": str(channel.pk), "text": "Lunch", "client_key": "k", "place": "new", "at": NOON, **more}


def test_the_pages_of_it(engineering: Channel, bruno: Person, alice: Person, browser_of: Browser) -> None:
    bruno.time_zone = "UTC"
    bruno.save()
    client = browser_of(bruno)
    client.post("/drafts/", form(engineering))
    assert f'name="at" value="{NOON}"' in client.get("/posts/new/").text
    answer = client.post("/posts/", form(engineering), follow=True)
    assert answer.redirect_chain == [("/scheduled/", 302)]
    assert "It will be posted on 10 Mar 2027, 12:00." in answer.text
    assert not Draft.objects.exists()
    row = ScheduledPost.objects.get()
    assert "Lunch" not in browser_of(alice).get("/scheduled/").text
    assert browser_of(alice).get(f"/scheduled/{row.pk}/").status_code == 404
    page = client.get(f"/scheduled/{row.pk}/").text
    assert f'name="at" value="{NOON}"' in page
    wrong = client.post(f"/scheduled/{row.pk}/", form(engineering, text="Dinner", at="x"))
    assert wrong.status_code == 422
    assert "Dinner</textarea>" in wrong.text
    client.post(f"/scheduled/{row.pk}/", form(engineering, text="Dinner"))
    assert client.post(f"/scheduled/{row.pk}/now/").url == f"/p/{Post.objects.get().pk}/"  # type: ignore[attr-defined]
    assert Post.objects.get().text == "Dinner"


def test_what_is_shared_outside_is_not_scheduled_and_nothing_is_lost(
    engineering: Channel, bruno: Person, browser_of: Browser
) -> None:
    answer = browser_of(bruno).post("/posts/", form(engineering, outside="1"))
    assert answer.status_code == 422
    assert "Share it outside once it is posted" in answer.text
    assert "Lunch</textarea>" in answer.text
    assert not ScheduledPost.objects.exists()
