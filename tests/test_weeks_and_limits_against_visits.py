"""A teacher's week or a school's limits are saved, and the message names the planned visits that stand against them."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.roles import Role
from programmes.models import PartnerTeacher
from tests.factories import MembershipFactory
from tests.years import coordinator_of, partnership_of, programme_of, release, stand

pytestmark = [pytest.mark.usefixtures("in_january"), pytest.mark.django_db]
STAYS = "It stays where it is until somebody moves it."
STAY = "They stay where they are until somebody moves them."


@pytest.fixture
def programme():
    return programme_of("First visit", "Lesson study 1")


def warned(answer):
    assert answer.status_code == 302
    return [str(message) for message in get_messages(answer.wsgi_request) if message.level_tag == "warning"]


def words(*visits):
    return "; ".join(f"{visit.on:%A %-d %B}, {visit.get_half_display()}: observation" for visit in visits)


def test_the_week_of_a_specialist_teacher_names_five_of_the_visits_that_stand_against_it(client, programme):
    partnership = partnership_of(programme)
    first, second = programme.timetable.all()
    visits = [stand(partnership, days, step=first if days < 12 else second) for days in (0, 2, 3, 9, 14, 16, 17)]
    stand(partnership, 1, step=first)  # a Tuesday
    stand(partnership_of(programme), 2)  # somebody else's
    client.force_login(coordinator_of(programme))
    given = {"release_half_days": ["tue-am"], "preferred_half_days": [], "ppa": "mon-am"}

    (message,) = warned(client.post(reverse("programmes:specialist_release", args=[partnership.specialist.pk]), given))

    five = words(*visits[:5])
    assert strip_tags(message) == f"7 planned visits stand against this week: {five}; and 2 more. {STAY}"
    assert [f'href="{visit.get_absolute_url()}"' in message for visit in visits] == [True] * 5 + [False] * 2


def test_the_week_of_a_partner_teacher_names_the_visits_that_they_see(client, programme):
    partnership = partnership_of(programme)
    teacher = PartnerTeacher.objects.get(partnership=partnership)
    visit = stand(partnership, 16, step=programme.timetable.last())
    where = {"organisation": programme.organisation, "school": partnership.partner_school}
    MembershipFactory(user=teacher.user, role=Role.PARTNER, **where)
    client.force_login(teacher.user)
    address = reverse("programmes:partner_week", args=[teacher.pk])
    given = {"release_half_days": ["tue-am", "wed-am"], "preferred_half_days": [], "ppa": ""}

    fitting = warned(client.post(address, given | {"teaches": ["wed-am"]}))
    against = warned(client.post(address, given | {"teaches": ["tue-am"]}))

    assert list(map(strip_tags, against)) == [f"1 planned visit stands against this week: {words(visit)}. {STAYS}"]
    assert fitting == []


def test_the_limits_of_a_school_name_the_visits_beyond_them_and_no_others(client, programme):
    partnership = partnership_of(programme)
    for teacher in [partnership.specialist, PartnerTeacher.objects.get(partnership=partnership)]:
        release(teacher, "tue-am")
    steps = list(programme.timetable.all())
    visits = [stand(partnership, days, step=step) for days, step in zip((1, 15), steps, strict=True)]
    stand(partnership_of(programme), 1, step=steps[0])
    client.force_login(coordinator_of(programme))
    address = reverse("programmes:school_limits", args=[partnership.partner_school.urn])

    enough = warned(client.post(address, {"class_ceiling": "2", "cover_capacity": "1"}))
    too_few = warned(client.post(address, {"class_ceiling": "1", "cover_capacity": ""}))

    assert enough == []
    assert list(map(strip_tags, too_few)) == [f"2 planned visits stand against them: {words(*visits)}. {STAY}"]
