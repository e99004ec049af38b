"""Which posting of a vacancy is the one to show: the employer's own before a copy, a full text before an extract."""

from __future__ import annotations

from urllib.parse import urlsplit

from jobs.identity.names import company_key

# Where employers publish by the software that they receive applications with: such a page is the employer's own.
_EMPLOYERS_SOFTWARE = (
    "greenhouse.io", "lever.co", "ashbyhq.com", "workable.com", "personio.de", "personio.com", "recruitee.com",
    "smartrecruiters.com", "myworkdayjobs.com", "myworkdaysite.com", "bamboohr.com", "teamtailor.com", "icims.com",
    "taleo.net", "successfactors.com", "successfactors.eu", "jobvite.com", "breezy.hr", "softgarden.io", "rexx-systems.com",
    "usajobs.gov",
)  # fmt: skip
_ON_ANY_SITE = frozenset(
    "www jobs job careers career karriere apply boards stellen emploi work talent recruiting".split()
)


def standing(*, url: str, company: str, is_snippet: bool) -> int:
    """0 to 3, the least is best: two for a copy on somebody else's board, one for an extract of the text."""
    return 2 * (not is_own_page(url, company)) + is_snippet


def is_own_page(url: str, company: str) -> bool:
    """Whether the address is the employer's own or of software that employers publish by."""
    host = f".{urlsplit(url).hostname or ''}"
    if host.endswith(tuple(f".{name}" for name in _EMPLOYERS_SOFTWARE)):
        return True
    name = company_key(company).replace(" ", "")
    labels = {label.replace("-", "") for label in host.split(".")[:-1]} - _ON_ANY_SITE
    return len(name) > 2 and any(label == name or (len(label) > 3 and name.startswith(label)) for label in labels)
