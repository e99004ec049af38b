"""Headings, periods, labels, languages and occupations are known in the words of nine languages."""

from __future__ import annotations

import pytest

from ingestion.parse import parse_document
from ingestion.parse.contact import ContactArea, find_phone
from ingestion.parse.dates import find_periods
from ingestion.parse.education import read_education
from ingestion.parse.labels import labelled, read_fields
from ingestion.parse.languages import read_languages
from ingestion.parse.pieces import Piece
from ingestion.parse.regions import language_of, likely_country
from ingestion.parse.sections import heading_kind, split_sections
from ingestion.parse.wordlists import languages_of, read_words
from ingestion.parse.words import find_degree, is_school, organisation_score, title_score
from ingestion.parse.work import read_work
from ingestion.values import Document, Line

NINE = {"en", "de", "fr", "es", "it", "pt", "nl", "pl", "ro"}
KINDS = ("work", "education", "skills", "languages", "certificates", "interests", "summary")
HEADINGS = {
    "en": "Employment history|Education|Key skills|Languages|Certifications|Interests|Profile",
    "de": "BERUFLICHER WERDEGANG|Schule und Studium|EDV-Kenntnisse|Sprachkenntnisse|Fort- und Weiterbildungen|Hobbys|Über mich",
    "fr": "Expériences professionnelles|Formations et diplômes|Compétences clés|Langues|Formations complémentaires|"
    "Centres d’intérêt|À propos",
    "es": "Experiencia laboral|Formación académica|Conocimientos informáticos|Idiomas|Cursos y certificados|Aficiones|Perfil",
    "it": "Esperienze lavorative|Istruzione e formazione|Capacità e competenze|Lingue straniere|Corsi di formazione|"
    "Hobby e interessi|Chi sono",
    "pt": "Percurso profissional|Habilitações literárias|Competências técnicas|Línguas|Formação complementar|Passatempos|Perfil",
    "nl": "Werkervaring|Opleidingen|Kennis en vaardigheden|Talenkennis|Cursussen en certificaten|Hobby’s|Over mij",
    "pl": "Przebieg pracy zawodowej|Wykształcenie|Umiejętności|Znajomość języków|Kursy i szkolenia|Zainteresowania|O mnie",
    "ro": "Experiență profesională|Studii|Competențe|Limbi străine cunoscute|Cursuri și certificări|Pasiuni|Despre mine",
}


def document_of(*lines: str) -> Document:
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    return Document("\n".join(lines), tuple(Line(t, s) for t, s in zip(lines, starts, strict=True)), "txt")


def lines_of(*texts: str) -> list[Line]:
    return list(document_of(*texts).lines)


@pytest.mark.parametrize(
    ("heading", "kind"),
    [pair for row in HEADINGS.values() for pair in zip(row.split("|"), KINDS, strict=True)],
)
def test_a_heading_opens_its_section_whatever_its_case(heading, kind):
    assert heading_kind(heading) == heading_kind(heading.upper()) == kind


def test_every_kind_of_section_has_words_in_all_nine_languages():
    rows = languages_of("headings")
    for kind in KINDS:
        known = {code for word in read_words("headings")[kind] for code in rows.get(word, ())}
        assert known >= NINE - {"en"} or {"de", "fr", "es"} <= known, kind


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_is_known_by_its_names_of_all_languages(month):
    for name in read_words("dates")[str(month)]:
        (period,) = find_periods(Piece(f"{name} 2019", 0))
        assert period.start.value == f"2019-{month:02}", name


