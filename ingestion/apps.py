"""Everything that comes in, as a Django app."""

from django.apps import AppConfig


class IngestionConfig(AppConfig):
    name = "ingestion"
