"""Documents without and with layout become a JSON Resume whose every value stands in the text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.extract import read_document
from ingestion.parse import parse_document
from ingestion.parse.sections import heading_kind
from ingestion.values import Document, ParsedCV
from tests.parsing import leaves

ENGLISH = """Ada Quill
Senior Baker
ada.quill@example.org | +44 20 7946 0958 | Leeds, United Kingdom
https://adaquill.example | linkedin.com/in/adaquill

SUMMARY
Baker with ten years of experience in bread, rolls and running a small team of people.

EXPERIENCE
Senior Baker, Crumb & Sons Ltd (Mar 2019 - Present)
- Baked 400 loaves a night
- Trained two apprentices

Baker, Loaf Group (2015 - Feb 2019)
- Made sourdough

EDUCATION
University of Leeds (2012 - 2015)
B.Sc. in Food Science

SKILLS
Baking: Sourdough, Rye Bread
Tools: Deck Ovens, Excel

LANGUAGES
English (Native), French (B2)

CERTIFICATIONS
Food Hygiene Level 3 - City Guild, 2018
"""

GERMAN = """Jörg Krümel
joerg@example.de
Tel.: +49 30 901820

Berufserfahrung
05/2018 - heute
Bäckermeister, Brotwerk GmbH

Ausbildung
2014 - 2017
Technische Universität Berlin
Bachelor of Science, Lebensmitteltechnologie

Kenntnisse
Sauerteig, Konditorei, Excel

Sprachen
Deutsch (Muttersprache), Englisch (fließend)
"""

FRENCH = """Zoé Mie
zoe@example.fr

Expérience professionnelle
Boulangère, Pain Doré SARL
janvier 2019 à aujourd'hui

Formation
Université de Lyon, Licence
2015 - 2018

Compétences
Levain, Viennoiserie

Langues
Français : langue maternelle
"""

POLISH = """Jan Bułka
jan@example.pl | +48 22 123 45 67

Doświadczenie zawodowe
styczeń 2019 – obecnie
Chleb Sp. z o.o.
Kierownik piekarni

Wykształcenie
2014 – 2018
Politechnika Warszawska
Inżynier, Technologia Żywności