@pytest.mark.parametrize("word", read_words("dates")["present"])
def test_every_word_for_now_ends_a_period_that_goes_on(word):
    (period,) = find_periods(Piece(f"03/2019 – {word}", 0))
    assert (period.start.value, period.end, period.is_current) == ("2019-03", None, True)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("seit 03/2019", "2019-03", None),
        ("03/2019 bis heute", "2019-03", None),
        ("von Oktober 2018 bis Februar 2020", "2018-10", "2020-02"),
        ("Okt. 2018 bis Feb. 2020", "2018-10", "2020-02"),
        ("03–09/2019", "2019-03", "2019-09"),
        ("WS 2013/14 – SS 2019", "2013", "2019"),
        ("Wintersemester 2010/11", "2010", "2011"),
        ("Jänner 2019 – März 2020", "2019-01", "2020-03"),
        ("seit 03/19", "2019-03", None),
        ("2010/2011", "2010", "2011"),
        ("Q1 2019 – Q3 2020", "2019", "2020"),
        ("depuis le 01/09/2019", "2019-09", None),
        ("de janv. 2017 à août 2019", "2017-01", "2019-08"),
        ("du 1er mars 2019 au 3 avril 2020", "2019-03", "2020-04"),
        ("mai 2020 à ce jour", "2020-05", None),
        ("mars à mai 2019", "2019-03", "2019-05"),
        ("marzo de 2018 – actualidad", "2018-03", None),
        ("desde marzo de 2018 hasta la actualidad", "2018-03", None),
        ("ene. 2015 - dic. 2017", "2015-01", "2017-12"),
        ("del 01/05/2012 al 28/02/2018", "2012-05", "2018-02"),
        ("dal 2015 al 2018", "2015", "2018"),
        ("da gennaio 2015 ad oggi", "2015-01", None),
        ("março de 2018 até julho de 2019", "2018-03", "2019-07"),
        ("jan/2018 – até o momento", "2018-01", None),
        ("van januari 2015 tot maart 2018", "2015-01", "2018-03"),
        ("01-2015 / 03-2018", "2015-01", "2018-03"),
        ("sinds mei 2019", "2019-05", None),
        ("od stycznia 2015 r. do marca 2018 r.", "2015-01", "2018-03"),
        ("01.2017 r. – do chwili obecnej", "2017-01", None),
        ("din ianuarie 2015 până în martie 2018", "2015-01", "2018-03"),
        ("[ 01/03/2019 – prezent ]", "2019-03", None),
    ],
)
def test_a_period_is_read_and_nothing_of_it_is_left_over(text, start, end):
    (period,) = find_periods(Piece(text, 5))
    assert (period.start.value, period.end and period.end.value, period.is_current) == (start, end, end is None)
    assert (period.span.start, period.span.end) == (5, 5 + len(text))


@pytest.mark.parametrize("text", ["0171 / 3920 057", "31-147 Kraków", "03/19", "ul. Długa 17/4", "mit Note 1,7"])
def test_numbers_of_addresses_and_marks_are_no_periods(text):
    assert find_periods(Piece(text, 0)) == []


def test_an_italian_street_is_no_since():
    (period,) = find_periods(Piece("Strada 2019", 0))
    assert not period.is_current


@pytest.mark.parametrize(
    "title",
    [
        "Gesundheits- und Krankenpflegerin",
        "Köchin",
        "Lageristin",
        "Cheffe de rang",
        "Aide-soignante",
        "Jefe de sala",
        "Docente de aula",
        "Impiegata amministrativa",
        "Rececionista",
        "Communicatieadviseur",
        "Główna księgowa",
        "Lăcătuș",
    ],
)
def test_occupations_of_all_languages_read_as_titles(title):
    assert title_score(title) >= 0.7 > organisation_score(title)


@pytest.mark.parametrize(
    "employer",
    [
        "St.-Vinzenz-Krankenhaus",
        "Steuerkanzlei Hell",
        "Brasserie du Steir",
        "Mairie de Lens",
        "Asesoría Triana",
        "Ceramiche Savena S.r.l.",
        "Câmara Municipal de Faro",
        "Waterschap Midden",
        "Zakłady Mięsne Sp. z o.o.",
        "Spitalul Clinic",
    ],
)
def test_employers_of_all_languages_do_not(employer):
    assert organisation_score(employer) == 1


@pytest.mark.parametrize(
    ("line", "degree", "school"),
    [
        ("Ausbildung zur Köchin, Berufskolleg Mitte", "Ausbildung", True),
        ("Mag. rer. soc. oec. Betriebswirtschaft", "Mag. rer. soc. oec.", False),
        ("Matura mit Auszeichnung", "Matura", False),
        ("Bac professionnel, Lycée Chaptal", "Bac professionnel", True),
        ("Diplôme d'ingénieur, INSA Lyon", "Diplôme d'ingénieur", True),
        ("Graduado Escolar, C.P. Virgen de Gracia", "Graduado Escolar", True),
        ("Laurea triennale, Università di Ferrara", "Laurea triennale", True),
        ("Pós-graduação, Faculdade Norte", "Pós-graduação", True),
        ("Graduaat, CVO Antwerpen", "Graduaat", True),
        ("Magister, Uniwersytet Gdański", "Magister", True),
        ("Diplomă de bacalaureat, Colegiul Național", "Diplomă de bacalaureat", True),
    ],
)
def test_degrees_and_schools_of_all_languages_are_told_apart(line, degree, school):
    match = find_degree(line)
    assert match is not None
    assert match[0] == degree
    assert is_school(line) is school


