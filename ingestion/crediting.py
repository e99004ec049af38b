"""The sentences that sources demand beside their postings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ingestion.models import Source
from ingestion.source_figures import about_of
from ingestion.sources import About


def credits_of(names: Iterable[str]) -> list[About]:
    """What the kinds of these sources say of themselves, each once and only those that demand a sentence."""
    found = {about.attribution: about for about in _abouts(names).values()}
    return list(found.values())


def attributions_of(names: Iterable[str]) -> Mapping[str, str]:
    """The sentence by the source's name; only of sources that demand one."""
    return {name: about.attribution for name, about in _abouts(names).items()}


def _abouts(names: Iterable[str]) -> dict[str, About]:
    """Postings from a file are named by the kind that read it, where nobody said otherwise."""
    wanted = dict.fromkeys(names)
    if not wanted:
        return {}
    kinds = dict(Source.objects.filter(name__in=wanted).values_list("name", "kind"))
    found = {name: about_of(kinds.get(name, name)) for name in wanted}
    return {name: about for name, about in found.items() if about and about.attribution}
