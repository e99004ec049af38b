"""Correcting on the page of a CV: the form in its place, errors at the field, the way back, and who may."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from cvmatch.core.models import User
from ingestion import correcting, services
from ingestion.models import CV, Confirmation, Correction
from ingestion.values import Mention, ParsedCV
from tests.support import CV_TEXT, make_cv, make_job, work_until_idle


def post(client: Client, cv: CV, *, htmx: bool = False, **fields: str):
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(f"/cvs/{cv.pk}/corrections/", {"action": "save", **fields}, headers=headers)


def plain(response) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(text).split())


def test_a_form_stands_where_the_value_stood_with_what_is_there(as_: Callable[[str], Client], cv: CV) -> None:
    client = as_("candidate")
    links = re.findall(rf'href="/cvs/{cv.pk}/\?edit=([^"#]+)#edit"', client.get(f"/cvs/{cv.pk}/").content.decode())
    assert any(re.fullmatch(r"work%5Be\w+%5D\.position", link) for link in links), links
    for link in dict.fromkeys(links):
        page = client.get(f"/cvs/{cv.pk}/?edit={link}").content.decode()
        assert page.count('<form id="edit"') == 1, link
    page = client.get(f"/cvs/{cv.pk}/?edit=work[0].position").content.decode()
    assert 'name="value" value="Data Engineer"' in page


def test_saving_leads_back_to_the_page_which_says_what_it_was_and_can_undo_it(
    as_: Callable[[str], Client], cv: CV
) -> None:
    client = as_("candidate")
    answer = post(client, cv, path="work[0].position", value="Cook")
    assert (answer.status_code, answer["Location"]) == (302, f"/cvs/{cv.pk}/")
    page = client.get(answer["Location"])
    assert "Corrected by hand; was Data Engineer" in plain(page)
    correction = Correction.objects.get()
    assert f'name="correction" value="{correction.pk}"' in page.content.decode()
    post(client, cv, action="undo", correction=str(correction.pk))
    page = plain(client.get(f"/cvs/{cv.pk}/"))
    assert "Corrected by hand; was" not in page
    assert "undone by candidate" in page


def test_a_value_that_cannot_be_right_comes_back_in_its_form(as_: Callable[[str], Client], cv: CV) -> None:
    for htmx in (False, True):
        answer = post(as_("candidate"), cv, path="work[0].startDate", value="<b>soon</b>", htmx=htmx)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'value="&lt;b&gt;soon&lt;/b&gt;"' in page
        assert re.search(r'aria-describedby="edit-1-note" aria-invalid="true"', page)
        assert "2019 or 2019-03" in page
        assert ("<html" in page) is not htmx
    assert not Correction.objects.exists()


def test_htmx_gets_the_parts_that_change(as_: Callable[[str], Client], cv: CV) -> None:
    page = post(as_("candidate"), cv, path="basics.name", value="Mara Berg", htmx=True).content.decode()
    assert page.strip().startswith('<section id="reading"')
    assert page.count('hx-swap-oob="true"') == 3
    assert "<h1>Mara Berg</h1>" in page
    assert 'hx-trigger="every 1s"' in page, "the line of stages runs again"
    assert 'hx-trigger="cv-matched from:body, cv-explained from:body"' in page, "and so the jobs come anew"


def test_an_entry_is_corrected_as_a_whole_and_only_what_was_typed_counts(
    as_: Callable[[str], Client], cv: CV, people: dict[str, User]
) -> None:
    client = as_("candidate")
    page = client.get(f"/cvs/{cv.pk}/?edit=work[0]").content.decode()
    shown = dict(re.findall(r'name="(was\.\w+)" value="([^"]*)"', page))
    assert shown["was.position"] == "Data Engineer"
    correcting.correct(cv, path="work[0].position", value="Cook", by=people["recruiter"])  # in another tab, meanwhile
    typed = {name.removeprefix("was."): value for name, value in shown.items()}
    post(client, cv, path="work[0]", **shown, **{**typed, "name": "Bistro", "endDate": "2023"})
    work = CV.objects.get(pk=cv.pk).parsed.resume.work[0]
    assert (work.position, work.name, work.end_date) == ("Cook", "Bistro", "2023")


def test_things_are_added_and_removed(as_: Callable[[str], Client], cv: CV) -> None:
    client = as_("candidate")
    assert "Add: Languages" in plain(client.get(f"/cvs/{cv.pk}/"))
    post(client, cv, path="languages", language="German", fluency="C1")
    post(client, cv, path="work[0].highlights", value="Led three people.")
    post(client, cv, action="remove", path="skills[0]")
    resume = CV.objects.get(pk=cv.pk).parsed.resume
    assert [(entry.language, entry.fluency) for entry in resume.languages] == [("German", "C1")]
    assert resume.work[0].highlights[-1] == "Led three people."
    page = plain(client.get(f"/cvs/{cv.pk}/"))
    assert "Added by hand" in page
    answer = post(client, cv, path="languages", language="")
    assert (answer.status_code, "Nothing was written here." in plain(answer)) == (422, True)


def test_skills_that_only_the_text_names_can_be_taken_over_or_away(as_: Callable[[str], Client], cv: CV) -> None:
    def mentioning(parsed: ParsedCV) -> ParsedCV:
        places = [(name, cv.text.index(name)) for name in ("Kafka", "Moved")]
        mentions = [Mention(name, start, start + len(name)) for name, start in places]
        data = parsed.to_json()
        data["meta"]["mentionedSkills"] = [{"name": m.name, "start": m.start, "end": m.end} for m in mentions]
        return ParsedCV.from_json(data)

    services.store_parse(cv, cv.text, mentioning(cv.parsed))
    client = as_("candidate")
    page = client.get(f"/cvs/{cv.pk}/").content.decode()
    assert 'aria-label="Add Kafka to skills"' in page
    marked = set(re.findall(r'id="(t\d+)"', page))
    assert set(re.findall(r'href="#(t\d+)"', page)) == marked != set()
    (address,) = re.findall(r'name="drop" value="(mentionedSkills\[\w+\])" aria-label="Moved is no skill', page)
    post(client, cv, action="", take="Kafka")
    post(client, cv, action="", drop=address)
    after = CV.objects.get(pk=cv.pk).parsed
    assert (after.mentioned_skills, after.skill_names[-1]) == ((), "Kafka")


def test_what_is_right_can_be_confirmed_until_something_changes(as_: Callable[[str], Client], cv: CV) -> None:
    client = as_("candidate")
    assert "All of this is right" in plain(client.get(f"/cvs/{cv.pk}/"))
    post(client, cv, action="confirm")
    assert "Confirmed as right by candidate" in plain(client.get(f"/cvs/{cv.pk}/"))
    post(client, cv, path="basics.label", value="Cook")
    assert "All of this is right" in plain(client.get(f"/cvs/{cv.pk}/"))
    assert not Confirmation.objects.exists()


def test_only_the_person_and_recruiters_may_correct(as_: Callable[[str], Client], cv: CV) -> None:
    assert post(as_("other"), cv, path="basics.label", value="Cook").status_code == 404
    assert post(as_("other"), cv, action="confirm").status_code == 404
    assert as_("other").get(f"/cvs/{cv.pk}/?edit=basics.label").status_code == 404
    assert post(as_("anonymous"), cv, path="basics.label", value="Cook").status_code == 302
    assert not Correction.objects.exists()
    assert post(as_("recruiter"), cv, path="basics.label", value="Cook").status_code == 302
    assert Correction.objects.get().made_by.username == "recruiter"


@pytest.mark.parametrize("action", ["", "burn", "undo", "remove", "save"])
def test_a_request_for_nothing_is_answered_with_an_error_and_changes_nothing(
    action: str, as_: Callable[[str], Client], cv: CV
) -> None:
    assert post(as_("candidate"), cv, action=action).status_code in {404, 422}
    gone = post(as_("candidate"), cv, action=action, path="work[e0123456789].position", value="x", htmx=True)
    assert gone.status_code in {404, 422}
    assert "Nordlicht Analytics" in gone.content.decode(), "what is there now stays on the page"
    assert 'role="alert"' in gone.content.decode()
    assert not Correction.objects.exists()


def test_a_replaced_version_shows_what_holds_and_offers_no_correction(as_: Callable[[str], Client], cv: CV) -> None:
    post(as_("candidate"), cv, path="basics.label", value="Chef")
    assert "the new one begins without corrections" in plain(as_("candidate").get("/cvs/upload/"))
    newer = make_cv(CV_TEXT.replace("Berlin", "Hamburg"), user=User.objects.get(username="candidate"))
    work_until_idle()
    page = as_("candidate").get(f"/cvs/{cv.pk}/").content.decode()
    assert "?edit=" not in page
    assert page.count("corrected by hand") == 1, "at version 1 in the list of versions"
    assert plain(as_("candidate").get(f"/cvs/{newer.pk}/")).count("corrected by hand") == 1
    assert post(as_("candidate"), cv, path="basics.label", value="Cook").status_code == 422


def test_the_old_reading_stays_on_the_page_while_the_file_is_read_again(as_: Callable[[str], Client], cv: CV) -> None:
    services.read_again(limit=5, everything=True)
    client = as_("candidate")
    page = plain(client.get(f"/cvs/{cv.pk}/"))
    assert "Nordlicht Analytics" in page
    assert "not readable" not in page
    assert post(client, cv, path="basics.label", value="Cook").status_code == 302
    assert "Mara Lindqvist" in as_("recruiter").get("/cvs/?q=mara").content.decode()


def test_a_match_says_of_what_was_added_that_it_is_not_in_the_file(as_: Callable[[str], Client], cv: CV) -> None:
    post(as_("candidate"), cv, path="skills", name="Kubernetes")
    work_until_idle()
    make_job("2", "Cluster Engineer", "Requirements:\n- Kubernetes\n- Python")
    work_until_idle()
    client = as_("candidate")
    lists = client.get(f"/cvs/{cv.pk}/matches/").content.decode()
    addresses = dict.fromkeys(re.findall(r'href="(/matches/\d+/)"', lists))
    page = plain(client.get(next(iter(addresses))))
    assert "Kubernetes added by hand, not in the file" in page
    assert "changed since this was written" not in page


def test_the_admin_shows_corrections_and_deletes_them_only_with_their_cv(
    cv: CV, people: dict[str, User], client: Client, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    correction = correcting.correct(cv, path="basics.label", value="Cook", by=people["candidate"])
    correcting.confirm(cv, by=people["candidate"])
    assert correction is not None
    root = User.objects.create_superuser("root", password="pw")
    client.force_login(root)
    listed = client.get(f"/admin/ingestion/correction/?cv__id__exact={cv.pk}&kind__exact=change").content.decode()
    assert "basics" in listed
    assert "Cook" not in listed, "a list shows no words of a CV"
    assert "Cook" in client.get(f"/admin/ingestion/correction/{correction.pk}/change/").content.decode()
    assert client.get(f"/admin/ingestion/confirmation/{Confirmation.objects.get().pk}/change/").status_code == 200
    assert f"?cv__id__exact={cv.pk}" in client.get(f"/admin/ingestion/cv/{cv.pk}/change/").content.decode()
    delete = {"post": "yes"}
    assert client.post(f"/admin/ingestion/correction/{correction.pk}/delete/", delete).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/admin/ingestion/cv/{cv.pk}/delete/", delete).status_code == 302
    assert not Correction.objects.exists()
