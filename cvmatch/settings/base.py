"""Every setting of cvmatch, read from the environment once; docs/settings.md explains each name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ

from cvmatch import embedded
from cvmatch.core.addresses import own_addresses
from cvmatch.core.errors import InvalidInput
from cvmatch.settings.accounts import *  # noqa: F403
from cvmatch.settings.counting import count_together
from cvmatch.settings.databases import REPLICA, databases_of
from cvmatch.settings.environment import Environment
from cvmatch.settings.logs import configure_logs
from cvmatch.settings.names import ENVIRONMENT as ENVIRONMENT
from cvmatch.settings.security import *  # noqa: F403
from cvmatch.settings.sources import *  # noqa: F403

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent

env = Environment()


def _port(text: str) -> int:
    """A port number; said in words when it is not, since this is the one setting that people type by hand."""
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise InvalidInput(f"PORT is {text!r}; it must be a number from 1 to 65535.")


VAR_DIR = Path(env.str("CVMATCH_VAR_DIR", default=str(PROJECT_DIR / "var"))).resolve()
METRICS_DIR = count_together(Path(env.str("PROMETHEUS_MULTIPROC_DIR", default=str(VAR_DIR / "metrics"))))
METRICS_PORT = env.int("CVMATCH_METRICS_PORT", default=0)
METRICS_HOST = env.str("CVMATCH_METRICS_HOST", default="127.0.0.1")
SENTRY_DSN = env.str("SENTRY_DSN", default="")
OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
# Without a server of its own, cvmatch runs PostgreSQL from a wheel inside VAR_DIR, on a unix socket only.
EMBEDDED = not env.str("DATABASE_URL", default="")
DATABASE_URL = env.str("DATABASE_URL", default="") or embedded.database_url(VAR_DIR / "postgres")
# Demo data and accounts with known passwords exist only beside the embedded server, on the loopback address.
DEMO = EMBEDDED and env.bool("CVMATCH_DEMO", default=True)
HOST = env.str("HOST", default="127.0.0.1")
PORT = _port(env.str("PORT", default="8000"))
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or (embedded.secret_key(VAR_DIR) if EMBEDDED else "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"]) + own_addresses(HOST)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "corsheaders",
    "django_htmx",
    "template_partials",
    "django_prometheus",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "ninja",  # serves the API's documentation page from our own static files
    "cvmatch.core",
    "jobs",
    "ingestion",
    "matching",
    "cvmatch",
    "django_q",  # behind cvmatch.core, whose command qcluster stands before its own
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "cvmatch.core.web.RequestIdMiddleware",
    "cvmatch.core.http_api.middleware.ProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cvmatch.core.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cvmatch.core.web.PartsMiddleware",
    "cvmatch.core.web.PageErrorMiddleware",
    "cvmatch.core.http_api.middleware.ApiMiddleware",
    "cvmatch.core.replica.ReplicaMiddleware",
    "cvmatch.guarding.AccessMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
    "cvmatch.answers.AnswersMiddleware",
]

ROOT_URLCONF = "cvmatch.urls"
WSGI_APPLICATION = "cvmatch.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "NAME": "django",  # by which template_partials finds it
        "BACKEND": "cvmatch.core.language.Templates",
        "DIRS": [PROJECT_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- Database and cache ---------------------------------------------------------------------------------------------
# web, worker, migration or command: wsgi.py and manage.py say which, where the environment does not.
DB_ROLE = env.str("CVMATCH_DB_ROLE", default="command")
DATABASES: dict[str, dict[str, Any]] = databases_of(env, url=DATABASE_URL, role=DB_ROLE)
DATABASE_ROUTERS = ["cvmatch.core.replica.ReplicaRouter"] if REPLICA in DATABASES else []
# Seconds that the replica may be behind; with more it is not read.
REPLICA_LAG_S = env.float("CVMATCH_REPLICA_LAG_S", default=5.0)

REDIS_URL = env.str("REDIS_URL", default="")
_TABLE = "django.core.cache.backends.db.DatabaseCache"
_REDIS_OPTIONS: dict[str, Any] = {
    # JSON, not pickle: whoever can write to the cache must not be able to run code here.
    "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
    # A Redis that hangs must not take every request with it.
    "SOCKET_CONNECT_TIMEOUT": 1,
    "SOCKET_TIMEOUT": 1,
    "CONNECTION_POOL_KWARGS": {"max_connections": 50, "health_check_interval": 30},
}
CACHES: dict[str, dict[str, Any]] = {
    # Counters of wrong passwords live here: at the usual 300, a few hundred strangers would push them out.
    "database": {"BACKEND": _TABLE, "LOCATION": "cvmatch_cache", "OPTIONS": {"MAX_ENTRIES": 20_000}},
    # What cvmatch.core.cache keeps: apart from the counters, so that neither pushes out the other.
    "layers": {"BACKEND": _TABLE, "LOCATION": "cvmatch_layers", "OPTIONS": {"MAX_ENTRIES": 5000}},
}
CACHES["default"] = CACHES["database"]
if REDIS_URL:
    _REDIS: dict[str, Any] = {"LOCATION": REDIS_URL, "OPTIONS": _REDIS_OPTIONS, "KEY_PREFIX": "cvmatch"}
    _BYTES = {**_REDIS_OPTIONS, "SERIALIZER": "cvmatch.core.cache.redis.BytesSerializer"}
    CACHES["default"] = {**_REDIS, "BACKEND": "cvmatch.core.cache.redis.SteadyCache"}
    CACHES["layers"] = {**_REDIS, "BACKEND": "django_redis.cache.RedisCache", "OPTIONS": _BYTES}
# How soon others see what a process counted of its caches; None: when somebody asks there.
CACHE_COUNTS_AFTER_S: float | None = 5.0
# Counts that may be a minute old (cvmatch/core/keeping.py): no query to find them, and each process has its own.
CACHES["process"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "process"}

# --- Queue ----------------------------------------------------------------------------------------------------------
# A worker that dies gives its task back after queue.TASK_LEASE, by our own broker; "retry" is only what the library compares
# with the time-out. A task that fails is tried again, since only the database can be the reason: rows have tries of their own.
# A worker that has ever needed so much memory ends after its task, and another one takes its place.
WORKER_MAX_MB = env.int("CVMATCH_WORKER_MAX_MB", default=3000)
_QUEUE_COMMON: dict[str, Any] = {
    "timeout": 120,
    "retry": 150,
    "max_attempts": 3,
    "ack_failures": False,
    "broker_class": "cvmatch.core.broker.Broker",
    "save_limit": 500,
    "catch_up": False,
    "poll": 0.2,
    "guard_cycle": 1,
    "queue_limit": 4,
    "recycle": 2000,
    "max_rss": WORKER_MAX_MB * 1024,
    "log_level": "WARNING",
    "scheduler": env.bool("CVMATCH_SCHEDULER", default=True),
}
Q_CLUSTER: dict[str, Any] = {
    **_QUEUE_COMMON,
    "name": "interactive",
    "orm": "default",
    "label": "Queue",
    "workers": env.int("CVMATCH_WORKERS_INTERACTIVE", default=1),
    "ALT_CLUSTERS": {
        "bulk": {**_QUEUE_COMMON, "workers": env.int("CVMATCH_WORKERS_BULK", default=1)},
    },
}

# --- Accounts -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
SIGN_UP = env.str("CVMATCH_SIGN_UP", default="open")
AUDIT_DAYS = env.int("CVMATCH_AUDIT_DAYS", default=365)
ALERT_DAYS = env.int("CVMATCH_ALERT_DAYS", default=90)
CANDIDATE_DAYS = env.int("CVMATCH_CANDIDATE_DAYS", default=730)
BACKUP_DAYS = env.int("CVMATCH_BACKUP_DAYS", default=30)

# E-mail. Without a server, an installation of one's own shows the messages in its log; any other sends none, since they hold
# links that open accounts.
# Where links in e-mails lead.
PUBLIC_URL = env.str("CVMATCH_PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
EMAIL_URL = env.str("CVMATCH_EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(environ.Env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = f"django.core.mail.backends.{'console' if EMBEDDED else 'dummy'}.EmailBackend"
EMAIL_TIMEOUT = 10
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_URL else "optional"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("CVMATCH_EMAIL_FROM", default="cvmatch@localhost")

# --- Security -------------------------------------------------------------------------------------------------------
SECURE_COOKIES = env.bool("SECURE_COOKIES", default=not EMBEDDED and not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
SECURE_SSL_REDIRECT = SECURE_COOKIES
SECURE_HSTS_SECONDS = env.int("CVMATCH_HSTS_S", default=365 * 86400) if SECURE_COOKIES else 0
CORS_ALLOWED_ORIGINS: list[str] = env.list("CVMATCH_CORS_ORIGINS", default=[])

# --- API ------------------------------------------------------------------------------------------------------------
# What a request to the API means; core.http_api finds it here, so that it need not import the operations.
OPERATION_OF = "cvmatch.guarding.operation_of"
# "default=200/min,bulk=off" changes single limits of cvmatch.core.http_api.limits.
THROTTLE: dict[str, str] = env.dict("CVMATCH_THROTTLE", default={})
TRUSTED_PROXIES = env.int("CVMATCH_TRUSTED_PROXIES", default=0)

# --- Files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("CVMATCH_STATIC_DIR", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [PROJECT_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
MAX_UPLOAD_BYTES = env.int("CVMATCH_MAX_UPLOAD_MB", default=10) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Pipeline and matching ------------------------------------------------------------------------------------------
# The one table of stages; core.queue and core.runner find it here, so that the apps need not import it.
PIPELINE = "cvmatch.pipeline.STAGES"
# Who knows which sentences sources demand beside their postings; found here by the API of jobs, which may not import it.
JOB_CREDITS = "ingestion.crediting.attributions_of"
# "parse_cvs=20,embed_jobs=500" changes the defaults of cvmatch/pipeline.py for single stages.
STAGE_BATCH: dict[str, int] = {k: int(v) for k, v in env.dict("CVMATCH_STAGE_BATCH", default={}).items()}
STAGE_MINUTES: dict[str, int] = {k: int(v) for k, v in env.dict("CVMATCH_STAGE_MINUTES", default={}).items()}
MAX_ATTEMPTS = 5
RETENTION_DAYS = env.int("CVMATCH_RETENTION_DAYS", default=90)
IMPRESSION_DAYS = env.int("CVMATCH_IMPRESSION_DAYS", default=180)
EXTRACT_TIMEOUT_S = 30.0
EXTRACT_MEMORY_MB = 320  # that reading one file may allocate; the code itself, some 50 MB, comes on top
# Where pages are pictures the file is read again with these. Both times and ingestion.stages.BUDGET_S end before the
# queue's time-out.
RECOGNISE_TIMEOUT_S = 80.0
RECOGNISE_MEMORY_MB = 1400

# Used by the provider "openai" only. What is sent there: texts in which the person is hidden.
EMBEDDING_ENDPOINT: dict[str, Any] = {
    "url": env.str("CVMATCH_EMBEDDING_URL", default=""),
    "model": env.str("CVMATCH_EMBEDDING_MODEL", default=""),
    "key": env.str("CVMATCH_EMBEDDING_KEY", default=""),
    "per_minute": env.int("CVMATCH_EMBEDDING_PER_MINUTE", default=100),
    "max_tokens": env.int("CVMATCH_EMBEDDING_MAX_TOKENS", default=8000),
    "price": env.float("CVMATCH_EMBEDDING_PRICE", default=0.0),
    "max_cost": env.float("CVMATCH_EMBEDDING_MAX_COST", default=1.0),
    "timeout_s": env.float("CVMATCH_EMBEDDING_TIMEOUT_S", default=10.0),
    "send_dimensions": env.bool("CVMATCH_EMBEDDING_SEND_DIMENSIONS", default=True),
}
EMBEDDING_PROVIDERS: dict[str, dict[str, Any]] = {
    "minilm": {"BACKEND": "matching.embedding.minilm.MiniLMProvider", "OPTIONS": {"adapter": "cvmatch-1"}},
    "minilm-plain": {"BACKEND": "matching.embedding.minilm.MiniLMProvider", "OPTIONS": {}},
    "hashing": {"BACKEND": "matching.embedding.hashing.HashingProvider", "OPTIONS": {}},
    "openai": {"BACKEND": "matching.embedding.openai.OpenAIProvider", "OPTIONS": EMBEDDING_ENDPOINT},
}
EMBEDDING_PROVIDER = env.str("CVMATCH_EMBEDDING_PROVIDER", default="minilm")
# Used by the search "google-talent" only. What is sent there: open jobs, and titles and skills of CVs.
TALENT: dict[str, Any] = {
    "project": env.str("CVMATCH_TALENT_PROJECT", default=""),
    "tenant": env.str("CVMATCH_TALENT_TENANT", default=""),
    "endpoint": env.str("CVMATCH_TALENT_ENDPOINT", default=""),
    "timeout_s": env.float("CVMATCH_TALENT_TIMEOUT_S", default=5.0),
    "per_minute": env.int("CVMATCH_TALENT_PER_MINUTE", default=240),
}
SEARCH_BACKENDS: dict[str, dict[str, Any]] = {
    "pgvector": {"BACKEND": "matching.search.pgvector.PgvectorSearch", "OPTIONS": {"ef_search": 300}},
    "google-talent": {"BACKEND": "matching.search.google_talent.GoogleTalentSearch", "OPTIONS": TALENT},
}
SEARCH_BACKEND = env.str("CVMATCH_SEARCH_BACKEND", default="pgvector")
# How sources are asked over HTTP: options of cvmatch.core.http.HttpFetch.
FETCH: dict[str, Any] = {
    "agent": env.str("CVMATCH_FETCH_AGENT", default="cvmatch"),
    "allow_private": env.bool("CVMATCH_FETCH_PRIVATE", default=False),
    "most_bytes": env.int("CVMATCH_FETCH_MAX_MB", default=32) * 1024 * 1024,
    "parallel": env.int("CVMATCH_FETCH_PARALLEL", default=4),
    "timeout_s": env.float("CVMATCH_FETCH_TIMEOUT_S", default=20.0),
    "wait_s": env.float("CVMATCH_FETCH_WAIT_S", default=30.0),
}
# How many links of each connected source are followed in a day, 0 for none, and of one server in a minute.
JOB_LINKS: dict[str, int] = {
    "a_day": env.int("CVMATCH_LINKS_A_DAY", default=20),
    "per_minute": env.int("CVMATCH_LINKS_PER_MINUTE", default=10),
}
# How webhooks are sent: options of cvmatch.core.webhooks.sending.Sender.
WEBHOOKS: dict[str, Any] = {
    "agent": FETCH["agent"],
    "allow_private": env.bool("CVMATCH_WEBHOOK_PRIVATE", default=False),
    "timeout_s": env.float("CVMATCH_WEBHOOK_TIMEOUT_S", default=10.0),
}
# What secrets of sources, webhooks and second steps are encrypted with, the newest first; without any, what is made from
# SECRET_KEY.
SECRETS_KEYS: list[str] = env.list("CVMATCH_SECRETS_KEY", default=[])
MATCH_TOP = env.int("CVMATCH_MATCH_TOP", default=50)
# The share of its vectors after whose leaving an index is built anew.
REINDEX_SHARE = env.float("CVMATCH_REINDEX_SHARE", default=0.2)
MATCH_RESULT_HOURS = env.int("CVMATCH_MATCH_RESULT_HOURS", default=24)
# Off without a URL. What is sent there: findings with quotes in which the person is hidden.
LLM: dict[str, Any] = {
    "URL": env.str("CVMATCH_LLM_URL", default=""),
    "MODEL": env.str("CVMATCH_LLM_MODEL", default=""),
    "KEY": env.str("CVMATCH_LLM_KEY", default=""),
    "TIMEOUT_S": env.float("CVMATCH_LLM_TIMEOUT_S", default=20.0),
    "MAX_TOKENS": env.int("CVMATCH_LLM_MAX_TOKENS", default=500),
    "LINES": env.int("CVMATCH_LLM_LINES", default=3),
    # Edits of a CV for one job too: then the CV's lines are sent there, the person hidden in them, when somebody asks for it.
    "TAILORING": env.bool("CVMATCH_LLM_TAILORING", default=False),
    "TAILORING_TOKENS": env.int("CVMATCH_LLM_TAILORING_TOKENS", default=1500),
    "TOKENS_A_DAY": env.int("CVMATCH_LLM_TOKENS_A_DAY", default=200_000),
    "PRICE_IN": env.float("CVMATCH_LLM_PRICE_IN", default=0.0),
    "PRICE_OUT": env.float("CVMATCH_LLM_PRICE_OUT", default=0.0),
}

# --- Language, time, logs -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [PROJECT_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 86400
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
TIME_ZONE = "UTC"
USE_TZ = True

LOG_LEVEL = env.str("CVMATCH_LOG_LEVEL", default="INFO")
LOGGING = configure_logs(LOG_LEVEL)
