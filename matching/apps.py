"""Vectors, search, scores and reasons as a Django app."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
