"""Links that lead inside, carry a key, or hide where they lead; and those that do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpblog.policy.engine.folding import fold
from corpblog.policy.engine.links import KINDS, links_in
from corpblog.policy.engine.links.hosts import is_private
from tests.policy.engine.engine_policies import detecting, marks, rule, scan, scanner_of

COMPANY = {"domains": ["acme.example"], "internal_hosts": ["intranet.acme.example", "Build.acme.example", "wiki"]}
ANY = scanner_of(rule(detect=[{"links": {}}]), company=COMPANY)

# A text, and what is found in it.
CORPUS = [
    # The company's own hosts, and hosts that only a network of its own knows.
    ("see https://intranet.acme.example/hr/pay", {"internal-host"}),
    ("see https://a.b.intranet.acme.example:8443/", {"internal-host"}),
    ("see INTRANET.acme.example/hr", {"internal-host"}),
    ("ci at build.acme.example is red", {"internal-host"}),
    ("http://wiki/Projects", {"internal-host"}),
    ("ldap://dc01/ou=people", {"internal-host"}),
    ("http://localhost:8000/admin/", {"internal-host"}),
    ("https://nas.local/photo", {"internal-host"}),
    ("ssh://git@git.corp:22/x.git", {"internal-host"}),
    ("https://grafana.internal/d/1", {"internal-host"}),
    ("printer.lan is out of paper", {"internal-host"}),
    ("http://router.home.arpa", {"internal-host"}),
    # Private addresses, however they are spelt.
    ("http://10.1.2.3/", {"private-address"}),
    ("https://192.168.0.10:8443/x", {"private-address"}),
    ("http://172.20.1.1", {"private-address"}),
    ("http://127.0.0.1:9200/_cat", {"private-address"}),
    ("http://169.254.169.254/latest/meta-data", {"private-address"}),
    ("http://100.100.1.1/", {"private-address"}),
    ("http://2130706433/", {"private-address"}),
    ("http://0x7f000001/", {"private-address"}),
    ("http://0xC0.0xA8.0x00.0x01/", {"private-address"}),
    ("http://017700000001/", {"private-address"}),
    ("http://0300.0250.1.1/", {"private-address"}),
    ("http://127.1/", {"private-address"}),
    ("http://10.66051/", {"private-address"}),
    ("http://[::1]:8080/", {"private-address"}),
    ("http://[fd12:3456:789a::1]/", {"private-address"}),
    ("http://[fe80::1%25eth0]/", {"private-address"}),
    ("http://[::ffff:10.0.0.1]/", {"private-address"}),
    ("http://[::ffff:0a00:0001]/", {"private-address"}),
    ("http://[64:ff9b::a00:1]/", {"private-address"}),
    ("http://[2002:a00:1::]/", {"private-address"}),
    ("http://10.0.0.1.nip.io/", {"private-address"}),
    ("http://app-192-168-1-5.sslip.io/", {"private-address"}),
    ("http://１０.1.2.3/", {"private-address"}),
    ("the server is 10.12.0.4:5432, ping fe80::aede:48ff:fe00:1122", {"private-address"}),
    ("allow 192.168.0.0/16 and 172.16.5.4", {"private-address"}),
    # Files, shares and drives.
    ("file:///C:/Documents/plan.docx", {"file-link"}),
    ("file:/srv/data/plan.docx", {"file-link"}),
    ("smb://fs01/finance/2026", {"file-link", "internal-host"}),
    (r"\\fs01\finance\Budget 2026.xlsx", {"unc-path"}),
    (r"\\fs01.acme.example\d$\secret", {"unc-path"}),
    (r"it is in C:\Users\bob\Desktop\plan.docx", {"drive-path"}),
    (r"Z:\Projects", {"drive-path"}),
    ("C:/Documents/bob/plan.docx", {"drive-path"}),
    # Keys and passwords in links.
    ("https://app.example.com/reset?token=8f3kd93kfk29dk20", {"link-token"}),
    ("https://s3.example.com/x?X-Amz-Signature=0a1b2c3d4e5f60718293a4b5c6d7e8f9", {"link-token"}),
    ("https://x.example.com/a;jsessionid=1A2B3C4D5E6F7788", {"link-token"}),
    ("https://x.example.com/cb#access_token=ya29x8f3kd93kfk29dk20", {"link-token"}),
    ("https://bob:hunter2x@git.example.com/x", {"link-credentials"}),
    ("https://8f3kd93kfk29dk20x8f3kd93@git.example.com/x", {"link-credentials"}),
    # Where a link leads is hidden.
    ("https://bit.ly/3xYz12A", {"short-link"}),
    ("http://www.tinyurl.com/acme-plan", {"short-link"}),
    ("go to lnkd.in/eXy12abc now", {"short-link"}),
    ("https://xn--cme-8cd.example/", {"disguised-host"}),
    ("https://аcme.example/login", {"disguised-host"}),
    ("see xn--80ak6aa92e.com please", {"disguised-host"}),
    # Several at once.
    ("http://10.1.2.3/x?token=8f3kd93kfk29dk20", {"private-address", "link-token"}),
]

HARMLESS = [
    "https://acme.example/press/2026",
    "https://www.acme.example/fr/?page=2&lang=fr",
    "https://example.com/a?key=overview&code=SPRING2026&sort=asc",
    "https://example.com/?token=11111111 and https://example.com/?sid=00000001",
    "https://example.com/search?q=token&session=morning",
    "https://github.com/acme/x/blob/main/README.md#token",
    "https://8.8.8.8/ and http://[2001:4860:4860::8888]/",
    "https://172.15.0.1/ and https://172.32.0.1/",
    "https://société.fr/équipe and https://straße.de",
    "https://notintranet.acme.example/",
    "version 10.0.19041.1, build 192.168, section 10.1.2, 10.30 or 172.5 €",
    "mailto:bob@acme.example, tel:+33142685300, @alice, #local",
    "a local shop, the internal team, our corp card, home is where the wiki is",
    "settings.local.json and docker.local.yml",
    "and/or, he/she, 24/7, 1/2, A:/B, note:/x, C: and D:",
    r"\n \t \d+ \\ and a smile :\ ",
    "https:// and http://… and https://{host}/x",
    "fe80 is a prefix, fd is a descriptor, ff02::1 is multicast",
    "bit.ly is a shortener; t.co, too",
    "file: see attached; profile://",
]


@pytest.mark.gate("G21")
@pytest.mark.parametrize(("text", "kinds"), CORPUS)
def test_a_link_is_of_its_kinds(text, kinds):
    assert {finding.term for finding in scan(ANY, text).findings} == kinds


@pytest.mark.gate("G21")
@pytest.mark.parametrize("text", HARMLESS)
def test_an_everyday_link_is_of_none(text):
    assert [(finding.term, text[finding.start : finding.end]) for finding in scan(ANY, text).findings] == []


def test_the_corpus_has_every_kind_and_forty_links():
    assert set().union(*(kinds for _, kinds in CORPUS)) == set(KINDS)
    assert len(CORPUS) >= 40


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("(see http://wiki/Projects_(2026)).", ["http://wiki/Projects_(2026)"]),
        ("http://wiki/a, http://wiki/b!", ["http://wiki/a", "http://wiki/b"]),
        ("<http://wiki/a>«http://wiki/b»", ["http://wiki/a", "http://wiki/b"]),
        (r"in \\fs01\finance\q3 today", [r"\\fs01\finance\q3"]),
        ("on nas.local/photo?x=1 today", ["nas.local/photo?x=1"]),
        ("http://10.1.2.3/x and 10.1.2.4", ["http://10.1.2.3/x", "10.1.2.4"]),
    ],
)
def test_a_link_is_marked_from_its_beginning_to_its_end(text, marked):
    assert marks(ANY, text) == marked


def test_a_rule_may_look_for_some_kinds_only():
    short = scanner_of(rule(detect=[{"links": {"kinds": ["short-link"]}}]))
    assert marks(short, "http://wiki/a https://bit.ly/3xYz12A") == ["https://bit.ly/3xYz12A"]


def test_without_the_companys_hosts_local_names_are_internal_still():
    assert marks(detecting("links"), "http://wiki/a https://intranet.acme.example/") == ["http://wiki/a"]


def test_a_hidden_character_hides_no_link():
    assert marks(ANY, "http://wi\u200bki/a") == ["http://wi\u200bki/a"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_trigger_stands_in_every_text_of_its_kind(kind):
    triggers = [fold(trigger) for trigger in KINDS[kind].triggers_with(tuple(COMPANY["internal_hosts"]))]
    for text, kinds in CORPUS:
        assert kind not in kinds or any(trigger in fold(text) for trigger in triggers), text


def test_every_kind_has_both_languages():
    assert all(kind.title.en and kind.title.fr for kind in KINDS.values())


@given(st.integers(0, 2**32 - 1), st.sampled_from(["{}", "{:#x}", "0{:o}"]))
def test_one_number_is_judged_as_the_address_it_is(number, spelling):
    dotted = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    assert is_private(spelling.format(number)) == is_private(dotted)


@given(st.text(alphabet="htp:/\\.@[]0x1fdeac?=&#% \n-_é", max_size=100))
def test_no_text_raises_and_every_link_lies_in_it(text):
    for link in links_in(text):
        assert 0 <= link.start < link.end <= len(text)
    for kind in KINDS.values():
        for start, end in kind.finder(("acme.fr",))(text):
            assert 0 <= start < end <= len(text)
