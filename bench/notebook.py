"""The pages of a full research lesson: three case pupils, twelve stages, four observers, two hundred observations."""

import datetime as dt
import itertools

from django.urls import reverse
from django.utils import timezone

STAGES, OBSERVERS, OBSERVATIONS = 12, 4, 200


def full_lesson():
    """(a member, the lesson), in a partnership of its own."""
    from lessons.models import LessonGuest, Observation
    from tests.factories import PartnershipFactory, PlaceFactory, UserFactory
    from tests.notebook import a_lesson, a_study, write_boxes

    partnership = PartnershipFactory(status="active")
    teacher, specialist = partnership.current_partner_teachers[0], partnership.specialist.user
    members_of(partnership, teacher, specialist)
    places = [PlaceFactory(partnership=partnership) for _ in range(3)]
    study = a_study(partnership, [teacher, specialist], places)
    began = timezone.now() - dt.timedelta(hours=2)
    names = [f"Stage {number}" for number in range(1, STAGES + 1)]
    lesson = a_lesson(study, names, started_at=began, started_by=teacher, ended_at=began + dt.timedelta(minutes=60))
    write_boxes(lesson.sheet, teacher, intention="Say it back", criterion_A="Joins two sentences")
    observers = [specialist, *(UserFactory() for _ in range(OBSERVERS - 1))]
    for guest in observers[1:]:
        LessonGuest.objects.create(lesson=lesson, person=guest, invited_by=teacher, until=began.date())
    places = itertools.cycle(itertools.product(lesson.stages.all(), study.case_pupils.all()))
    who = itertools.cycle(observers)
    Observation.objects.bulk_create(
        Observation(
            lesson=lesson,
            person=next(who),
            stage=stage,
            case_pupil=pupil,
            kind="words" if number % 3 == 0 else "action",
            text=f"Note {number}: reads the sentence aloud, stops, and changes a word without being asked.",
            at=began + dt.timedelta(seconds=15 * number),
        )
        for number, (stage, pupil) in enumerate(itertools.islice(places, OBSERVATIONS))
    )
    return specialist, lesson


def members_of(partnership, teacher, specialist):
    from accounts.roles import Role
    from tests.factories import MembershipFactory

    organisation = partnership.programme.organisation
    MembershipFactory(user=specialist, role=Role.SPECIALIST, organisation=organisation)
    MembershipFactory(user=teacher, role=Role.PARTNER, organisation=organisation, school=partnership.partner_school)


def notebook(seconds, signed_in, queries_of):
    person, lesson = full_lesson()
    client, figures = signed_in(person), {}
    for name in ("sheet", "timeline", "observe", "discussion"):
        url = reverse(f"lessons:{name}", args=[lesson.pk])
        client.get(url)
        taken, response = seconds(lambda url=url: client.get(url), 15)
        assert response.status_code == 200, url
        figures[name] = (
            f"{1000 * taken:.0f} ms, {len(response.content) // 1000} kB, {len(queries_of(person, url))} queries"
        )
    return figures
