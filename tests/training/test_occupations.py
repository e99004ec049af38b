"""Labels of occupations that run together are cut apart, and descriptions are told from them."""

from __future__ import annotations

import csv

import pytest

from training.occupations import cut_labels, read_occupations

THINGS = "kite sail boat drum rope lamp".split()
ROWS = {
    f"occupation/{t}": f"{t} maker {t} builder maker of {t}s {t.title()} makers make {t}s. They like it."
    for t in THINGS
}
ROWS |= {f"occupation/{t}-builder": f"{t} builder {t} tester {t.title()} builders build {t}s." for t in THINGS[:3]}
ROWS |= {f"occupation/of-{t}": f"maker of {t}s {t} maker Makers of {t}s make {t}s." for t in THINGS[3:]}
ROWS |= {
    "occupation/unclear": "nothing that comes again in the text",
    "isco/C1": "Kite workers Kite workers do all that is to be done with kites.",
}


@pytest.fixture
def occupations(tmp_path):
    path = tmp_path / "occupations.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "description"])
        rows.writerows([f"http://example.org/{key}", text] for key, text in ROWS.items())
    return {occupation.id: occupation for occupation in read_occupations(path)}


def test_a_description_begins_with_the_first_label_in_the_plural(occupations) -> None:
    assert occupations["kite"].description == "Kite makers make kites. They like it."
    assert occupations["of-drum"].description == "Makers of drums make drums."


def test_labels_that_run_together_are_cut_where_labels_begin_and_end(occupations) -> None:
    for thing in THINGS:
        assert occupations[thing].labels == (f"{thing} maker", f"{thing} builder", f"maker of {thing}s")
    assert occupations["sail-builder"].labels == ("sail builder", "sail tester")


def test_groups_and_rows_without_a_description_are_left_out(occupations) -> None:
    assert "unclear" not in occupations
    assert not [key for key in occupations if key.startswith("C")]
    assert len(occupations) == len(ROWS) - 2


def test_no_label_begins_or_ends_with_a_joining_word() -> None:
    known = [(("head", "of", "sales"), ()), (("sales", "clerk"), ("head", "of", "sales", "clerk", "for", "sales"))]
    for label in cut_labels(known)[1]:
        assert not {label[0], label[-1]} & {"of", "for"}
