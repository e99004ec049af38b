"""Writes the text of a demo posting: banks of sentences, arranged in the different ways in which companies write."""

from __future__ import annotations

import random
from html import escape

from cvmatch.demo.banks import Setting, read_data

_LONGEST = 1800


def write_description(chance: random.Random, setting: Setting) -> str:
    """The HTML text of a posting in one of the arrangements below; one that has grown too long is written again."""
    while True:
        arrange = chance.choice([_in_lists, _in_lists, _duties_told, _all_told, _pluses_inline])
        description = arrange(chance, setting)
        if len(description) <= _LONGEST:
            return description


def _in_lists(chance: random.Random, setting: Setting) -> str:
    heads = _headings(chance, setting)
    tag = chance.choice(["h3", "p><strong", "h4"])
    parts = [_opening(chance, setting)]
    parts += [_heading(tag, heads["duties"]), _list(_some(chance, setting.bank.duties, 4, 6))]
    parts += [_heading(tag, heads["must"]), _list(_asked(chance, setting, 4, 5))]
    if chance.random() < 0.8:
        parts += [_heading(tag, heads["nice"]), _list(_some(chance, setting.bank.nice, 2, 4))]
    parts += [
        _heading(tag, heads["offer"]),
        _list(_benefits(chance, setting, 2, 4)),
        _paragraph(_closing(chance, setting)),
    ]
    return "".join(parts)


def _duties_told(chance: random.Random, setting: Setting) -> str:
    """Duties as a paragraph, requirements as a list, benefits in a sentence."""
    heads = _headings(chance, setting)
    bridge = chance.choice(read_data("phrases.json")["bridges"][setting.bank.language])
    duties = "; ".join(_lowered(duty, setting) for duty in _some(chance, setting.bank.duties, 3, 5))
    parts = [_opening(chance, setting), _paragraph(f"{bridge} {duties}.")]
    parts += [_heading("p><b", heads["must"] + ":"), _list(_asked(chance, setting, 4, 6))]
    parts += [_paragraph(f"{heads['nice']}: {'; '.join(_some(chance, setting.bank.nice, 2, 3))}.")]
    parts += [
        _paragraph(f"{heads['offer']}: {'; '.join(_benefits(chance, setting, 3, 4))}. {_closing(chance, setting)}")
    ]
    return "".join(parts)


def _all_told(chance: random.Random, setting: Setting) -> str:
    """Short and without lists, as small firms write."""
    heads = _headings(chance, setting)
    duties = ". ".join(_some(chance, setting.bank.duties, 3, 5))
    asked = ". ".join(_asked(chance, setting, 3, 5))
    nice = "; ".join(_some(chance, setting.bank.nice, 2, 3))
    offer = "; ".join(_benefits(chance, setting, 2, 4))
    told = [_opening(chance, setting), _paragraph(f"{heads['duties']}: {duties}.")]
    told += [_paragraph(f"{heads['must']}: {asked}."), _paragraph(f"{heads['nice']}: {nice}.")]
    return "".join([*told, _paragraph(f"{heads['offer']}: {offer}. {_closing(chance, setting)}")])


def _pluses_inline(chance: random.Random, setting: Setting) -> str:
    """No list of nice-to-haves: the pluses stand among the requirements and say so."""
    heads = _headings(chance, setting)
    plus = {"en": " is a plus", "de": " von Vorteil"}[setting.bank.language]
    pluses = [extra + plus for extra in _some(chance, setting.bank.nice, 1, 2) if "," not in extra]
    parts = [_opening(chance, setting), _heading("h3", heads["must"])]
    parts += [_list([*_asked(chance, setting, 4, 5), *pluses])]
    parts += [_heading("h3", heads["duties"]), _list(_some(chance, setting.bank.duties, 4, 6))]
    parts += [_heading("h3", heads["offer"]), _paragraph("; ".join(_benefits(chance, setting, 3, 5)) + ".")]
    return "".join(parts)


def _opening(chance: random.Random, setting: Setting) -> str:
    levels = read_data("phrases.json")["level_sentence"][setting.bank.language][setting.level]
    about, intro, level = setting.company["about"], chance.choice(setting.bank.intros), chance.choice(levels)
    order = chance.choice([(about, intro, level), (intro, level, about), (intro, about), (about, level, intro)])
    if len(order) == 3 and chance.random() < 0.5:
        return _paragraph(order[0]) + _paragraph(f"{order[1]} {order[2]}")
    return _paragraph(" ".join(order))


def _asked(chance: random.Random, setting: Setting, least: int, most: int) -> list[str]:
    bank = setting.bank
    asked = _some(chance, bank.requirements, least, most)
    if setting.years is not None:
        sentence = str(chance.choice(bank.years)).format(n=setting.years)
        asked.insert(chance.choice([0, 0, 1]), _in_singular(sentence) if setting.years == 1 else sentence)
    if bank.education and chance.random() < 0.75:
        asked.insert(chance.choice([0, len(asked)]), chance.choice(bank.education))
    if setting.level in ("lead", "head"):
        asked.append(chance.choice(read_data("phrases.json")["leading"][bank.language]))
    spoken = read_data("phrases.json")["languages"][setting.place["country"]]
    if bank.language == "en" and chance.random() < 0.6:
        asked.append(chance.choice(spoken))
    return asked


def _in_singular(sentence: str) -> str:
    for many, one in (("1 years'", "1 year's"), ("1+ years", "1+ year"), ("1 years", "1 year"), ("1 Jahre", "1 Jahr")):
        sentence = sentence.replace(many, one)
    return sentence.replace("1 or more years", "1 year or more")


def _headings(chance: random.Random, setting: Setting) -> dict[str, str]:
    found: dict[str, str] = chance.choice(read_data("phrases.json")["headings"][setting.bank.language])
    return found


def _benefits(chance: random.Random, setting: Setting, least: int, most: int) -> list[str]:
    return _some(chance, read_data("phrases.json")["benefits"][setting.bank.language], least, most)


def _closing(chance: random.Random, setting: Setting) -> str:
    return str(chance.choice(read_data("phrases.json")["closing"][setting.bank.language]))


def _some(chance: random.Random, bank: list[str], least: int, most: int) -> list[str]:
    return chance.sample(bank, min(len(bank), chance.randint(least, most)))


def _lowered(sentence: str, setting: Setting) -> str:
    """German duties begin with nouns and keep their capital."""
    return sentence if setting.bank.language == "de" else sentence[0].lower() + sentence[1:]


def _heading(tag: str, text: str) -> str:
    closing = "".join(f"</{name}>" for name in reversed(tag.split("><")))
    return f"<{tag}>{escape(text, quote=False)}{closing}"


def _list(items: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(item, quote=False)}</li>" for item in items) + "</ul>"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text, quote=False)}</p>"
