"""No address inside is reached, whatever trick an address plays, a name server answers, or a redirect names."""

import socket
import ssl
import threading

import pytest

from corpblog.kernel import egress
from tests.kernel.ssrf_corpus import CORPUS, NAMES
from tests.servers.internet import PUBLIC, module_internet, page  # noqa: F401

NAMED = pytest.mark.parametrize(
    "url", [url for _trick, url in CORPUS], ids=[f"{trick}: {url!a}" for trick, url in CORPUS]
)


@pytest.fixture
def outside(module_internet):  # noqa: F811
    world = module_internet
    world.forget()
    world.names |= {name: [list(turn) for turn in answers] for name, answers in NAMES.items()}
    return world


def test_the_list_is_long_enough():
    assert len({url for _trick, url in CORPUS}) >= 60


@NAMED
def test_no_trick_leads_anywhere(outside, url):
    with pytest.raises(egress.EgressError) as refusal:
        egress.send("GET", url)
    assert not refusal.value.reached
    assert outside.connected == []


# Without a host it stays where it is, as any path does.
@pytest.mark.parametrize(
    "url", [url for _trick, url in CORPUS if "://" in url and url not in {"https://", "https:///path"}]
)
def test_no_redirect_leads_there_either(outside, url):
    outside.leads("https://public.example/", url)
    with pytest.raises(egress.EgressError):
        egress.send("GET", "https://public.example/")
    assert outside.connected == [(PUBLIC, 443)]
    assert outside.seen == ["GET https://public.example/"]


def test_a_public_page_is_reached(outside):
    """The lists above prove something only if the way is open otherwise."""
    outside.site("public.example", page)
    outside.leads("https://short.example/x", "https://public.example/there")
    answer = egress.send("GET", "https://short.example/x")
    assert (answer.status, answer.body, answer.url) == (200, b"<p>hello</p>", "https://public.example/there")


def test_a_rebinding_name_server_is_asked_once_and_its_first_answer_kept(outside):
    outside.site("rebinding.example", page)
    outside.names["rebinding.example"] = [[PUBLIC], ["127.0.0.1"]]
    assert egress.send("GET", "https://rebinding.example/").status == 200
    assert outside.asked == ["rebinding.example A", "rebinding.example AAAA"]
    assert outside.connected == [(PUBLIC, 443)]


def test_its_second_answer_leads_nowhere(outside):
    outside.site("rebinding.example", page)
    outside.names["rebinding.example"] = [[PUBLIC], ["127.0.0.1"]]
    egress.send("GET", "https://rebinding.example/")
    with pytest.raises(egress.Forbidden):
        egress.send("GET", "https://rebinding.example/")
    assert outside.connected == [(PUBLIC, 443)]


def test_a_redirect_to_itself_is_asked_anew_and_judged_anew(outside):
    outside.leads("https://rebinding.example/", "https://rebinding.example/admin")
    outside.names["rebinding.example"] = [[PUBLIC], ["169.254.169.254"]]
    with pytest.raises(egress.Forbidden):
        egress.send("GET", "https://rebinding.example/")
    assert outside.connected == [(PUBLIC, 443)]


def test_a_stranger_does_not_lead_to_the_administrators_own_servers(outside, settings):
    settings.EGRESS_PRIVATE = ["127.0.0.1:9"]
    outside.leads("https://public.example/", "http://127.0.0.1:9/admin")
    with pytest.raises(egress.Forbidden):
        egress.send("GET", "https://public.example/")
    assert outside.connected == [(PUBLIC, 443)]


def test_who_asks_for_public_places_only_gets_no_other(outside, settings):
    settings.EGRESS_PRIVATE = ["127.0.0.1:9"]
    with pytest.raises(egress.Forbidden):
        egress.send("GET", "http://127.0.0.1:9/", public_only=True)
    assert outside.connected == []


def test_a_redirect_is_told_to_who_wants_to_judge_it(outside):
    outside.leads("https://short.example/x", "https://public.example/")
    answer = egress.send("HEAD", "https://short.example/x", follows=False)
    assert (answer.status, answer.headers["location"]) == (301, "https://public.example/")


def test_a_certificate_for_another_name_is_not_believed(outside, monkeypatch):
    # Whoever sits at that address, without a certificate that the system trusts.
    monkeypatch.setattr(egress, "trust", ssl.create_default_context)
    outside.site("public.example", page)
    with pytest.raises(egress.EgressError):
        egress.send("GET", "https://public.example/")
    assert outside.seen == []


def test_a_silent_name_server_does_not_hold_the_worker(monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: answered.wait(60) and [])
    try:
        with pytest.raises(egress.EgressError, match="name server is silent") as refusal:
            egress.send("GET", "https://public.example/", seconds=0.1)
        assert not refusal.value.reached
    finally:
        answered.set()
