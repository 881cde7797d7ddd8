import re

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from jobs.work import work_on
from lessons.exports.orders import build_export
from lessons.models import Finding, FindingCitation, Sheet, StudyExport, StudyMember
from tests.pdfs import elements, pages
from tests.study_papers.lessons import FORENAMES, minute, write
from tests.study_papers.taking import NOT_IN_IT, content_of, made, photo_of, talked_about

pytestmark = pytest.mark.django_db
CORNERS = ["Ourside notebook", "Nextdoor notebook", "Elsewhere notebook"]


def in_order(text, *words):
    return re.search(".*".join(re.escape(word) for word in words), text) is not None


def test_the_one_to_hand_on_has_all_words_and_no_name_of_a_pupil(client, ours):
    talked_about(ours)

    response = made(client, ours.sara, ours.notebook, "no")

    text = " ".join(pages(content_of(response)))
    assert in_order(
        text,
        "We want to find out how to improve the way pupils learn to edit for meaning",
        "Made to hand on: case pupils are A, B, C",
        "Editing aloud",
        "Little",
        "28 pupils",
        str(ours.pat),
        "Many ideas",
        "No rating of a teacher is kept",
    )
    assert in_order(text, "Pupils learn to mend a sentence", "Put because", "B: partly met", "Two stops put in")
    assert in_order(
        text,
        "After research lesson 1",
        "What did you enjoy most? Saying it to my partner",
        "“I hear when it goes on”",
        "What was planned for A, what happened, and why was it different? A led",
        "What do we adjust? Say it back",
        f"What {ours.sara} learned To wait",
        f"Agreed by {ours.sara} on Tuesday 10 November 2026",
        "Photos of work",
        "Two stops",
    )
    assert [name for name in [*FORENAMES, *CORNERS, *NOT_IN_IT] if name in text] == []
    name = f"study-{ours.programme.slug}-{ours.partnership.ref.lower()}.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'


def test_the_one_for_the_group_names_the_case_pupils_and_says_so(client, ours):
    talked_about(ours)

    response = made(client, ours.sara, ours.notebook, "yes")

    text = " ".join(pages(content_of(response)))
    assert in_order(text, "it names the case pupils", "A Aurelie Aurelieson", "C Clementine Clementineson")
    assert "names-pupils" in response["Content-Disposition"]
    assert [words for words in [*CORNERS, *NOT_IN_IT] if words in text] == []


def test_it_is_tagged_and_its_title_names_no_person(client, ours):
    talked_about(ours)

    pdf, found = elements(content_of(made(client, ours.sara, ours.notebook, "no")))

    school = ours.partnership.partner_school
    assert str(pdf.docinfo["/Title"]).startswith(f"Lesson study: {school}, begun ")
    assert [str(e.S) for e in found if str(e.S) in {"/H1", "/H2"}][:3] == ["/H1", "/H2", "/H2"]
    assert [str(e.Alt) for e in found if e.S == "/Figure"] == ["Two stops"]


def test_before_one_to_hand_on_names_are_listed_with_where_they_stand_and_looked_at(client, ours):
    lesson = talked_about(ours)
    write(lesson.sheet, ours.pat, {"talk-B-happened": "AURÉLIE's partner read it to Fred"})
    photo_of(lesson, ours.sara, caption="Clementineson wrote this")
    client.force_login(ours.sara)
    address = reverse("lessons:study_pdf", args=[ours.notebook.pk])

    asked = {"names": "no", "photos": "yes"}
    first = client.post(address, asked)
    asked["shown"] = first.context["shown"]
    second = client.post(address, asked)
    third = client.post(address, asked | {"looked": "yes"})

    words = " ".join(second.content.decode().split())
    assert (first.status_code, second.status_code) == (200, 422)
    assert "There is a problem" not in first.content.decode()
    assert [(row.word, row.boxes) for row in first.context["found"]] == [
        ("Clementineson", ["lesson 1, caption of a photo"]),
        (
            "AURÉLIE's",
            ["lesson 1, discussion, What was planned for B, what happened, and why was it different?"],
        ),
    ]
    assert "Look at the words that may be names of pupils, then tick that you have." in words
    assert third.url == StudyExport.objects.get(kind="photos", study=ours.notebook).get_absolute_url()


def test_whom_it_is_for_has_to_be_said(client, ours):
    client.force_login(ours.sara)

    answer = client.post(reverse("lessons:study_pdf", args=[ours.notebook.pk]), {"names": "maybe"})

    assert answer.status_code == 422
    assert "Say whom it is for." in answer.content.decode()
    assert not StudyExport.objects.filter(study=ours.notebook).exists()


def test_ordered_twice_it_is_one_and_shows_how_far_it_is(client, ours):
    client.force_login(ours.sara)
    address = reverse("lessons:study_pdf", args=[ours.notebook.pk])

    ordered = [client.post(address, {"names": "no"}).url for _ in range(2)]

    export = StudyExport.objects.get(study=ours.notebook)
    assert ordered == [export.get_absolute_url()] * 2
    assert "It waits for its turn." in client.get(ordered[0]).content.decode()
    line = reverse("lessons:study_export_progress", args=[export.pk])
    assert client.get(f"{line}?seen={export.stage}", headers={"hx-request": "true"}).status_code == 204
    assert "hx-get" in client.get(f"{line}?seen=other", headers={"hx-request": "true"}).content.decode()


