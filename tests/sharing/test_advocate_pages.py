"""The pages of advocates: what is offered, the verdict while typing, saying it, and what became of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from corpblog.sharing import services
from corpblog.sharing.models import Offer, OwnKind, Share
from corpblog.teams.models import Membership
from tests.sharing.advocates import BEYOND, OWN, TAG, TEXT, again

pytestmark = pytest.mark.django_db


def text(answer):
    return answer.content.decode()


def check(browser, offer, account, words):
    return text(browser.post(f"/advocates/{offer.pk}/check/", {"account": account.slug, "words": words}))


def say(browser, offer, account, words, **more):
    told = {"account": account.slug, "words": words, "when": "now"} | more
    return browser.post(f"/advocates/{offer.pk}/", told, follow=True)


def test_communications_offer_a_share_on_its_page(say, chloe, bruno, browser_of):
    share, _there = say()
    browser = browser_of(chloe)
    assert f"/shares/{share.pk}/offer/" in text(browser.get(f"/shares/{share.pk}/"))
    page = browser.post(f"/shares/{share.pk}/offer/", {"to": "everybody", "note": "A big day"}, follow=True)
    assert "It is offered." in text(page)
    assert "Nobody has said it yet." in text(page)
    theirs = text(browser_of(bruno).get("/advocates/"))
    assert "We open an office in Lyon" in theirs
    assert "A big day" in theirs
    assert f"/shares/{share.pk}/offer/" not in theirs


def test_an_offer_without_an_audience_comes_back_with_what_was_typed(say, chloe, company, browser_of):
    share, _there = say()
    page = browser_of(chloe).post(f"/shares/{share.pk}/offer/", {"to": "channels", "note": "A big day"})
    assert page.status_code == 422
    assert "Choose whom it is offered to." in text(page)
    assert "A big day" in text(page)
    assert not Offer.objects.exists()


def test_a_channels_members_see_it_and_nobody_else(say, chloe, channel, bruno, helene, browser_of):
    Membership.objects.create(person=chloe, channel=channel)
    share, _there = say()
    browser_of(chloe).post(f"/shares/{share.pk}/offer/", {"to": "channels", "channels": [channel.pk]})
    assert "We open an office" in text(browser_of(bruno).get("/advocates/"))
    assert "We open an office" not in text(browser_of(helene).get("/advocates/"))
    assert browser_of(helene).get(f"/advocates/{Offer.objects.get().pk}/").status_code == 404


def test_the_verdict_while_typing_says_what_will_happen_and_why(offered, own, bruno, browser_of):
    account, _there = own(bruno)
    offer, browser = offered(), browser_of(bruno)
    within = check(browser, offer, account, OWN)
    assert "Within the edit budget." in within
    assert "4 words changed of 5 that may be" in within
    assert "#employee" in within
    beyond = check(browser, offer, account, BEYOND)
    assert "Within the edit budget." not in beyond
    assert "A reviewer will look at this first" in beyond
    assert "Nantes" in beyond
    assert "This may be a name" in beyond
    assert "This cannot leave the company" in check(browser, offer, account, f"{TEXT} Our salary list")
    assert not Share.objects.filter(revoices__isnull=False).exists()


def test_the_verdict_speaks_the_readers_language(offered, own, bruno, browser_of):
    account, _there = own(bruno)
    offer, browser = offered(), browser_of(bruno)
    browser.post("/language/", {"language": "fr"})
    assert "absent du texte validé" in check(browser, offer, account, BEYOND)


def test_what_is_typed_is_told_as_it_will_be_judged(offered, own, revoice, bruno, browser_of):
    """The verdict while typing and the gate's own agree, within and beyond the budget."""
    account, _there = own(bruno)
    offer, browser = offered(), browser_of(bruno)
    for words in (OWN, BEYOND, TEXT, f"{TEXT} The beta is out", f"{TEXT} Falcon"):
        told = "Within the edit budget." in check(browser, offer, account, words)
        share = revoice(bruno, offer, account, words)
        assert told == (share.revision.rides_on is not None), words
        services.withdraw(by=bruno, share=share)


def test_it_is_said_and_its_page_and_the_offers_page_tell(offered, own, bruno, chloe, work, browser_of):
    account, _there = own(bruno)
    offer, browser = offered(), browser_of(bruno)
    page = text(say(browser, offer, account, OWN))
    assert "on its way" in page
    assert "within the edit budget, so it has the clearance" in page
    work()
    share = Share.objects.get(revoices=offer.share)
    assert share.state == "sent"
    assert "You said 1 of them so far." in text(browser.get("/advocates/"))
    theirs = browser_of(chloe)
    assert "said by 1 colleague" in text(theirs.get("/advocates/"))
    offers = text(theirs.get(f"/shares/{offer.share_id}/offer/"))
    assert "Said by 1 colleague" in offers
    assert "Bruno Lefèvre" in offers
    # Theirs to see and to take back, not to change.
    page = text(theirs.get(f"/shares/{share.pk}/"))
    assert "Take it back" in page
    assert "Words and time" not in page


