"""Which postings advertise the same vacancy: what each is compared by, how alike two are, and which belong together."""

from __future__ import annotations

from jobs.identity.fingerprint import Fingerprint, fingerprint
from jobs.identity.grouping import Seen, Vacancies
from jobs.identity.scoring import SAME_FROM, compare, is_same_pay
from jobs.identity.standing import standing

__all__ = ["SAME_FROM", "Fingerprint", "Seen", "Vacancies", "compare", "fingerprint", "is_same_pay", "standing"]
