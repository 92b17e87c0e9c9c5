"""The columns of a CSV file, told by its beginning, and all of one."""

import pytest

from corpblog.policy.csv_columns import LONGEST_HEAD, SHOWN_TERMS, column_of, columns_in_head
from corpblog.policy.errors import BadDictionary

TABLE = "id;Nom du projet;Propriétaire\n1;Falcon;Irene\n2;Opération  Sirocco;Omar\n3;Falcon;\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_each_column_says_its_title_and_how_it_begins(encoding: str) -> None:
    found = columns_in_head(TABLE.encode(encoding))
    assert [(each.key, each.title, each.terms) for each in found] == [
        ("id", "id", ("1", "2", "3")),
        ("nom du projet", "Nom du projet", ("Falcon", "Opération Sirocco")),
        ("propriétaire", "Propriétaire", ("Irene", "Omar")),
    ]


def test_whatever_is_offered_can_be_taken() -> None:
    text = 'Name ,"City, state",,NAME,empty\nAnn,"Lyon, Rhône",x,Bob,\n'
    found = columns_in_head(text.encode())
    # A second column of the same title, and one without any, could not be told from the others.
    assert [each.key for each in found] == ["name", "city, state", "empty"]
    assert [column_of(text, each.key) for each in found] == ["Ann", "Lyon, Rhône", ""]
    assert found[2].terms == ()


def test_a_beginning_that_is_cut_in_a_word_or_a_letter_shows_no_half_of_it() -> None:
    rows = "".join(f"{number},é{'é' * 40}{number}\n" for number in range(2_000))
    raw = ("id,name\n" + rows).encode()
    for length in (LONGEST_HEAD, LONGEST_HEAD + 1):
        names = columns_in_head(raw[:length])[1].terms
        assert len(names) == SHOWN_TERMS
        assert all(name.startswith("éé") for name in names)
    cut = b"id,name\n" + b"1," + b"a" * (LONGEST_HEAD - 13) + "é".encode() + b",x"
    assert [each.terms for each in columns_in_head(cut[:LONGEST_HEAD])] == [(), ()]


@pytest.mark.parametrize("raw", [b"", b"\n", b"\xef\xbb\xbf"])
def test_an_empty_file_has_no_columns(raw: bytes) -> None:
    assert columns_in_head(raw) == []


@pytest.mark.parametrize(
    "raw", ["id;propriété\n".encode("latin-1"), b"\xff\xfe\x00\xd8\x00\x00", b"PK\x03\x04\xff\xfe"]
)
def test_what_is_no_text_says_how_to_save_it(raw: bytes) -> None:
    with pytest.raises(BadDictionary, match="Save it as “CSV UTF-8”"):
        columns_in_head(raw)


def test_a_quotation_mark_that_is_not_closed_is_named_by_its_line() -> None:
    text = 'id,name\n1,Falcon\n2,"Kestrel\n' + "3,a bird of a long name\n" * 10_000
    with pytest.raises(BadDictionary, match=r"Line \d+ cannot be read as CSV. Look for a quotation mark"):
        column_of(text, "name")
