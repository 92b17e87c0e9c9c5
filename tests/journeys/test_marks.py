"""What one does with a post, and the other sees of it: pin, edit, report, delete; keep, follow, find again, trend."""

from playwright.sync_api import Page, expect

from tests.journeys.conftest import GoLive, OpenPage, card, post, show_new
from tests.journeys.test_channel_life import make_channel, publier


def open_thread(page: Page, text: str) -> None:
    """From a list to the page of the post that says this."""
    page.goto(card(page, text).locator("a.post-time").get_attribute("href") or "")
    expect(page.locator(".thread-page")).to_be_visible()


def in_the_menu(page: Page, text: str, button: str, entry: str) -> None:
    """Open the menu of the post that says this, and choose."""
    card(page, text).get_by_role("button", name=button, exact=True).click()
    page.locator(".menu-list:popover-open").locator("a, button").filter(has_text=entry).click()


def test_a_post_is_pinned_edited_reported_and_deleted_while_another_reads_it(
    page_of: OpenPage, go_live: GoLive, token: str
) -> None:
    alice, bruno = page_of("alice"), page_of("bruno", locale="fr-FR")
    make_channel(alice, f"Kitchen {token}")
    room = f"/c/kitchen-{token}/"
    go_live(bruno, room)
    bruno.evaluate("window.__same = true")
    first, second = f"Coffee is out {token}", f"Coffee is back {token}"
    post(alice, first)
    show_new(bruno)
    expect(card(bruno, first)).to_be_visible()

    in_the_menu(alice, first, "More", "Edit")
    alice.locator("main cb-composer textarea").first.fill(second)
    alice.get_by_role("button", name="Save", exact=True).click()
    expect(card(alice, second)).to_be_visible()
    expect(card(bruno, second)).to_be_visible()
    expect(card(bruno, first)).to_have_count(0)
    assert bruno.evaluate("window.__same") is True
    card(bruno, second).get_by_role("link", name="modifié").click()
    versions = bruno.locator(".history").get_by_role("listitem")
    expect(versions).to_have_count(2)
    expect(versions.first.locator("del")).to_contain_text("out")
    expect(versions.first.locator("ins")).to_contain_text("back")
    bruno.get_by_role("link", name="Revenir au message").click()

    alice.goto(room)
    open_thread(alice, second)
    go_live(bruno, room)
    bruno.evaluate("window.__same = true")
    alice.get_by_role("button", name="Pin", exact=True).click()
    expect(bruno.locator(".pinned")).to_contain_text("1 message épinglé")
    expect(bruno.locator(".pinned")).to_contain_text(second)
    alice.get_by_role("button", name="Unpin").click()
    expect(bruno.locator(".pinned")).to_have_count(0)
    alice.get_by_role("button", name="Pin", exact=True).click()
    expect(bruno.locator(".pinned")).to_contain_text(second)

    in_the_menu(bruno, second, "Plus", "Signaler")
    bruno.get_by_label("Autre chose").check()
    bruno.get_by_label("Que faut-il savoir").fill(f"Il n’y a plus de café {token}")
    bruno.get_by_role("button", name="Signaler").click()
    expect(bruno.get_by_text("La conformité regardera ce message.")).to_be_visible()
    go_live(bruno, room)
    bruno.evaluate("window.__same = true")

    # Its author does not hear of the report; who reads along sees at once that the words are gone.
    alice.goto("/notices/")
    expect(alice.get_by_text(f"Il n’y a plus de café {token}")).to_have_count(0)
    alice.goto(room)
    in_the_menu(alice, second, "More", "Delete")
    alice.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(bruno.get_by_label("Message supprimé")).to_contain_text("Ce message a été supprimé par son auteur.")
    expect(card(bruno, second)).to_have_count(0)
    expect(bruno.locator(".pinned")).to_have_count(0)
    assert bruno.evaluate("window.__same") is True
    bruno.reload()
    expect(bruno.locator("main h1")).to_be_visible()
    expect(bruno.get_by_text(second)).to_have_count(0)

    omar = page_of("omar")
    omar.goto("/reports/")
    report = omar.get_by_role("listitem").filter(has_text=f"Il n’y a plus de café {token}")
    expect(report).to_contain_text(second)
    expect(report).to_contain_text("The post is deleted by now.")
    report.get_by_role("button", name="Nothing to do").click()
    expect(omar.locator("main h1")).to_be_visible()
    expect(omar.get_by_text(f"Il n’y a plus de café {token}")).to_have_count(0)


def test_a_hashtag_is_followed_a_search_kept_a_post_filed_and_three_people_make_a_trend(
    page_of: OpenPage, token: str
) -> None:
    alice, bruno = page_of("alice"), page_of("bruno", locale="fr-FR")
    bruno.goto(f"/tags/jardin{token}/")
    bruno.get_by_role("button", name="Suivre", exact=True).click()
    expect(bruno.get_by_role("button", name="Vous suivez")).to_be_visible()
    bruno.goto(f"/search/?q=arrosoir {token}")
    bruno.get_by_role("button", name="Suivre cette recherche").click()
    expect(bruno.get_by_role("status").filter(has_text="gard")).to_be_visible()

    words = f"The can (arrosoir {token}) is green #jardin{token}"
    alice.goto("/c/platform/")
    post(alice, words)
    bruno.goto("/topics/")
    expect(card(bruno, words)).to_be_visible()
    bruno.get_by_role("link", name=f"arrosoir {token}").click()
    expect(card(bruno, words)).to_be_visible()

    # A bookmark is one's own: nobody else sees the folder, or that there is one.
    open_thread(bruno, words)
    bruno.locator("details.folder summary").click()
    bruno.get_by_label("Dossier", exact=True).fill(f"Outils {token}")
    bruno.get_by_role("button", name="Garder", exact=True).click()
    expect(bruno.locator("details.folder summary")).to_have_text(f"Outils {token}")
    bruno.goto("/bookmarks/")
    bruno.get_by_role("link", name=f"Outils {token}").click()
    expect(card(bruno, words)).to_be_visible()
    alice.goto("/bookmarks/")
    expect(alice.locator("main h1")).to_be_visible()
    expect(alice.get_by_text(f"Outils {token}")).to_have_count(0)

    # Two people are no trend; with a third it is one, for everybody.
    publier(bruno, "/@bruno/", f"Le mien est bleu #jardin{token}")
    trends = bruno.get_by_role("region", name="Tendances de la semaine").or_(bruno.locator(".aside section"))
    bruno.goto("/topics/")
    expect(card(bruno, words)).to_be_visible()
    expect(trends.filter(has_text=f"#jardin{token}")).to_have_count(0)
    emily = page_of("emily")
    emily.goto("/c/platform/")
    post(emily, f"Mine is red #jardin{token}")
    bruno.goto("/topics/")
    expect(trends.filter(has_text=f"#jardin{token}")).to_contain_text("3 personnes")