def test_words_that_wait_are_changed_where_they_are_said(offered, own, bruno, browser_of):
    account, _there = own(bruno)
    offer, browser = offered(), browser_of(bruno)
    assert "a reviewer will look at it first" in text(say(browser, offer, account, BEYOND))
    share = Share.objects.get(revoices=offer.share)
    assert f"/advocates/{offer.pk}/" in text(browser.get(f"/shares/{share.pk}/"))
    assert "Nantes" in text(browser.get(f"/advocates/{offer.pk}/"))
    say(
        browser,
        offer,
        account,
        OWN,
        when="later",
        day=str(localdate() + timedelta(days=9)),
        time="09:00",
        zone="Europe/Paris",
    )
    share = again(share)
    assert (share.words, share.state, share.zone) == (OWN, "cleared", "Europe/Paris")
    assert Share.objects.filter(revoices=offer.share).count() == 1


def test_a_refusal_loses_nothing_that_was_typed(offered, own, bruno, browser_of):
    account, _there = own(bruno)
    offer, browser = offered(), browser_of(bruno)
    page = say(browser, offer, account, f"{TEXT} Our salary list")
    assert page.status_code == 422
    assert "Our salary list" in text(page)
    asks = say(browser, offer, account, f"{TEXT} Our competitor sleeps")
    assert "Why is this right?" in text(asks)
    later = say(browser, offer, account, OWN, when="later")
    assert "Choose a day." in text(later)
    assert "Proud to say it" in text(later)
    nowhere = browser.post(f"/advocates/{offer.pk}/", {"account": "press", "words": OWN})
    assert nowhere.status_code == 422
    assert not Share.objects.filter(revoices__isnull=False).exists()


def test_without_an_account_the_page_says_what_to_do(offered, own, bruno, alice, browser_of):
    offer = offered()
    assert "Ask your connector admin" in text(browser_of(bruno).get(f"/advocates/{offer.pk}/"))
    own(alice)
    OwnKind.objects.create(kind="mastodon", is_open=True)
    assert "Connect an account of yours first." in text(browser_of(bruno).get("/advocates/"))


def test_it_is_offered_no_longer(offered, bruno, chloe, browser_of):
    offer = offered()
    address = f"/shares/{offer.share_id}/offer/end/"
    assert browser_of(bruno).post(address).status_code == 404
    page = text(browser_of(chloe).post(address, follow=True))
    assert "It is offered no longer." in page
    assert "Offer it" in page
    assert "We open" not in text(browser_of(bruno).get("/advocates/"))


def test_taking_back_offers_to_take_the_copies_back_too(offered, own, revoice, bruno, chloe, work, browser_of):
    account, there = own(bruno)
    offer = offered()
    copy = revoice(bruno, offer, account)
    work()
    browser = browser_of(chloe)
    page = text(browser.get(f"/shares/{offer.share_id}/recall/"))
    assert "Also what 1 colleague made of it on their own account" in page
    assert 'name="copies" value="1" checked' in page
    browser.post(f"/shares/{offer.share_id}/recall/", {"reason": "Wrong", "copies": "1"})
    work()
    assert (again(copy).state, there.shown) == ("recalled", {})


def test_the_page_of_offers_costs_the_same_however_many_there_are(say, own, revoice, bruno, chloe, browser_of):
    account, _there = own(bruno)
    costs = []
    for number in ("one", "two", "three"):
        share, _companys = say(text=f"{TEXT} Part {number}")
        offer = services.offer(by=chloe, share=share, audience=services.Audience())
        revoice(bruno, offer, account, f"{OWN} Part {number}")
        costs.append([_queries(browser_of(person), "/advocates/") for person in (bruno, chloe)])
    assert costs == [[EMPLOYEE, COMMUNICATIONS]] * 3


# Of the gate's tables, whatever the frame around the page costs: offers, copies, two figures, accounts, networks.
EMPLOYEE = 6
# And what they offered.
COMMUNICATIONS = EMPLOYEE + 1


def _queries(browser, path):
    with CaptureQueriesContext(connection) as found:
        assert browser.get(path).status_code == 200
    return sum('"sharing_' in query["sql"] for query in found)


def test_a_copy_is_not_among_the_places_of_the_companys_post(offered, own, revoice, bruno, chloe, work, browser_of):
    account, _there = own(bruno)
    offer = offered()
    copy = revoice(bruno, offer, account)
    work()
    assert f"/shares/{copy.pk}/" not in text(browser_of(chloe).get(f"/shares/{offer.share_id}/"))
    calendar = text(browser_of(chloe).get("/shares/calendar/"))
    assert TAG.strip() not in calendar


def test_an_officer_reads_what_the_company_said_beside_what_is_decided(offered, own, revoice, bruno, omar, browser_of):
    account, _there = own(bruno)
    share = revoice(bruno, offered(), account, BEYOND)
    page = text(browser_of(omar).get(f"/desk/{share.pk}/"))
    assert "The company says" in page
    assert TEXT in page
    assert "edit-budget" in page
