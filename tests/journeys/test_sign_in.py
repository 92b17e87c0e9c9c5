"""(d) Who is refused, and what happens when nobody can be asked."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import expect

from tests.journeys.conftest import GoLive, OpenPage, post, sign_in
from tests.servers.instance import Instance

REFUSAL = "Username and password do not fit together"


def test_a_disabled_account_is_refused_though_the_password_is_right(open_page: OpenPage) -> None:
    page = open_page(allow=("422",))
    sign_in(page, "zoe")
    expect(page.get_by_role("alert")).to_contain_text(REFUSAL)
    page.goto("/")
    expect(page).to_have_url("/sign-in/?next=/")


def test_a_wrong_password_is_refused_and_the_name_is_kept(open_page: OpenPage) -> None:
    page = open_page(allow=("422",))
    sign_in(page, "bruno", "not it")
    expect(page.get_by_role("alert")).to_contain_text(REFUSAL)
    expect(page.get_by_label("Username")).to_have_value("bruno")
    expect(page.get_by_label("Password")).to_have_value("")


def test_a_silent_directory_is_said_and_open_sessions_go_on(
    page_of: OpenPage, open_page: OpenPage, go_live: GoLive, instance: Instance
) -> None:
    alice = page_of("alice")
    go_live(alice, "/c/platform/")
    # The browser names the failed answer in its console: that is what was asked for.
    bruno = open_page(allow=("503",))
    bruno.goto("/sign-in/")
    with silent_directory(instance):
        sign_in(bruno, "bruno")
        expect(bruno.get_by_role("alert")).to_contain_text("The company directory does not answer")
        post(alice, "The directory is away, and I am still here.")
    # Nobody was locked out for it.
    sign_in(bruno, "bruno")
    expect(bruno).to_have_url("/")


@contextmanager
def silent_directory(instance: Instance) -> Iterator[None]:
    """The directory accepts connections and says nothing, which is worse than being gone."""
    pid = instance.child_pid("corpblog.people.demo_directory")
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
