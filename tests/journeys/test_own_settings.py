"""One's own settings on two devices: density, clock, sessions ended from afar, tokens, and all one's data in a file."""

import json
import urllib.error
import urllib.request
import zipfile
from io import BytesIO
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.conftest import GoLive, OpenPage, card, post
from tests.journeys.test_marks import publier
from tests.servers.instance import Instance

PHONE = "Mozilla/5.0 (Android 16; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0"
DESK = {"width": 1360, "height": 900}


def test_lists_are_compact_and_clocks_elsewhere_for_one_person_on_all_their_devices(
    page_of: OpenPage, token: str
) -> None:
    julien, phone = (page_of("julien", viewport=DESK, locale="fr-FR") for _ in range(2))
    thomas = page_of("thomas", locale="fr-FR")
    words = f"What time is it where you are? {token}"
    publier(thomas, "/c/platform/", words)
    height = "card => card.getBoundingClientRect().height"
    phone.goto("/c/platform/")
    roomy = card(phone, words).evaluate(height)
    prefer(julien, zone="Pacific/Kiritimati", is_compact=True)
    for page in (phone, thomas):
        page.goto("/c/platform/")
        expect(card(page, words)).to_be_visible()
    assert card(phone, words).evaluate(height) < roomy
    assert thomas.evaluate("document.documentElement.matches('[data-compact]')") is False
    # The island at the date line is fourteen hours before the zone that a company has until it names one.
    there, here = (card(page, words).locator("a.post-time time") for page in (phone, thomas))
    moment = there.get_attribute("datetime")
    assert moment == here.get_attribute("datetime")
    clock = "(node, zone) => new Date(node.dateTime).toLocaleTimeString('fr', {timeStyle: 'short', timeZone: zone})"
    assert there.evaluate(clock, "Pacific/Kiritimati") in str(there.get_attribute("title"))
    assert here.evaluate(clock, "UTC") in str(here.get_attribute("title"))
    prefer(julien, zone="", is_compact=False)


def prefer(page: Page, *, zone: str, is_compact: bool) -> None:
    page.goto("/settings/")
    page.get_by_label("Fuseau horaire").select_option(zone)
    page.get_by_label("Listes compactes").set_checked(is_compact)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".toast, .messages").filter(has_text="Vos réglages sont enregistrés")).to_be_visible()


def test_a_session_is_ended_from_another_device(page_of: OpenPage, go_live: GoLive) -> None:
    # What it asks for is refused from then on, which is the point.
    desk, phone = page_of("oliver", viewport=DESK), page_of("oliver", user_agent=PHONE, allow=("401", "WebSocket"))
    go_live(phone, "/c/platform/")
    desk.goto("/settings/")
    row = desk.get_by_role("listitem").filter(has_text="Firefox on Android").first
    row.get_by_role("button", name="Sign out").click()
    expect(phone.locator(".toast")).to_contain_text("Your session is over.")
    phone.goto("/notices/")
    expect(phone).to_have_url("/sign-in/?next=/notices/")
    desk.goto("/settings/")
    expect(desk.get_by_text("This browser")).to_be_visible()
    expect(desk.get_by_text("Firefox on Android")).to_have_count(0)


def test_a_token_is_made_used_by_a_program_and_revoked(page_of: OpenPage, instance: Instance, token: str) -> None:
    julien = page_of("julien", locale="fr-FR")
    julien.goto("/settings/tokens/")
    julien.get_by_label("À quoi sert-il").fill(f"Tusky {token}")
    julien.get_by_role("button", name="Créer le jeton").click()
    secret = julien.get_by_label(f"Tusky {token}").input_value()
    assert asked(instance, secret) == (200, "julien")
    julien.goto("/settings/tokens/")
    expect(julien.get_by_text(f"Tusky {token}").first).to_be_visible()
    expect(julien.locator("main")).not_to_contain_text(secret)
    julien.get_by_role("button", name=f"Révoquer Tusky {token}").click()
    expect(julien.get_by_role("button", name=f"Révoquer Tusky {token}")).to_have_count(0)
    assert asked(instance, secret)[0] == 401


def asked(instance: Instance, secret: str) -> tuple[int, str]:
    """What a program with this token is answered: the status, and whose it is."""
    request = urllib.request.Request(f"{instance.url}/api/v1/accounts/verify_credentials")
    request.add_header("Authorization", f"Bearer {secret}")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)["username"]
    except urllib.error.HTTPError as refusal:
        return refusal.code, ""


def test_all_ones_data_is_in_one_file_and_nobody_elses(page_of: OpenPage, token: str) -> None:
    oliver, julien = page_of("oliver"), page_of("julien", locale="fr-FR")
    mine, theirs = f"Mine to take along {token}", f"Pas à lui {token}"
    oliver.goto("/c/platform/")
    post(oliver, mine)
    publier(julien, "/c/platform/", theirs)
    oliver.goto("/settings/data/")
    oliver.get_by_role("button", name="Gather my data").click()
    # The page changes by itself once it is gathered.
    link = oliver.get_by_role("link", name="Download").first
    expect(link).to_be_visible(timeout=60_000)
    with oliver.expect_download() as download:
        link.click()
    with zipfile.ZipFile(BytesIO(Path(download.value.path()).read_bytes())) as archive:
        everything = "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    assert mine in everything
    assert theirs not in everything


def test_the_clock_of_the_device_is_offered_where_ones_own_stands_elsewhere(page_of: OpenPage) -> None:
    grace = page_of("grace", timezone_id="America/Montevideo")
    grace.goto("/settings/")
    offer = grace.locator("cb-own-zone")
    expect(offer).to_contain_text("America/Montevideo")
    offer.get_by_role("button", name="Use it").click()
    expect(grace.get_by_label("Time zone")).to_have_value("America/Montevideo")
    grace.get_by_role("button", name="Save", exact=True).click()
    expect(grace.locator("html")).to_have_attribute("data-zone", "America/Montevideo")
    expect(offer).to_be_hidden()
