"""What one hears of, as one chose it: levels, keywords, threads, quiet hours, e-mail, the digest, and its end."""

import re
import urllib.request
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.journeys.conftest import GoLive, OpenPage, card, post
from tests.journeys.test_channel_life import make_channel, publier
from tests.journeys.test_marks import open_thread
from tests.servers.instance import Instance
from tests.servers.smtp import Mailbox, text_of

# The worker looks each minute; what waits for the digest or for the end of quiet hours is due in four days at last.
LOOK_AT = """
from datetime import timedelta
from corpblog.kernel import clock
from corpblog.notifications.mail import send_due
with clock.standing_at(clock.now() + timedelta(days={days})):
    send_due()
"""


def to(mailbox: Mailbox, person: str, token: str) -> list[EmailMessage]:
    """What somebody was sent about this test."""
    address = f"{person}@acme.example"
    return [each for each in mailbox.messages if each["To"] == address and token in text_of(each)]


def choose_level(page: Page, path: str, level: str) -> None:
    page.goto(path)
    page.get_by_role("button", name="Ce que vous entendez de ce canal").click()
    page.get_by_role("button", name=level, exact=True).click()
    expect(page.locator("#level [aria-pressed=true]")).to_have_text(level)


def test_levels_keywords_and_a_muted_thread_decide_what_one_hears(page_of: OpenPage, token: str) -> None:
    alice, bruno = page_of("alice"), page_of("bruno", locale="fr-FR")
    make_channel(alice, f"Loud {token}")
    loud, plain = f"/c/loud-{token}/", "/c/newsroom/"
    choose_level(bruno, loud, "Tous les messages")
    bruno.goto("/settings/notices/")
    bruno.get_by_label("Me prévenir des messages avec").fill(f"marmotte{token}")
    bruno.get_by_role("button", name="Ajouter").click()
    expect(bruno.get_by_role("listitem").filter(has_text=f"marmotte{token}")).to_be_visible()

    every, quiet, word = f"Just so {token}", f"Nothing for you {token}", f"Une Marmotte{token} dort"
    alice.goto(loud)
    post(alice, every)
    alice.goto(plain)
    post(alice, quiet)
    post(alice, word)
    bruno.goto("/notices/")
    told = bruno.locator(".notices li")
    expect(told.filter(has_text=every)).to_be_visible()
    expect(told.filter(has_text=word)).to_be_visible()
    expect(told.filter(has_text=quiet)).to_have_count(0)

    # A thread of one's own is heard of, until one mutes it.
    asked = f"Qui vient ? {token}"
    publier(bruno, plain, asked)
    alice.goto(plain)
    open_thread(alice, asked)
    reply(alice, f"I come {token}")
    bruno.goto("/notices/")
    expect(told.filter(has_text=f"I come {token}")).to_be_visible()
    bruno.goto(plain)
    open_thread(bruno, asked)
    bruno.get_by_role("button", name="Sourdine").click()
    expect(bruno.get_by_role("button", name="Sourdine")).to_have_attribute("aria-pressed", "true")
    reply(alice, f"Late, though {token}")
    choose_level(bruno, loud, "Rien")
    alice.goto(loud)
    post(alice, f"Do you hear, @bruno? {token}")
    bruno.goto("/notices/")
    expect(told.filter(has_text=every)).to_be_visible()
    for unheard in (f"Late, though {token}", f"Do you hear, @bruno? {token}"):
        expect(told.filter(has_text=unheard)).to_have_count(0)


def reply(page: Page, text: str) -> None:
    page.locator(".thread-page textarea[name=text]").fill(text)
    page.keyboard.press("Control+Enter")
    expect(card(page, text)).to_be_visible()


