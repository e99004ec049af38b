"""Cuts a person's JSON Resume down to what a rendered file shows, so that the truth asks for nothing that is not there."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw
from lxml import etree, html

Resume = dict[str, Any]
MONTHS = "january february march april may june july august september october november december".split()
LISTED = {
    "work": ("name", "position"), "volunteer": ("organization", "position"), "education": ("institution", "studyType", "area"),
    "certificates": ("name",), "projects": ("name",), "awards": ("title",), "publications": ("name",),
    "languages": ("language",), "interests": ("name",), "references": ("reference",),
}  # fmt: skip


def truth_of(person: Resume, file: Path, *, layout: str, format: str) -> Resume:
    """The person as ``score_cv.py`` reads it: fields, entries and months that the file does not show are left out."""
    page = Shown(file)
    truth: Resume = {"basics": _basics(person["basics"], page)}
    if skills := _skills(person.get("skills", []), page):
        truth["skills"] = skills
    for section, keys in LISTED.items():
        entries = [entry for e in person.get(section, []) if (entry := _entry(e, keys, page))]
        if 2 * len(entries) > len(person.get(section, [])):
            truth[section] = entries
    truth["meta"] = {"layout": layout, "format": format, "phoneAccept": _phones(person["basics"])}
    return truth


class Shown:
    """What a file shows, in three forms: words, letters without spaces, and letters with the targets of links."""

    def __init__(self, file: Path) -> None:
        text, targets = READERS.get(file.suffix, _read_text)(file.read_bytes())
        self.words = f" {_words(text)} "
        self.letters = self.words.replace(" ", "")
        self.links = self.letters + " " + " ".join(_letters(t) for t in targets)

    def __contains__(self, value: str) -> bool:
        """Short values must stand as words; longer ones may be broken at the end of a line."""
        words = _words(value)
        return bool(words) and (
            f" {words} " in self.words or (len(words) > 6 and words.replace(" ", "") in self.letters)
        )


def _basics(basics: Resume, page: Shown) -> Resume:
    kept = {key: basics[key] for key in ("name", "label", "summary") if basics.get(key, "") in page}
    if _letters(basics.get("email", "-")) in page.links:
        kept["email"] = basics["email"]
    if basics.get("phone") and any(digits[-8:] in re.sub(r"\D", "", page.links) for digits in _phones(basics)):
        kept["phone"] = basics["phone"]
    if basics.get("url") and _address(basics["url"]) in page.links:
        kept["url"] = basics["url"]
    profiles = [p for p in basics.get("profiles", []) if _address(p["url"]) in page.links or p["username"] in page]
    if profiles:
        kept["profiles"] = profiles
    place = {key: value for key, value in basics.get("location", {}).items() if value in page}
    if "city" in place:
        kept["location"] = place
    return kept


def _phones(basics: Resume) -> list[str]:
    digits = re.sub(r"\D", "", basics.get("phone", ""))
    return [digits, "1" + digits] if len(digits) == 10 else [digits]


def _skills(groups: list[Resume], page: Shown) -> list[Resume]:
    kept = []
    for group in groups:
        keywords = [k for k in group.get("keywords", []) if k in page]
        name = {"name": group["name"]} if group["name"] in page else {}
        if name or keywords:
            kept.append({**name, **({"keywords": keywords} if keywords else {})})
    return kept if 2 * len(kept) > len(groups) else []


def _entry(entry: Resume, keys: tuple[str, ...], page: Shown) -> Resume:
    kept = {key: entry[key] for key in keys if entry.get(key, "") in page}
    if keys[0] not in kept and len(kept) < min(2, len(keys)):
        return {}
    for key in ("startDate", "endDate", "date", "releaseDate"):
        if date := _date(entry.get(key, ""), page):
            kept[key] = date
    kept |= {key: entry[key] for key in ("location", "summary", "fluency", "issuer") if entry.get(key, "") in page}
    if highlights := [text for text in entry.get("highlights", []) if text in page]:
        kept["highlights"] = highlights
    return kept


def _date(value: str, page: Shown) -> str:
    """The date to the precision that the page has anywhere."""
    year, _, month = value[:7].partition("-")
    if not year or year not in page.letters:
        return ""
    if not month:
        return year
    name = MONTHS[int(month) - 1]
    ways = [
        name + year,
        name[:3] + year,
        month + year,
        year + month,
        f"{int(month)}{year}",
        year + name[:3],
        year + name,
    ]
    ways += [f"sept{year}"] if month == "09" else []
    words = [f" {way[:-4]} {year} " for way in ways if way.endswith(year)]
    found = any(w in page.words for w in words) or any(
        way in page.letters for way in ways if way[:1].isalpha() or way[:4] == year
    )
    return f"{year}-{month}" if found else year


def _words(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold().replace("\u00ad", "").replace("i\u0307", "i")
    return " ".join(re.findall(r"[^\W_]+|[+#]+", re.sub(r"[’‘'´`]", "", text)))


def _letters(text: str) -> str:
    return _words(text).replace(" ", "")


def _address(url: str) -> str:
    return _letters(re.sub(r"^https?://(www\.)?", "", url))


def _read_pdf(content: bytes) -> tuple[str, list[str]]:
    pdf = pypdfium2.PdfDocument(content)
    texts = [re.sub(r"[-\ufffe\x02]\r?\n", "", page.get_textpage().get_text_range()) for page in pdf]
    targets = [t.decode("latin-1") for t in re.findall(rb"/URI \(([^)]*)\)", content)]
    return "\n".join(texts), [*targets, *_targets(pdf)]


def _targets(pdf: pypdfium2.PdfDocument) -> list[str]:
    import ctypes

    raw, found = pypdfium2.raw, []
    for page in pdf:
        position, link = ctypes.c_int(0), raw.FPDF_LINK()
        while raw.FPDFLink_Enumerate(page.raw, position, link):
            buffer = ctypes.create_string_buffer(600)
            raw.FPDFAction_GetURIPath(pdf.raw, raw.FPDFLink_GetAction(link), buffer, 600)
            found.append(buffer.value.decode("utf-8", "replace"))
    return found


def _read_html(content: bytes) -> tuple[str, list[str]]:
    root = html.document_fromstring(
        content.decode("utf-8", "replace").encode(), parser=html.HTMLParser(encoding="utf-8")
    )
    etree.strip_elements(root, "script", "style", "head", "noscript", "svg", with_tail=False)
    return " ".join(root.itertext()), [a.get("href") for a in root.iter("a") if a.get("href")]


def _read_zip(content: bytes) -> tuple[str, list[str]]:
    """The text of every part of an office file, paragraph by paragraph, and the targets of its links."""
    texts: list[str] = []
    targets: list[str] = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if re.search(r"(document|header\d*|footer\d*|content|styles)\.xml(\.rels)?$", name):
                data = archive.read(name).decode("utf-8", "replace")
                targets += re.findall(r'(?:Target|xlink:href)="([^"]*)"', data)
                data = re.sub(
                    r"</(?:w:p|text:p|text:h)>|<(?:w:tab|w:br|text:tab|text:line-break|text:s)\b[^>]*>", " ", data
                )
                texts.append(html.fromstring(f"<p>{re.sub(r'<[^>]+>', '', data)}</p>").text_content())
    return "\n".join(texts), targets


def _read_rtf(content: bytes) -> tuple[str, list[str]]:
    text = content.decode("latin-1")
    text = re.sub(r"\\u(-?\d+) ?(?:\\'[0-9a-f]{2}|\?)?", lambda m: chr(int(m[1]) % 65536), text)
    text = re.sub(r"\\'([0-9a-f]{2})", lambda m: bytes.fromhex(m[1]).decode("cp1252", "replace"), text)
    targets = re.findall(r'HYPERLINK "([^"]*)"', text)
    text = re.sub(r"\\(?:par|line|tab|cell|row)\b", " ", text)
    return re.sub(r"\\[a-z]+-?\d* ?|[{}]|\r|\n", "", text), targets


def _read_text(content: bytes) -> tuple[str, list[str]]:
    return content.decode("utf-8", "replace"), []


READERS = {
    ".pdf": _read_pdf, ".html": _read_html, ".docx": _read_zip, ".odt": _read_zip, ".rtf": _read_rtf,
}  # fmt: skip
