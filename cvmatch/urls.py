"""Every address of the project."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from cvmatch import (
    backfills_page,
    dashboard,
    errors_page,
    evaluation_page,
    experiments_page,
    feedback_page,
    home,
    keys_page,
    parsing_page,
    queue_page,
    styleguide,
    system_page,
    webhooks_page,
)
from cvmatch.api import api
from cvmatch.insights.page import insights_page
from cvmatch.jobs_page import acting as job_acting
from cvmatch.jobs_page import closing, listing, posting, saved
from cvmatch.metrics import metrics
from cvmatch.my_data import pages as my_data
from cvmatch.sources_page import connecting, watching
from ingestion import views as ingestion
from matching import alert_pages, corrections, improving, marking
from matching import views as matching
from matching.recruiting import acting, candidates, comparing, exporting, shortlist

pages = [
    path("", home.home, name="home"),
    path("alerts/", alert_pages.alerts, name="alerts"),
    path("alerts/follow/", alert_pages.alert_subscribe, name="alert-subscribe"),
    path("alerts/<int:pk>/", alert_pages.alert_change, name="alert-change"),
    path("alerts/stop/<str:token>/", alert_pages.alerts_stop, name="alerts-stop"),
    path("cvs/", ingestion.cv_list, name="cv-list"),
    path("cvs/upload/", ingestion.cv_upload, name="cv-upload"),
    path("cvs/<int:pk>/", matching.cv_page, name="cv"),
    path("cvs/<int:pk>/file/", ingestion.cv_file, name="cv-file"),
    path("cvs/<int:pk>/pages/<int:number>/", ingestion.cv_picture, name="cv-picture"),
    path("cvs/<int:pk>/diff/<int:other>/", ingestion.cv_versions, name="cv-diff"),
    path("cvs/<int:pk>/progress/", matching.cv_progress_part, name="cv-progress"),
    path("cvs/<int:pk>/retry/", matching.cv_retry, name="cv-retry"),
    path("cvs/<int:pk>/corrections/", corrections.cv_correct, name="cv-correct"),
    path("cvs/<int:pk>/matches/", matching.cv_matches, name="cv-matches"),
    path("cvs/<int:pk>/matches/again/", matching.cv_match_again, name="cv-match-again"),
    path("cvs/<int:pk>/saved/", marking.cv_saved, name="cv-saved"),
    path("cvs/<int:pk>/hidden/", marking.cv_hidden, name="cv-hidden"),
    path("jobs/mark/", marking.job_mark, name="job-mark"),
    path("jobs/<int:pk>/apply/", marking.job_apply, name="job-apply"),
    path("account/data/", my_data.my_data, name="my-data"),
    path("account/data/download/", my_data.my_data_download, name="my-data-download"),
    path("account/data/delete/", my_data.my_data_delete, name="my-data-delete"),
    path("account/data/consent/", my_data.my_data_consent, name="my-data-consent"),
    path("account/data/keep/", my_data.my_data_keep, name="my-data-keep"),
    path("matches/<int:pk>/", matching.match_page, name="match"),
    path("matches/<int:pk>/improve/", improving.match_improve, name="match-improve"),
    path("improvements/<int:pk>/", improving.improvement, name="improvement"),
    path("improvements/<int:pk>/again/", improving.improvement_again, name="improvement-again"),
    path("improvements/several/<str:pk>/", improving.improvements, name="improvements"),
    path("improvements/several/<str:pk>/cancel/", improving.improvements_cancel, name="improvements-cancel"),
    path("improvements/<int:pk>/file/<str:kind>/", improving.improvement_file, name="improvement-file"),
    path("jobs/", listing.job_list, name="job-list"),
    path("jobs.csv", job_acting.jobs_csv, name="jobs-csv"),
    path("jobs/several/", job_acting.job_bulk, name="job-bulk"),
    path("jobs/saved/", saved.saved_searches, name="saved-searches"),
    path("jobs/saved/<int:pk>/", saved.saved_search, name="saved-search"),
    path("jobs/saved/<int:pk>/change/", saved.saved_search_change, name="saved-search-change"),
    path("jobs/<int:pk>/", marking.opening(posting.job_page), name="job"),
    path("jobs/<int:pk>/close/", closing.job_close, name="job-close"),
    path("jobs/<int:pk>/open/", closing.job_open, name="job-open"),
    path("jobs/<int:pk>/candidates/", candidates.job_candidates, name="job-candidates"),
    path("jobs/<int:pk>/candidates/again/", candidates.job_search_again, name="job-search-again"),
    path("jobs/<int:pk>/candidates.csv", exporting.candidates_csv, name="job-candidates-csv"),
    path("jobs/<int:pk>/compare/", comparing.job_compare, name="job-compare"),
    path("jobs/<int:pk>/shortlist/", shortlist.job_shortlist, name="job-shortlist"),
    path("jobs/<int:pk>/shortlist.csv", exporting.shortlist_csv, name="job-shortlist-csv"),
    path("jobs/<int:pk>/pick/", acting.job_pick, name="job-pick"),
    path("jobs/<int:pk>/decide/", acting.job_decide, name="job-decide"),
    path("jobs/<int:pk>/undo/", acting.job_undo, name="job-undo"),
    path("jobs/<int:pk>/tag/", acting.job_tag, name="job-tag"),
    path("jobs/<int:pk>/note/", acting.job_note, name="job-note"),
    path("insights/", insights_page, name="insights"),
    path("blind/", acting.blind, name="blind"),
    path("account/keys/", keys_page.keys_page, name="keys"),
    path("account/keys/<int:pk>/revoke/", keys_page.key_revoke, name="key-revoke"),
    path("account/webhooks/", webhooks_page.webhooks_page, name="webhooks"),
    path("account/webhooks/<int:pk>/", webhooks_page.webhook_page, name="webhook"),
    path("account/webhooks/<int:pk>/act/", webhooks_page.webhook_act, name="webhook-act"),
    path("language/", set_language, name="language"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("docs/errors", errors_page.errors_page, name="errors"),
    path("operations/pipeline/", dashboard.pipeline_page, name="pipeline"),
    path("operations/pipeline/retry/", dashboard.pipeline_retry, name="pipeline-retry"),
    path("operations/pipeline/pause/", dashboard.pipeline_pause, name="pipeline-pause"),
    path("operations/queue/", queue_page.queue_page, name="queue"),
    path("operations/queue/try/", queue_page.queue_try, name="queue-try"),
    path("operations/backfills/", backfills_page.backfills_page, name="backfills"),
    path("operations/backfills/start/", backfills_page.backfill_start, name="backfill-start"),
    path("operations/backfills/<int:pk>/", backfills_page.backfill_page, name="backfill"),
    path("operations/backfills/<int:pk>/act/", backfills_page.backfill_act, name="backfill-act"),
    path("operations/backfills/<int:pk>/<int:item>/", backfills_page.backfill_example, name="backfill-example"),
    path("operations/system/", system_page.system_page, name="system"),
    path("operations/parsing/", parsing_page.parsing_page, name="parsing"),
    path("operations/sources/", watching.source_list, name="sources"),
    path("operations/sources/add/", connecting.source_add, name="source-add"),
    path("operations/sources/add/<str:kind>/", connecting.source_connect, name="source-connect"),
    path("operations/sources/<str:name>/", watching.source_page, name="source"),
    path("operations/sources/<str:name>/act/", watching.source_act, name="source-act"),
    path("operations/sources/<str:name>/change/", connecting.source_change, name="source-change"),
    path("operations/sources/<str:name>/disconnect/", connecting.source_disconnect, name="source-disconnect"),
    path("operations/experiments/", experiments_page.experiments_page, name="experiments"),
    path("operations/experiments/add/", experiments_page.experiment_add, name="experiment-add"),
    path("operations/experiments/<int:pk>/act/", experiments_page.experiment_act, name="experiment-act"),
    path("operations/experiments/roll-back/", experiments_page.ranking_roll_back, name="ranking-roll-back"),
    path("operations/ranking/", evaluation_page.evaluation_page, name="ranking"),
    path("operations/feedback/", feedback_page.feedback_page, name="feedback"),
]

machines = [
    path("health/live", dashboard.live, name="health-live"),
    path("health/ready", dashboard.ready, name="health-ready"),
    path("health/detail", dashboard.detail, name="health-detail"),
    path("api/v1/", api.urls),
    path("metrics", metrics, name="metrics"),
]

urlpatterns = [*pages, *machines, path("", include("cvmatch.accounts.urls")), path("admin/", admin.site.urls)]
