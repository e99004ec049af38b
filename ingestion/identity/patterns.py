"""What tells of the person wherever it stands: contact data, personal details with and without a label, pronouns, prestige."""

from __future__ import annotations

import re

from ingestion.parse.wordlists import either, read_words

_LISTS = read_words("identity")
_ANY = {name: either(words) for name, words in _LISTS.items()}

# Repeats are bounded or end at a sign of their own, so that no text, however made, takes long.
_CONTACT = re.compile(
    r"[^\s@]{1,64}@[^\s@]{1,100}\.\S+|(?:https?://|www\.)\S+|(?:linkedin|github|xing)\.[^\s/]{1,100}/\S+|"
    r"\+\d[\d ()/.-]{7,}\d",
    re.IGNORECASE,
)
# What names a personal detail in the languages that we read; some short ones, such as BI, are also names of skills.
_LABELS = read_words("labels")["identity"]
_PLAIN = either(label for label in _LABELS if len(label) > 4 or label.startswith(("sex", "pł", "né", "ag", "âg")))
_SHORT = either(label for label in _LABELS if len(label) <= 4)
_SET_APART = r"[ \t]*(?:[:\t|]|[.]:?|[–-]\s)[ \t]*"
# Where an item begins and ends: with its line, or at a sign that sets it apart from the next.
_BEGINS = r"(?:^.{0,3}|[|•·\t;,][ \t]*)(?<!\w)"
_TO_THE_END = r"[^\n|•·\t]*"
# "Date of birth: 3 May 1990", "Geburtsort Bonn", "DNI 00000000T", "Born in Lagos, Nigeria", "Photo: me.png".
_DETAIL = re.compile(
    rf"{_BEGINS}(?:"
    rf"(?:{_PLAIN})(?:{_SET_APART}|[ \t]+(?=\d|\w+(?: \w+)?[ \t]*(?:$|[|•·\t]))){_TO_THE_END}"
    rf"|(?:{_SHORT})(?:{_SET_APART}|[ \t]+)[^\W\d_]{{0,4}}\d(?:[./-]?\w| (?=\d)){{3,30}}"
    rf"|born(?:{_SET_APART}|[ \t]+(?:on|in)\b|[ \t]+(?=\d)){_TO_THE_END}"
    rf"|(?:{_ANY['photo']})[ \t]*:{_TO_THE_END})",
    re.IGNORECASE | re.MULTILINE,
)
# "Married, two children", "German citizen", "Ms.", "[Photo]": what needs no label, as an item by itself.
_WORD = rf"(?:{_ANY['status']}|{_ANY['children']}|{_ANY['count']}|{_ANY['honorific']}|\d)"
_STATEMENT = re.compile(
    rf"(?:^|[|•·\t;])[ \t–-]{{0,3}}(?:"
    rf"{_WORD}\.?(?:[ ,/]{{1,3}}{_WORD}\.?){{0,6}}"
    rf"|\[?(?:{_ANY['photo']})\]?"
    rf"|(?:dual[ ])?[^\W\d_]{{2,20}}(?:[ /&-]{{1,3}}[^\W\d_]{{2,20}}){{0,2}}[ ](?:{_ANY['citizen']})"
    rf"|(?:{_ANY['citizen']})[ ](?:of|von)[ ][^\n|•·\t;]{{2,40}}"
    rf")[ \t]*(?=$|[|•·\t;])",
    re.IGNORECASE | re.MULTILINE,
)
_AGE = re.compile(
    rf"(?<!\w)(?:(?:aged|age|alter)[ ])?\d{{2}}[ -]?(?:{_ANY['age']})(?!\w)|(?<!\w)aged[ ]\d{{2}}(?!\w)", re.I
)
_RELATIVE = re.compile(
    rf"(?<!\w)(?:{_ANY['relative']})[ ](?:of|to)[ ](?:\w+[ ]){{0,2}}(?:{_ANY['children']}|{_ANY['count']})(?!\w)", re.I
)
# "(she/her)" goes with its signs, which would show that it stood there; alone, "they" and "them" are other people.
_DECLARED = re.compile(r"\(?(?<!\w)(?:she|he|they)[ ]?/[ ]?(?:her|him|them|they)s?(?:[ ]?/[ ]?\w{3,6})?(?!\w)\)?", re.I)
_PRONOUN = re.compile(rf"(?<!\w)(?:{_ANY['pronoun']})(?!\w)", re.I)
_PRESTIGE = re.compile(rf"(?<!\w)(?:{_ANY['prestige']})(?!\w)", re.I)
# A form of address and the name that follows it, whoever's it is.
_ADDRESSED = re.compile(
    rf"(?<!\w)(?i:{_ANY['honorific']})\.?[ ](?:(?:Dr|Prof)\.?[ ]){{0,2}}[A-ZÀ-Þ][\w’'-]{{1,30}}(?:[ ][A-ZÀ-Þ][\w’'-]{{1,30}})?"
)

ANYWHERE = (_CONTACT, _DETAIL, _STATEMENT, _AGE, _RELATIVE, _DECLARED, _PRONOUN, _PRESTIGE, _ADDRESSED)