Języki
Angielski – B2, Niemiecki – A1
"""


def read(text: str) -> Document:
    return read_document(text.encode(), filename="cv.txt", max_bytes=1_000_000)


def parse(text: str) -> ParsedCV:
    return parse_document(read(text))


def assert_every_value_is_in_the_text(document: Document, parsed: ParsedCV) -> None:
    """Dates and formatted phones are normalised; all else reads as it stands, line ends apart."""
    assert parsed.evidence
    for path, value in leaves(parsed.to_json()):
        evidence = parsed.evidence[path]
        assert 0 <= evidence.confidence <= 1
        shown = document.text[evidence.span.start : evidence.span.end]
        if re.search(r"[dD]ate$", path):
            assert value[2:4] in shown
        elif path == "basics.phone":
            assert re.sub(r"\D", "", value)[-6:] in re.sub(r"\D", "", shown)
        elif path.endswith((".network", "countryCode")):
            assert shown
        else:
            assert re.sub(r"[\s-]+", "", value) in re.sub(r"[\s-]+", "", shown), path


def test_a_plain_english_cv_is_read_in_full():
    resume = parse(ENGLISH).resume
    basics = resume.basics
    assert (basics.name, basics.label, basics.email) == ("Ada Quill", "Senior Baker", "ada.quill@example.org")
    assert (basics.phone, basics.url) == ("+442079460958", "https://adaquill.example")
    assert basics.profiles[0].network == "LinkedIn"
    assert (basics.location.city, basics.location.country_code) == ("Leeds", "GB")
    assert basics.summary.startswith("Baker with ten years")
    assert [(w.name, w.position, w.start_date, w.end_date) for w in resume.work] == [
        ("Crumb & Sons Ltd", "Senior Baker", "2019-03", ""),
        ("Loaf Group", "Baker", "2015", "2019-02"),
    ]
    assert resume.work[0].highlights == ("Baked 400 loaves a night", "Trained two apprentices")
    (study,) = resume.education
    assert (study.institution, study.study_type, study.area) == ("University of Leeds", "B.Sc.", "Food Science")
    assert next((s.name, s.keywords) for s in resume.skills) == ("Baking", ("Sourdough", "Rye Bread"))
    assert [(x.language, x.fluency) for x in resume.languages] == [("English", "Native"), ("French", "B2")]
    assert resume.certificates[0].name == "Food Hygiene Level 3"


def test_a_german_cv_is_read():
    resume = parse(GERMAN).resume
    assert (resume.basics.name, resume.basics.phone) == ("Jörg Krümel", "+4930901820")
    assert [(w.name, w.position, w.start_date, w.end_date) for w in resume.work] == [
        ("Brotwerk GmbH", "Bäckermeister", "2018-05", "")
    ]
    assert resume.education[0].institution == "Technische Universität Berlin"
    assert [s.name for s in resume.skills] == ["Sauerteig", "Konditorei", "Excel"]
    assert [x.language for x in resume.languages] == ["Deutsch", "Englisch"]


def test_a_french_cv_is_read():
    resume = parse(FRENCH).resume
    assert [(w.name, w.position, w.start_date, w.end_date) for w in resume.work] == [
        ("Pain Doré SARL", "Boulangère", "2019-01", "")
    ]
    assert (resume.education[0].institution, resume.education[0].study_type) == ("Université de Lyon", "Licence")
    assert [(x.language, x.fluency) for x in resume.languages] == [("Français", "langue maternelle")]


def test_a_polish_cv_is_read():
    resume = parse(POLISH).resume
    assert [(w.name, w.position, w.start_date, w.end_date) for w in resume.work] == [
        ("Chleb Sp. z o.o.", "Kierownik piekarni", "2019-01", "")
    ]
    assert (resume.education[0].institution, resume.education[0].study_type) == ("Politechnika Warszawska", "Inżynier")
    assert [x.language for x in resume.languages] == ["Angielski", "Niemiecki"]


@pytest.mark.parametrize("text", [ENGLISH, GERMAN, FRENCH, POLISH])
def test_every_value_stands_where_its_evidence_says(text):
    document = read(text)
    assert_every_value_is_in_the_text(document, parse_document(document))


def test_a_number_without_country_is_given_as_shown_and_completed_apart():
    parsed = parse("Ada Quill\nLeeds, United Kingdom\nTel: 020 7946 0958\n")
    assert parsed.resume.basics.phone == "020 7946 0958"
    assert parsed.phone_e164 == "+442079460958"


def test_several_positions_below_one_employer_share_it():
    work = parse(
        "Ada Quill\n\nEXPERIENCE\nLoaf Group\nHead Baker\t2019 - 2021\n- Led\n\nBaker\t2017 - 2019\n- Baked\n"
    ).resume.work
    assert [(w.name, w.position) for w in work] == [("Loaf Group", "Head Baker"), ("Loaf Group", "Baker")]


def test_no_bytes_of_layout_are_needed(make_lines):
    document = make_lines("Ada Quill", "ada@example.org", "Skills", "Baking, Rye Bread")
    assert [s.name for s in parse_document(document).resume.skills] == ["Baking", "Rye Bread"]


@pytest.fixture
def make_lines():
    def make(*texts: str) -> Document:
        document = read("\n".join(texts))
        return replace(document, lines=tuple(replace(line, x0=0, block=0, level=0) for line in document.lines))

    return make


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("WORK EXPERIENCE", "work"),
        ("Berufserfahrung", "work"),
        ("Expérience professionnelle :", "work"),
        ("Formación académica", "education"),
        ("Istruzione e formazione", "education"),
        ("Competências", "skills"),
        ("Talenkennis", "languages"),
        ("Doświadczenie zawodowe", "work"),
        ("Educație", "education"),
        ("Skills & Languages", "skills"),
        ("Ada Quill", ""),
        ("Baked bread for ten years", ""),
    ],
)
def test_headings_of_nine_languages_are_known(words, kind):
    assert heading_kind(words) == kind


WORDS = st.sampled_from(
    "Skills|Experience|Education|Baker|Loaf Ltd|2019 - 2021|Present|ada@example.org|+44 20 7946 0958|\t|-|•|,|(|)|English|B.Sc.|"
    "University of Leeds|http://|linkedin.com/in/ada|GitHub|’|Zoë".split("|")
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=6).map(" ".join), max_size=14).map("\n".join))
def test_no_order_of_words_makes_it_fail_or_invent(text):
    document = read("x" + text)
    parsed = parse_document(document)
    for path, _ in leaves(parsed.to_json()):
        span = parsed.evidence[path].span
        assert 0 <= span.start <= span.end <= len(document.text)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=300))
def test_no_text_makes_it_fail(text):
    parse(f"a {text}")
