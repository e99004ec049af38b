"""Every address of the project."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import path

from cvmatch import dashboard, evaluation_page, home, parsing_page
from cvmatch.api import api
from cvmatch.metrics import metrics
from cvmatch.sources_page import connecting, watching
from ingestion import views as ingestion
from jobs import views as jobs
from matching import corrections
from matching import views as matching

pages = [
    path("", home.home, name="home"),
    path("sign-in/", home.SignIn.as_view(), name="login"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("cvs/", ingestion.cv_list, name="cv-list"),
    path("cvs/upload/", ingestion.cv_upload, name="cv-upload"),
    path("cvs/<int:pk>/", matching.cv_page, name="cv"),
    path("cvs/<int:pk>/file/", ingestion.cv_file, name="cv-file"),
    path("cvs/<int:pk>/progress/", matching.cv_progress_part, name="cv-progress"),
    path("cvs/<int:pk>/retry/", matching.cv_retry, name="cv-retry"),
    path("cvs/<int:pk>/corrections/", corrections.cv_correct, name="cv-correct"),
    path("cvs/<int:pk>/matches/", matching.cv_matches, name="cv-matches"),
    path("cvs/<int:pk>/matches/again/", matching.cv_match_again, name="cv-match-again"),
    path("matches/<int:pk>/", matching.match_page, name="match"),
    path("jobs/", jobs.job_list, name="job-list"),
    path("jobs/<int:pk>/", jobs.job_page, name="job"),
    path("jobs/<int:pk>/candidates/", matching.job_candidates, name="job-candidates"),
    path("jobs/<int:pk>/candidates/again/", matching.job_search_again, name="job-search-again"),
    path("operations/pipeline/", dashboard.pipeline_page, name="pipeline"),
    path("operations/pipeline/retry/", dashboard.pipeline_retry, name="pipeline-retry"),
    path("operations/parsing/", parsing_page.parsing_page, name="parsing"),
    path("operations/sources/", watching.source_list, name="sources"),
    path("operations/sources/add/", connecting.source_add, name="source-add"),
    path("operations/sources/add/<str:kind>/", connecting.source_connect, name="source-connect"),
    path("operations/sources/<str:name>/", watching.source_page, name="source"),
    path("operations/sources/<str:name>/act/", watching.source_act, name="source-act"),
    path("operations/sources/<str:name>/change/", connecting.source_change, name="source-change"),
    path("operations/sources/<str:name>/disconnect/", connecting.source_disconnect, name="source-disconnect"),
    path("operations/ranking/", evaluation_page.evaluation_page, name="ranking"),
]

machines = [
    path("health/live", dashboard.live, name="health-live"),
    path("health/ready", dashboard.ready, name="health-ready"),
    path("api/v1/", api.urls),
    path("metrics", metrics, name="metrics"),
]

urlpatterns = [*pages, *machines, path("admin/", admin.site.urls)]
