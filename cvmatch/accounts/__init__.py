"""Signing up and in, by django-allauth: what it is told to do our way, and where its pages are."""
