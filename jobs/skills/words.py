"""Brings English words to a key that their inflections and spellings share: managing, managed and manages are one."""

from __future__ import annotations

import re
from functools import lru_cache

_FAMILIES = """
    lead led, run ran, make made, teach taught, write wrote written, build built, sell sold, buy bought, keep kept,
    hold held, give gave given, take took taken, draw drew drawn, drive drove driven, grow grew grown, meet met,
    deal dealt, oversee oversaw overseen, undertake undertook undertaken, speak spoke spoken, understand understood,
    think thought, find found, bring brought, weave wove woven, sew sewn, bind bound, lay laid, feed fed, shoot shot,
    choose chose chosen, rebuild rebuilt, rewrite rewrote rewritten, use uses used using utilise utilize utilised
    utilized utilising utilizing, do does did done, die dies died dying, child children, woman women, man men,
    foot feet, tooth teeth, mouse mice, analyse analyze analyses analysis analysed analyzed analysing analyzing,
    diagnose diagnosis diagnoses, crisis crises, curriculum curricula, criterion criteria, bus buses, gas gases,
    programme programmes program programs, licence licences license licenses, practise practice, centre center centers,
    metre meter meters, and &
"""
_IRREGULAR = {form: family.split()[0] for family in _FAMILIES.split(",") for form in family.split()}
_VOWEL = re.compile(r"[aeiouy]")
# "mak", "cod", "fil" were make, code and file: three letters that a doubled last one would have kept apart from "plan".
_SHORT = re.compile(r"[^aeiou][aeiouy][^aeiouwxy]")

Key = str


@lru_cache(maxsize=100_000)
def word_key(word: str) -> Key:
    """What a word, in any case, has in common with its inflected forms; no word itself, only to be compared."""
    word = word.lower()
    word = _IRREGULAR.get(word, word)
    if len(word) <= 3 or not word.isalpha():
        return word
    return _spelling(_stem(word))


def is_inflected(word: str) -> bool:
    """True for what may be the participle of a verb: managing, managed."""
    return word.lower().endswith(("ing", "ed"))


def _stem(word: str) -> str:
    for ending, rest in (("ies", "y"), ("ied", "y"), ("ying", "y")):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)] + rest
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        stem = word[: -len(ending)]
        if word.endswith(ending) and len(stem) >= 3 and _VOWEL.search(stem):
            return stem + "e" if _SHORT.fullmatch(stem) else stem
    return word


def _spelling(stem: str) -> Key:
    """British and American, with and without the last e, one consonant or two."""
    if stem.endswith("e") and len(stem) > 4:
        stem = stem[:-1]
    if len(stem) > 3 and stem[-1] == stem[-2]:
        stem = stem[:-1]
    if len(stem) > 5:
        stem = stem.replace("isation", "ization")
        stem = f"{stem[:-2]}iz" if stem.endswith("is") else stem
        stem = stem.replace("our", "or").replace("aem", "em").replace("paed", "ped")
    return stem
