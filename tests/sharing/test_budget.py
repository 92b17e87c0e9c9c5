"""What rides on a clearance, and what goes to the queue: typical re-voicings, harmful ones, and properties of all."""

import itertools
import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from corpblog.policy.engine.folding import fold
from corpblog.sharing.budget import LEAST, MOST, RATE, Kind, reckon
from corpblog.sharing.common_words import NEGATIONS, NUMBERS, SMALL

LYON = (
    "We open an office in Lyon next spring, with room for 40 people from engineering and support. "
    "See https://acme.example/lyon"
)
PRIZE = "Our relay station won the Green Signal prize in Geneva today. Thank you to all 12 teams who built it."
FRENCH = "Nous ouvrons un bureau à Lyon au printemps, avec de la place pour 40 personnes de l’ingénierie. #Lyon"
NOT = "We do not sell data of our customers, and we never did. What Acme keeps is theirs, and Globex knows it too."

# Written for this test; the rate was raised from 0.3 to a third when one of the typical ones did not fit (ADR 44).
TYPICAL = [
    (LYON, LYON),
    (LYON, f"Proud to say it: {LYON}"),
    (LYON, LYON.replace("We open", "My company opens")),
    (LYON, LYON.replace("We open an office", "Great news, we open an office")),
    (LYON, LYON.replace("people from engineering and support", "colleagues")),
    (LYON, LYON.replace("spring,", "spring 🎉").replace("See", "Have a look:")),
    (LYON, LYON.replace(" next spring,", ",")),
    (LYON, f"{LYON} – Happy to be part of it!"),
    (LYON, LYON.replace("office", "Office")),
    (PRIZE, PRIZE.replace("Our relay station", "So happy: our relay station")),
    (PRIZE, PRIZE.replace("Thank you to", "Bravo to")),
    (PRIZE, PRIZE.replace(" today", "")),
    (FRENCH, f"Très fière : {FRENCH[0].lower()}{FRENCH[1:]}"),
    (FRENCH, FRENCH.replace("Nous ouvrons", "Mon entreprise ouvre")),
    (FRENCH, FRENCH.replace("l’ingénierie", "l'ingénierie")),
    (FRENCH, FRENCH.replace("à Lyon", "à Lyon (quelle joie)")),
]
HARMFUL = [
    (LYON, LYON.replace("Lyon next", "Nantes next"), Kind.NAME),
    (LYON, LYON.replace("office", "Falcon office"), Kind.NAME),
    (LYON, LYON.replace("support", "support, led by moreau"), Kind.NAME),
    (LYON, LYON.replace("support", "support with Will"), Kind.NAME),
    (LYON, LYON.replace("support", "東京"), Kind.NAME),
    (LYON, LYON.replace("40", "400"), Kind.NUMBER),
    (LYON, LYON.replace("40", "40 %"), Kind.NUMBER),
    (LYON, LYON.replace("40", "forty"), Kind.NUMBER),
    (LYON, LYON.replace("next spring", "in march"), Kind.NUMBER),
    (LYON, LYON.replace("40", "④⓪0"), Kind.NUMBER),
    (LYON, LYON.replace("acme.example/lyon", "evil.example/lyon"), Kind.LINK),
    (LYON, f"{LYON} evil.example", Kind.LINK),
    (LYON, LYON.replace("support", "support @rival"), Kind.MENTION),
    (LYON, LYON.replace("support", "support (bob@acme.example)"), Kind.LINK),
    (LYON, f"{LYON} #boycott", Kind.TAG),
    (LYON, LYON.replace("support", "sup\u200bport"), Kind.HIDDEN),
    (LYON, LYON.replace("support", "su\u0338pport"), Kind.HIDDEN),
    (LYON, LYON.replace("support", "a" * 31), Kind.LONG),
    (LYON, LYON.replace("We open", "We do not open"), Kind.NEGATION),
    (LYON, LYON.replace("We open", "We don’t open"), Kind.NEGATION),
    (FRENCH, FRENCH.replace("Nous ouvrons", "Nous n’ouvrons pas"), Kind.NEGATION),
    (FRENCH, FRENCH.replace("au printemps", "en mai"), Kind.NUMBER),
    (NOT, NOT.replace("do not sell", "do sell"), Kind.NEGATION),
    (NOT, NOT.replace("What Acme", "What Globex").replace("and Globex", "and Acme"), Kind.ORDER),
    (LYON, "Come and see where colleagues of mine will sit next year, I like it a lot. Really!", Kind.WORDS),
    ("We are hiring", "Nobody should apply here", Kind.WORDS),
]
# Somebody of these names works here.
DIRECTORY = frozenset({"moreau", "will", "my", "we"})


def in_directory(words):
    return DIRECTORY & set(words)


