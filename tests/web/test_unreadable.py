"""What cannot be read is answered in words, never with a 500."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("charset", ["hex", "zip", "rot13", "no-such-codec", "utf-7"])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"text=hello"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhello\r\n--x--\r\n',
        ),
    ],
)
def test_a_form_that_names_an_odd_codec_is_no_server_error(alice, browser_of, charset, kind, body):
    answer = browser_of(alice).generic("POST", "/verdict/", body, content_type=f"{kind}; charset={charset}")
    assert answer.status_code in {200, 400, 422}


def test_too_many_fields_are_answered_in_words(alice, browser_of):
    answer = browser_of(alice).post("/posts/", {f"field{number}": "x" for number in range(500)})
    assert answer.status_code == 400
    assert b"shorten it" in answer.content


def test_a_body_beyond_the_limit_is_answered_in_words(alice, browser_of):
    answer = browser_of(alice).post("/posts/", {"text": "x" * 2_000_000})
    assert answer.status_code == 400
    assert b"shorten it" in answer.content


@pytest.mark.parametrize("address", ["/drafts/", "/messages/"])
def test_opening_an_address_of_forms_says_so_instead_of_an_empty_page(alice, browser_of, address):
    answer = browser_of(alice).get(address, headers={"accept-language": "fr"})
    assert answer.status_code == 405
    assert "POST" in answer["Allow"]
    assert "Cette adresse ne prend que ce qu’une page de Corpblog lui envoie." in answer.content.decode()
    told = browser_of(alice).get(address, headers={"x-requested-with": "fetch"})
    assert told.status_code == 405
    assert told.json()["message"]
