"""Contact: e-mail, phone, web addresses and profiles, from the text and from the links behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

import phonenumbers

from ingestion.parse.labels import label_kind
from ingestion.parse.pieces import Entry, Found
from ingestion.parse.places import country_code
from ingestion.values import Document, Line, Link, Span

# The lengths are those of RFC 5321; without them a long run of letters takes time that grows with its square.
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}"
)
_BROKEN_EMAIL = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z0-9](?:[A-Za-z0-9._%+'-]{0,63}[._-]\n)?[A-Za-z0-9._%+'-]{0,63}\n?@\n?"
    r"[A-Za-z0-9-][A-Za-z0-9.-]{0,99}(?:\n[A-Za-z0-9.-]{0,99}\.[A-Za-z]{2,24})?"
)
_PHONE = re.compile(
    r"(?<![\w/.@=-])(?:\(?\+?\d{1,4}\)?[ .\u00a0-]?)?(?:\(\d{1,5}\)[ .\u00a0/-]?)?\d[\d .\u00a0\u2011/-]{4,18}\d(?![\w@/])"
)
_URL = re.compile(
    r"(?<![@\w.])(?:https?://[^\s|,;<>()\[\]]+|www\.[^\s|,;<>()\[\]]+|(?:[a-z0-9-]+\.)+[a-z]{2,12}(?:/[^\s|,;<>()\[\]]*)?)(?![\w.+-]*@)",
    re.IGNORECASE,
)
_TLD = re.compile(
    r"(?i)\.(?:com|org|net|io|dev|me|co|app|ai|info|eu|tech|design|page|site|blog|example|edu|gov|mil|int|biz|name|pro|xyz|online|cloud|digital|"
    r"studio|works|codes|space|website|academy|agency|consulting|engineering|health|law|legal|photo|photography|art|media|"
    r"software|solutions|systems|world|work|me|cv|bio|link|live|store|shop|pub|social|news|science|gallery|network|[a-z]{2})(?=/|$)"
)
_NETWORKS = {
    "linkedin": "LinkedIn", "github": "GitHub", "gitlab": "GitLab", "twitter": "Twitter", "x.com": "X", "xing": "XING",
    "stackoverflow": "Stack Overflow", "behance": "Behance", "dribbble": "Dribbble", "facebook": "Facebook",
    "instagram": "Instagram",
    "medium": "Medium", "orcid": "ORCID", "scholar.google": "Google Scholar", "researchgate": "ResearchGate", "kaggle": "Kaggle",
    "youtube": "YouTube", "mastodon": "Mastodon", "codepen": "CodePen", "bitbucket": "Bitbucket", "soundcloud": "SoundCloud",
    "tumblr": "Tumblr", "pinterest": "Pinterest", "leetcode": "LeetCode", "hackerrank": "HackerRank", "telegram":
    "Telegram", "skype": "Skype",
}  # fmt: skip
_MAP = re.compile(r"(?i)//(?:[\w-]+\.)*(?:google\.[a-z.]+/maps|maps\.|goo\.gl/maps|openstreetmap\.org)")
_USER = re.compile(r"^@?[A-Za-z0-9][\w.-]{2,39}$")
_NOT_USERS = {"in", "profile", "users", "user", "pub", "www", "com", "company"}


@dataclass(frozen=True, slots=True)
class ContactArea:
    """Where a person's own details may stand: the top of the CV and the sections made for them."""

    document: Document
    lines: list[Line]
    region: str  # ISO country code for national phone numbers, or nothing

    def contains(self, offset: int) -> bool:
        return any(line.start <= offset <= line.end for line in self.lines)


