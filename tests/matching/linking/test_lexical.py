"""How phrases and labels are compared by their words."""

from __future__ import annotations

from matching.linking.lexical import WordWeights, best_overlap, stems


def test_forms_of_a_word_meet_in_one_stem() -> None:
    assert stems("managing the budgets") == stems("manage budget")
    assert stems("designing") == stems("designed") == stems("design")


def test_a_rare_word_weighs_more_than_a_frequent_one() -> None:
    weights = WordWeights(["manage budgets", "manage staff", "manage stock"])
    phrase = stems("manage budgets")
    assert weights.overlap(phrase, stems("budgets"))[0] > weights.overlap(phrase, stems("manage"))[0]


def test_the_name_that_shares_most_with_the_phrase_decides() -> None:
    weights = WordWeights(["work in teams", "teamwork principles"])
    names = [stems("collaborate"), stems("work in teams")]
    assert best_overlap(weights, stems("work in a team"), names) == (1.0, 1.0)
