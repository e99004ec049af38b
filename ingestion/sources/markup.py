"""HTML and XML of other people as trees: of bounded size, without entities of their own and without the network."""

from __future__ import annotations

import codecs
import html
import html.entities
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from lxml import etree
from lxml import html as lxml_html

from cvmatch.core.errors import InvalidInput
from cvmatch.core.text import squeeze

# Pages of careers sites are under 1 MB; the feeds of the largest employers are some 50 MB.
MAX_HTML_BYTES = 5_000_000
MAX_XML_BYTES = 60_000_000
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,40})""", re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml[^>]{0,200}\?>")
_AMPERSAND = re.compile(r"<!\[CDATA\[.*?\]\]>|&(?:(#\d{1,7}|#x[0-9a-fA-F]{1,6}|\w{1,32});)?", re.DOTALL)
_XML_ENTITIES = ("amp", "lt", "gt", "quot", "apos")
# Neither XML 1.0 nor PostgreSQL can hold these.
_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])


def html_tree(content: bytes) -> Any:
    """The root element of a page, however broken it is. Raises InvalidInput for what has no element at all."""
    if len(content) > MAX_HTML_BYTES:
        raise InvalidInput(f"The page has over {MAX_HTML_BYTES // 1_000_000} MB; that is no job advertisement.")
    text = _decoded(content).translate(_CONTROL)
    parser = lxml_html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise InvalidInput("The page is not HTML.") from error


def xml_tree(content: bytes) -> Any:
    """The root element of an XML document. Raises InvalidInput when it is none, or one with entities of its own.

    Stray ampersands, the entities of HTML and control characters are mended; a document that was cut off is refused,
    since its missing rows would count as closed.
    """
    if len(content) > MAX_XML_BYTES:
        raise InvalidInput(f"The XML has over {MAX_XML_BYTES // 1_000_000} MB.")
    try:
        root = _parsed(content.lstrip())
    except etree.LxmlError:
        root = _parsed_mended(content)
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise InvalidInput("XML with entities of its own is not read.")
    return root


def _parsed_mended(content: bytes) -> Any:
    text = _DECLARATION.sub("", _decoded(content).translate(_CONTROL).lstrip(), count=1)
    try:
        return _parsed(_AMPERSAND.sub(_mended_entity, text).encode("utf-8", "replace"))
    except (etree.LxmlError, ValueError) as error:
        raise InvalidInput(f"This is not XML: {error}.") from error


def _parsed(content: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(content, parser=parser)


def _mended_entity(match: re.Match[str]) -> str:
    """&nbsp; as its character, & alone as &amp;; what stands in a CDATA section is as it should be."""
    if match[0].startswith("<!"):
        return match[0]
    name = match[1] or ""
    if name in _XML_ENTITIES or name.startswith("#"):
        return match[0]
    return _escaped(html.unescape(match[0])) if f"{name};" in html.entities.html5 else f"&amp;{match[0][1:]}"


def is_html(content: bytes) -> bool:
    """Whether a document is a page rather than XML that is not for showing."""
    start = content[:2000].lower()
    return b"<html" in start or b"<!doctype html" in start


def absolute(base: str, link: str) -> str:
    """The link seen from the page at ``base``; empty when one of them is no address, such as http://[."""
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return ""


def local_name(element: Any) -> str:
    """The name of an XML element in lower case without its namespace."""
    return str(element.tag).rpartition("}")[2].lower()


def text_of(element: Any) -> str:
    """All the text within an element on one line; empty for None."""
    return "" if element is None else squeeze("".join(element.itertext()))


def inner_html(element: Any) -> str:
    """What stands between the tags of an HTML element, as HTML."""
    parts = [lxml_html.tostring(child, encoding="unicode") for child in element]
    return (_escaped(element.text or "") + "".join(parts)).strip()


def with_class(root: Any, name: str) -> Iterator[Any]:
    """The elements that have a class, in the order of the page."""
    for element in root.iter(etree.Element):
        if name in (element.get("class") or "").split():
            yield element


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _decoded(content: bytes) -> str:
    """The text of a page: by its byte order mark, by what it says, as UTF-8, as what old Windows servers send."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    said = _CHARSET.search(content[:4096])
    for name in ("utf-8-sig", said[1].decode("ascii") if said else ""):
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return content.decode("cp1252", "replace")
