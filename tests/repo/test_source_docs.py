"""The table of kinds in docs/sources.md is what the kinds say of themselves."""

from __future__ import annotations

from collections.abc import Iterable

from cvmatch.sources_page.kinds import Choice, list_kinds
from ingestion.sources import Parameter
from tests.repo.test_docs import read

BEGIN = "| kind | service | needs | takes besides | gives |"


def row_of(choice: Choice) -> str:
    others = [one for one in choice.about.parameters if not one.required]
    gives = "all that is open" if choice.about.complete else "a part of what is open"
    gives = gives if choice.is_fetched else "what is in a file"
    cells = (
        f"`{choice.kind}`",
        choice.about.label,
        named(choice.needs),
        named(others),
        gives + ", beginnings of texts" * choice.about.snippets,
    )
    return f"| {' | '.join(cells)} |"


def named(parameters: Iterable[Parameter]) -> str:
    return ", ".join(f"{one.label.lower()}{' (secret)' * one.secret}" for one in parameters) or "–"


def test_the_table_of_kinds_is_what_the_kinds_say() -> None:
    page = read("docs/sources.md").split(BEGIN, 1)[1].splitlines()[2:]
    shown = [line for line in page[: page.index("")] if line]
    assert shown == [row_of(choice) for choice in list_kinds()]


def test_what_kinds_demand_to_be_said_is_on_the_page() -> None:
    demanding = [choice.about for choice in list_kinds() if choice.about.attribution]
    assert demanding
    assert all(about.home for about in demanding)
