"""The language of a page and how its numbers are written: the reader's for pages, English for programs and the admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.template.backends.django import DjangoTemplates, Template
from django.template.context import make_context
from django.utils import translation

# What programs read says the same in every country; the texts of the admin are ours in English only.
ENGLISH = ("/api/", "/admin/", "/health/", "/metrics")


class LanguageMiddleware(LocaleMiddleware):
    """The language chosen in the footer, else the browser's, else English."""

    def process_request(self, request: HttpRequest) -> None:
        if not request.path_info.startswith(ENGLISH):
            return super().process_request(request)
        translation.activate("en")
        request.LANGUAGE_CODE = translation.get_language()
        return None


class Templates(DjangoTemplates):
    """Writes a number as it is unless a filter writes it for people: pictures, addresses and ids are full of numbers, and
    ``width="0,5"`` is none."""

    def get_template(self, template_name: str) -> Template:
        return _plain(super().get_template(template_name))

    def from_string(self, template_code: str) -> Template:
        return _plain(super().from_string(template_code))


class _Plain(Template):
    def render(self, context: Any = None, request: HttpRequest | None = None) -> Any:
        made = make_context(context, request, autoescape=self.backend.engine.autoescape)
        made.use_l10n = False
        return self.template.render(made)


def _plain(found: Template) -> Template:
    return _Plain(found.template, found.backend)
