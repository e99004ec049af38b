"""A recruiter's work on candidates: deciding with undo, narrowing, side by side, comparing, the shortlist, export, links."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cvmatch.core.models import User
from ingestion.models import CV
from jobs.models import Job
from matching import deciding
from matching.models import Decision, DecisionEvent, Match, Note, Prediction, Tag
from matching.recruiting.exporting import safe
from matching.selectors.lines import UNITS
from matching.services import request_matches
from matching.values import Account
from tests.support import CV_TEXT, make_cv, make_job, work_until_idle

As = Callable[[str], Client]
PEOPLE = {"HX-Request": "true", "HX-Target": "people"}
NAMES = ("Owen Prichard", "Ines Albrecht", "Tariq Mansour")


@pytest.fixture
def crowd(people: dict[str, User], cv: CV, job: Job) -> list[Match]:
    """Four candidates of the job; one of them has Kubernetes besides."""
    for name in NAMES:
        text = CV_TEXT.replace("Mara Lindqvist", name).replace("mara.lindqvist", name.lower().replace(" ", "."))
        make_cv(text.replace("Docker", "Docker, Kubernetes") if name == "Ines Albrecht" else text)
    work_until_idle()
    request_matches(job=job, requested_by=None)
    work_until_idle()
    return list(Match.objects.filter(job=job, prediction__side=Prediction.Side.CVS_FOR_JOB).select_related("cv"))


def of(crowd: list[Match], name: str) -> Match:
    return next(match for match in crowd if match.cv.name == name)


def shown(page: str) -> list[str]:
    """The names in the list, from the top."""
    return re.findall(
        r'<span class="clip">([^<]+?) ?<', page.partition('id="picks"')[2].partition('id="people-detail"')[0]
    )


def test_a_decision_is_kept_and_the_page_offers_to_undo_it(as_: As, job: Job, crowd: list[Match]) -> None:
    client, address = as_("recruiter"), f"/jobs/{job.pk}/candidates/"
    answer = client.post(f"/jobs/{job.pk}/decide/", {"match": crowd[0].pk, "stage": "rejected", "next": address})
    page = client.get(answer["Location"]).content.decode()
    assert "Rejected · 1 person" in page
    assert Decision.objects.get().candidate == crowd[0].cv.candidate
    batch = re.search(r'name="batch" value="([^"]+)"', page)[1]
    client.post(f"/jobs/{job.pk}/undo/", {"batch": batch, "next": address})
    assert Decision.objects.get().stage == "new"
    assert list(DecisionEvent.objects.values_list("stage", flat=True)) == ["new", "rejected"]


def test_what_others_did_is_not_offered_to_be_undone(as_: As, job: Job, crowd: list[Match], people: dict) -> None:
    decided = deciding.decide(job=job, candidates=[crowd[0].cv.candidate_id], stage="offer", by=people["admin"])
    page = as_("recruiter").get(f"/jobs/{job.pk}/candidates/?done={decided.batch}").content.decode()
    assert 'name="batch"' not in page
    assert as_("recruiter").get(f"/jobs/{job.pk}/candidates/?done=nonsense").status_code == 200


def test_htmx_gets_the_list_with_the_decision_in_it_and_what_was_done(as_: As, job: Job, crowd: list[Match]) -> None:
    form = {"match": [crowd[0].pk], "stage": "shortlisted", "then": crowd[1].pk}
    page = as_("recruiter").post(f"/jobs/{job.pk}/decide/", form, headers=PEOPLE).content.decode()
    assert "<html" not in page
    assert page.strip().startswith('<div id="people"')
    assert "Shortlisted · 1 person" in page
    assert 'hx-swap-oob="innerHTML"' in page
    assert f'data-panel="{crowd[1].pk}"' in page
    assert "hx-preserve" not in page


def test_the_rejected_sink_folded_to_the_end(as_: As, job: Job, crowd: list[Match]) -> None:
    client = as_("recruiter")
    first = crowd[0].cv.name
    client.post(f"/jobs/{job.pk}/decide/", {"match": crowd[0].pk, "stage": "rejected"})
    page = client.get(f"/jobs/{job.pk}/candidates/").content.decode()
    assert shown(page)[-1] == first
    assert "1 rejected" in page
    assert shown(page.partition('<details id="sunk"')[2] and page) == shown(page)
    assert first in page.partition('<details id="sunk"')[2]


def test_the_list_is_narrowed_by_decision_band_must_have_tag_and_words(
    as_: As, job: Job, crowd: list[Match], people: dict[str, User]
) -> None:
    ines, owen = of(crowd, "Ines Albrecht"), of(crowd, "Owen Prichard")
    by = people["recruiter"]
    deciding.decide(job=job, candidates=[ines.cv.candidate_id], stage="interview", by=by)
    deciding.decide(job=job, candidates=[owen.cv.candidate_id], stage="rejected", by=by)
    tag = deciding.add_tag(name="Berlin", candidates=[owen.cv.candidate_id], by=by)
    client, address = as_("recruiter"), f"/jobs/{job.pk}/candidates/"

    def names(query: str) -> set[str]:
        return set(shown(client.get(f"{address}?{query}").content.decode()))

    everybody = {"Mara Lindqvist", *NAMES}
    assert names("") == everybody
    assert names("show=shortlisted") == {"Ines Albrecht"}
    assert names("show=rejected") == {"Owen Prichard"}
    assert names("show=undecided") == everybody - {"Ines Albrecht", "Owen Prichard"}
    assert names("must=Kubernetes") == {"Ines Albrecht"}
    assert names(f"tag={tag.pk}") == {"Owen Prichard"}
    assert names("q=tariq") == {"Tariq Mansour"}
    assert names(f"band={ines.band}") == {match.cv.name for match in crowd if match.band == ines.band}
    assert "Nobody in the list passes these filters" in client.get(f"{address}?q=nobody").content.decode()
    assert names("show=nonsense&tag=x&list=y") == everybody


def test_must_haves_are_counted_over_the_whole_list(as_: As, job: Job, crowd: list[Match]) -> None:
    page = as_("recruiter").get(f"/jobs/{job.pk}/candidates/").content.decode()
    tile = page.partition("?must=Kubernetes")[2].partition("</li>")[0]
    assert "<title>1 stated, 3 not found</title>" in tile


def test_a_link_to_a_list_shows_just_that_list_also_when_there_is_a_newer_one(
    as_: As, job: Job, crowd: list[Match]
) -> None:
    old = crowd[0].prediction_id
    make_cv(CV_TEXT.replace("Mara Lindqvist", "Noor Haddad"))
    work_until_idle()
    request_matches(job=job, requested_by=None)
    work_until_idle()
    client, address = as_("recruiter"), f"/jobs/{job.pk}/candidates/"
    assert "Noor Haddad" in client.get(address).content.decode()
    shared = client.get(f"{address}?list={old}").content.decode()
    assert "Noor Haddad" not in shared
    assert "A list that somebody shared" in shared
    assert f"list={old}" in shared
    Prediction.objects.filter(pk=old).delete()
    assert "The list of this link is not kept any more" in client.get(f"{address}?list={old}").content.decode()


def test_a_link_never_shows_the_list_of_another_job(as_: As, job: Job, crowd: list[Match]) -> None:
    other = make_job("other", title="Nurse")
    work_until_idle()
    page = as_("recruiter").get(f"/jobs/{other.pk}/candidates/?list={crowd[0].prediction_id}").content.decode()
    assert crowd[0].cv.name not in page


def test_side_by_side_leads_through_the_list_as_it_was_narrowed_and_back(
    as_: As, job: Job, crowd: list[Match], people: dict[str, User]
) -> None:
    order = [match.pk for match in crowd]
    sunk = crowd[1]
    deciding.decide(job=job, candidates=[sunk.cv.candidate_id], stage="rejected", by=people["recruiter"])
    client = as_("recruiter")
    page = client.get(f"/matches/{order[0]}/").content.decode()
    assert "1 of 4" in page
    assert f'rel="next" href="/matches/{order[2]}/"' in page  # the rejected one sank
    page = client.get(f"/matches/{order[2]}/?show=undecided").content.decode()
    assert f'rel="next" href="/matches/{order[3]}/?show=undecided"' in page
    assert f"/jobs/{job.pk}/candidates/?show=undecided&amp;match={order[2]}" in page
    assert "2 of 3" in page


def test_deciding_side_by_side_answers_with_the_bar_and_what_was_decided_so_far(
    as_: As, job: Job, crowd: list[Match]
) -> None:
    htmx = {"HX-Request": "true", "HX-Target": "decision"}
    form = {"candidate": crowd[0].cv.candidate_id, "stage": "rejected", "reason": "place", "comment": "Too far"}
    page = as_("recruiter").post(f"/jobs/{job.pk}/decide/", form, headers=htmx).content.decode()
    assert page.strip().startswith('<section id="decision"')
    assert "Place does not suit" in page
    assert "What was decided so far" in page
    assert 'name="batch"' in page


def test_candidates_see_no_decision_about_themselves(as_: As, job: Job, match: Match, people: dict[str, User]) -> None:
    deciding.decide(
        job=job, candidates=[match.cv.candidate_id], stage="rejected", comment="No.", by=people["recruiter"]
    )
    page = as_("candidate").get(f"/matches/{match.pk}/").content.decode()
    assert "Reject" not in page
    assert 'id="decision"' not in page


def test_comparing_puts_differences_first_and_folds_what_all_show(as_: As, job: Job, crowd: list[Match]) -> None:
    ines, owen = of(crowd, "Ines Albrecht"), of(crowd, "Owen Prichard")
    page = as_("recruiter").get(f"/jobs/{job.pk}/compare/?match={ines.pk}&match={owen.pk}").content.decode()
    differing, _sign, same = page.partition("all show alike")
    assert "Kubernetes" in differing
    assert 'scope="row">Kubernetes' not in same
    assert "Python" in same
    assert differing.index("Ines Albrecht") < differing.index("Owen Prichard")
    assert "<q>" in differing


def test_comparing_takes_two_to_four_of_the_same_job(as_: As, job: Job, crowd: list[Match], match: Match) -> None:
    client, address = as_("recruiter"), f"/jobs/{job.pk}/compare/"
    assert "Choose two to four candidates" in client.get(f"{address}?match={crowd[0].pk}").content.decode()
    five = "&".join(f"match={pk}" for pk in [*(match.pk for match in crowd), 999999])
    assert "Four at most" in client.get(f"{address}?{five}").content.decode()
    other = make_job("other", title="Nurse")
    assert "Choose two to four" in client.get(f"/jobs/{other.pk}/compare/?{five}").content.decode()


def test_the_selected_are_compared_and_exported_by_an_address_without_the_secret_of_the_form(
    as_: As, job: Job, crowd: list[Match]
) -> None:
    form = {"match": [crowd[0].pk, crowd[1].pk], "csrfmiddlewaretoken": "x", "next": "/"}
    for button, page in (("compare", "compare/"), ("export", "candidates.csv")):
        answer = as_("recruiter").post(f"/jobs/{job.pk}/pick/", {**form, button: ""})
        assert answer["Location"] == f"/jobs/{job.pk}/{page}?match={crowd[0].pk}&match={crowd[1].pk}"


def test_the_shortlist_shows_stages_reasons_notes_and_tags(
    as_: As, job: Job, crowd: list[Match], people: dict[str, User]
) -> None:
    by, first, second = people["recruiter"], crowd[0].cv.candidate_id, crowd[1].cv.candidate_id
    assert "Nobody is on the shortlist yet" in as_("recruiter").get(f"/jobs/{job.pk}/shortlist/").content.decode()
    deciding.decide(job=job, candidates=[first], stage="interview", comment="On Monday.", by=by)
    deciding.decide(job=job, candidates=[second], stage="rejected", reason="pay", by=by)
    deciding.write_note(job=job, candidate=first, text="Prefers mornings.", by=by)
    deciding.add_tag(name="Remote", candidates=[first], by=by)
    page = as_("recruiter").get(f"/jobs/{job.pk}/shortlist/").content.decode()
    interview, _sign, rejected = page.partition('id="stage-rejected"')
    for words in (crowd[0].cv.name, "On Monday.", "Prefers mornings.", "Remote"):
        assert words in interview
    assert crowd[1].cv.name in rejected
    assert "Pay does not suit" in rejected


def test_notes_and_tags_are_added_and_taken_off_on_the_page(as_: As, job: Job, crowd: list[Match]) -> None:
    client, person = as_("recruiter"), crowd[0].cv.candidate_id
    client.post(f"/jobs/{job.pk}/note/", {"candidate": person, "text": "Call back."})
    client.post(f"/jobs/{job.pk}/tag/", {"candidate": person, "tag": "Berlin"})
    page = client.get(f"/jobs/{job.pk}/candidates/?match={crowd[0].pk}").content.decode()
    assert "Call back." in page
    assert page.count(">Berlin") >= 2  # in its line and beside it
    client.post(f"/jobs/{job.pk}/note/", {"candidate": person, "delete": Note.objects.get().pk})
    client.post(f"/jobs/{job.pk}/tag/", {"candidate": person, "remove": Tag.objects.get().pk})
    assert not Note.objects.exists()
    assert not Tag.objects.exists()


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("decide", {"stage": "rejected"}, "Nobody is selected"),
        ("decide", {"stage": "promoted", "candidate": "1"}, "no stage or reason that we know"),
        ("decide", {"stage": "rejected", "match": "999999"}, "The list was made anew since"),
        ("undo", {"batch": "x"}, "nothing to undo"),
        ("undo", {"batch": str(uuid4())}, "nothing to undo"),
        ("tag", {"tag": " "}, "The tag has no name"),
        ("note", {"text": " "}, "The note is empty"),
    ],
)
def test_what_cannot_be_done_is_said_on_the_page_and_changes_nothing(
    as_: As, job: Job, crowd: list[Match], path: str, form: dict, words: str
) -> None:
    client = as_("recruiter")
    answer = client.post(f"/jobs/{job.pk}/{path}/", form)
    assert words in client.get(answer["Location"]).content.decode()
    answer = client.post(f"/jobs/{job.pk}/{path}/", form, headers=PEOPLE)
    assert answer.status_code in {404, 422}
    assert words in answer.content.decode()
    assert not Decision.objects.exists()


def test_a_form_never_leads_to_another_host(as_: As, job: Job, crowd: list[Match]) -> None:
    for away in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"):
        form = {"match": crowd[0].pk, "stage": "shortlisted", "next": away}
        assert as_("recruiter").post(f"/jobs/{job.pk}/decide/", form)["Location"].startswith(f"/jobs/{job.pk}/")


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_list_is_exported_as_it_is_asked_for_for_spreadsheets(as_: As, job: Job, crowd: list[Match]) -> None:
    first = next(match for match in crowd if match.cv.name != "Ines Albrecht")
    CV.objects.filter(pk=first.cv_id).update(name='=HYPERLINK("http://x")', label="+1")
    client, address = as_("recruiter"), f"/jobs/{job.pk}/candidates.csv"
    answer = client.get(address)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer["Content-Disposition"]
    rows = rows_of(answer.content)
    assert [row["Rank"] for row in rows] == ["1", "2", "3", "4"]
    row = rows[first.rank - 1]
    assert (row["Candidate"], row["Title"]) == ('\'=HYPERLINK("http://x")', "'+1")
    assert {row["Kubernetes"] for row in rows} == {"stated", "not found"}
    assert [row["Candidate"] for row in rows_of(client.get(f"{address}?must=Kubernetes").content)] == ["Ines Albrecht"]
    assert len(rows_of(client.get(f"{address}?match={first.pk}").content)) == 1


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1"])
def test_no_cell_begins_as_a_formula(cell: str) -> None:
    assert safe(cell).startswith("'")


@pytest.mark.parametrize("cell", ["Data Engineer", "3 - 4", "", 86.5])
def test_other_cells_are_left_as_they_are(cell: object) -> None:
    assert safe(cell) == str(cell)


def test_the_shortlist_is_exported_with_contacts(as_: As, job: Job, crowd: list[Match], people: dict) -> None:
    deciding.decide(job=job, candidates=[crowd[0].cv.candidate_id], stage="offer", comment="Soon", by=people["admin"])
    deciding.write_note(job=job, candidate=crowd[0].cv.candidate_id, text="=Note", by=people["admin"])
    row = rows_of(as_("recruiter").get(f"/jobs/{job.pk}/shortlist.csv").content)[0]
    assert (row["Stage"], row["Comment"], row["Notes"]) == ("Offer", "Soon", "'=Note")
    assert row["E-mail"].endswith("@example.com")


def test_fifty_candidates_fit_on_a_page_of_sixty_kilobytes_and_take_no_more_queries_than_one(
    as_: As, job: Job, crowd: list[Match], people: dict[str, User]
) -> None:
    client, address = as_("recruiter"), f"/jobs/{job.pk}/candidates/"
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    explained = crowd[0].explanation.body_json
    for number in range(46):
        cv = make_cv(CV_TEXT.replace("Mara Lindqvist", f"Anastasia Montgomery-Fitzgerald {number}"))
        CV.objects.filter(pk=cv.pk).update(
            name=f"Anastasia Montgomery-Fitzgerald {number}", label="Senior Data Engineer"
        )
        line = Match.objects.get(pk=crowd[0].pk)
        line.pk, line.rank, line.cv_id = None, 10 + number, cv.pk
        line.save()
        crowd[0].explanation.__class__.objects.create(match=line, status="completed", body_json=explained)
    ids = list(CV.objects.values_list("candidate", flat=True))
    deciding.decide(job=job, candidates=ids[:30], stage="shortlisted", by=people["recruiter"])
    deciding.add_tag(name="Relocates", candidates=ids[:10], by=people["recruiter"])
    with CaptureQueriesContext(connection) as many:
        page = client.get(address).content.decode()
    assert len(shown(page)) == 50
    assert len(page.encode()) < 60_000
    assert len(many) <= min(len(few), 12)


def test_the_bar_of_a_line_is_as_long_as_its_score(as_: As, job: Job, crowd: list[Match]) -> None:
    page = as_("recruiter").get(f"/jobs/{job.pk}/candidates/").content.decode()
    bar = re.search(r'<svg class="bar" viewBox="0 0 (\d+) 12".*?<path d="(.*?)"/><path d="(.*?)"/>', page)
    ends = [int(start) + int(width) for start, width in re.findall(r"M(\d+) 4h(\d+)", bar[2] + bar[3])]
    assert int(bar[1]) == UNITS
    assert abs(max(ends) - UNITS * float(crowd[0].score) / 100) <= UNITS / 100
    assert Account.from_json(crowd[0].explanation.body_json).findings
