"""Which tables hold something about a candidate, and what of it the person is given: the list that the archive is made from.

``tests/my_data/test_archive.py`` walks all models: one that stands neither in ``HOLDINGS`` nor in ``LEFT_OUT`` nor in
``OF_NOBODY`` fails it, and so does one of the last that leads to a person, or a column that is left out without a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Field, ForeignKey, Model, Q, QuerySet

from cvmatch.core.models import User
from ingestion.models import Candidate
from matching.models import Match, Snapshot


@dataclass(frozen=True)
class Person:
    """Whose data is asked for: with an account, a CV, or both."""

    user: User | None
    candidate: Candidate | None


@dataclass(frozen=True)
class Holding:
    """Rows of one table about a person, all columns but those in ``without`` (name → why).

    ``by_user`` and ``by_candidate`` are lookups that lead from a row to them; where there are none, ``of`` gives the rows of
    a candidate. ``beside`` are columns of rows that a row names. ``is_one`` where there can be one row only.
    """

    model: str
    file: str
    about: str
    by_user: str = ""
    by_candidate: str = ""
    of: Callable[[Candidate], QuerySet[Any]] | None = None
    beside: tuple[str, ...] = ()
    is_one: bool = False
    without: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> type[Model]:
        return apps.get_model(self.model)

    def columns(self) -> list[Field[Any, Any]]:
        """Those that are given."""
        return [column for column in self.table._meta.concrete_fields if column.name not in self.without]

    def rows(self, person: Person) -> QuerySet[Any]:
        """All rows about the person; none where there is nothing that could lead to them."""
        if self.of is not None:
            return self.of(person.candidate) if person.candidate else self.table._default_manager.none()
        wanted = Q(pk__in=[])
        if self.by_user and person.user is not None:
            wanted |= Q(**{self.by_user: person.user.pk})
        if self.by_candidate and person.candidate is not None:
            wanted |= Q(**{self.by_candidate: person.candidate.pk})
        return self.table._default_manager.filter(wanted).order_by("pk")

    def read(self, person: Person) -> Iterator[dict[str, Any]]:
        """Each row by column; whoever did something is named, other rows are numbers."""
        names = {column.attname: column.attname for column in self.columns()}
        for column in self.columns():
            if isinstance(column, ForeignKey) and column.related_model is User:
                del names[column.attname]
                names[f"{column.name}__username"] = column.name
        names |= {name: name.replace("__", "_") for name in self.beside}
        for row in self.rows(person).values_list(*names).iterator(chunk_size=100):
            yield dict(zip(names.values(), row, strict=True))


def _seen_by_scorer(candidate: Candidate) -> QuerySet[Snapshot]:
    named = Match.objects.filter(cv__candidate=candidate).values("cv_snapshot")
    return Snapshot.objects.filter(sha256__in=named).order_by("pk")


_JOB = ("job__title", "job__company")
_IN_FOLDER = "stands in the folder of its version"
_QUEUE = dict.fromkeys(
    ("claim_token", "lease_until", "interactive", "attempts", "retry_at"), "how work is shared among processes"
)

HOLDINGS: tuple[Holding, ...] = (
    Holding(
        "core.User", "account.json", "your account", by_user="pk", is_one=True,
        without={"password": "a secret, kept as a hash"},
    ),
    Holding("account.EmailAddress", "email_addresses.json", "addresses of your account", by_user="user"),
    Holding(
        "mfa.Authenticator", "two_step.json", "that you sign in with a second step", by_user="user",
        without={"data": "a secret"},
    ),
    Holding(
        "core.ApiKey", "keys.json", "your API keys", by_user="user", without={"key_hash": "a secret, kept as a hash"}
    ),
    Holding("ingestion.Consent", "consents.json", "what you agreed to and took back, and when", by_user="user"),
    Holding(
        "ingestion.Candidate", "profile.json", "what is kept of you beside your CV, and until when",
        by_user="user", by_candidate="pk", is_one=True,
    ),
    Holding(
        "ingestion.CV", "cvs.json", "each version of your CV: when it came, how it was read, the skills in it",
        by_user="candidate__user", by_candidate="candidate",
        without={
            **_QUEUE,
            "text": _IN_FOLDER, "parsed_json": _IN_FOLDER, "read_json": _IN_FOLDER, "matched_text": _IN_FOLDER,
            "search": "the words of matched_text, for search",
        },
    ),
    Holding(
        "ingestion.Correction", "corrections.json", "what was corrected by hand, by whom and when",
        by_candidate="cv__candidate",
    ),
    Holding(
        "ingestion.Confirmation", "confirmations.json", "who said that all that was read is right",
        by_candidate="cv__candidate",
    ),
    Holding(
        "ingestion.CVView", "views.json", "who opened your CV, when and how", by_candidate="candidate",
        beside=("cv__version",),
    ),
    Holding(
        "matching.Prediction", "lists.json", "each list of jobs that was made for you", by_candidate="cv__candidate",
        without=_QUEUE,
    ),
    Holding(
        "matching.Match", "matches.json", "each line with your CV in it, in your lists and in lists of jobs' candidates",
        by_candidate="cv__candidate", beside=_JOB,
    ),
    Holding(
        "matching.Explanation", "explanations.json", "why each of these lines scored as it did",
        by_candidate="match__cv__candidate", without=_QUEUE,
    ),
    Holding("matching.Snapshot", "seen_by_scorer.json", "what the scorer saw of your CV", of=_seen_by_scorer),
    Holding(
        "matching.CVVector", "vectors.json", "which vectors were made of your CV", by_candidate="cv__candidate",
        without={"embedding": "numbers that say nothing outside of the model, which makes them from matched_text"},
    ),
    Holding(
        "matching.CVPassages", "passages.json", "passages of your CV, and skills they mean without naming them",
        by_candidate="cv__candidate", without={"vectors": "numbers, likewise"},
    ),
    Holding(
        "matching.CVEmbedding", "vector_states.json", "how far the making of vectors is", by_candidate="cv__candidate",
        without=_QUEUE,
    ),
    Holding(
        "matching.Decision", "decisions.json", "what recruiters decided about you for a job", by_candidate="candidate",
        beside=_JOB,
    ),
    Holding(
        "matching.DecisionEvent", "decision_steps.json", "each step of these decisions",
        by_candidate="decision__candidate", beside=("decision__job__title",),
    ),
    Holding(
        "matching.Note", "notes.json", "what recruiters noted about you", by_candidate="candidate", beside=_JOB
    ),
    Holding(
        "matching.CandidateTag", "tags.json", "words that recruiters sort you by", by_candidate="candidate",
        beside=("tag__name",),
    ),
    Holding(
        "matching.JobMark", "marked_jobs.json", "the jobs you saved, hid or judged, and when you went to apply",
        by_user="user", beside=_JOB,
    ),
    Holding(
        "matching.Interaction", "actions.json",
        "what you did with jobs you were shown, and recruiters with your CV, once an hour at most",
        by_user="user", by_candidate="cv__candidate", beside=_JOB,
    ),
    Holding("matching.MatchTask", "match_tasks.json", "matches you asked for by the API", by_user="user"),
    Holding(
        "matching.Tailoring", "fitted_cvs.json", "CVs fitted to a job, with what was changed in them and why",
        by_user="requested_by", by_candidate="cv__candidate", beside=_JOB, without=_QUEUE,
    ),
    Holding("matching.TailoringBatch", "fitted_in_bulk.json", "where you asked for many of them", by_user="user"),
    Holding(
        "matching.AlertSubscription", "follows.json", "what you follow, and who follows your CV",
        by_user="user", by_candidate="candidate",
    ),
    Holding(
        "matching.AlertDigest", "digests.json", "e-mails about it", by_user="subscription__user",
        by_candidate="subscription__candidate", without=_QUEUE,
    ),
    Holding(
        "matching.Alert", "alerts.json", "what you were told, and what others were told of your CV",
        by_user="user", by_candidate="candidate", beside=_JOB,
    ),
    Holding(
        "matching.BackfillItem", "other_readings.json", "what another version of the reader makes of your CV, to compare",
        by_candidate="cv__candidate",
        without=dict.fromkeys(("new_vectors", "old_vectors"), "numbers that say nothing outside of the model"),
    ),
    Holding("jobs.SavedSearch", "searches.json", "the searches for jobs that you keep", by_user="user"),
    Holding(
        "jobs.SearchLook", "search_looks.json", "when you looked at them last", by_user="user",
        beside=("search__name",),
    ),
    Holding(
        "core.Webhook", "webhooks.json", "addresses of yours that are told when something happens", by_user="user",
        without={"secret": "a secret"},
    ),
    Holding(
        "core.WebhookDelivery", "webhook_deliveries.json", "what they were told", by_user="webhook__user",
        without=_QUEUE,
    ),
)  # fmt: skip

_STAFF = "names who of the staff did it, and says nothing about a candidate"
LEFT_OUT: dict[str, str] = {
    "admin.LogEntry": _STAFF,
    "core.StagePause": _STAFF,
    "jobs.DifferentJobs": _STAFF,
    "matching.Backfill": _STAFF,
    "matching.RankingConfig": _STAFF,
    "matching.Experiment": _STAFF,
    "matching.RankingRelease": _STAFF,
    "matching.LearnedRanker": "weights learned from what many did; names who of the staff put it into service",
    "jobs.JobClosing": _STAFF,
    "jobs.CustomSkill": _STAFF,
    "jobs.SkillAlias": _STAFF,
    "jobs.SkillMerge": _STAFF,
    "jobs.SkillChange": _STAFF,
    "ingestion.Source": _STAFF,
    "ingestion.SyncRun": "a reading of a job source; only leads to who connected it",
    "account.EmailConfirmation": "a secret that is sent by e-mail, and gone once it was used",
    "core.IdempotentCall": "answers of a day, sealed with a key that only the caller has",
    "matching.Tag": "the word itself, which others have too; given with tags.json",
}

_OF_JOBS = "of postings"
_OF_WORK = "how the pipeline fares; names rows by number only"
_OF_PROGRAM = "of the installation itself"
# Tables from which no foreign key leads to a person. What of them is kept under a hash of content is erased with the CV.
OF_NOBODY: dict[str, str] = {
    **dict.fromkeys(
        (
            "jobs.Job", "jobs.JobFingerprint", "jobs.JobReading", "jobs.Listing", "jobs.PayEstimate", "jobs.PayModel",
            "jobs.Payload", "jobs.Sighting", "jobs.Vacancy", "ingestion.LinkCheck", "matching.JobEmbedding",
            "matching.JobPassages", "matching.JobVector", "matching.TalentCompany", "matching.TalentPosting",
        ),
        _OF_JOBS,
    ),
    **dict.fromkeys(
        (
            "core.BacklogSample", "core.StageRun", "core.WorkerHeartbeat", "django_q.Failure", "django_q.OrmQ",
            "django_q.Schedule", "django_q.Success", "django_q.Task", "matching.EvaluationRun", "matching.IndexHealth",
            "matching.ModelUse",
        ),
        _OF_WORK,
    ),
    **dict.fromkeys(
        (
            "auth.Group", "auth.Permission", "contenttypes.ContentType", "core.FetchBreaker", "core.FetchGrant",
            "core.FetchKey", "core.FetchValidator",
        ),
        _OF_PROGRAM,
    ),
    "core.ThrottleCount": "how often somebody called in the last minutes, to stop who calls too often",
    "ingestion.Erasure": "that a row was erased: its number and a hash",
    "jobs.Insight": "counts over so many that nobody can be told from them",
    "matching.Corpus": "counts of texts",
    "matching.Lexeme": "counts of words; those that hardly another CV has are erased with it",
    "matching.TextEmbedding": "numbers under the hash of a text, erased with the last CV that has it",
    "sessions.Session": "a secret, sealed; ends with the account",
}  # fmt: skip