def test_whoever_leaves_the_group_gets_nothing_of_it_any_more(client, ours):
    talked_about(ours)
    content_of(made(client, ours.sara, ours.notebook, "no"))
    export = StudyExport.objects.get(study=ours.notebook)

    StudyMember.objects.filter(study=ours.notebook, person=ours.sara).update(until="2100-01-01")

    for name in ("study_export", "study_export_download"):
        assert client.get(reverse(f"lessons:{name}", args=[export.pk])).status_code == 404


def test_a_photo_that_cannot_be_read_stops_nothing(client, ours):
    lesson = talked_about(ours)
    photo = lesson.photos.get()
    with photo.file.storage.open(photo.file.name, "wb") as file:
        file.write(b"no picture")

    text = " ".join(pages(content_of(made(client, ours.sara, ours.notebook, "no"))))

    assert "This photo cannot be read any more." in text


def test_where_a_video_is_kept_stands_in_what_the_group_keeps_and_not_in_what_is_handed_on(client, ours):
    write(ours.notebook.sheet, ours.pat, {"video": "School drive, cupboard 3"})

    group, handed_on = (
        " ".join(pages(content_of(made(client, ours.sara, ours.notebook, kind)))) for kind in ("yes", "no")
    )

    assert ["School drive" in text for text in (group, handed_on)] == [True, False]


def test_the_photos_go_in_only_where_somebody_says_so_and_are_told_of_before(client, ours):
    talked_about(ours)
    client.force_login(ours.sara)
    address = reverse("lessons:study_pdf", args=[ours.notebook.pk])

    page = client.get(address).content.decode()
    client.post(address, {"names": "no"})

    export = StudyExport.objects.get(study=ours.notebook)
    work_on(StudyExport, export.pk, build_export)
    answer = client.get(reverse("lessons:study_export_download", args=[export.pk]))
    text = " ".join(pages(content_of(answer)))
    assert "A name that a pupil wrote on the work is in its photo" in page
    assert "checked" not in re.search(r'<input[^>]*name="photos"[^>]*>', page)[0]
    assert [words for words in ("Photos of work",) if words in text] == []


def test_headlines_of_others_are_handed_on_where_they_are_public_and_looked_at_for_names(client, ours):
    talked_about(ours)
    for number, (audience, headline) in enumerate(
        [("public", "What Aurelie showed us"), ("schools", "Only for the two schools")]
    ):
        sheet = Sheet.objects.create(programme=ours.programme)
        shown = {"published_at": minute(200), "version": 1, "slug": f"shown-{number}", "headline": headline}
        finding = Finding.objects.create(
            study=ours.notebook, sheet=sheet, begun_by=ours.sara, audience=audience, **shown
        )
        FindingCitation.objects.create(study=ours.notebook, finding=finding, added_by=ours.sara)
    client.force_login(ours.sara)
    address = reverse("lessons:study_pdf", args=[ours.notebook.pk])

    first = client.post(address, {"names": "no"})
    client.post(address, {"names": "no", "looked": "yes", "shown": first.context["shown"]})

    assert [(row.word, row.boxes) for row in first.context["found"]] == [("Aurelie", ["a finding that it builds on"])]
    export = StudyExport.objects.get(study=ours.notebook)
    work_on(StudyExport, export.pk, build_export)
    answer = client.get(reverse("lessons:study_export_download", args=[export.pk]))
    text = " ".join(pages(content_of(answer)))
    assert ("What Aurelie showed us" in text, "Only for the two schools" in text) == (True, False)


def test_words_that_come_after_the_look_are_looked_at_before_anything_is_made(client, ours):
    lesson = talked_about(ours)
    client.force_login(ours.sara)
    address = reverse("lessons:study_pdf", args=[ours.notebook.pk])
    client.post(address, {"names": "no"})
    write(lesson.sheet, ours.pat, {"talk-B-happened": "Aurelie read it, A.A. as well"})

    export = StudyExport.objects.get(study=ours.notebook)
    work_on(StudyExport, export.pk, build_export)

    shown = client.get(export.get_absolute_url()).content.decode()
    first = client.post(address, {"names": "no"})
    write(lesson.sheet, ours.pat, {"talk-C-happened": "Bartholomew too"})
    late = client.post(address, {"names": "no", "looked": "yes", "shown": first.context["shown"]})
    last = client.post(address, {"names": "no", "looked": "yes", "shown": late.context["shown"]})
    assert "other words stand in the study that may be names of pupils" in shown
    assert [(row.word, row.kind) for row in first.context["found"]] == [("Aurelie", "pupil"), ("A.A", "initials")]
    assert (late.status_code, last.status_code) == (422, 302)
    assert "Look at them again, then tick." in late.content.decode()
    again = StudyExport.objects.filter(study=ours.notebook).latest("pk")
    work_on(StudyExport, again.pk, build_export)
    again.refresh_from_db()
    assert again.is_done


def test_each_order_and_download_is_recorded_by_ids(client, ours):
    content_of(made(client, ours.sara, ours.notebook, "no"))

    export = StudyExport.objects.get(study=ours.notebook)
    events = AuditEvent.objects.filter(did__startswith="studies.export").order_by("pk")
    assert list(events.values_list("who", "did", "about", "model", "row")) == [
        (ours.sara.pk, "studies.export ordered", "photos", "lessons.studyexport", export.pk),
        (ours.sara.pk, "studies.export downloaded", "photos", "lessons.studyexport", export.pk),
    ]
