"""A company account is made, a delegate speaks for it, colleagues see who it was, and readers outside do not."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage


def name_a_delegate(page: Page, name: str) -> None:
    page.get_by_role("searchbox", name="Find a colleague").fill(name)
    page.keyboard.press("Enter")
    page.get_by_role("button", name=f"Name as delegate {name}").click()
    expect(page.get_by_text(re.compile(f"{name} posts in the name of"))).to_be_visible()


def test_a_delegate_speaks_for_the_company(page_of: OpenPage, token: str) -> None:
    account, words = f"Acme jobs {token}", f"We are hiring welders {token}"
    chloe = page_of("chloe")
    chloe.goto("/channels/")
    chloe.get_by_role("link", name="New company account").click()
    chloe.get_by_label("Name").fill(account)
    chloe.get_by_role("button", name="Make the account").click()
    expect(chloe.get_by_role("heading", name=f"Members of {account}")).to_be_visible()
    name_a_delegate(chloe, "Alice Martin")

    alice = page_of("alice")
    alice.goto(f"/c/acme-jobs-{token}/")
    alice.get_by_role("textbox", name=f"Post in the name of {account}").fill(words)
    alice.get_by_role("button", name="Post", exact=True).click()
    post = alice.locator("article").filter(has_text=words).first
    expect(post.get_by_role("heading", name=account)).to_be_visible()

    bruno = page_of("bruno")
    bruno.goto(f"/c/acme-jobs-{token}/")
    seen = bruno.locator("article").filter(has_text=words).first
    expect(seen.get_by_role("heading", name=account)).to_be_visible()
    expect(seen.get_by_role("link", name="Alice Martin")).to_be_visible()
    expect(bruno.get_by_text(f"Only its delegates post in the name of {account}; you can reply.")).to_be_visible()
    seen.get_by_role("button", name="Share outside").click()
    expect(bruno.locator("main")).to_contain_text(f"Only delegates of {account} share in its name.")
    expect(bruno.get_by_role("button", name="Ask to share")).to_have_count(0)

    post.get_by_role("button", name="Share outside").click()
    alice.get_by_label("Press page").check()
    alice.get_by_role("button", name="Ask to share").click()
    expect(alice.locator("main")).to_contain_text("It is out.", timeout=60_000)
    alice.get_by_role("link", name="See it there").first.click()
    expect(alice.locator("body")).to_contain_text(words)
    assert "Martin" not in alice.content()
    for address in ("/press/", "/press/feed.atom", "/press/feed.json"):
        outside = alice.request.get(address).text()
        assert words in outside
        assert "Martin" not in outside