def find_email(area: ContactArea) -> Found | None:
    """In the person's own area first, else the first one anywhere; a link tells how a wrapped one goes on."""
    links = [k for k in area.document.links if k.url.lower().startswith("mailto:")]
    for link in sorted(links, key=lambda k: not area.contains(k.start)):
        match = _EMAIL.fullmatch(unquote(link.url[7:].split("?")[0]).strip())
        shown = _EMAIL.search(area.document.text, link.start, link.end)
        if shown and (match is None or match[0].split("@")[0].lower() != shown[0].split("@")[0].lower()):
            return Found(shown[0], Span(*shown.span()), 0.95)  # what a person sees, where the target is scrambled
        if match:
            return _in_text(area.document, match[0], Span(link.start, link.end), 0.98)
    for text, offset in [*((line.text, line.start) for line in area.lines), (area.document.text, 0)]:
        match = _EMAIL.search(text)
        if match:
            return _whole(area.document, Found(match[0], Span(offset + match.start(), offset + match.end()), 0.97))
    match = _BROKEN_EMAIL.search(area.document.text)
    broken = re.sub(r"\s", "", match[0]) if match else ""
    return Found(broken, Span(*match.span()), 0.7) if match and _EMAIL.fullmatch(broken) else None


def _whole(document: Document, email: Found) -> Found:
    """With the last letters of a country or domain that a narrow column put on a line of their own."""
    rest = re.match(r"\n([a-z]{1,3})(?:\n|$)", document.text[email.span.end : email.span.end + 5])
    return Found(email.value + rest[1], Span(email.span.start, email.span.end + rest.end(1)), 0.8) if rest else email


def _in_text(document: Document, value: str, anchor: Span, confidence: float) -> Found:
    """The place where the value itself stands, or that of the words that link to it."""
    at = document.text.find(value)
    return Found(value, Span(at, at + len(value)) if at >= 0 else anchor, confidence if at >= 0 else confidence - 0.1)


def find_phone(area: ContactArea) -> Found | None:
    candidates = [_as_phone(area, line, match) for line in area.lines for match in _PHONE.finditer(line.text)]
    known = [phone for phone in candidates if phone is not None]
    return max(known, key=lambda phone: phone.confidence, default=None)


def _as_phone(area: ContactArea, line: Line, match: re.Match[str]) -> Found | None:
    raw = match[0].strip()
    digits = re.sub(r"\D", "", raw)
    if not 7 <= len(digits) <= 15 or re.fullmatch(r"(?:19|20)\d\d\s*[-–/]\s*(?:19|20)\d\d|\d{4}-\d\d-\d\d", raw):
        return None
    span = Span(line.start + match.start(), line.start + match.start() + len(raw))
    label = _label_before(line.text[: match.start()])
    if label and label != "phone":  # a postal code, a date of birth, a number of an identity card
        return None
    for link in area.document.links:
        if (
            link.url.startswith("tel:")
            and re.sub(r"\D", "", link.url).endswith(digits.lstrip("0")[-7:])
            and "+" in link.url
        ):
            raw = link.url[4:]
    if not raw.startswith(("+", "00")):  # no country is shown, so none is added: the value is what the CV says
        possible = _parse(raw, area.region) is not None
        return Found(raw, span, 0.95 if possible else 0.75 if label else 0.55)
    number = _parse(re.sub(r"\(0\)", "", raw), area.region)
    if number is None:
        return Found(raw, span, 0.7)
    return Found(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), span, 0.97)


def _label_before(text: str) -> str:
    """The kind of the label that ends the text, such as ``Tel.:``."""
    return label_kind(re.split(r"[\t|•·;,]", text.rstrip(" \t:.(+"))[-1])


def _parse(raw: str, region: str) -> phonenumbers.PhoneNumber | None:
    raw = "+" + raw[2:] if raw.startswith("00") else raw
    try:
        number = phonenumbers.parse(raw, region or None)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def as_e164(shown: str, region: str) -> str:
    """The number with its country code, or nothing where no country is known or the number cannot exist there."""
    number = _parse(re.sub(r"\(0\)", "", shown), region)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if number else ""


def find_region(lines: list[Line], email: str) -> str:
    """The country that the address names, else that of the e-mail's domain."""
    for line in lines:
        for part in re.split(r"[\t|•·,;()]|\s[–—-]\s", line.text):
            code = country_code(part)
            if code:
                return code
    for line in lines:
        code = country_code(line.text.split()[-1]) if line.text.split() else ""
        if code and len(line.text) < 60:
            return code
    domain = email.rsplit(".", 1)[-1].upper()
    return {"UK": "GB"}.get(domain, domain) if len(domain) == 2 and domain not in ("IO", "ME", "AI", "CO", "TV") else ""