def kinds(cleared, words, tags=()):
    return {each.kind for each in reckon(cleared, words, names=in_directory, tags=tags).objections}


@pytest.mark.parametrize(("cleared", "words"), TYPICAL)
def test_what_colleagues_usually_write_rides_on_the_clearance(cleared, words):
    assert kinds(cleared, words) == set()


@pytest.mark.parametrize(("cleared", "words", "kind"), HARMFUL)
def test_what_says_something_else_goes_to_the_queue(cleared, words, kind):
    assert kind in kinds(cleared, words)


def test_an_objection_says_where():
    words = LYON.replace("Lyon next", "Nаntes next").replace("40", "400")
    found = reckon(LYON, words, names=in_directory)
    assert [(each.kind, words[each.start : each.end]) for each in found.objections] == [
        (Kind.NAME, "Nаntes"),
        (Kind.NUMBER, "400"),
    ]
    assert found.changed == 2


def test_how_employees_say_that_they_are_is_welcome_in_any_case():
    assert kinds(LYON, f"{LYON} #Employee", tags=["employee"]) == set()
    assert kinds(LYON, f"{LYON} #Employee") == {Kind.TAG}


def test_a_name_of_the_cleared_text_may_be_left_out_and_not_said_twice():
    assert kinds(PRIZE, PRIZE.replace(" in Geneva", "")) == set()
    assert Kind.ORDER in kinds(PRIZE, PRIZE.replace("who built it", "who came to Geneva"))


# Properties -----------------------------------------------------------------------------------------------------------

WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=10).filter(
    lambda word: word not in NEGATIONS | NUMBERS | DIRECTORY
)
TEXTS = st.lists(WORDS, min_size=10, max_size=60)
PLACES = st.integers(0, 10)
LOOK_ALIKES = str.maketrans("aceopxy", "асеорху")


def put_in(words, place, word):
    return " ".join([*words[:place], word, *words[place:]])


@given(st.text(max_size=300))
def test_the_cleared_text_itself_always_fits(text):
    found = reckon(text, text, names=set)
    assert found.fits
    assert found.changed == 0


@given(TEXTS, PLACES, st.characters(categories=["Cf"]))
def test_what_shows_nothing_is_noticed_and_makes_no_other_word(words, place, sign):
    text = " ".join(words)
    hidden = f"{text[: place + 1]}{sign}{text[place + 1 :]}"
    found = reckon(text, hidden, names=in_directory)
    assert Kind.HIDDEN in {each.kind for each in found.objections}


@given(TEXTS)
def test_look_alike_letters_make_no_other_word_and_hide_none(words):
    text = " ".join(words)
    assert reckon(text, text.translate(LOOK_ALIKES), names=in_directory).changed == 0
    assert Kind.NAME in kinds(text, put_in(words, 5, "Moreau".translate(LOOK_ALIKES)))


@given(TEXTS, PLACES, WORDS)
def test_no_new_capital_gets_in_wherever_it_stands(words, place, word):
    assume(fold(word) not in SMALL and word not in words)
    for capital in (word.title(), word.upper(), f"{word[:2]}{word[2:].title()}"):
        assert Kind.NAME in kinds(" ".join(words), put_in(words, place, capital))


@given(TEXTS, PLACES, st.integers(0, 10**9))
def test_no_new_number_gets_in_wherever_it_stands(words, place, number):
    assert Kind.NUMBER in kinds(" ".join(words), put_in(words, place, str(number)))


@given(TEXTS, PLACES, WORDS, st.sampled_from(["https://{}.example", "@{}", "#{}", "{}.io/x", "www.{}.org"]))
def test_no_new_link_mention_or_hashtag_gets_in(words, place, word, shape):
    assert kinds(" ".join(words), put_in(words, place, shape.format(word))) & {Kind.LINK, Kind.MENTION, Kind.TAG}


@settings(max_examples=200)
@given(TEXTS, st.integers(0, 25), st.randoms(use_true_random=False))
def test_as_many_words_as_allowed_may_change_and_not_one_more(words, edits, chance):
    text, fresh = list(words), (f"zz{''.join(pair)}" for pair in itertools.product("bcdfgh", repeat=3))
    for _edit in range(edits):
        _change(text, next(fresh), chance)
    found = reckon(" ".join(words), " ".join(text), names=in_directory)
    allowed = min(max(LEAST, int(RATE * len(words))), int(MOST * len(words)))
    assert found.allowed == allowed
    assert found.changed <= edits
    assert found.fits == (found.changed <= allowed)
    # Every word that the text had not was put there by somebody.
    assert not found.fits or found.changed >= sum(word not in words for word in text)


def _change(text: list[str], word: str, chance: random.Random) -> None:
    place = chance.randrange(len(text))
    if chance.random() < 0.5:
        text.insert(place, word)
    else:
        text[place] = word
