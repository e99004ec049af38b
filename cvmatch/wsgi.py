"""The web server's entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cvmatch.settings.base")
os.environ.setdefault("CVMATCH_DB_ROLE", "web")
application = get_wsgi_application()

from django.core.signals import request_started  # noqa: E402 - after Django has loaded what stays

from cvmatch.core.memory import settle  # noqa: E402
from matching.backfills.in_use import refresh_sometimes  # noqa: E402

request_started.connect(refresh_sometimes, dispatch_uid="cvmatch.model_in_use")
settle()