def find_addresses(area: ContactArea) -> tuple[Found | None, list[Entry]]:
    """The person's own site, and profiles on networks."""
    own: Found | None = None
    profiles: dict[str, Entry] = {}
    for url in [*_linked(area), *_written(area)]:
        network = _network(url.value)
        if network:
            entry = _profile(network, url)
            profiles.setdefault(network, entry)
        elif own is None and not _EMAIL.search(url.value):
            own = url
    for profile in _named(area):
        network = profile["network"].value if isinstance(profile["network"], Found) else ""
        profiles.setdefault(network, profile)
    return own, list(profiles.values())


def _linked(area: ContactArea) -> list[Found]:
    links = [k for k in area.document.links if k.url.lower().startswith("http") and not _MAP.search(k.url)]
    own = [k for k in links if area.contains(k.start) or (_network(k.url) and _is_profile_link(k))]
    return [_in_text(area.document, k.url.rstrip("/"), Span(k.start, k.end), 0.93) for k in own]


def _is_profile_link(link: Link) -> bool:
    """A person's page, not a repository or an article that an entry links to."""
    return len([part for part in link.url.split("//", 1)[-1].split("/")[1:] if part]) <= 2 and "linkedin" in link.url


def _written(area: ContactArea) -> list[Found]:
    found: list[Found] = []
    for number, line in enumerate(area.lines):
        for match in _URL.finditer(line.text):
            following = area.lines[number + 1] if number + 1 < len(area.lines) else None
            value = match[0].rstrip(".,;:")
            end = line.start + match.start() + len(value)
            if following is not None and match.end() == len(line.text) and value.endswith(("-", "/", "_")):
                rest = following.text.split()[0]
                value, end = value + rest, following.start + len(rest)
            host = re.sub(r"^https?://", "", value).split("/")[0]
            if any(f.span.start <= line.start + match.start() < f.span.end for f in found):
                continue
            if not (_TLD.search(host) or re.match(r"(?i)https?://|www\.", value)) or re.search(r"\d+\.\d+$|^\d", host):
                continue
            found.append(Found(value, Span(line.start + match.start(), end), 0.9))
    return found


def _network(url: str) -> str:
    host = re.sub(r"^https?://", "", url.lower()).split("/")[0]
    return next((name for key, name in _NETWORKS.items() if key in f"{host}"), "")


def _profile(network: str, url: Found) -> Entry:
    user = re.sub(r"[/?#]+$", "", url.value).rsplit("/", 1)[-1]
    fields = {"network": Found(network, url.span, url.confidence), "url": url}
    if user and "." not in user and user.lower() not in _NOT_USERS:
        fields["username"] = Found(user, url.span, url.confidence)
    return fields


def _named(area: ContactArea) -> list[Entry]:
    """Networks that are named beside a user name: ``GitHub: name``, ``name (GitHub)``, or one below the other."""
    profiles: list[Entry] = []
    for number, line in enumerate(area.lines):
        for word in re.finditer(
            r"(?i)\b(linkedin|github|gitlab|twitter|xing|behance|dribbble|instagram|facebook|skype)\b", line.text
        ):
            network = _NETWORKS[word[1].lower()]
            around = [line.text[: word.start()], line.text[word.end() :]]
            pieces = [(t.strip(" \t:()|•-–/@,"), line) for t in reversed(around)]
            if line.text.strip() == word[1] and number + 1 < len(area.lines):
                pieces.append((area.lines[number + 1].text.strip(), area.lines[number + 1]))
            user = next(((t.split()[0], at) for t, at in pieces if t and _USER.match(t.split()[0])), None)
            if user and "." not in user[0]:
                start = user[1].start + user[1].text.index(user[0])
                span = Span(start, start + len(user[0]))
                place = Span(line.start + word.start(), line.start + word.end())
                profiles.append({"network": Found(network, place, 0.85), "username": Found(user[0], span, 0.8)})
    return profiles
