# ruff: noqa: E501 - markup reads better on one line
"""Files as programs make them, with the words of a test in a place of the test's choice."""

import io
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

CANARY = "Project Falcon"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
D = 'xmlns:office="o" xmlns:text="t" xmlns:table="tb" xmlns:dc="dc" xmlns:draw="d" xmlns:svg="s"'
CORE = "<cp:coreProperties xmlns:cp='cp' xmlns:dc='dc'><dc:title>{}</dc:title></cp:coreProperties>"
# The run of a word is cut wherever somebody changed a letter.
CUT = "<w:p><w:r><w:t>{}</w:t></w:r><w:r><w:t>{}</w:t></w:r></w:p>"


def zipped(parts: Mapping[str, str | bytes], *, comment: bytes = b"", stored: bool = False) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        archive.comment = comment
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def docx(body: str = "<w:p><w:r><w:t>Minutes</w:t></w:r></w:p>", **parts: str | bytes) -> bytes:
    more = {
        name.replace("__", "/").replace("_xml", ".xml").replace("_rels", ".rels"): data for name, data in parts.items()
    }
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
            **more,
        }
    )


def paragraph(text: str) -> str:
    return CUT.format(text[:5], text[5:])


def xlsx(rows: str, *, strings: str = "", sheet: str = "Sheet1", state: str = "visible", **parts: str | bytes) -> bytes:
    more = {name.replace("__", "/").replace("_xml", ".xml"): data for name, data in parts.items()}
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.xml": f'<workbook {S}><sheets><sheet name="{sheet}" state="{state}"/></sheets></workbook>',
            "xl/sharedStrings.xml": f"<sst {S}>{strings}</sst>",
            "xl/worksheets/sheet1.xml": f"<worksheet {S}><sheetData>{rows}</sheetData></worksheet>",
            **more,
        }
    )


def pptx(text: str = "Plan", notes: str = "", alt: str = "") -> bytes:
    slide = f'<p:sld xmlns:p="p" {A}><p:cNvPr id="2" name="x" descr="{alt}"/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>'
    note = f'<p:notes xmlns:p="p" {A}><a:p><a:r><a:t>{notes}</a:t></a:r></a:p></p:notes>'
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "ppt/presentation.xml": '<p:presentation xmlns:p="p"/>',
            "ppt/slides/slide1.xml": slide,
            "ppt/notesSlides/notesSlide1.xml": note,
        }
    )


def odt(body: str = "", meta: str = "", kind: str = "text", **parts: str) -> bytes:
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {D}><text:p>{body}</text:p></office:document-content>",
            "meta.xml": f"<office:document-meta {D}><dc:title>{meta}</dc:title></office:document-meta>",
            **{name.replace("__", "/").replace("_xml", ".xml"): data for name, data in parts.items()},
        }
    )


def pdf(
    *pages: str, title: str = "", note: str = "", attached: tuple[str, bytes] | None = None, password: str = ""
) -> bytes:
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(300, 300)
        stream = DecodedStreamObject()
        stream.set_data(b"BT /F1 12 Tf 20 200 Td (" + text.encode() + b") Tj ET")
        page[NameObject("/Contents")] = writer._add_object(stream)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
    if title:
        writer.add_metadata({"/Title": TextStringObject(title)})
    if note:
        writer.add_annotation(0, FreeText(text=note, rect=(10, 10, 90, 40)))
    if attached:
        writer.add_attachment(*attached)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def picture(words: str = "", *, kind: str = "PNG", size: tuple[int, int] = (900, 160), **properties: str) -> bytes:
    """Return a picture of these words. properties: `description` (EXIF), `comment` (PNG text)."""
    image = Image.new("RGB", size, "white")
    if words:
        ImageDraw.Draw(image).text((30, 40), words, fill="black", font=ImageFont.load_default(64))
    options: dict[str, object] = {}
    if "description" in properties:
        exif = Image.Exif()
        exif[0x010E] = properties["description"]
        options["exif"] = exif
    if "comment" in properties:
        text = PngInfo()
        text.add_itxt("Comment", properties["comment"])
        options["pnginfo"] = text
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def mail(
    body: str = "Hello", *, subject: str = "News", html: str = "", attached: tuple[str, bytes] | None = None
) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ann@acme.example", "ben@acme.example", subject
    message.set_content(body)
    if html:
        message.add_alternative(html, subtype="html")
    if attached:
        name, data = attached
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()
