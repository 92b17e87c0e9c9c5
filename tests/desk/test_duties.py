"""What takes two people took two, and who had roles that should be apart is named, also when a role went since."""

from datetime import timedelta

import pytest
from django.utils import timezone

from corpblog.audit.services import record
from corpblog.desk import selectors, services
from corpblog.kernel import clock
from corpblog.people.models import Role, RoleGrant
from corpblog.policy import services as policies
from corpblog.sharing import services as gate
from corpblog.sharing.models import Decision, Hand
from corpblog.web import desk_figures
from tests.sharing.conftest import POLICY

pytestmark = pytest.mark.django_db


def report(reader, first=-2, last=1):
    today = timezone.now().date()
    return selectors.figures(reader, today + timedelta(days=first), today + timedelta(days=last))


def overlaps(reader, **days):
    return [(each.person, each.roles, each.is_over) for each in report(reader, **days).overlaps]


@pytest.mark.parametrize(
    ("who", "role", "pair"),
    [
        ("omar", Role.POLICY_ADMIN, (Role.COMPLIANCE, Role.POLICY_ADMIN)),
        ("omar", Role.CONNECTOR_ADMIN, (Role.COMPLIANCE, Role.CONNECTOR_ADMIN)),
        ("omar", Role.SYSTEM_ADMIN, (Role.COMPLIANCE, Role.SYSTEM_ADMIN)),
        ("omar", Role.COMMUNICATIONS, (Role.COMPLIANCE, Role.COMMUNICATIONS)),
        ("omar", Role.AUDITOR, (Role.AUDITOR, Role.COMPLIANCE)),
        ("victor", Role.POLICY_ADMIN, (Role.AUDITOR, Role.POLICY_ADMIN)),
        ("victor", Role.CONNECTOR_ADMIN, (Role.AUDITOR, Role.CONNECTOR_ADMIN)),
        ("victor", Role.SYSTEM_ADMIN, (Role.AUDITOR, Role.SYSTEM_ADMIN)),
        ("ivan", Role.CONNECTOR_ADMIN, (Role.POLICY_ADMIN, Role.CONNECTOR_ADMIN)),
    ],
)
def test_whoever_has_two_roles_that_should_be_apart_is_named(person, who, role, pair):
    somebody, lena = person(who), person("lena")
    assert overlaps(lena) == []
    RoleGrant.objects.create(person=somebody, role=role)
    assert overlaps(lena) == [(somebody.display_name, pair, False)]


def change_roles(somebody, granted=(), revoked=()):
    """As the directory's sync does it."""
    somebody.roles.filter(role__in=revoked).delete()
    for role in granted:
        RoleGrant.objects.create(person=somebody, role=role)
    record(
        action="person.roles_changed",
        actor_id=None,
        subject=f"person:{somebody.pk}",
        granted=sorted(granted),
        revoked=sorted(revoked),
    )


def test_a_role_that_went_since_counts_in_the_periods_before_it_went(omar, lena):
    now = clock.now()
    with clock.standing_at(now - timedelta(days=20)):
        change_roles(omar, granted=[Role.POLICY_ADMIN])
    RoleGrant.objects.filter(person=omar).update(granted_at=now - timedelta(days=20))
    with clock.standing_at(now - timedelta(days=10)):
        change_roles(omar, revoked=[Role.POLICY_ADMIN])
    both = (Role.COMPLIANCE, Role.POLICY_ADMIN)
    assert overlaps(lena, first=-15, last=-12) == [("Omar Haddad", both, True)]
    assert overlaps(lena, first=-12, last=-8) == [("Omar Haddad", both, True)]
    assert overlaps(lena, first=-5, last=0) == []


def test_a_role_that_came_after_the_period_does_not_count_in_it(omar, lena):
    now = clock.now()
    RoleGrant.objects.filter(person=omar).update(granted_at=now - timedelta(days=40))
    with clock.standing_at(now - timedelta(days=10)):
        change_roles(omar, granted=[Role.POLICY_ADMIN])
    RoleGrant.objects.filter(person=omar, role=Role.POLICY_ADMIN).update(granted_at=now - timedelta(days=10))
    assert overlaps(lena, first=-20, last=-15) == []
    with clock.standing_at(now - timedelta(days=5)):
        change_roles(omar, revoked=[Role.POLICY_ADMIN])
    assert overlaps(lena, first=-20, last=-15) == []


def duty(reader, name, **days):
    found = {each.name: (each.acts, each.by_one) for each in report(reader, **days).duties}
    return found[name]


def test_every_act_of_two_people_is_counted_and_none_by_one(
    write, press, alice, omar, lena, irene, ivan, fresh, victor
):
    share = gate.request_share(by=alice, post=write("Falcon"), destination=press)
    services.reject(by=omar, share_id=share.pk, digest=share.digest, reason="No", authenticated_at=fresh)
    services.appeal(by=alice, share_id=share.pk, reason="Why?")
    services.answer_appeal(by=lena, share_id=share.pk, lift=False, note="It stands", authenticated_at=fresh)
    hold = services.place_hold(by=omar, matter="Inquiry", reason="A claim", scope=services.Scope(term="falcon"))
    services.agree_to_hold(by=lena, hold_id=hold.pk)
    draft = policies.create_draft(by=irene)
    changed = policies.edit_draft(by=irene, number=draft.number, edit=1, source=POLICY.replace("Falcon", "Kestrel"))
    policies.propose(by=irene, number=draft.number, edit=changed.edit, note="Another")
    for name in ("author", "requester", "editor", "appeal", "hold"):
        assert duty(victor, name) == (1, 0), name
    # The version that the tests begin with came in force by two people as well.
    assert duty(victor, "policy") == (1, 0)
    assert duty(victor, "hold", first=-9, last=-5) == (0, 0)
    table = desk_figures.table(report(victor))
    assert "duty,hold,acts,1\r\n" in table
    assert "duty,hold,by_one_person,0\r\n" in table


def test_a_ruling_by_whoever_had_a_hand_in_it_is_an_alarm(write, press, alice, omar, fresh, victor, browser_of):
    share = gate.request_share(by=alice, post=write("Falcon"), destination=press)
    services.reject(by=omar, share_id=share.pk, digest=share.digest, reason="No", authenticated_at=fresh)
    # The database refuses the ruling of whoever has a hand already, so the hand comes after it, as by tampering.
    Hand.objects.create(share=share, person=omar, part=Hand.Part.EDITOR)
    assert (duty(victor, "editor"), duty(victor, "author")) == ((1, 1), (1, 0))
    assert report(victor).own_decisions == 1
    assert Decision.objects.count() == 1
    page = browser_of(victor).get("/desk/reports/").content.decode()
    assert 'class="chip v-block"' in page[page.index('id="duties"') :]
