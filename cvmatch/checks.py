"""Wrong settings are said at start, with an id and a hint, instead of surprising at the first request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from cvmatch.core.addresses import is_loopback
from cvmatch.core.errors import InvalidInput
from cvmatch.core.http_api.limits import limits_of
from cvmatch.core.queue import stages
from matching import catalogue
from matching.search.google_talent.client import is_installed


@register
def secret_key_is_set(**_: Any) -> list[CheckMessage]:
    try:
        if settings.SECRET_KEY:
            return []
    except ImproperlyConfigured:  # what Django says to anyone who looks at an empty one
        pass
    return [Error("SECRET_KEY is not set.", hint="Put a long random value into the environment.", id="cvmatch.E001")]


@register
def embedding_provider_exists(**_: Any) -> list[CheckMessage]:
    known = ", ".join(settings.EMBEDDING_PROVIDERS)
    if settings.EMBEDDING_PROVIDER in settings.EMBEDDING_PROVIDERS:
        return []
    message = f"CVMATCH_EMBEDDING_PROVIDER is {settings.EMBEDDING_PROVIDER!r}."
    return [Error(message, hint=f"It must be one of: {known}.", id="cvmatch.E002")]


@register
def stages_can_be_imported(**_: Any) -> list[CheckMessage]:
    return [
        Error(
            f"Stage {stage.name}: {stage.function} cannot be imported.",
            hint="See cvmatch/pipeline.py.",
            id="cvmatch.E003",
        )
        for stage in stages()
        if not _importable(stage.function)
    ]


@register
def stage_settings_name_stages(**_: Any) -> list[CheckMessage]:
    known = {stage.name for stage in stages()}
    unknown = sorted((set(settings.STAGE_BATCH) | set(settings.STAGE_MINUTES)) - known)
    if not unknown:
        return []
    message = f"CVMATCH_STAGE_BATCH or CVMATCH_STAGE_MINUTES names unknown stages: {', '.join(unknown)}."
    return [Error(message, hint=f"The stages are: {', '.join(sorted(known))}.", id="cvmatch.E004")]


@register
def language_model_can_be_asked(**_: Any) -> list[CheckMessage]:
    url, model = settings.LLM["URL"], settings.LLM["MODEL"]
    if not url or (url.startswith(("http://", "https://")) and model):
        return []
    hint = "Set CVMATCH_LLM_MODEL too." if not model else "It must begin with http:// or https://."
    return [Error("CVMATCH_LLM_URL cannot be used.", hint=hint, id="cvmatch.E005")]


@register
def embedding_endpoint_can_be_asked(**_: Any) -> list[CheckMessage]:
    if settings.EMBEDDING_PROVIDER != "openai":
        return []
    hints = _faults_of_endpoint(settings.EMBEDDING_ENDPOINT)
    return [Error("The embedding endpoint cannot be used.", hint=hint, id="cvmatch.E006") for hint in hints]


@register
def search_backend_can_be_asked(**_: Any) -> list[CheckMessage]:
    known = ", ".join(settings.SEARCH_BACKENDS)
    if settings.SEARCH_BACKEND not in settings.SEARCH_BACKENDS:
        message = f"CVMATCH_SEARCH_BACKEND is {settings.SEARCH_BACKEND!r}."
        return [Error(message, hint=f"It must be one of: {known}.", id="cvmatch.E007")]
    if settings.SEARCH_BACKEND != catalogue.BACKEND:
        return []
    talent = settings.TALENT
    hints = (
        (is_installed(), "Install the library: pip install --no-deps --require-hashes -r requirements-talent.txt"),
        (talent["project"] and talent["tenant"], "Set CVMATCH_TALENT_PROJECT and CVMATCH_TALENT_TENANT."),
        (
            min(talent["timeout_s"], talent["per_minute"]) > 0,
            "CVMATCH_TALENT_TIMEOUT_S and _PER_MINUTE must be above 0.",
        ),
    )
    message = "Google Cloud Talent Solution cannot be asked."
    return [Error(message, hint=hint, id="cvmatch.E008") for is_sound, hint in hints if not is_sound]


@register
def limits_can_be_read(**_: Any) -> list[CheckMessage]:
    try:
        limits_of(settings.THROTTLE)
    except InvalidInput as error:
        return [Error("CVMATCH_THROTTLE cannot be read.", hint=error.message, id="cvmatch.E012")]
    return []


def _faults_of_endpoint(endpoint: Mapping[str, Any]) -> list[str]:
    """Says no value: one of them is the key."""
    key_is_sound = re.fullmatch(r"[!-~]+", endpoint["key"])
    bounds_are_sound = min(endpoint["per_minute"], endpoint["max_tokens"], endpoint["timeout_s"]) > 0
    money_is_sound = min(endpoint["price"], endpoint["max_cost"]) >= 0
    hints = (
        (_is_web_address(endpoint["url"]), "Set CVMATCH_EMBEDDING_URL to an http:// or https:// address."),
        (endpoint["model"], "Set CVMATCH_EMBEDDING_MODEL."),
        (key_is_sound, "Set CVMATCH_EMBEDDING_KEY, in ASCII without spaces; any word where the server asks for none."),
        (bounds_are_sound, "CVMATCH_EMBEDDING_PER_MINUTE, _MAX_TOKENS and _TIMEOUT_S must be above 0."),
        (money_is_sound, "CVMATCH_EMBEDDING_PRICE and _MAX_COST must not be below 0."),
    )
    return [hint for is_sound, hint in hints if not is_sound]


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _importable(path: str) -> bool:
    try:
        import_string(path)
    except ImportError:
        return False
    return True


@register
def every_route_is_in_the_table_of_access(**_: Any) -> list[CheckMessage]:
    from cvmatch.guarding import unnamed_in_table  # late: the addresses of the project are not needed to start

    hint = "Say in cvmatch/access.py who may; until then nobody can."
    return [
        Error(f"{name} is not in the table of access.", hint=hint, id="cvmatch.E010") for name in unnamed_in_table()
    ]


@register
def sign_up_is_open_or_closed(**_: Any) -> list[CheckMessage]:
    if settings.SIGN_UP in {"open", "closed"}:
        return []
    message = f"CVMATCH_SIGN_UP is {settings.SIGN_UP!r}."
    return [Error(message, hint="It must be one of: open, closed.", id="cvmatch.E011")]


@register(deploy=True)
def mail_can_be_sent_to_who_signs_up(**_: Any) -> list[CheckMessage]:
    if settings.EMAIL_URL or settings.SIGN_UP != "open":
        return []
    hint = "Set CVMATCH_EMAIL_URL, or CVMATCH_SIGN_UP=closed."
    return [Warning("Anybody can sign up, and no address is ever confirmed.", hint=hint, id="cvmatch.W001")]


@register(deploy=True)
def the_way_to_the_database_is_encrypted(**_: Any) -> list[CheckMessage]:
    """A name without a dot is one of a network of one's own: of containers, or of a cluster."""
    database = settings.DATABASES["default"]
    host, mode = str(database.get("HOST") or ""), database.get("OPTIONS", {}).get("sslmode", "prefer")
    if (
        is_loopback(host)
        or "." not in host.strip(".")
        or "/" in host
        or mode in {"require", "verify-ca", "verify-full"}
    ):
        return []
    hint = "Put ?sslmode=verify-full&sslrootcert=/path/to/ca.crt behind DATABASE_URL."
    return [Warning("CVs may go to the database in the clear.", hint=hint, id="cvmatch.W002")]
