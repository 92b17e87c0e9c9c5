# ruff: noqa: E501 - a table reads better whole
"""A canary in every kind of file and in every place that a reader would not look at."""

import pytest

from corpblog.policy.extraction import read_file
from corpblog.policy.extraction.kinds import name_lies
from corpblog.policy.extraction.work import extract
from tests.policy.extraction.files import (
    CANARY,
    CORE,
    A,
    D,
    S,
    W,
    docx,
    mail,
    odt,
    paragraph,
    pdf,
    picture,
    pptx,
    xlsx,
    zipped,
)

COMMENT = f"<w:comments {W}><w:comment w:author='ann'>{paragraph(CANARY)}</w:comment></w:comments>"
ROW = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
STRINGS = "<si><r><t>Pro</t></r><r><t>ject</t></r></si><si><t>Falcon</t></si>"

# What a person would call it: the file's name and its bytes.
PLAIN = {
    "plain text": ("notes.txt", f"About {CANARY}".encode()),
    "plain text, UTF-16": ("notes.txt", f"About {CANARY}".encode("utf-16")),
    "CSV": ("list.csv", f"name;owner\n{CANARY};ann\n".encode("cp1252")),
    "HTML": ("page.html", b"<!doctype html><p>Pro<b>ject</b> Falcon</p>"),
    "RTF": ("letter.rtf", rb"{\rtf1\ansi\ansicpg1252 About Pro{\b ject} \u70?alcon\par}"),
    "DOCX": ("minutes.docx", docx(paragraph(CANARY))),
    "XLSX": ("list.xlsx", xlsx(ROW, strings=STRINGS)),
    "PPTX": ("plan.pptx", pptx(CANARY)),
    "ODT": ("minutes.odt", odt("Project<text:s/> <text:span>Fal</text:span>con")),
    "PDF": ("plan.pdf", pdf("Nothing here", CANARY)),
    "e-mail": ("mail.eml", mail(f"About {CANARY}")),
    "ZIP": ("all.zip", zipped({"a/notes.txt": f"About {CANARY}"})),
}
HIDDEN = {
    "properties of a DOCX": ("a.docx", docx(docProps__core_xml=CORE.format(CANARY))),
    "comment of a DOCX": ("a.docx", docx(word__comments_xml=COMMENT)),
    "header of a DOCX": ("a.docx", docx(word__header1_xml=f"<w:hdr {W}>{paragraph(CANARY)}</w:hdr>")),
    "deleted words of a DOCX": ("a.docx", docx(f"<w:p><w:del><w:r><w:delText>{CANARY}</w:delText></w:r></w:del></w:p>")),
    "alt text in a DOCX": ("a.docx", docx(f'<w:p><wp:docPr xmlns:wp="wp" id="1" descr="{CANARY}"/></w:p>')),
    "link of a DOCX": ("a.docx", docx(word___rels__document_xml_rels=f'<R xmlns="r"><S Target="https://x/?q={CANARY}"/></R>')),
    "table in a DOCX": ("a.docx", docx(word__embeddings__t_xlsx=xlsx(ROW, strings=STRINGS))),
    "hidden sheet": ("a.xlsx", xlsx(ROW, strings=STRINGS, state="veryHidden")),
    "name of a sheet": ("a.xlsx", xlsx("", sheet=CANARY)),
    "comment of a cell": ("a.xlsx", xlsx("", xl__comments1_xml=f"<comments {S}><comment><t>{CANARY}</t></comment></comments>")),
    "formula": ("a.xlsx", xlsx(f'<row><c><f>"{CANARY}"</f><v>1</v></c></row>')),
    "text in the cell": ("a.xlsx", xlsx(f'<row><c t="inlineStr"><is><t>{CANARY}</t></is></c></row>')),
    "speaker's notes": ("a.pptx", pptx(notes=CANARY)),
    "alt text in a PPTX": ("a.pptx", pptx(alt=CANARY)),
    "text of a diagram": ("a.pptx", zipped({"[Content_Types].xml": "<T/>", "ppt/diagrams/data1.xml": f"<d {A}><a:t>{CANARY}</a:t></d>"})),
    "properties of an ODT": ("a.odt", odt(meta=CANARY)),
    "title of a picture in an ODT": ("a.odt", odt(f"<svg:title>{CANARY}</svg:title>")),
    "styles of an ODT": ("a.odt", odt(styles_xml=f"<office:styles {D}><text:p>{CANARY}</text:p></office:styles>")),
    "properties of a PDF": ("a.pdf", pdf("Plan", title=CANARY)),
    "note in a PDF": ("a.pdf", pdf("Plan", note=CANARY)),
    "file in a PDF": ("a.pdf", pdf("Plan", attached=("n.txt", CANARY.encode()))),
    "name of a file in a PDF": ("a.pdf", pdf("Plan", attached=(f"{CANARY}.txt", b"nothing"))),
    "comment in HTML": ("a.html", f"<!doctype html><!-- {CANARY} --><p>x</p>".encode()),
    "attribute in HTML": ("a.html", f'<!doctype html><p><img alt="{CANARY}"></p>'.encode()),
    "script in HTML": ("a.html", f"<!doctype html><script>var x = '{CANARY}'</script>".encode()),
    "properties of an RTF": ("a.rtf", rb"{\rtf1{\info{\title Project Falcon}}Hello\par}"),
    "hidden words of an RTF": ("a.rtf", rb"{\rtf1 Hello {\v Project \'46alcon}\par}"),
    "subject of an e-mail": ("a.eml", mail(subject=CANARY)),
    "HTML of an e-mail": ("a.eml", mail(html=f"<p>{CANARY}</p>")),
    "file of an e-mail": ("a.eml", mail(attached=("a.docx", docx(paragraph(CANARY))))),
    "name of a file of an e-mail": ("a.eml", mail(attached=(f"{CANARY}.txt", b"nothing"))),
    "name in a ZIP": ("a.zip", zipped({f"{CANARY}.txt": "nothing"})),
    "comment of a ZIP": ("a.zip", zipped({"a.txt": "nothing"}, comment=CANARY.encode())),
    "PDF in a ZIP": ("a.zip", zipped({"a.pdf": pdf(CANARY)}, stored=True)),
    "SVG": ("a.svg", f'<svg xmlns="http://www.w3.org/2000/svg"><text>{CANARY}</text></svg>'.encode()),
    "EXIF of a picture in a ZIP": ("a.zip", zipped({"a.jpg": picture(kind="JPEG", size=(16, 16), description=CANARY)})),
    "text of a PNG in a ZIP": ("a.zip", zipped({"a.png": picture(size=(16, 16), comment=CANARY)})),
}  # fmt: skip


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.gate("G24")
@pytest.mark.parametrize("case", PLAIN)
def test_the_words_of_each_kind_of_file_are_read_by_the_child(case: str) -> None:
    name, data = PLAIN[case]
    found = read_file(data, name)
    assert CANARY in flat(found.text)
    assert found.reasons == ()


