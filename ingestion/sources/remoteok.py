"""Remote OK, a board of remote jobs (https://remoteok.com/api)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.fetching import Fetch, Request
from ingestion.sources import About, Item, Page, Parameter, Rejected, clean, payloads, wording
from ingestion.sources.assembling import Draft, line, lowest, names, postings_of, text
from ingestion.sources.open_to import open_to
from jobs.values import JobPosting, employment_type

_URL = "https://remoteok.com/api"
# Bytes of UTF-8 that were taken for Latin-1 characters on the way.
_MANGLED = re.compile(
    "[\u00c2-\u00df][\u0080-\u00bf]|[\u00e0-\u00ef][\u0080-\u00bf]{2}|[\u00f0-\u00f4][\u0080-\u00bf]{3}"
)


@dataclass(frozen=True)
class RemoteOkSource:
    """The newest postings in one answer; older ones are still open and not in it."""

    about: ClassVar[About] = About(
        label="Remote OK",
        home="https://remoteok.com",
        summary="Remote jobs all over the world, the newest hundred.",
        attribution="Jobs by Remote OK",  # its terms: name it as the source and link back, followed, to its address
        parameters=(Parameter("tags", "Tags", "Only postings with one of these tags, for example dev.", many=True),),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    tags: tuple[str, ...] = ()

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        """The first entry is no posting but the terms of use; they go with every posting."""
        rows = payloads.listed(payloads.json_document(payload), "jobs")
        notice = next((row["legal"] for row in rows if _is_notice(row)), "")
        for row in payloads.items_of(rows, **({"legal_notice": notice} if notice else {})):
            if isinstance(row, Rejected) or not _is_notice(row.raw):
                yield row

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        row = item.raw
        tags = names(row.get("tags"))
        html = _mended(text(row.get("description")))
        yield from postings_of(
            item,
            Draft(
                title=_mended(line(row.get("position") or row.get("title"))),
                external_id=row.get("id") or row.get("slug"),
                company=_mended(line(row.get("company"))),
                html=html,
                places=open_to(_mended(line(row.get("location")))),
                remote=True,
                employment_type=next(filter(None, map(employment_type, filter(_is_employment, tags))), ""),
                level=lowest(map(wording.level_of, filter(_is_level, tags))),
                categories=tags,
                pay=clean.pay(row.get("salary_min"), row.get("salary_max"), "USD", "YEAR"),
                posted_at=clean.moment(row.get("date")) or clean.moment(row.get("epoch")),
                url=row.get("url") or row.get("apply_url"),
                repairs=("text decoded anew",) if html != text(row.get("description")) else (),
            ),
        )

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        params = {"tags": ",".join(self.tags)} if self.tags else {}
        yield from payloads.whole(self, fetch, Request(_URL, params))


def _is_notice(row: Any) -> bool:
    return isinstance(row, dict) and "legal" in row and "position" not in row


def _is_employment(tag: str) -> bool:
    """Tags are topics too: "contract" may be law, "full time" is not; only what can be nothing else counts."""
    return re.fullmatch(r"(?:full|part)[ -]?time|internship|freelance|contractor|temporary", tag.lower()) is not None


def _is_level(tag: str) -> bool:
    return re.fullmatch(r"junior|senior|intern|internship|lead|entry[ -]level|mid[ -]level", tag.lower()) is not None


def _mended(mangled: str) -> str:
    return _MANGLED.sub(_decoded_anew, mangled)


def _decoded_anew(match: re.Match[str]) -> str:
    try:
        return match[0].encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return match[0]
