"""A word list that follows an address: tried first, and of a CSV file the column is chosen from those it has."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client

from corpblog.people.models import Person
from corpblog.policy import services
from corpblog.policy.models import DictionaryText, PolicyVersion
from tests.servers.lists import Lists, serving_lists

pytestmark = pytest.mark.django_db
TABLE = "Code;Name;Empty\n1;Falcon;\n2;Projet Mistral;\n"


@pytest.fixture
def lists(settings: Any) -> Iterator[Lists]:
    with serving_lists(settings) as server:
        server.text, server.kind = TABLE, "text/csv"
        yield server


@pytest.fixture
def draft(irene: Person) -> PolicyVersion:
    return services.create_draft(by=irene)


@pytest.fixture
def send(draft: PolicyVersion, irene: Person, browser_of: Callable[[Person], Client]) -> Callable[..., Any]:
    client = browser_of(irene)

    def to(place: str, *, part: bool = False, **fields: str) -> Any:
        sent = {"edit": draft.edit, "list": "names.txt", "kind": "address"} | fields
        headers = {"HX-Request": "true"} if part else {}
        return client.post(f"/policies/{draft.number}/lists/{place}/", sent, headers=headers, follow=True)

    return to


def text_of(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def columns_of(answer: Any) -> list[tuple[str, str]]:
    """The columns that may be chosen, with a sign at the one that is."""
    chosen = re.search(r'<select name="column".*?</select>', answer.content.decode(), re.DOTALL)
    found = re.findall(r'<option value="([^"]*)"( selected)?', chosen[0]) if chosen else []
    return [(key, is_set.strip()) for key, is_set in found]


@pytest.mark.parametrize("part", [True, False], ids=["by a script", "without a script"])
def test_trying_an_address_offers_its_columns_and_how_each_begins(
    lists: Lists, send: Callable[..., Any], part: bool
) -> None:
    answer = send("try", part=part, url=lists.url, list="", column=" NAME ")
    words = text_of(answer)
    assert answer.status_code == 200
    assert columns_of(answer) == [("", ""), ("code", ""), ("name", "selected"), ("empty", "")]
    assert "The server answers. Choose below which column has the terms." in words
    assert "Code 1 2 Name Falcon Projet Mistral Empty It is empty." in words
    assert f'value="{lists.url}"' in answer.content.decode()
    assert "This field is required" not in words
    assert ("<h1" in answer.content.decode()) is not part
    assert not DictionaryText.objects.exists()


def test_the_chosen_column_becomes_the_list(lists: Lists, send: Callable[..., Any]) -> None:
    assert "names.txt has 2 terms now." in text_of(send("keep-in-step", url=lists.url, column="name"))
    draft = PolicyVersion.objects.get()
    assert draft.sources["names.txt"] == {"kind": "address", "url": lists.url, "column": "name"}
    assert DictionaryText.objects.get().terms == "Falcon\nProjet Mistral"


@pytest.mark.parametrize(
    ("column", "told"), [("", "This file has several columns"), ("bird", "no column of that name")]
)
def test_following_a_table_without_its_column_offers_them(
    lists: Lists, send: Callable[..., Any], column: str, told: str
) -> None:
    answer = send("keep-in-step", url=lists.url, column=column)
    assert answer.status_code == 422
    assert re.search(rf'id="source-column-error">(<svg.*?</svg>)?[^<]*{told}', answer.content.decode())
    assert [key for key, _is_set in columns_of(answer)] == ["", "code", "name", "empty"]
    assert 'value="names.txt"' in answer.content.decode()


def test_a_plain_list_shows_how_it_begins_and_needs_no_column(lists: Lists, send: Callable[..., Any]) -> None:
    lists.text, lists.kind = "# Birds\nFalcon\nOsprey\n", "text/plain"
    answer = send("try", part=True, url=lists.url)
    assert "Every line is a term. It begins with Falcon Osprey" in text_of(answer)
    assert columns_of(answer) == []
    lists.text = "Falcon, the second\nOsprey\n"
    assert "None: every line is a term" in text_of(send("try", part=True, url=lists.url))


@pytest.mark.parametrize(
    ("status", "text", "told"),
    [
        (503, "", "The server does not answer."),
        (404, "", "The server has no such list."),
        (200, "<html><form>Sign in</form>", "What the server sends is a web page and no list."),
        (200, "a;b\n\udcff;1\n", "This file is not UTF-8 text."),
    ],
)
@pytest.mark.parametrize("place", ["try", "keep-in-step"])
def test_what_is_wrong_with_an_address_is_said_beside_it(
    lists: Lists, send: Callable[..., Any], place: str, status: int, text: str, told: str
) -> None:
    lists.status, lists.raw = status, text.encode("utf-8", "surrogateescape")
    answer = send(place, url=lists.url, column="b")
    assert answer.status_code == 422
    assert re.search(rf'id="source-url-error">(<svg.*?</svg>)?{told}', answer.content.decode())
    assert f'value="{lists.url}"' in answer.content.decode()
    assert 'name="column" value="b"' in answer.content.decode()


@pytest.mark.parametrize("url", ["", "lists.example", "https://127.0.0.1/names"])
def test_an_address_that_is_none_or_not_allowed_is_not_asked(lists: Lists, send: Callable[..., Any], url: str) -> None:
    answer = send("try", part=True, url=url)
    assert answer.status_code == 422
    assert 'id="source-url-error"' in answer.content.decode()
    assert lists.asked == 0
