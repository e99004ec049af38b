"""Reads HTML by lxml: blocks as lines, table cells side by side, nothing that is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree, html

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract.archive import check_elements
from ingestion.extract.assemble import STYLE_BREAK, Row, build_document, check_length
from ingestion.extract.hidden import with_hidden
from ingestion.extract.html_visibility import take_out_hidden
from ingestion.extract.txt import decode
from ingestion.values import Document

_SKIP = {
    "script",
    "style",
    "head",
    "noscript",
    "template",
    "svg",
    "title",
    "meta",
    "link",
    "select",
    "button",
    "iframe",
    "nav",
}
_INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd",
    "label", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
}  # fmt: skip
_STRONG = {"b", "strong", "th"}
_WITHIN_WORDS = {"b", "bdi", "del", "em", "font", "i", "ins", "s", "strong", "sub", "sup", "u", "wbr"}
_CHARSET = re.compile(rb"(?i)<meta[^>]{1,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})")
_MAX_DEPTH = 200


def read_html(content: bytes) -> Document:
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(_text(content).replace("\x00", " ").encode(), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableDocument("The HTML is damaged or incomplete. Please save it anew and upload that.") from error
    check_elements(root)
    hidden = take_out_hidden(root)
    document = build_document(_Walk().rows(root), format="html")
    if not document.text:
        raise UnreadableDocument("The HTML has no text.")
    return with_hidden(document, hidden)


def _text(content: bytes) -> str:
    """The page by the character set that it names, where its bytes are not those of Unicode."""
    named = _CHARSET.search(content[:2048])
    if not named or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decode(content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode(named[1].decode("ascii"), "replace")
    except LookupError:
        return decode(content)


class _Walk:
    """Goes through the tree once and closes a line wherever a block begins or ends."""

    def __init__(self) -> None:
        self.row = Row("")
        self.block = 0

    def rows(self, root: html.HtmlElement) -> Iterator[Row]:
        yield from self._element(root, Row(""), 0)
        yield self._close(Row(""))

    def _element(self, node: html.HtmlElement, style: Row, depth: int) -> Iterator[Row]:
        tag = node.tag if isinstance(node.tag, str) else ""
        if tag.lower() in _SKIP or depth > _MAX_DEPTH:
            return
        style = self._styled(tag, style)
        if tag == "li":  # an item that holds blocks is an entry, not a line with a mark
            style.bullet = all(child.tag in _INLINE for child in node)
        if tag == "br" or not self._stays_on_line(node, tag):
            yield self._close(style)
        elif tag not in ("wbr", "td", "th"):
            self._border(tag)
        if tag == "a" and (node.get("href") or "").startswith(("http", "mailto:", "tel:")):
            self.row.links.append(node.get("href"))
        self._add(node.text, style)
        for child in node:
            yield from self._element(child, style, depth + 1)
            self._add(child.tail, style)
        yield from self._end(node, tag, style)

    def _end(self, node: html.HtmlElement, tag: str, style: Row) -> Iterator[Row]:
        if tag in ("td", "th", "dt"):
            self.row.text += "\t"
        elif tag in _INLINE:
            self._border(tag)
        else:
            self.block += tag not in ("li", "tr", "body", "html")
            yield self._close(Row(""))

    def _border(self, tag: str) -> None:
        """Boxes such as span are mostly set apart by the style sheet, so their words must not run together."""
        check_length(len(self.row.text))
        self.row.text += STYLE_BREAK if tag in _WITHIN_WORDS else f" {STYLE_BREAK}"

    @staticmethod
    def _stays_on_line(node: html.HtmlElement, tag: str) -> bool:
        return tag in _INLINE or tag in ("td", "th", "dd")

    @staticmethod
    def _styled(tag: str, style: Row) -> Row:
        level = int(tag[1]) if re.fullmatch(r"h[1-6]", tag) else style.level
        return Row("", level=level, bold=style.bold or tag in _STRONG or bool(level), bullet=style.bullet)

    def _add(self, text: str | None, style: Row) -> None:
        if not text:
            return
        if not self.row.text.strip(STYLE_BREAK + " \t\n"):
            self.row.level, self.row.bold, self.row.bullet = style.level, style.bold, style.bullet
        check_length(len(self.row.text))
        self.row.text += re.sub(r"\s+", " ", text)

    def _close(self, style: Row) -> Row:
        row, self.row = self.row, Row("", block=self.block)
        row.text = row.text.strip()
        return row
