"""Admin of what recruiters decided, noted and tagged on their pages, which keep every step; here it is only looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cvmatch.core.admin import ReadOnlyAdmin, link_to
from matching.admin_related import Linked, light
from matching.models import CandidateTag, Decision, DecisionEvent, Note, Tag


class _OfACandidate(Linked, ReadOnlyAdmin):
    """A candidate's name stands in their CV, so they are a number here."""

    @admin.display(description="candidate", ordering="candidate")
    def candidate_link(self, row: Any) -> SafeString | str:
        return link_to(row.candidate)


@admin.register(Decision)
class DecisionAdmin(_OfACandidate):
    """Deleting one deletes its steps."""

    list_display = ("id", "job_link", "candidate_link", "stage", "reason", "decided_by", "decided_at", "steps")
    list_filter = ("stage", "reason", "decided_at", ("decided_by", admin.RelatedOnlyFieldListFilter))
    search_fields = ("job__title", "=candidate__id", "decided_by__username")
    fields = ("job_link", "candidate_link", "stage", "reason", "comment", "decided_by", "decided_at", "steps")
    readonly_fields = ("job_link", "candidate_link", "steps")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return light(super().get_queryset(request), job="job").select_related("candidate", "decided_by")

    @admin.display(description="steps")
    def steps(self, decision: Decision) -> SafeString:
        address = reverse("admin:matching_decisionevent_changelist")
        return format_html('<a href="{}?decision__id__exact={}">look at them</a>', address, decision.pk)


@admin.register(DecisionEvent)
class DecisionEventAdmin(ReadOnlyAdmin):
    """The trail of decisions: it goes with its decision, and not by itself."""

    list_display = ("made_at", "decision_link", "stage", "reason", "made_by", "undoes_link")
    list_filter = ("stage", "reason", "made_at", ("made_by", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("decision", "made_by", "undoes")
    search_fields = ("decision__job__title", "=decision__candidate__id", "made_by__username", "=batch")
    fields = ("decision_link", "stage", "reason", "comment", "batch", "undoes_link", "made_by", "made_at")
    readonly_fields = ("decision_link", "undoes_link")
    ordering = ("-pk",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only with its decision or the person: a trail that can be thinned out is none."""
        match = request.resolver_match
        own = bool(match and str(match.url_name).startswith("matching_decisionevent"))
        return not own and super().has_delete_permission(request, obj)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "decision__id__exact" or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    @admin.display(description="decision", ordering="decision")
    def decision_link(self, event: DecisionEvent) -> SafeString | str:
        return link_to(event.decision)

    @admin.display(description="takes back", ordering="undoes")
    def undoes_link(self, event: DecisionEvent) -> SafeString | str:
        return link_to(event.undoes)


@admin.register(Note)
class NoteAdmin(_OfACandidate):
    """The list shows no text: notes are about people."""

    list_display = ("id", "job_link", "candidate_link", "author", "written_at")
    list_filter = ("written_at", ("author", admin.RelatedOnlyFieldListFilter))
    search_fields = ("job__title", "=candidate__id", "author__username")
    fields = ("job_link", "candidate_link", "text", "author", "written_at")
    readonly_fields = ("job_link", "candidate_link")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return light(super().get_queryset(request), job="job").select_related("candidate", "author")


@admin.register(Tag)
class TagAdmin(ReadOnlyAdmin):
    list_display = ("name", "candidates_link")
    search_fields = ("name",)
    fields = ("name", "candidates_link")
    readonly_fields = ("candidates_link",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        rows: QuerySet[Tag] = super().get_queryset(request)
        return rows.annotate(size=Count("uses"))

    @admin.display(description="candidates", ordering="size")
    def candidates_link(self, tag: Any) -> SafeString:
        address = reverse("admin:matching_candidatetag_changelist")
        return format_html('<a href="{}?tag__id__exact={}">{}</a>', address, tag.pk, tag.size)


@admin.register(CandidateTag)
class CandidateTagAdmin(_OfACandidate):
    list_display = ("id", "tag", "candidate_link", "added_by", "added_at")
    list_filter = (("tag", admin.RelatedOnlyFieldListFilter), "added_at")
    list_select_related = ("tag", "candidate", "added_by")
    search_fields = ("tag__name", "=candidate__id")
    fields = ("tag", "candidate_link", "added_by", "added_at")
    readonly_fields = ("candidate_link",)
    ordering = ("-pk",)