@pytest.mark.parametrize(
    ("line", "language", "fluency"),
    [
        ("Englisch verhandlungssicher (C1)", "Englisch", "verhandlungssicher"),
        ("Anglais : courant", "Anglais", "courant"),
        ("Español lengua materna", "Español", "lengua materna"),
        ("Inglês – fluente", "Inglês", "fluente"),
        ("Duits\tredelijk", "Duits", "redelijk"),
        ("Niemiecki (podstawowy)", "Niemiecki", "podstawowy"),
        ("Engleză: mediu (B1)", "Engleză", "mediu"),
    ],
)
def test_a_language_is_read_with_its_level(line, language, fluency):
    (entry,) = read_languages(lines_of(line))
    assert entry["language"].value == language
    assert entry["fluency"].value.startswith(fluency)


def test_labels_name_their_values():
    assert [labelled(line)[0] for line in lines_of("Nom et prénom :\tX", "Tél. : 1", "DNI: 0", "Data nașterii\t1")] == [
        "name", "phone", "identity", "identity"
    ]  # fmt: skip
    assert labelled(Line("Katharina: eine Frau", 0)) is None


def test_a_form_that_names_its_fields_is_read_by_their_names():
    form = lines_of(
        "Dates mai 2020 – en cours", "Fonction ou poste occupé\tInfirmière", "Nom de l'employeur Les Tilleuls, Libourne",
        "Principales activités\tSoins", "Dates 2016 – 2019", "Fonction ou poste occupé\tAide", "Nom de l'employeur Le Parc",
    )  # fmt: skip
    first, second = read_work(form)
    assert (first["name"].value, first["position"].value, first["startDate"].value) == (
        "Les Tilleuls",
        "Infirmière",
        "2020-05",
    )
    assert "endDate" not in first
    assert (second["name"].value, second["endDate"].value) == ("Le Parc", "2019")


def test_names_that_begin_like_a_label_make_no_form():
    schools = lines_of(
        "Università di Ferrara", "Laurea, 2010 - 2014", "Istituto Paolini", "Diploma di ragioneria, 2005 - 2010"
    )
    assert read_fields(schools, {"school", "degree"}) == []
    assert [entry["institution"].value for entry in read_education(schools)] == [
        "Università di Ferrara",
        "Istituto Paolini",
    ]


def test_a_heading_broken_in_a_narrow_column_opens_one_section():
    sections = split_sections(
        document_of("Ana Ruiz", "Trayectoria", "profesional", "Contable, Feria S.L.", "2010 - 2012")
    )
    assert [(s.kind, len(s.lines)) for s in sections] == [("", 1), ("work", 2)]


def test_the_country_is_guessed_from_headings_and_town_but_never_for_english():
    assert language_of(["Berufserfahrung", "Ausbildung", "Hobby"]) == "de"
    assert likely_country(lines_of("Höttinger Au 41, 6020 Innsbruck"), ["Berufserfahrung"]) == "AT"
    assert likely_country(lines_of("Calle Feria 3, Valencia"), ["Experiencia laboral"]) == "ES"
    assert likely_country(lines_of("Paris"), ["Work experience"]) == ""


def test_numbers_of_other_things_are_no_phone_numbers():
    document = document_of("DNI: 00000000-T | 655 010 248", "Rua de Cedofeita 310, 4050-174 Porto")
    phone = find_phone(ContactArea(document, list(document.lines), "ES"))
    assert phone is not None
    assert phone.value == "655 010 248"


def test_a_diploma_before_a_name_is_no_part_of_it():
    parsed = parse_document(document_of("Dipl.-Ing. (FH) Jürgen von der Heyde", "Konstrukteur", "j.heyde@example.org"))
    assert parsed.resume.basics.name == "Jürgen von der Heyde"
    parsed = parse_document(document_of("Lebenslauf", "Name\tDipl.-Kfm. Jörg Krümel", "E-Mail\tj@example.org"))
    assert parsed.resume.basics.name == "Jörg Krümel"
