"""The rules of an HTML page's style elements, as far as they can hide text: simple selectors, and what they set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import html

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PART = re.compile(r"([.#]?)(-?[_a-zA-Z][\w-]*)|(\*)")
_MAX_CHARS = 500_000
_MAX_RULES = 5_000
_TELLING = frozenset(
    """display visibility opacity font-size font color background background-color background-image position left right top bottom
    text-indent clip clip-path width height max-height max-width overflow overflow-x overflow-y margin-left transform
    -webkit-text-fill-color content-visibility inset""".split()
)

Properties = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Compound:
    """``div.note#last``: the tag or nothing, the classes and the id that an element must have."""

    tag: str
    classes: frozenset[str]
    id: str

    def fits(self, node: html.HtmlElement) -> bool:
        if self.tag and self.tag != node.tag:
            return False
        if self.id and self.id != node.get("id"):
            return False
        return not self.classes or self.classes <= set((node.get("class") or "").split())


@dataclass(frozen=True, slots=True)
class _Rule:
    """Compounds from the outermost to the element itself, and how strongly they count."""

    path: tuple[_Compound, ...]
    weight: tuple[int, int, int]
    properties: Properties

    def fits(self, node: html.HtmlElement) -> bool:
        if not self.path[-1].fits(node):
            return False
        ancestors = node.iterancestors()
        return all(any(outer.fits(a) for a in ancestors) for outer in reversed(self.path[:-1]))


class StyleSheet:
    """What the style elements and the style attributes of a page say of each element."""

    def __init__(self, root: html.HtmlElement) -> None:
        text = "".join(node.text or "" for node in root.iter("style"))[:_MAX_CHARS]
        self._by_key: dict[str, list[_Rule]] = {}
        for rule in _rules(text):
            own = rule.path[-1]
            key = f"#{own.id}" if own.id else f".{min(own.classes)}" if own.classes else own.tag
            self._by_key.setdefault(key, []).append(rule)
        self._by_key = {key: rules for key, rules in self._by_key.items() if rules}

    def declared(self) -> Iterator[Properties]:
        """What each of the rules sets, wherever it applies."""
        return (rule.properties for rules in self._by_key.values() for rule in rules)

    def of(self, node: html.HtmlElement) -> Properties:
        """The properties that are set for an element itself, strongest last; nothing is inherited here."""
        keys = ["", str(node.tag), f"#{node.get('id')}", *(f".{name}" for name in (node.get("class") or "").split())]
        found = [rule for key in dict.fromkeys(keys) for rule in self._by_key.get(key, ()) if rule.fits(node)]
        found.sort(key=lambda rule: rule.weight)
        merged: Properties = {}
        strong: Properties = {}
        for properties in (*(rule.properties for rule in found), declarations(node.get("style") or "")):
            for name, value in properties.items():
                if value.endswith("!important"):
                    strong[name] = value.removesuffix("!important").strip()
                else:
                    merged[name] = value
        return {**merged, **strong}


def declarations(text: str) -> Properties:
    """The declarations that can hide text; ``background`` counts as the colour that it begins with."""
    found: Properties = {}
    for part in text.split(";"):
        name, colon, value = part.partition(":")
        name, value = name.strip().lower(), " ".join(value.lower().split())
        if colon and name in _TELLING and value:
            found[name] = value.replace("! important", "!important")
    return found


def _rules(text: str) -> Iterator[_Rule]:
    text = _COMMENT.sub("", text).replace("<!--", "").replace("-->", "")
    for number, (selectors, body) in enumerate(_blocks(text)):
        if number >= _MAX_RULES:
            return
        properties = declarations(body)
        for selector in selectors.split(",") if properties else ():
            if path := _path(selector):
                weight = (
                    sum(bool(c.id) for c in path),
                    sum(len(c.classes) for c in path),
                    sum(bool(c.tag) for c in path),
                )
                yield _Rule(path, weight, properties)


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Selector and body of each rule for a screen; what is for print or small screens only hides from those."""
    place = 0
    while (opening := text.find("{", place)) >= 0:
        head = text[place:opening].rpartition("}")[2].rpartition(";")[2].strip()
        closing = _closing(text, opening)
        body = text[opening + 1 : closing]
        if head.startswith("@media"):
            if re.search(r"\b(?:all|screen)\b", head) and "(" not in head:
                yield from _blocks(body)
        elif head.startswith(("@supports", "@layer")):
            yield from _blocks(body)
        elif not head.startswith("@"):
            yield head, body
        place = closing + 1


def _closing(text: str, opening: int) -> int:
    depth = 0
    for match in re.compile(r"[{}]").finditer(text, opening):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return len(text)


def _path(selector: str) -> tuple[_Compound, ...] | None:
    """None for what asks for more than tags, classes and ids, such as ``:hover`` and ``[type=text]``."""
    compounds = []
    for part in selector.replace(">", " ").split():
        if ":root" in part:
            part = part.replace(":root", "html")
        if re.search(r"[:\[\]+~()]", part) or _PART.sub("", part):
            return None
        pieces = _PART.findall(part)
        compounds.append(
            _Compound(
                next((name for mark, name, star in pieces if not mark and not star), "").lower(),
                frozenset(name for mark, name, _ in pieces if mark == "."),
                next((name for mark, name, _ in pieces if mark == "#"), ""),
            )
        )
    return tuple(compounds) or None


def length(value: str, em: float = 16.0) -> float | None:
    """A length in pixels; None where it depends on what is around it."""
    match = re.match(r"(-?(?:\d{1,6}(?:\.\d{0,6})?|\.\d{1,6}))\s*(px|pt|em|rem|vw|vh|in|cm|mm|%)?$", value.strip())
    if not match:
        return None
    factors: Mapping[str, float] = {
        "px": 1, "pt": 4 / 3, "em": em, "rem": 16, "vw": 10, "vh": 8, "in": 96, "cm": 37.8, "mm": 3.78, "%": em / 100,
    }  # fmt: skip
    number = float(match[1])
    if not match[2] and number:
        return None
    return number * factors.get(match[2] or "px", 1)
