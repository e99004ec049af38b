"""What stands at the head of an entry is told apart where words alone mislead: specialties, places, broken dates and names."""

from __future__ import annotations

from ingestion.parse.dates import find_periods
from ingestion.parse.education import read_education
from ingestion.parse.pieces import Found, Piece
from ingestion.parse.work import read_work
from ingestion.values import Line


def lines_of(*texts: str) -> list[Line]:
    lines, at = [], 0
    for text in texts:
        mark = text.startswith("- ")
        lines.append(Line(text.removeprefix("- "), at + 2 * mark, bullet=mark))
        at += len(text) + 1
    return lines


def values(entry: object, *keys: str) -> tuple[str, ...]:
    assert isinstance(entry, dict)
    return tuple(value.value if isinstance(value := entry.get(key), Found) else "" for key in keys)


def test_an_employer_stands_between_a_title_and_a_place() -> None:
    (job,) = read_work(lines_of("Head Chef, Osteria Zia Rosa, Modena", "Mar 2014 – Present", "- Led a brigade"))
    assert values(job, "position", "name", "location") == ("Head Chef", "Osteria Zia Rosa", "Modena")


def test_a_specialty_is_no_employer_where_one_stands_behind_it() -> None:
    (job,) = read_work(
        lines_of("Staff Nurse, Cardiology at Corrib Valley Hospital\tFeb 2013 - May 2017", "- Monitored")
    )
    assert values(job, "position", "name") == ("Staff Nurse, Cardiology", "Corrib Valley Hospital")


def test_two_dates_with_only_a_space_between_them_are_a_range_where_they_rise() -> None:
    (period,) = find_periods(Piece("Mathematics Teacher January 2012 March 2019", 0))
    assert period.is_range
    assert period.end is not None
    assert (period.start.value, period.end.value) == ("2012-01", "2019-03")
    (current,) = find_periods(Piece("Head of Mathematics January 2019 Present", 0))
    assert current.is_current
    assert not any(p.is_range for p in find_periods(Piece("Prizes 2019 2015", 0)))


def test_a_date_may_touch_the_title_behind_it() -> None:
    (period,) = find_periods(Piece("01/09/2009 - 31/05/2016Welder", 0))
    assert period.end is not None
    assert period.end.value == "2016-05"


def test_a_margin_that_breaks_a_date_in_two_gives_the_whole_range() -> None:
    first, second = read_work(
        lines_of(
            "von Februar 2012 bis August\tBilanzbuchhalterin", "2018\tHolzwerke Talbach GmbH", "- Jahresabschlüsse",
            "von Juli 2009 bis Januar\tSachbearbeiterin", "2012\tMolkerei Steinfeld GmbH", "- Mahnwesen",
        )
    )  # fmt: skip
    assert values(first, "position", "name", "startDate", "endDate") == (
        "Bilanzbuchhalterin", "Holzwerke Talbach GmbH", "2012-02", "2018-08"
    )  # fmt: skip
    assert values(second, "position", "name", "startDate", "endDate") == (
        "Sachbearbeiterin", "Molkerei Steinfeld GmbH", "2009-07", "2012-01"
    )  # fmt: skip


def test_years_below_each_other_in_a_margin_stay_dates_of_their_own() -> None:
    jobs = read_work(lines_of("2018\tBaker, Crumb Ltd", "2019\tCook, Loaf Ltd"))
    assert [values(job, "endDate") for job in jobs] == [("2018",), ("2019",)]


def test_a_degree_that_only_names_its_kind_leaves_the_subject_and_the_school() -> None:
    (study,) = read_education(
        lines_of("Certificate", "Electrical Trade, Dayton Joint Apprenticeship Center", "2011 – 2015")
    )
    assert values(study, "studyType", "area", "institution") == (
        "Certificate", "Electrical Trade", "Dayton Joint Apprenticeship Center"
    )  # fmt: skip


def test_a_school_whose_name_holds_a_degree_leaves_the_degree_below_it() -> None:
    (study,) = read_education(lines_of("Instituto Técnico do Vale\tSep 2013 - Jul 2015", "MSc in Computer Networks"))
    assert values(study, "institution", "studyType", "area") == (
        "Instituto Técnico do Vale",
        "MSc",
        "Computer Networks",
    )


def test_degree_and_subject_may_be_points_of_a_list_below_the_school() -> None:
    (study,) = read_education(lines_of("University of the Moor\t2008 - 2012", "- General Nursing", "- BSc"))
    assert values(study, "institution", "studyType", "area") == ("University of the Moor", "BSc", "General Nursing")


def test_a_mark_alone_is_no_subject() -> None:
    (study,) = read_education(
        lines_of("2006 - 2010", "BTech, Cauvery Institute of Technology, 8.9/10", "Biotechnology")
    )
    assert values(study, "area") == ("Biotechnology",)


def test_a_name_of_a_school_that_is_broken_in_two_is_whole() -> None:
    texts = ["2003 - 2008", "Université des Trois", "Vallées", "Master", "Business Law"]
    lines = [
        Line(
            line.text,
            line.start,
            page=1,
            x0=53,
            x1=180,
            y0=17.0 * i,
            y1=17.0 * i + 13,
            size=13.0 if i in (1, 2) else 11.0,
        )
        for i, line in enumerate(lines_of(*texts))
    ]
    (study,) = read_education(lines)
    assert values(study, "institution", "studyType", "area") == (
        "Université des Trois Vallées",
        "Master",
        "Business Law",
    )
