"""The schema.org JobPosting objects that a web page carries as JSON-LD, microdata or RDFa."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ingestion.sources.markup import absolute, inner_html, text_of

# Beyond any sound page; what is deeper or more is left out, so that no page can keep a run busy or fill its memory.
MAX_DEPTH = 12
MAX_NODES = 50_000
MAX_POSTINGS = 500
MAX_REFERENCES = 2000
MAX_REFERENCED_CHARS = 10_000
_SCHEMA = re.compile(r"^(?:https?://(?:www\.)?schema\.org/|schema:)")
_TRAILING_COMMA = re.compile(r",(?=\s*[\]}])")
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)?[\s;]*$")
# Their value is a text with marks: paragraphs and lists are kept.
_PROSE = frozenset(
    "description responsibilities qualifications skills experienceRequirements educationRequirements jobBenefits benefits "
    "incentives incentiveCompensation workHours".split()
)
_ADDRESSES = {"a": "href", "area": "href", "link": "href", "img": "src", "iframe": "src", "object": "data"}


@dataclass(frozen=True)
class _Dialect:
    """How a way of marking elements names things: what opens an object, and what says which field an element is."""

    scope: str
    kind: str
    field: str


_MICRODATA = _Dialect(scope="itemscope", kind="itemtype", field="itemprop")
_RDFA = _Dialect(scope="typeof", kind="typeof", field="property")


def job_objects(root: Any, address: str = "") -> list[dict[str, Any]]:
    """The JobPosting objects of a page in its order, with absolute addresses; ``address`` is the page's own.

    Only those of the first way of marking that has any: many pages say the same posting in two.
    """
    base = absolute(address, next((link.get("href") for link in root.iter("base") if link.get("href")), ""))
    for found in (_json_ld(root), _Marked(_MICRODATA, base).objects(root), _Marked(_RDFA, base).objects(root)):
        objects = [with_absolute_url(row, base) for row in islice(found, MAX_POSTINGS)]
        if objects:
            return objects
    return []


def page_address(root: Any, address: str = "") -> str:
    """The address a page gives itself, or else the one it was asked under."""
    canonical = root.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
    return next((absolute(address, str(link)) for link in canonical if str(link).strip()), address)


def with_absolute_url(row: dict[str, Any], base: str) -> dict[str, Any]:
    url = row.get("url")
    return {**row, "url": absolute(base, url)} if isinstance(url, str) and url.strip() else row


# --- JSON-LD --------------------------------------------------------------------------------------------------------
def _json_ld(root: Any) -> Iterator[dict[str, Any]]:
    documents = [
        _loaded(script.text or "") for script in root.iter("script") if "ld+json" in (script.get("type") or "").lower()
    ]
    named = {name: node for node in _nodes(documents) if isinstance(name := node.get("@id"), str) and len(node) > 2}
    graph = _Graph({name: node for name, node in named.items() if len(json.dumps(node)) <= MAX_REFERENCED_CHARS})
    for node in _nodes(documents):
        if is_job_posting(node):
            yield graph.plain_object(node, depth=0)


def _loaded(text: str) -> Any:
    """What a script says; None where it is no JSON even without the marks and commas that templates leave behind."""
    for attempt in (text, _TRAILING_COMMA.sub("", _WRAPPING.sub("", text))):
        try:
            return json.loads(attempt, strict=False)  # templates leave line ends within texts
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within lists, @graph and other objects, in order; not those within a JobPosting."""
    waiting, seen = [value], 0
    while waiting and seen < MAX_NODES:
        node, seen = waiting.pop(), seen + 1
        if isinstance(node, dict):
            yield node
            waiting += [] if is_job_posting(node) else reversed(list(node.values()))
        elif isinstance(node, list):
            waiting += reversed(node)


def is_job_posting(node: Mapping[str, Any]) -> bool:
    """Whether an object says that it is a JobPosting, alone or among other types."""
    kind = node.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return any(isinstance(name, str) and _SCHEMA.sub("", name.strip()) == "JobPosting" for name in kinds)


