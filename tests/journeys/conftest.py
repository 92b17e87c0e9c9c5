"""Real people in a real browser, against an instance that was started as a stranger starts it."""

import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.servers import chromium
from tests.servers.bluesky import Bluesky, BlueskyAccount, bluesky
from tests.servers.faults import house
from tests.servers.instance import Instance, corpblog
from tests.servers.news import news_site
from tests.servers.recorder import Recorder, Reply, recorder
from tests.servers.smtp import Mailbox, smtp
from tests.sharing.networks.mastodon import SignInPages

PASSWORD = "corpblog"
OpenPage = Callable[..., Page]
GoLive = Callable[[Page, str], None]
NewAccount = Callable[[str], BlueskyAccount]
# One 2-core machine runs the server, the directory, the worker and the browsers.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def silent_webhook() -> Iterator[int]:
    """Give the port of a server that hears everything and never answers: nobody can tell what arrived there."""
    with house() as (_visits, port):
        yield port


@pytest.fixture(scope="session")
def refusing_webhook() -> Iterator[int]:
    """Give the port of a server that says no to everything."""
    with recorder(lambda _request: Reply(403, {"error": "invalid_token"})) as place:
        yield place.port


@pytest.fixture(scope="session")
def bluesky_server() -> Iterator[Bluesky]:
    """A real Bluesky server that the instance may reach."""
    with bluesky() as server:
        yield server


@pytest.fixture(scope="session")
def news() -> Iterator[Recorder]:
    """Give a web server that the instance may ask for previews, and nothing else in the world."""
    with news_site() as site:
        yield site


@pytest.fixture(scope="session")
def mail_server() -> Iterator[tuple[Mailbox, int]]:
    """Give the company's mail server, with what everybody was sent, and its port."""
    with smtp() as server:
        yield server


@pytest.fixture
def mailbox(mail_server: tuple[Mailbox, int]) -> Mailbox:
    return mail_server[0]


@pytest.fixture(scope="session")
def sign_in_there() -> Iterator[Recorder]:
    """Give a network on whose own page one signs in, as Mastodon's documentation tells it; it keeps every byte."""
    with recorder(SignInPages()) as place:
        yield place


@pytest.fixture(scope="session")
def instance(
    silent_webhook: int,
    refusing_webhook: int,
    bluesky_server: Bluesky,
    news: Recorder,
    mail_server: tuple[Mailbox, int],
    sign_in_there: Recorder,
) -> Iterator[Instance]:
    """The demo company, served by `sh deploy/run.sh`, with a little less time between release and sending."""
    mail = f"127.0.0.1:{mail_server[1]}"
    outside = f"127.0.0.1:{silent_webhook},127.0.0.1:{refusing_webhook},{bluesky_server.place},{news.place},{mail},"
    outside += sign_in_there.place
    # The journeys of a whole suite ask for more than one person does in an hour.
    environment = {
        "CORPBLOG_SHARE_DELAY": "8",
        "CORPBLOG_SHARES_PER_HOUR": "1000",
        "CORPBLOG_EGRESS_PRIVATE": outside,
        "CORPBLOG_PREVIEW_HOSTS": "127.0.0.1",
        "CORPBLOG_MAIL_SERVER": f"smtp://{mail}",
        "CORPBLOG_MAIL_FROM": "corpblog@acme.example",
    }
    with corpblog(environment) as running:
        yield running


@pytest.fixture
def token() -> str:
    """What only this test writes."""
    return secrets.token_hex(4)


@pytest.fixture
def account(instance: Instance, bluesky_server: Bluesky) -> NewAccount:
    """Connect a new account of a real Bluesky server under this name."""

    def make(name: str) -> BlueskyAccount:
        made = bluesky_server.account(f"{name.lower()}{secrets.token_hex(2)}")
        answers = [f"server={bluesky_server.base}", f"handle={made.handle}"]
        options = ["--by", "irene", "--name", name]
        instance.manage("connect_destination", name.lower(), "bluesky", *answers, *options, stdin=made.app_password)
        return made

    return make


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium.executable(), "args": chromium.FLAGS}


