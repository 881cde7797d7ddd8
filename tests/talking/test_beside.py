"""What the group looks at while it talks about a pupil: all that was seen, at a stage or at none, and the work."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from lessons.models import LessonGuest, Observation
from tests.study_papers.taking import photo_of
from tests.talking.lessons import address

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen(ours):
    """A note about B at no stage, one about the class, and three photos: of B's work, of nobody's, and one apart."""
    pupil = ours.held.study.case_pupils.get(letter="B")
    for of, text in ((pupil, "Looks at the door"), (None, "All laugh")):
        Observation.objects.create(lesson=ours.held, person=ours.sara, case_pupil=of, text=text, at=timezone.now())
    photos = [photo_of(ours.held, ours.sara) for _ in range(3)]
    for photo, of, apart in zip(photos, (pupil, None, pupil), ("", "", "late"), strict=True):
        photo.case_pupil, photo.apart = of, apart
        photo.save()
    return [reverse("lessons:photo", args=[ours.held.pk, photo.pk]) for photo in photos]


def beside(client, ours, letter):
    client.force_login(ours.pat)
    page = client.get(address("discussion", ours.held)).content.decode()
    return page.partition(f'<span class="ls-abc">{letter}</span> in the lesson')[2].partition("</li>\n")[0]


def test_the_discussion_shows_what_was_seen_before_a_stage_was_tapped_and_the_photos_of_work(client, ours, seen):
    of_b, of_c = beside(client, ours, "B"), beside(client, ours, "C")

    assert ["Looks at the door" in of_b, *(photo in of_b for photo in seen)] == [True, True, False, False]
    assert ["Looks at the door" in of_c, *(photo in of_c for photo in seen)] == [False] * 4


def test_the_sheet_leads_to_the_photos_of_each_pupils_work_beside_how_it_ended(client, ours, seen):
    client.force_login(ours.pat)

    end = client.get(address("sheet", ours.held)).content.decode().partition('id="end"')[2]

    assert [photo in end for photo in seen] == [True, False, False]


def test_a_guest_of_the_lesson_is_led_to_no_photo(client, ours, seen):
    guest = ours.people["guest"]
    until = timezone.localdate() + dt.timedelta(days=3)
    LessonGuest.objects.create(lesson=ours.held, person=guest, invited_by=ours.pat, until=until)
    client.force_login(guest)

    page = client.get(address("sheet", ours.held))

    assert page.status_code == 200
    assert [photo in page.content.decode() for photo in seen] == [False] * 3
