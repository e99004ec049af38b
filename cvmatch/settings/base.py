"""Every setting of cvmatch, read from the environment once; docs/settings.md explains each name in ENVIRONMENT."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ
import structlog

from cvmatch import embedded
from cvmatch.core.errors import InvalidInput

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent

# Every variable that is read below; a test holds docs/settings.md, .env.example and the deployment files against it.
ENVIRONMENT = (
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "CVMATCH_DEMO",
    "CVMATCH_EMBEDDING_KEY",
    "CVMATCH_EMBEDDING_MAX_COST",
    "CVMATCH_EMBEDDING_MAX_TOKENS",
    "CVMATCH_EMBEDDING_MODEL",
    "CVMATCH_EMBEDDING_PER_MINUTE",
    "CVMATCH_EMBEDDING_PRICE",
    "CVMATCH_EMBEDDING_PROVIDER",
    "CVMATCH_EMBEDDING_SEND_DIMENSIONS",
    "CVMATCH_EMBEDDING_TIMEOUT_S",
    "CVMATCH_EMBEDDING_URL",
    "CVMATCH_FETCH_AGENT",
    "CVMATCH_FETCH_MAX_MB",
    "CVMATCH_FETCH_PARALLEL",
    "CVMATCH_FETCH_PRIVATE",
    "CVMATCH_FETCH_TIMEOUT_S",
    "CVMATCH_FETCH_WAIT_S",
    "CVMATCH_LLM_KEY",
    "CVMATCH_LLM_LINES",
    "CVMATCH_LLM_MAX_TOKENS",
    "CVMATCH_LLM_MODEL",
    "CVMATCH_LLM_TIMEOUT_S",
    "CVMATCH_LLM_URL",
    "CVMATCH_LOG_LEVEL",
    "CVMATCH_MATCH_TOP",
    "CVMATCH_MAX_UPLOAD_MB",
    "CVMATCH_RETENTION_DAYS",
    "CVMATCH_SEARCH_BACKEND",
    "CVMATCH_SECRETS_KEY",
    "CVMATCH_STAGE_BATCH",
    "CVMATCH_STAGE_MINUTES",
    "CVMATCH_TALENT_ENDPOINT",
    "CVMATCH_TALENT_PER_MINUTE",
    "CVMATCH_TALENT_PROJECT",
    "CVMATCH_TALENT_TENANT",
    "CVMATCH_TALENT_TIMEOUT_S",
    "CVMATCH_VAR_DIR",
    "CVMATCH_WORKERS_BULK",
    "CVMATCH_WORKERS_INTERACTIVE",
    "DATABASE_URL",
    "DEBUG",
    "HOST",
    "PORT",
    "REDIS_URL",
    "SECRET_KEY",
    "SECURE_COOKIES",
)

env = environ.Env()


def _port(text: str) -> int:
    """A port number; said in words when it is not, since this is the one setting that people type by hand."""
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise InvalidInput(f"PORT is {text!r}; it must be a number from 1 to 65535.")


VAR_DIR = Path(env.str("CVMATCH_VAR_DIR", default=str(PROJECT_DIR / "var"))).resolve()
# Without a server of its own, cvmatch runs PostgreSQL from a wheel inside VAR_DIR, on a unix socket only.
EMBEDDED = not env.str("DATABASE_URL", default="")
DATABASE_URL = env.str("DATABASE_URL", default="") or embedded.database_url(VAR_DIR / "postgres")
# Demo data and accounts with known passwords exist only beside the embedded server, on the loopback address.
DEMO = EMBEDDED and env.bool("CVMATCH_DEMO", default=True)
HOST = env.str("HOST", default="127.0.0.1")
PORT = _port(env.str("PORT", default="8000"))
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or (embedded.secret_key(VAR_DIR) if EMBEDDED else "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
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
    "django_htmx",
    "template_partials",
    "django_q",
    "django_prometheus",
    "ninja",  # serves the API's documentation page from our own static files
    "cvmatch.core",
    "jobs",
    "ingestion",
    "matching",
    "cvmatch",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "cvmatch.core.web.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cvmatch.core.web.PageErrorMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "cvmatch.urls"
WSGI_APPLICATION = "cvmatch.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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
DATABASES: dict[str, dict[str, Any]] = {"default": environ.Env.db_url_config(DATABASE_URL)}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"].setdefault("OPTIONS", {})["application_name"] = "cvmatch"
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

REDIS_URL = env.str("REDIS_URL", default="")
CACHES: dict[str, dict[str, Any]]
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": REDIS_URL,
            # JSON, not pickle: whoever can write to the cache must not be able to run code here.
            "OPTIONS": {"SERIALIZER": "django_redis.serializers.json.JSONSerializer"},
            "KEY_PREFIX": "cvmatch",
        }
    }
else:
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cvmatch_cache"},
    }

# --- Queue ----------------------------------------------------------------------------------------------------------
# timeout < retry < lease (core.models.LEASE): a task is handed out again only after it must have ended, and its rows
# are free again only after that.
_QUEUE_COMMON: dict[str, Any] = {
    "timeout": 120,
    "retry": 150,
    "max_attempts": 3,
    "ack_failures": True,
    "save_limit": 500,
    "catch_up": False,
    "poll": 0.2,
    "guard_cycle": 1,
    "queue_limit": 4,
    "recycle": 2000,
    "log_level": "WARNING",
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
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# --- Security -------------------------------------------------------------------------------------------------------
SECURE_COOKIES = env.bool("SECURE_COOKIES", default=not EMBEDDED and not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
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
# "parse_cvs=20,embed_jobs=500" changes the defaults of cvmatch/pipeline.py for single stages.
STAGE_BATCH: dict[str, int] = {k: int(v) for k, v in env.dict("CVMATCH_STAGE_BATCH", default={}).items()}
STAGE_MINUTES: dict[str, int] = {k: int(v) for k, v in env.dict("CVMATCH_STAGE_MINUTES", default={}).items()}
MAX_ATTEMPTS = 5
RETENTION_DAYS = env.int("CVMATCH_RETENTION_DAYS", default=90)
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
    "pgvector": {"BACKEND": "matching.search.pgvector.PgvectorSearch", "OPTIONS": {"ef_search": 100}},
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
JOB_SOURCES: dict[str, dict[str, Any]] = {
    "jsonld": {"BACKEND": "ingestion.sources.jsonld.JsonLdSource"},
    "csv": {"BACKEND": "ingestion.sources.csv_file.CsvSource"},
    "adzuna": {"BACKEND": "ingestion.sources.adzuna.AdzunaSource"},
    "amazon": {"BACKEND": "ingestion.sources.amazon.AmazonSource"},
    "arbeitnow": {"BACKEND": "ingestion.sources.arbeitnow.ArbeitnowSource"},
    "ashby": {"BACKEND": "ingestion.sources.ashby.AshbySource"},
    "avature": {"BACKEND": "ingestion.sources.avature.AvatureSource"},
    "feed": {"BACKEND": "ingestion.sources.feed.FeedSource"},
    "googlefeed": {"BACKEND": "ingestion.sources.googlefeed.GoogleFeedSource"},
    "greenhouse": {"BACKEND": "ingestion.sources.greenhouse.GreenhouseSource"},
    "hackernews": {"BACKEND": "ingestion.sources.hackernews.HackerNewsSource"},
    "himalayas": {"BACKEND": "ingestion.sources.himalayas.HimalayasSource"},
    "icims": {"BACKEND": "ingestion.sources.icims.IcimsSource"},
    "jazzhr": {"BACKEND": "ingestion.sources.jazzhr.JazzHrSource"},
    "jobvite": {"BACKEND": "ingestion.sources.jobvite.JobviteSource"},
    "jsonresume": {"BACKEND": "ingestion.sources.jsonresume.JsonResumeJobSource"},
    "lever": {"BACKEND": "ingestion.sources.lever.LeverSource"},
    "parquet": {"BACKEND": "ingestion.sources.parquet.ParquetSource"},
    "personio": {"BACKEND": "ingestion.sources.personio.PersonioSource"},
    "recruitee": {"BACKEND": "ingestion.sources.recruitee.RecruiteeSource"},
    "remoteok": {"BACKEND": "ingestion.sources.remoteok.RemoteOkSource"},
    "remotive": {"BACKEND": "ingestion.sources.remotive.RemotiveSource"},
    "rippling": {"BACKEND": "ingestion.sources.rippling.RipplingSource"},
    "sitemap": {"BACKEND": "ingestion.sources.sitemap.SitemapSource"},
    "smartrecruiters": {"BACKEND": "ingestion.sources.smartrecruiters.SmartRecruitersSource"},
    "teamtailor": {"BACKEND": "ingestion.sources.teamtailor.TeamtailorSource"},
    "themuse": {"BACKEND": "ingestion.sources.themuse.TheMuseSource"},
    "usajobs": {"BACKEND": "ingestion.sources.usajobs.UsaJobsSource"},
    "webpage": {"BACKEND": "ingestion.sources.webpage.WebPageSource"},
    "workable": {"BACKEND": "ingestion.sources.workable.WorkableSource"},
    "workday": {"BACKEND": "ingestion.sources.workday.WorkdaySource"},
    "workingnomads": {"BACKEND": "ingestion.sources.workingnomads.WorkingNomadsSource"},
}
# What secrets of sources are encrypted with, the newest first; without any, what is made from SECRET_KEY.
SECRETS_KEYS: list[str] = env.list("CVMATCH_SECRETS_KEY", default=[])
MATCH_TOP = env.int("CVMATCH_MATCH_TOP", default=50)
# Off without a URL. What is sent there: findings with quotes in which the person is hidden.
LLM: dict[str, Any] = {
    "URL": env.str("CVMATCH_LLM_URL", default=""),
    "MODEL": env.str("CVMATCH_LLM_MODEL", default=""),
    "KEY": env.str("CVMATCH_LLM_KEY", default=""),
    "TIMEOUT_S": env.float("CVMATCH_LLM_TIMEOUT_S", default=20.0),
    "MAX_TOKENS": env.int("CVMATCH_LLM_MAX_TOKENS", default=500),
    "LINES": env.int("CVMATCH_LLM_LINES", default=3),
}

# --- Language, time, logs -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

LOG_LEVEL = env.str("CVMATCH_LOG_LEVEL", default="INFO")
_shared_processors: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": _shared_processors,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django-q": {"level": "WARNING"},
        # Both show addresses and headers, which hold keys.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}
structlog.configure(
    processors=[*_shared_processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
