"""Marks stay on their words, whatever becomes of those; what cannot show them loses no word and no address."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpblog.sharing.html import as_html
from corpblog.sharing.marks import LINKS, Kind, Mark, Marked, as_data, of_form
from corpblog.sharing.splitting import split_marked

URL = "https://acme.example/a"


def marked(text, *marks):
    return Marked(text, tuple(Mark(Kind(kind), *places) for kind, *places in marks))


@st.composite
def texts(draw):
    """Words of which some are marked, one kind at a place."""
    words = draw(st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), min_size=1, max_size=8))
    kinds = draw(st.lists(st.sampled_from([None, "bold", "italic", "code", "link"]), min_size=len(words), max_size=8))
    marks, here = [], 0
    for word, kind in zip(words, kinds, strict=False):
        if kind:
            marks.append(Mark(Kind(kind), here, here + len(word), URL if kind == "link" else ""))
        here += len(word) + 1
    return Marked(" ".join(words), tuple(marks))


@given(
    said=texts(), places=st.lists(st.integers(0, 60), max_size=6), instead=st.sampled_from(["", "X", "longer words"])
)
def test_a_mark_stays_on_the_words_that_are_left_of_it(said, places, instead):
    edges = sorted({min(place, len(said.text)) for place in places})
    changes = [(start, end, instead) for start, end in zip(edges[::2], edges[1::2], strict=False)]
    after = said.changed(changes)
    # The same by another way: each character carries its marks, and what is put in carries what it replaced.
    letters = [(letter, {m.kind for m in said.marks if m.start <= at < m.end}) for at, letter in enumerate(said.text)]
    kept = "".join(letter for at, (letter, _kinds) in enumerate(letters) if not any(s <= at < e for s, e, _ in changes))
    assert len(after.text) == len(kept) + len(changes) * len(instead)
    for kind in Kind:
        before = "".join(
            letter
            for at, (letter, kinds) in enumerate(letters)
            if kind in kinds and not any(s <= at < e for s, e, _ in changes)
        )
        now = "".join(after.text[m.start : m.end] for m in after.marks if m.kind is kind)
        assert re.sub(r"X|longer words", "", now) == re.sub(r"X|longer words", "", before) or instead in now


@given(texts())
def test_runs_and_parts_are_the_whole_text(said):
    assert "".join(run.text for run in said.runs()) == said.text
    middle = len(said.text) // 2
    first, second = said.part(0, middle), said.part(middle, len(said.text))
    assert first.text + second.text == said.text
    marked_letters = sum(mark.end - mark.start for mark in said.marks)
    assert sum(mark.end - mark.start for mark in (*first.marks, *second.marks)) == marked_letters


@given(texts())
def test_a_form_gives_its_marks_back(said):
    form = {"text": "First", "thread": [said.text], "marks": as_data([Marked("First"), said])}
    assert of_form(form, 1) == said
    assert of_form(form) == Marked("First")


def test_flat_words_have_every_address_and_say_what_is_quoted():
    said = marked("See our page, bold\nThey said", ("link", 4, 12, URL), ("bold", 14, 18), ("quote", 19, 28))
    assert said.flat() == Marked(f"See our page ({URL}), bold\n“They said”")
    assert said.flat(LINKS) == Marked("See our page, bold\n“They said”", (Mark(Kind.LINK, 4, 12, URL),))


def test_a_thread_is_cut_with_its_marks():
    said = marked("One two three four five six", ("link", 8, 18, URL))
    parts = split_marked(said, len, 18)
    assert [part.text for part in parts] == ["One two three 1/2", "four five six 2/2"]
    assert [part.marks for part in parts] == [(Mark(Kind.LINK, 8, 13, URL),), (Mark(Kind.LINK, 0, 4, URL),)]


def test_html_escapes_words_and_addresses_alike():
    said = marked('<b> & "x" <i>', ("bold", 0, 3), ("link", 4, 5, 'https://acme.example/?a="><script>'))
    html = as_html(said)
    assert "<strong>&lt;b&gt;</strong>" in html
    assert "<script>" not in html
    assert html.count("<a ") == 1


def test_html_has_lists_quotes_and_code_with_blank_lines():
    text = "Words\n• one\n• two\n3. three\nquoted\nall of it\n\na\n\n<b>\nEnd https://acme.example"
    said = marked(text, ("quote", 27, 43), ("block", 45, 51))
    assert as_html(said) == (
        '<p>Words</p><ul><li>one</li><li>two</li></ul><ol start="3"><li>three</li></ol>'
        "<blockquote><p>quoted<br>all of it</p></blockquote><pre><code>a&#10;&#10;&lt;b&gt;</code></pre>"
        '<p>End <a href="https://acme.example" rel="noopener noreferrer nofollow">https://acme.example</a></p>'
    )


@pytest.mark.parametrize("kind", ["bold", "italic", "code", "block", "quote"])
def test_an_empty_mark_is_none(kind):
    assert marked("abc", (kind, 1, 2)).changed([(1, 2, "")]).marks == ()
