"""(m) Corpblog as an installed program: without a network, with pushes, and after somebody signed out."""

import json
from typing import Any

from playwright.sync_api import CDPSession, Page, expect

from tests.journeys.conftest import OpenPage

ALLOWED: dict[str, Any] = {"service_workers": "allow", "permissions": ["notifications"]}
OFFLINE = ("net::ERR_INTERNET_DISCONNECTED", "WebSocket", "Failed to load resource")


KEPT = """caches.keys().then(async names => {
  const caught = await Promise.all(names.map(async name => (await caches.open(name)).keys()));
  return caught.flat().map(request => new URL(request.url).pathname);
})"""
SHOWN = """navigator.serviceWorker.ready.then(ready => ready.getNotifications())
  .then(all => all.map(one => [one.title, one.body, one.tag, one.data]))"""


def ready(page: Page) -> None:
    """Wait until the worker answers for the page."""
    page.evaluate(
        """() => new Promise(done => {
          const workers = navigator.serviceWorker;
          if (workers.controller) done();
          else workers.addEventListener('controllerchange', () => done(), { once: true });
        })"""
    )


def until(page: Page, script: str, wanted: Any) -> None:
    """Wait until a script answers so; Playwright's own waiting needs an eval, which the page's policy forbids."""
    found = None
    for _ in range(200):
        found = page.evaluate(script)
        if found == wanted:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{script} stays at {found}")


def deliver(page: Page, message: dict[str, str]) -> CDPSession:
    """Hand a message to the worker as the push service would."""
    devtools = page.context.new_cdp_session(page)
    registrations: list[dict[str, Any]] = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"]))
    devtools.send("ServiceWorker.enable")
    origin = page.evaluate("location.origin")
    while not registrations:
        page.wait_for_timeout(50)
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": registrations[-1]["registrationId"], "data": json.dumps(message)},
    )
    return devtools


def test_without_a_network_what_is_typed_becomes_a_draft(page_of: OpenPage) -> None:
    alice = page_of("thomas", allow=OFFLINE, **ALLOWED)
    ready(alice)
    alice.context.set_offline(True)
    alice.goto("/channels/")
    expect(alice.get_by_role("heading", name="You are offline")).to_be_visible()
    alice.get_by_label("Write a post").fill("Written in the train")
    expect(alice.get_by_role("status")).to_have_text("Kept in this tab")
    alice.get_by_role("button", name="Try again").click()
    expect(alice.get_by_role("status")).to_have_text("Still offline. What you wrote is kept.")
    alice.context.set_offline(False)
    alice.get_by_role("button", name="Try again").click()
    expect(alice.get_by_role("heading", name="Home")).to_be_visible()
    expect(alice.get_by_role("textbox", name="Write a post")).to_have_value("Written in the train")
    expect(alice.get_by_text("Draft saved")).to_be_visible()
    # It is the server's now: another tab has it, and this one keeps no copy.
    assert alice.evaluate("sessionStorage.getItem('draft:new')") is None
    alice.reload()
    box = alice.get_by_role("textbox", name="Write a post")
    expect(box).to_have_value("Written in the train")
    box.fill("")
    expect(alice.get_by_text("Draft saved")).to_be_hidden()


def test_the_cache_holds_the_shell_alone_and_signing_out_empties_it(page_of: OpenPage) -> None:
    alice = page_of("alice", **ALLOWED)
    ready(alice)
    for path in ("/", "/c/platform/", "/@alice/", "/settings/", "/notices/"):
        alice.goto(path)
    paths = alice.evaluate(KEPT)
    assert paths
    assert all(path.startswith(("/static/", "/offline/", "/words/")) for path in paths), paths
    texts = alice.evaluate("caches.match('/offline/en/').then(answer => answer.text())")
    assert "alice" not in texts.lower()
    assert "data-me" not in texts
    alice.get_by_role("button", name="Account").click()
    alice.get_by_role("button", name="Sign out").click()
    expect(alice).to_have_url("/sign-in/")
    until(alice, KEPT, [])
    assert alice.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0


def test_a_push_is_shown_and_leads_to_its_notice(page_of: OpenPage) -> None:
    alice = page_of("alice", **ALLOWED)
    ready(alice)
    said = {"title": "Acme", "body": "Bruno mentioned you.", "url": "/notices/", "tag": "notice-1", "lang": "en"}
    deliver(alice, said)
    until(alice, SHOWN, [["Acme", "Bruno mentioned you.", "notice-1", "/notices/"]])


def test_the_settings_offer_pushes_and_say_when_they_are_denied(page_of: OpenPage) -> None:
    alice = page_of("alice", **ALLOWED)
    ready(alice)
    alice.goto("/settings/notices/")
    expect(alice.get_by_role("button", name="Tell this browser")).to_be_visible()
    alice.context.clear_permissions()
    alice.reload()
    alice.get_by_role("button", name="Tell this browser").click()
    expect(alice.locator("cb-push [role=status]")).to_contain_text("lets Corpblog show no notifications")


def test_browsers_can_install_it(page_of: OpenPage) -> None:
    alice = page_of("alice", **ALLOWED)
    ready(alice)
    devtools = alice.context.new_cdp_session(alice)
    answer = devtools.send("Page.getAppManifest")
    assert answer["errors"] == []
    facts = json.loads(answer["data"])
    assert (facts["display"], facts["start_url"]) == ("standalone", "/")
    for icon in facts["icons"]:
        assert alice.request.get(icon["src"]).headers["content-type"] == "image/png"
    # A browser of the tests keeps no profile; that is all it objects to.
    objections = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [objection["errorId"] for objection in objections] == ["in-incognito"]