@dataclass
class _Graph:
    """The objects of a page that others refer to by name."""

    named: Mapping[str, Mapping[str, Any]]
    references_left: int = MAX_REFERENCES

    def plain_object(self, node: Mapping[str, Any], depth: int) -> dict[str, Any]:
        """The object with what it refers to put in, and without the prefixes that JSON-LD allows for names."""
        return {_SCHEMA.sub("", key): self._plain(value, depth + 1) for key, value in node.items()}

    def _plain(self, value: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            return None
        if isinstance(value, list):
            return [self._plain(entry, depth + 1) for entry in value]
        if not isinstance(value, dict):
            return value
        if "@value" in value:
            return value["@value"]
        name = value.get("@id")
        if isinstance(name, str) and len(value) <= 2 and name in self.named and self.references_left > 0:
            self.references_left -= 1
            return _Graph({}).plain_object(self.named[name], depth)  # what it refers to itself is left as it is
        return self.plain_object(value, depth)


# --- Microdata and RDFa ---------------------------------------------------------------------------------------------
@dataclass
class _Marked:
    """Reads the objects that a page marks in one dialect; ``left`` elements more at most."""

    dialect: _Dialect
    base: str
    left: int = MAX_NODES

    def objects(self, root: Any) -> Iterator[dict[str, Any]]:
        by_id = {element.get("id"): element for element in root.iterfind(".//*[@id]")}
        for element in root.iterfind(f".//*[@{self.dialect.kind}]"):
            if self._says_job(element) and not any(self._says_job(outer) for outer in element.iterancestors()):
                # Microdata counts elements elsewhere on the page to an object by their ids.
                elsewhere = [by_id[name] for name in (element.get("itemref") or "").split() if name in by_id]
                yield self._object(element, elsewhere, depth=0)

    def _says_job(self, element: Any) -> bool:
        return "JobPosting" in self._kinds(element)

    def _kinds(self, element: Any) -> list[str]:
        return [_SCHEMA.sub("", name) for name in (element.get(self.dialect.kind) or "").split()]

    def _object(self, element: Any, elsewhere: list[Any], depth: int) -> dict[str, Any]:
        """The fields that the elements within one element say; several of one name become a list."""
        kinds = self._kinds(element)
        fields: dict[str, Any] = {"@type": kinds[0]} if kinds else {}
        for name, value in self._fields([*element, *elsewhere], depth):
            if value in ("", None, {}):
                continue
            if name in fields:
                before = fields[name] if isinstance(fields[name], list) else [fields[name]]
                fields[name] = [*before, value]
            else:
                fields[name] = value
        return fields

    def _fields(self, elements: list[Any], depth: int) -> Iterator[tuple[str, Any]]:
        """(name, value) of each field of an object, in order: not those of the objects within it."""
        waiting = [(element, False) for element in reversed(elements) if isinstance(element.tag, str)]
        while waiting and self.left > 0:
            self.left -= 1
            element, in_prose = waiting.pop()
            names = [_SCHEMA.sub("", name) for name in (element.get(self.dialect.field) or "").split()]
            inner = element.get(self.dialect.scope) is not None
            prose = bool(_PROSE.intersection(names)) and not inner
            if names and not (in_prose and prose):  # a section within the description stands there already
                value = self._value(element, depth, prose=prose, inner=inner)
                yield from ((name, value) for name in names)
            if not inner:
                children = (child for child in reversed(element) if isinstance(child.tag, str))
                waiting += ((child, in_prose or prose) for child in children)

    def _value(self, element: Any, depth: int, *, prose: bool, inner: bool) -> Any:
        if inner:
            return self._object(element, [], depth + 1) if depth < MAX_DEPTH else None
        said = element.get("content")
        if said is not None:
            return said.strip()
        if prose:
            return inner_html(element)
        address = element.get(_ADDRESSES.get(element.tag, "href"))
        if address is not None:
            return absolute(self.base, address)
        return (element.get("datetime") or element.get("value") or "").strip() or text_of(element)
