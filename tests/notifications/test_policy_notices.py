"""Those who decide on policies hear of every step."""

import pytest
from django.utils import translation
from pytest_django import DjangoCaptureOnCommitCallbacks

from corpblog.notifications.models import Notice
from corpblog.notifications.wording import sentence
from corpblog.people.models import Person
from corpblog.policy import services
from tests.policy.conftest import FALCON

pytestmark = pytest.mark.django_db


@pytest.fixture
def _company(alice: Person, omar: Person, lena: Person, victor: Person, ivan: Person) -> None:
    """The people whom a notice may reach, or not."""


@pytest.mark.gate("G7")
@pytest.mark.usefixtures("_company")
def test_all_reviewers_are_told_that_protection_would_be_lowered(
    irene: Person, omar: Person, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    def proposed(source: str) -> int:
        draft = services.create_draft(by=irene)
        draft = services.edit_draft(by=irene, number=draft.number, edit=draft.edit, source=source)
        return services.propose(by=irene, number=draft.number, edit=draft.edit, note="x").number

    first = proposed(FALCON)
    services.put_in_force(by=omar, number=first, replacing=None)
    with django_capture_on_commit_callbacks(execute=True):
        number = proposed(FALCON.replace("outcome: hold", "outcome: warn"))
    told = Notice.objects.filter(kind=Notice.Kind.POLICY).select_related("person", "actor")
    assert {notice.person.username for notice in told} == {"omar", "lena", "ivan"}
    with translation.override("en"):
        assert {sentence(notice) for notice in told} == {
            f"Irene Novak proposes policy version {number}, which lowers protection."
        }
    assert {notice.url for notice in told} == {f"/policies/{number}/"}


@pytest.mark.usefixtures("_company")
def test_officers_are_told_of_every_proposal_and_of_every_version_that_comes_in_force(
    irene: Person, ivan: Person, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    draft = services.create_draft(by=irene)
    draft = services.edit_draft(by=irene, number=draft.number, edit=draft.edit, source=FALCON)
    with django_capture_on_commit_callbacks(execute=True):
        services.propose(by=irene, number=draft.number, edit=draft.edit, note="x")
    with django_capture_on_commit_callbacks(execute=True):
        services.put_in_force(by=ivan, number=draft.number, replacing=None)
    for officer in ("omar", "lena"):
        told = Notice.objects.filter(kind=Notice.Kind.POLICY, person__username=officer).order_by("pk")
        with translation.override("en"):
            assert [sentence(notice) for notice in told] == [
                f"Irene Novak proposes policy version {draft.number}.",
                f"Ivan Horvat put policy version {draft.number} in force.",
            ]
    assert not Notice.objects.filter(kind=Notice.Kind.POLICY, person__username__in=("alice", "victor")).exists()