class Watch:
    """Everything that a page complains about; a journey with complaints has failed."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.allowed: tuple[str, ...] = ()
        self.errors: list[str] = []
        page.add_init_script(
            "window.__csp = []; document.addEventListener('securitypolicyviolation',"
            " e => window.__csp.push(e.effectiveDirective + ' ' + e.blockedURI))"
        )
        self.hellos = 0
        page.on("websocket", lambda live: live.on("framereceived", self._hear_frame))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._hear)

    def _hear_frame(self, frame: str | bytes) -> None:
        if '"t":"hello"' in str(frame):
            self.hellos += 1

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def complaints(self) -> list[str]:
        csp = [] if self._page.is_closed() else self._page.evaluate("window.__csp || []")
        return csp + [error for error in self.errors if not any(part in error for part in self.allowed)]


@pytest.fixture
def watches() -> dict[Page, Watch]:
    """What each page complained about."""
    return {}


@pytest.fixture
def go_live(watches: dict[Page, Watch]) -> Callable[[Page, str], None]:
    """Open an address and wait until the page hears news."""

    def go(page: Page, path: str) -> None:
        before = watches[page].hellos
        page.goto(path)
        for _ in range(300):
            if watches[page].hellos > before:
                return
            page.wait_for_timeout(50)
        raise AssertionError(f"{path} never heard hello")

    return go


@pytest.fixture
def open_page(browser: Browser, instance: Instance, watches: dict[Page, Watch]) -> Iterator[OpenPage]:
    """Give a page of a browser of its own; options are those of Playwright's new_context."""
    contexts: list[BrowserContext] = []

    def make(*, allow: tuple[str, ...] = (), **options: Any) -> Page:
        # A worker would answer navigations past what a journey puts in their way; those that are about it allow it.
        plain = {"locale": "en-GB", "service_workers": "block"}
        context = browser.new_context(base_url=instance.url, **{**plain, **options})
        contexts.append(context)
        if str(options.get("locale", "")).startswith("fr"):
            # A socket's handshake names the machine's languages, whatever Playwright was told; who chose one has this.
            context.add_cookies([{"name": "language", "value": "fr", "url": instance.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        watch = Watch(page)
        watch.allowed = allow
        watches[page] = watch
        return page

    yield make
    complaints = [complaint for watch in watches.values() for complaint in watch.complaints()]
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page_of(open_page: OpenPage) -> OpenPage:
    """Give the home page of somebody who signed in by typing name and password."""

    def make(username: str, **options: Any) -> Page:
        page = open_page(**options)
        sign_in(page, username)
        expect(page).to_have_url("/")
        # The address changes before the scripts ran; a key that is pressed in between is nobody's.
        page.wait_for_load_state("load")
        return page

    return make


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Type name and password, in a browser that speaks English or French."""
    page.goto("/sign-in/")
    page.get_by_label(re.compile("Username|Identifiant")).fill(username)
    page.get_by_label(re.compile("Password|Mot de passe")).fill(password)
    page.get_by_role("button", name=re.compile("Sign in|Se connecter")).click()


def post(page: Page, text: str, channel: str = "") -> None:
    """Write in the composer, press the button, and wait until the server has it.

    Whoever opens the page before that is told of a new post, and does not see it until they ask.
    """
    box = page.get_by_role("textbox", name="Write a post")
    box.click()
    if channel:
        page.get_by_label("Channel", exact=True).select_option(label=f"# {channel}")
    box.fill(text)
    page.get_by_role("button", name="Post", exact=True).click()
    expect(card(page, text)).to_be_visible()


def tick_places(page: Page, *places: str) -> None:
    """Tick these destinations of the composer and no other: those of the last time are ticked already."""
    for place in places:
        page.get_by_role("checkbox", name=place).check()
    for label in page.locator('main input[name="destination"] + label').all():
        if label.inner_text() not in places:
            page.get_by_role("checkbox", name=label.inner_text()).uncheck()


def show_new(page: Page) -> None:
    """Let in what waits behind the pill, once it waits there."""
    expect(page.locator(".pill")).to_be_visible()
    page.keyboard.press(".")


def card(page: Page, text: str) -> Any:
    """The post that says this, once the server has it."""
    return page.locator("article.post[data-id]").filter(has_text=text)
