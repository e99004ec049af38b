"""The banks that the demo postings are made from, and the choices behind one posting."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Bank:
    """What one profession's postings are made of."""

    key: str
    language: str
    sectors: list[str]
    pay: int
    unit: str
    levels: list[str]
    count: int
    titles: list[str]
    intros: list[str]
    duties: list[str]
    requirements: list[str]
    nice: list[str]
    years: list[str]
    education: list[str]


@dataclass(frozen=True)
class Setting:
    """The choices behind one posting, made before its text is written."""

    bank: Bank
    company: dict[str, Any]
    place: dict[str, Any]
    level: str
    title: str
    years: int | None
    remote: bool


@cache
def read_data(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))
