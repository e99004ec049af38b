"""Admin of the pipeline: its runs, its backlog over time, its workers, and stages that are stopped and let go on here too."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from cvmatch.core.admin import ModelAdmin, ReadOnlyAdmin
from cvmatch.core.models import BacklogSample, StagePause, StageRun, User, WorkerHeartbeat
from cvmatch.core.pausing import pause_stage, resume_stage
from cvmatch.core.queue import stages


class StageFilter(admin.SimpleListFilter):
    """The stages of the pipeline table: to ask the ledger which there are would read all of it."""

    title = "stage"
    parameter_name = "stage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(stage.name, stage.name) for stage in stages()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(stage=self.value()) if self.value() else queryset


@admin.register(StageRun)
class StageRunAdmin(ReadOnlyAdmin):
    list_display = ("stage", "trigger", "started_at", "duration", "claimed", "done", "failed", "lost", "error")
    list_filter = (StageFilter, ("error", admin.EmptyFieldListFilter), "started_at")
    search_fields = ("error",)
    ordering = ("-pk",)
    actions = ("pause_stages",)

    @admin.display(description="seconds")
    def duration(self, run: StageRun) -> str:
        return f"{run.duration_s:.2f}"

    @admin.action(description="Pause the stages of the selected runs", permissions=["view"])
    def pause_stages(self, request: HttpRequest, queryset: QuerySet[StageRun]) -> None:
        names = sorted(set(queryset.order_by().values_list("stage", flat=True)) & {stage.name for stage in stages()})
        for name in names:
            pause_stage(stage=name, by=cast(User, request.user))
        self.message_user(request, f"Paused: {', '.join(names)}.", messages.SUCCESS)


class StagePauseForm(forms.ModelForm):  # type: ignore[type-arg]
    stage = forms.ChoiceField(choices=lambda: [(stage.name, stage.name) for stage in stages()])

    class Meta:
        model = StagePause
        fields = ("stage",)


@admin.register(StagePause)
class StagePauseAdmin(ModelAdmin):
    """Adding one stops a stage; deleting it lets the stage go on, with what waited first."""

    form = StagePauseForm
    list_display = ("stage", "paused_at", "paused_by")
    list_filter = ("paused_at",)
    search_fields = ("stage", "paused_by__username")
    list_select_related = ("paused_by",)
    actions = ("resume_selected",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: StagePause, form: Any, change: bool) -> None:
        pause_stage(stage=obj.stage, by=cast(User, request.user))
        obj.pk = StagePause.objects.get(stage=obj.stage).pk

    def delete_model(self, request: HttpRequest, obj: StagePause) -> None:
        resume_stage(stage=obj.stage)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[StagePause]) -> None:
        for pause in queryset:
            resume_stage(stage=pause.stage)

    @admin.action(description="Let the selected stages go on", permissions=["delete"])
    def resume_selected(self, request: HttpRequest, queryset: QuerySet[StagePause]) -> None:
        self.delete_queryset(request, queryset)
        self.message_user(request, "They go on, with what waited first.", messages.SUCCESS)


@admin.register(BacklogSample)
class BacklogSampleAdmin(ReadOnlyAdmin):
    list_display = ("taken_at", "stage", "waiting", "failed", "oldest_s")
    list_filter = (StageFilter, "taken_at")
    search_fields = ("stage",)
    ordering = ("-taken_at", "stage")


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("cluster", "beat_at")
