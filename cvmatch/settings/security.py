"""What browsers are told and held to that no installation needs to change: headers, and who may call from where."""

from __future__ import annotations

from corsheaders.defaults import default_headers

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
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

# What asks for these is inside the network, without TLS: probes and the scraper, which has a key.
SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready)$", r"^metrics$"]
# Subdomains and browsers' preload lists are not ours to decide: they bind everything else under the same domain.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# Pages of other origins that CVMATCH_CORS_ORIGINS names may call the API, with a key. Never with the session's cookie:
# then each of these pages could do what the person who looks at it may do here.
CORS_URLS_REGEX = r"^/api/v1/"
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_HEADERS = (*default_headers, "idempotency-key", "if-none-match", "x-request-id")
CORS_EXPOSE_HEADERS = (
    "content-disposition",
    "etag",
    "link",
    "location",
    "ratelimit",
    "ratelimit-limit",
    "ratelimit-policy",
    "ratelimit-remaining",
    "ratelimit-reset",
    "retry-after",
    "x-request-id",
)