@pytest.mark.gate("G24")
@pytest.mark.parametrize("case", HIDDEN)
def test_words_that_hide_in_a_file_are_read(case: str) -> None:
    name, data = HIDDEN[case]
    found = extract(data, name)
    assert CANARY in flat(found.text)
    assert found.reasons == ()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_words_in_a_picture_are_read_or_the_picture_is_not_called_clean(kind: str, has_tesseract: bool) -> None:
    found = read_file(picture(CANARY, kind=kind), f"a.{kind.lower()}")
    if has_tesseract:
        assert CANARY in flat(found.text)
        assert found.reasons == ()
    else:
        assert found.reasons == ("no_ocr",)


@pytest.mark.gate("G24")
def test_without_tesseract_a_picture_is_not_called_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert read_file(picture(CANARY), "a.png").reasons == ("no_ocr",)


def test_a_scanned_page_is_read_like_a_picture(has_tesseract: bool) -> None:
    found = extract(picture(CANARY, kind="PDF"), "scan.pdf")
    assert (CANARY in flat(found.text), found.reasons) == ((True, ()) if has_tesseract else (False, ("no_ocr",)))


def test_cells_of_a_row_stand_side_by_side_and_long_numbers_are_whole() -> None:
    data = xlsx('<row><c t="s"><v>0</v></c><c><v>4.111111111111111E15</v></c></row>', strings="<si><t>Dupont</t></si>")
    assert "Dupont 4111111111111111" in flat(extract(data, "a.xlsx").text)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.txt", b"hello", "text/plain"),
        ("a.csv", b"a;b", "text/csv"),
        ("a", b"%PDF-1.7", "application/pdf"),
        ("a", b"\x00\x01\x02", "application/octet-stream"),
        ("a", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("a", b"\x00\x00\x00\x20ftypisom", "video/mp4"),
        ("a", b'<?xml version="1.0"?><svg xmlns="s"/>', "image/svg+xml"),
        ("a", b"  <HTML><p>x", "text/html"),
        ("a", b"Subject: x\nFrom: y\n\nz", "message/rfc822"),
        ("a", zipped({"a.pdf": b"%PDF-1.7"}, stored=True), "application/zip"),
        ("a", docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_a_kind_is_told_by_the_content(name: str, data: bytes, kind: str) -> None:
    assert extract(data, name).kind == kind


@pytest.mark.parametrize(
    ("name", "data", "lies"),
    [
        ("a.pdf", zipped({"a.txt": CANARY}), True),
        ("a.png", b"<!doctype html><p>x", True),
        ("a.txt", b"\x89PNG\r\n\x1a\n", True),
        ("A.PDF ", b"%PDF-1.7", False),
        ("a.docx", docx(), False),
        ("notes", b"words", False),
        ("a.md", b"words", False),
    ],
)
def test_a_name_that_promises_another_kind_is_noticed(name: str, data: bytes, lies: bool) -> None:
    assert name_lies(name, extract(data, name).kind) is lies