def choose(page: Page, **chosen: str) -> None:
    """Choose by the names of the settings' fields, in whichever language, and save."""
    page.goto("/settings/notices/")
    for name, value in chosen.items():
        page.locator(f"select[name={name}]").select_option(value)
    page.get_by_role("button", name=re.compile("^(Save|Enregistrer)$")).click()
    expect(page.get_by_text(re.compile("Your settings are saved|Vos réglages sont enregistrés"))).to_be_visible()


def test_each_kind_of_notice_is_heard_of_as_far_as_one_chose(page_of: OpenPage, go_live: GoLive, token: str) -> None:
    alice, bruno = page_of("alice"), page_of("bruno", locale="fr-FR")
    choose(bruno, reaction="off", reply="page")
    asked = f"Qui range la salle ? {token}"
    publier(bruno, "/c/newsroom/", asked)
    alice.goto("/c/newsroom/")
    open_thread(alice, asked)
    lead = card(alice, asked)
    lead.get_by_role("button", name="React", exact=True).click()
    expect(lead.get_by_role("button", name="React", exact=True)).to_have_attribute("aria-pressed", "true")
    reply(alice, f"I do {token}")
    go_live(bruno, "/notices/")
    told = bruno.locator(".notices li").filter(has_text=token)
    expect(told).to_have_count(1)
    expect(told).to_contain_text(f"I do {token}")

    # Heard of again, once one asks for it, on the page that stands open.
    choose(bruno, reaction="page", reply="off")
    go_live(bruno, "/notices/")
    reply(alice, f"With whom? {token}")
    lead.get_by_role("button", name="React", exact=True).click()
    expect(lead.get_by_role("button", name="React", exact=True)).to_have_attribute("aria-pressed", "false")
    lead.get_by_role("button", name="React", exact=True).click()
    expect(told).to_have_count(2)
    expect(told.filter(has_text="With whom?")).to_have_count(0)
    choose(bruno, reply="page")


def test_mail_comes_at_once_or_after_quiet_hours_or_with_the_digest_and_ends_with_one_click(
    page_of: OpenPage, instance: Instance, mailbox: Mailbox, token: str
) -> None:
    alice, bruno, emily = page_of("alice"), page_of("bruno", locale="fr-FR"), page_of("emily")
    choose(bruno, mention="mail")
    hour = datetime.now(UTC).hour
    # Wherever in Europe the company is, it is quiet now.
    choose(emily, mention="digest", keyword="mail", quiet_from=str((hour - 4) % 24), quiet_to=str((hour + 6) % 24))
    emily.get_by_label("Tell me of posts with").fill(f"flood{token}")
    emily.get_by_role("button", name="Add", exact=True).click()
    expect(emily.get_by_role("listitem").filter(has_text=f"flood{token}")).to_be_visible()

    first, alarm, second = f"Ready, @bruno? {token}", f"A flood{token} downstairs", f"@bruno and @emily, come {token}"
    alice.goto("/c/newsroom/")
    post(alice, first)
    post(alice, alarm)
    instance.manage("shell", "-c", LOOK_AT.format(days=0))
    [message] = to(mailbox, "bruno", token)
    assert "Bruno Lefèvre" in text_of(message)
    assert f"> {first}" in text_of(message)
    assert to(mailbox, "emily", token) == []

    # The mail program of somebody who is signed in nowhere presses for them (RFC 8058).
    stop = urlsplit(message["List-Unsubscribe"].strip("<>")).path
    with urllib.request.urlopen(instance.url + stop, data=b"List-Unsubscribe=One-Click", timeout=30) as answer:
        assert answer.status == 200
    bruno.goto("/settings/notices/")
    expect(bruno.locator("select[name=mention]")).to_have_value("page")
    post(alice, second)
    instance.manage("shell", "-c", LOOK_AT.format(days=4))
    assert len(to(mailbox, "bruno", token)) == 1
    [message] = to(mailbox, "emily", token)
    words = text_of(message)
    assert alarm in words
    assert second in words
    bruno.goto("/notices/")
    expect(bruno.locator(".notices li").filter(has_text=second)).to_be_visible()
