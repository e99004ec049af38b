"""Marked texts: whatever the spans, the segments joined are the text, and each mark has one anchor where it begins."""

from __future__ import annotations

import random

from cvmatch.core.highlight import Mark, segments


def mark(start: int, end: int, name: str = "") -> Mark:
    name = name or f"{start}-{end}"
    return Mark(start, end, anchor=f"a{name}", target=f"t{name}", key=name)


def test_text_without_marks_is_one_segment() -> None:
    assert [s.text for s in segments("abc", [])] == ["abc"]
    assert segments("", []) == ()


def test_a_mark_cuts_the_text_in_three() -> None:
    found = segments("one two three", [mark(4, 7)])
    assert [(s.text, s.mark is not None, s.anchor) for s in found] == [
        ("one ", False, ""),
        ("two", True, "a4-7"),
        (" three", False, ""),
    ]


def test_of_overlapping_marks_the_shortest_is_shown_and_all_are_named() -> None:
    found = segments("abcdefgh", [mark(0, 8, "long"), mark(2, 4, "short")])
    assert [(s.text, s.mark.key if s.mark else "", s.keys) for s in found] == [
        ("ab", "long", "long"),
        ("cd", "short", "long short"),
        ("efgh", "long", "long"),
    ]


def test_marks_on_the_same_place_keep_an_anchor_each() -> None:
    (only,) = segments("ab", [mark(0, 2, "x"), mark(0, 2, "y")])
    assert {only.anchor, *only.others} == {"ax", "ay"}


def test_marks_outside_the_text_are_left_out() -> None:
    assert [s.mark for s in segments("abc", [mark(-1, 2), mark(2, 9), mark(1, 1), mark(2, 1)])] == [None]


def test_any_spans_give_back_the_text_and_every_anchor_once() -> None:
    chance = random.Random(7)
    for _ in range(300):
        text = "".join(chance.choice("ab \n<é") for _ in range(chance.randint(0, 40)))
        ends = [sorted(chance.randint(0, max(len(text), 1)) for _ in range(2)) for _ in range(chance.randint(0, 12))]
        marks = [mark(start, end, str(number)) for number, (start, end) in enumerate(ends)]
        found = segments(text, marks)
        assert "".join(segment.text for segment in found) == text
        anchors = [a for s in found for a in (s.anchor, *s.others) if a]
        assert sorted(anchors) == sorted(m.anchor for m in marks if 0 <= m.start < m.end <= len(text))
