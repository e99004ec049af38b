"""Admin of postings, which only their sources change, and of the skills vocabulary, which people add to here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cvmatch.core.admin import ReadOnlyAdmin
from cvmatch.core.errors import InvalidInput
from jobs import admin_insights as admin_insights
from jobs import admin_saved as admin_saved  # Django looks for this module only
from jobs import admin_tracking as admin_tracking
from jobs import admin_vacancies as admin_vacancies
from jobs import taxonomy
from jobs.models import CustomSkill, Job, SkillAlias, SkillChange, SkillMerge

if TYPE_CHECKING:
    SkillForm = forms.ModelForm[CustomSkill]
    AliasForm = forms.ModelForm[SkillAlias]
    MergeForm = forms.ModelForm[SkillMerge]
else:  # they have no type parameters at run time
    SkillForm = AliasForm = MergeForm = forms.ModelForm

_HEAVY = ("description", "description_html", "search", "requirements_json", "repairs")


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("title", "company", "source", "status", "city", "country", "remote", "level", "posted_at", "page")
    list_filter = ("status", "source", "remote", "level", "employment_type")
    search_fields = ("title", "company", "external_id")
    date_hierarchy = "posted_at"
    ordering = ("-pk",)
    fields = (
        "page", "title", "company", "source", "external_id", "status", "url", "city", "region", "country", "postal_code",
        "latitude", "longitude", "remote", "employment_type", "level", "salary_min", "salary_max", "salary_currency",
        "salary_period", "posted_at", "expires_at", "first_seen_at", "changed_at", "asks_for", "repairs", "content_hash",
        "description",
    )  # fmt: skip
    readonly_fields = ("page", "asks_for")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        rows: QuerySet[Job] = super().get_queryset(request)
        match = request.resolver_match
        # The list shows none of the large fields; the page of one row shows them.
        return rows.defer(*_HEAVY) if match and match.url_name == "jobs_job_changelist" else rows.defer("search")

    @admin.display(description="page")
    def page(self, job: Job) -> SafeString:
        return format_html('<a href="/jobs/{}/">open</a>', job.pk)

    @admin.display(description="asks for")
    def asks_for(self, job: Job) -> str:
        asked = job.requirements
        must = [skill.name for skill in asked.must_skills] + [entry.name for entry in asked.languages]
        nice = [skill.name for skill in asked.nice_skills]
        return f"must: {', '.join(must) or '–'}; nice: {', '.join(nice) or '–'}; years: {asked.min_years or '–'}"


_BY_ID_OR_NAME = "Its id or any of its names."


class CustomSkillForm(SkillForm):
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in taxonomy.KINDS])

    class Meta:
        model = CustomSkill
        fields = ("name", "kind", "group")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        _checked(taxonomy.check_name, name)
        return name


class SkillAliasForm(AliasForm):
    class Meta:
        model = SkillAlias
        fields = ("skill_id", "term", "reading")
        labels = {"skill_id": "skill"}
        help_texts = {"skill_id": _BY_ID_OR_NAME}

    def clean_skill_id(self) -> str:
        _checked(taxonomy.find_skill, self.cleaned_data["skill_id"])
        return str(self.cleaned_data["skill_id"])

    def clean_term(self) -> str:
        _checked(taxonomy.check_name, self.cleaned_data["term"])
        return str(self.cleaned_data["term"])


class SkillMergeForm(MergeForm):
    class Meta:
        model = SkillMerge
        fields = ("skill_id", "into_id")
        labels = {"skill_id": "this skill", "into_id": "is the same as"}
        help_texts = {"skill_id": _BY_ID_OR_NAME, "into_id": f"{_BY_ID_OR_NAME} This is the one that stays."}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "skill_id" in cleaned and "into_id" in cleaned:
            _checked(taxonomy.check_merge, cleaned["skill_id"], cleaned["into_id"])
        return cleaned


class _ChangeAdmin(ReadOnlyAdmin):
    """Rows are added and deleted through the services, and never changed: another opinion is another row."""

    list_filter = ("made_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(f"{self.opts.app_label}.add_{self.opts.model_name}"))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        taxonomy.refresh()  # what is checked is what holds now, whichever process changed it
        return super().get_form(request, obj, change, **options)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        taxonomy.undo(obj, made_by=request.user)  # type: ignore[arg-type]

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)


@admin.register(CustomSkill)
class CustomSkillAdmin(_ChangeAdmin):
    form = CustomSkillForm
    list_display = ("name", "skill_id", "kind", "group", "made_by", "made_at")
    search_fields = ("name", "skill_id")

    def save_model(self, request: HttpRequest, obj: CustomSkill, form: Any, change: bool) -> None:
        values = form.cleaned_data
        row = taxonomy.add_skill(name=values["name"], kind=values["kind"], group=values["group"], made_by=request.user)  # type: ignore[arg-type]
        obj.pk, obj.skill_id = row.pk, row.skill_id


@admin.register(SkillAlias)
class SkillAliasAdmin(_ChangeAdmin):
    form = SkillAliasForm
    list_display = ("term", "skill_id", "reading", "made_by", "made_at")
    search_fields = ("term", "skill_id")

    def save_model(self, request: HttpRequest, obj: SkillAlias, form: Any, change: bool) -> None:
        values = form.cleaned_data
        row = taxonomy.add_alias(
            skill=values["skill_id"],
            term=values["term"],
            reading=values["reading"],
            made_by=request.user,  # type: ignore[arg-type]
        )
        obj.pk = row.pk


@admin.register(SkillMerge)
class SkillMergeAdmin(_ChangeAdmin):
    form = SkillMergeForm
    list_display = ("skill_id", "into_id", "made_by", "made_at")
    search_fields = ("skill_id", "into_id")

    def save_model(self, request: HttpRequest, obj: SkillMerge, form: Any, change: bool) -> None:
        values = form.cleaned_data
        row = taxonomy.merge_skills(skill=values["skill_id"], into=values["into_id"], made_by=request.user)  # type: ignore[arg-type]
        obj.pk = row.pk


@admin.register(SkillChange)
class SkillChangeAdmin(ReadOnlyAdmin):
    list_display = ("action", "made_by", "made_at", "is_through")
    search_fields = ("action", "made_by__username")
    list_filter = ("made_at",)
    fields = ("action", "terms", "made_by", "made_at", "jobs_done_to", "cvs_done_to")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # the newest one says which edition of the vocabulary holds

    @admin.display(boolean=True, description="all texts read again")
    def is_through(self, change: SkillChange) -> bool:
        return change.jobs_done_to is None and change.cvs_done_to is None


def _checked(check: Any, *values: str) -> None:
    try:
        check(*values)
    except InvalidInput as error:
        raise ValidationError(error.message) from error
