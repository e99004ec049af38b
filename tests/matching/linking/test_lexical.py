"""How phrases and labels are compared by their words."""

from __future__ import annotations

from matching.linking.lexical import WordWeights, best_overlap, stems


def test_forms_of_a_word_meet_in_one_stem() -> None:
    assert stems("managing the budgets") == stems("manage budget")
    assert stems("designing") == stems("designed") == stems("design")


def test_a_rare_word_weighs_more_than_a_frequent_one() -> None:
    weights = WordWeights(["manage budgets", "manage staff", "manage stock"])
    phrase = weights.words("manage budgets")
    assert weights.overlap(phrase, weights.words("budgets"))[0] > weights.overlap(phrase, weights.words("manage"))[0]


def test_what_shares_no_word_shares_nothing_even_if_it_has_none() -> None:
    weights = WordWeights(["manage budgets"])
    assert weights.overlap(weights.words("the of"), weights.words("manage budgets")) == (0.0, 0.0)


def test_the_name_that_shares_most_with_the_phrase_decides() -> None:
    weights = WordWeights(["work in teams", "teamwork principles"])
    names = [weights.words("collaborate"), weights.words("work in teams")]
    assert best_overlap(weights, weights.words("work in a team"), names) == (1.0, 1.0)
