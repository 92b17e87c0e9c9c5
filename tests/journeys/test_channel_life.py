"""A channel from its first day to its last, an invitation, a request, and a conversation of three; two languages."""

from playwright.sync_api import Page, expect

from tests.journeys.conftest import GoLive, OpenPage, card, post


def make_channel(page: Page, name: str, *ticks: str) -> None:
    """Make a channel with these boxes ticked, and stay on its page."""
    page.goto("/channels/new/")
    page.get_by_label("Name", exact=True).fill(name)
    for tick in ticks:
        page.get_by_label(tick, exact=True).check()
    page.get_by_role("button", name="Make the channel").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def change_settings(page: Page, *, tick: str = "", **fields: str) -> None:
    """From the channel's page to its settings, and back to it."""
    page.get_by_role("link", name="Settings of the channel").click()
    for label, value in fields.items():
        page.get_by_label(label, exact=True).fill(value)
    if tick:
        page.get_by_label(tick, exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".channel-head")).to_be_visible()


def test_a_channel_is_joined_renamed_closed_to_new_threads_and_archived(page_of: OpenPage, token: str) -> None:
    alice, bruno = page_of("alice"), page_of("bruno", locale="fr-FR")
    make_channel(alice, f"Roof garden {token}")
    bruno.goto(f"/channels/?find={token}")
    bruno.get_by_role("button", name="Rejoindre").click()
    expect(bruno.get_by_role("heading", name=f"Roof garden {token}", level=1)).to_be_visible()
    first = f"Tomates ou courgettes ? {token}"
    bruno.get_by_role("textbox", name="Écrire un message").fill(first)
    bruno.get_by_role("button", name="Publier", exact=True).click()
    expect(card(bruno, first)).to_be_visible()

    # Under its new name it is where it was: the old address of a link leads there, whoever follows it.
    change_settings(alice, Name=f"Greenhouse {token}", Address=f"greenhouse-{token}")
    expect(alice).to_have_url(f"/c/greenhouse-{token}/")
    bruno.goto(f"/c/roof-garden-{token}/")
    expect(bruno).to_have_url(f"/c/greenhouse-{token}/")
    expect(bruno.get_by_role("heading", name=f"Greenhouse {token}", level=1)).to_be_visible()
    expect(card(bruno, first)).to_be_visible()
    change_settings(alice, tick="Announcements only")
    bruno.reload()
    expect(bruno.get_by_text("Seuls les propriétaires ouvrent des fils")).to_be_visible()
    expect(bruno.get_by_role("textbox", name="Écrire un message")).to_have_count(0)
    news = f"We water on Mondays {token}"
    post(alice, news)
    # Who may not begin a thread still answers in one.
    bruno.reload()
    bruno.goto(card(bruno, news).locator("a.post-time").get_attribute("href") or "")
    bruno.get_by_role("textbox", name="Répondre à Alice Martin").fill("Noté")
    bruno.keyboard.press("Control+Enter")
    expect(card(bruno, "Noté")).to_be_visible()

    alice.get_by_role("link", name="Settings of the channel").click()
    alice.get_by_role("button", name="Archive the channel").click()
    bruno.goto(f"/c/greenhouse-{token}/")
    expect(bruno.get_by_text("Ce canal est archivé")).to_be_visible()
    expect(card(bruno, news)).to_be_visible()
    bruno.goto(f"/channels/?find={token}")
    expect(bruno.locator("main").get_by_text(f"Greenhouse {token}")).to_have_count(0)
    bruno.goto(f"/channels/?archived&find={token}")
    expect(bruno.locator("main").get_by_text(f"Greenhouse {token}")).to_be_visible()


def test_who_is_invited_comes_in_and_who_is_removed_or_declined_stays_out(page_of: OpenPage, token: str) -> None:
    alice, bruno = page_of("alice"), page_of("bruno", locale="fr-FR", allow=("404",))
    name = f"Tower {token}"
    make_channel(alice, name, "Private", "Listed although private")
    room = f"/c/tower-{token}/"
    alice.goto(f"{room}members/?find=bruno")
    alice.get_by_role("button", name="Invite Bruno").click()
    expect(alice.locator("main").get_by_role("link", name="Bruno Lefèvre")).to_be_visible()
    bruno.goto("/notices/")
    bruno.get_by_role("link", name=name).first.click()
    expect(bruno.get_by_role("heading", name=name, level=1)).to_be_visible()
    expect(bruno.get_by_text("Privé", exact=True)).to_be_visible()

    # Out again, and the room answers as if it were not there.
    alice.goto(f"{room}members/")
    alice.get_by_role("button", name="Remove Bruno").click()
    expect(alice.locator("main").get_by_role("link", name="Bruno Lefèvre")).to_have_count(0)
    bruno.goto(room)
    expect(bruno.get_by_role("heading", name="Ce canal n’existe pas")).to_be_visible()
    bruno.goto(f"/channels/?find={token}")
    bruno.get_by_role("button", name="Demander à rejoindre").click()
    expect(bruno.get_by_text("Demandé", exact=True)).to_be_visible()
    alice.goto("/notices/")
    alice.get_by_role("link", name=f"asks to join {name}").first.click()
    alice.get_by_role("button", name="Decline Bruno").click()
    expect(alice.get_by_role("heading", name="Asking to join")).to_have_count(0)
    bruno.goto(f"/channels/?find={token}")
    expect(bruno.get_by_role("link", name=name)).to_have_count(0)
    expect(bruno.locator("main .title").filter(has_text=name)).to_be_visible()


