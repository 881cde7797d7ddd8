"""When a research lesson is: on one of the half-days of its partnership, or on another day of the programme's year."""

import datetime as dt

import pytest

from lessons import services
from lessons.models import ResearchLesson
from tests.factories import VisitFactory
from tests.reading import text_of
from tests.studies.writing import address

pytestmark = pytest.mark.django_db

CHOSEN_ABOVE = "A half-day is chosen above as well. Choose “On none of them” there, or leave this blank."
OUTSIDE = "This day is not in the year of the programme, 1 September 2026 to 31 August 2027."


def half_day(ours):
    return VisitFactory(partnership=ours.partnership, kind="research_lesson", on=dt.date(2027, 1, 12))


@pytest.mark.parametrize(
    ("is_chosen", "on", "error"), [(True, "14/1/2027", CHOSEN_ABOVE), (False, "1/1/1999", OUTSIDE)]
)
def test_a_day_that_cannot_be_meant_is_told_and_kept(client, ours, is_chosen, on, error):
    visit = half_day(ours)
    client.force_login(ours.sara)

    page = client.post(address("plan", ours.first), {"visit": visit.pk if is_chosen else "", "on": on})

    assert (page.status_code, page.context["form"].errors) == (422, {"on": [error]})
    assert on in page.content.decode()


def test_a_lesson_leaves_its_half_day_for_another_day(client, ours):
    visit = half_day(ours)
    client.force_login(ours.sara)
    client.post(address("plan", ours.first), {"visit": visit.pk})
    held = ResearchLesson.objects.get(pk=ours.first.pk).visit
    page = text_of(client.get(address("plan", ours.first)))

    client.post(address("plan", ours.first), {"visit": "", "on": "14/1/2027"})

    ours.first.refresh_from_db()
    assert (held, "On none of them" in page) == (visit, True)
    assert (ours.first.visit, ours.first.on) == (None, dt.date(2027, 1, 14))


def test_where_no_half_day_is_free_only_the_day_is_asked(client, ours):
    ours.partnership.visits.all().delete()
    client.force_login(ours.sara)

    page = text_of(client.get(address("plan", ours.first)))

    assert ("On none of them" in page, "On which day is the lesson?" in page) == (False, True)


def test_only_half_days_to_come_and_its_own_are_offered(client, ours):
    own, past = (
        half_day(ours),
        VisitFactory(partnership=ours.partnership, kind="research_lesson", on=dt.date(2026, 9, 8)),
    )
    to_come = VisitFactory(partnership=ours.partnership, kind="research_lesson", on=dt.date(2027, 1, 19))
    ResearchLesson.objects.filter(pk=ours.first.pk).update(visit=own)
    client.force_login(ours.sara)

    offered = set(client.get(address("plan", ours.first)).context["form"].fields["visit"].queryset)

    assert ({own, to_come} <= offered, past in offered) == (True, False)


def test_of_two_lessons_that_take_one_half_day_at_once_one_is_told(ours):
    visit = half_day(ours)
    other = ours.first.study.research_lessons.exclude(pk=ours.first.pk).first()
    services.plan_lesson(ours.pat, other, visit, None, None, [], [])

    with pytest.raises(services.Refused, match="Another lesson has taken this half-day meanwhile"):
        services.plan_lesson(ours.sara, ours.first, visit, None, None, [], [])

    assert ResearchLesson.objects.get(visit=visit) == other