def test_three_people_talk_and_a_fourth_reads_nothing(page_of: OpenPage, go_live: GoLive, token: str) -> None:
    alice, bruno = page_of("alice"), page_of("bruno", locale="fr-FR")
    priya = page_of("priya", allow=("404",))
    alice.goto("/messages/new/")
    # One's team is offered before anything is typed; others are found while one types, where the caret is already.
    chosen = alice.get_by_role("list", name="Chosen").get_by_role("listitem")
    alice.get_by_role("region", name="Your team").get_by_role("button").first.click()
    expect(chosen).to_have_count(1)
    alice.get_by_role("link", name="Leave out").click()
    expect(chosen).to_have_count(0)
    for count, name in enumerate(("Bruno Lefèvre", "Karim"), 1):
        expect(alice.get_by_role("searchbox", name="Find a colleague")).to_be_focused()
        alice.keyboard.type(name)
        alice.get_by_role("button", name=f"Choose {name}").click()
        expect(chosen).to_have_count(count)
    go_live(bruno, "/channels/")
    go_live(priya, "/channels/")
    alice.get_by_role("button", name="Open the conversation").click()
    words = f"Lunch for three? {token}"
    post(alice, words)
    entry = bruno.locator("#nav-conversations").get_by_role("link", name="Alice Martin, Karim")
    expect(entry).to_be_visible()
    entry.click()
    expect(card(bruno, words)).to_be_visible()
    answer = f"Avec plaisir {token}"
    bruno.get_by_role("textbox", name="Écrire un message").fill(answer)
    bruno.get_by_role("button", name="Publier", exact=True).click()
    expect(card(alice, answer).or_(alice.locator("cb-feed .pill"))).to_be_visible()
    # The same words, by all the ways of somebody who is not among them.
    for path in (alice.url, f"/search/?q={token}", "/@alice/", "/notices/"):
        priya.goto(path)
        expect(priya.locator("main")).to_be_visible()
        for said in (words, answer):
            expect(priya.get_by_text(said)).to_have_count(0)
    expect(priya.locator("#nav-conversations").get_by_role("link", name="Karim")).to_have_count(0)


def test_a_directory_group_fills_a_channel_which_its_owner_cannot_empty(page_of: OpenPage, token: str) -> None:
    ivan, bruno = page_of("ivan"), page_of("bruno", locale="fr-FR")
    name = f"Desk of sales {token}"
    ivan.goto("/channels/new/")
    ivan.get_by_label("Name", exact=True).fill(name)
    ivan.get_by_label("Private", exact=True).check()
    ivan.get_by_label("Directory group").select_option(label="channel-sales")
    ivan.get_by_role("button", name="Make the channel").click()
    expect(ivan.get_by_role("heading", name=name, level=1)).to_be_visible()

    # Whoever is in the group is in the room, without a word to anybody.
    room = f"/c/desk-of-sales-{token}/"
    bruno.goto(room)
    expect(bruno.get_by_text("Membre par l’annuaire")).to_be_visible()
    expect(bruno.get_by_role("button", name="Quitter")).to_have_count(0)
    words = f"Bonjour aux ventes {token}"
    publier(bruno, room, words)
    ivan.goto(room)
    expect(card(ivan, words)).to_be_visible()
    ivan.goto(f"{room}members/")
    expect(ivan.get_by_text("The people of the directory group “channel-sales” are members")).to_be_visible()
    expect(ivan.get_by_role("button", name="Remove Bruno")).to_have_count(0)

    # Only IT ties channels to groups: others are not even asked.
    alice = page_of("alice", allow=("404",))
    alice.goto("/channels/new/")
    expect(alice.get_by_label("Name", exact=True)).to_be_visible()
    expect(alice.get_by_label("Directory group")).to_have_count(0)
    alice.goto(room)
    expect(alice.get_by_role("heading", name="That channel does not exist")).to_be_visible()


def publier(page: Page, path: str, text: str) -> None:
    """As `post`, in French, at this address."""
    page.goto(path)
    page.get_by_role("textbox", name="Écrire un message").fill(text)
    page.get_by_role("button", name="Publier", exact=True).click()
    expect(card(page, text)).to_be_visible()
