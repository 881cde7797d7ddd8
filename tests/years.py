"""A programme in its year 2026-27, with a timetable of a few visits: what reading it gives can be looked over."""

import datetime as dt

from allauth.mfa.models import Authenticator

from accounts.adapters import EncryptedSecrets
from jobs.work import work_on
from programmes.models import PartnerTeacher, SchoolClosure, SchoolLimits, TimetableStep
from tests.factories import (
    MembershipFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
    UserFactory,
    VisitFactory,
)
from tests.term_dates import give_term_dates
from visits.models import Booking, Plan, PlanAcceptance, Visit
from visits.planner import slot_of
from visits.planning.proposing import propose
from visits.services.accepting import write_plan
from visits.services.plans import order_plan

TODAY = dt.date(2027, 1, 6)  # a Wednesday
MONDAY = dt.date(2027, 1, 18)


def day(days):
    """Counted from Monday 18 January 2027."""
    return MONDAY + dt.timedelta(days=days)


def at(days, half=0):
    """The half-day of a day counted from Monday 18 January 2027."""
    return slot_of(MONDAY + dt.timedelta(days=days), half)


def step(programme, order, name, first=0, last=11, **fields):
    """A step whose window is counted in days from Monday 18 January."""
    plain = {"type": "visit", "half_days": 1, "host": "partner school"}
    funded = {"funded_specialist_half_days": 1, "funded_partner_half_days": 0}
    return TimetableStep.objects.create(
        programme=programme,
        order=order,
        name=name,
        window_start=MONDAY + dt.timedelta(days=first),
        window_end=MONDAY + dt.timedelta(days=last),
        **plain | funded | fields,
    )


def programme_of(*names, **fields):
    """A running programme with term dates, and a step of two weeks for each name, one after the other."""
    programme = ProgrammeFactory(**fields)
    give_term_dates(programme.organisation)
    for number, name in enumerate(names):
        host = "specialist school" if name.startswith("Reciprocal") else "partner school"
        step(programme, number + 1, name, 14 * number, 14 * number + 11, host=host)
    return programme


def partnership_of(programme, specialist=None, **fields):
    return PartnershipFactory(
        programme=programme, specialist=specialist or SpecialistTeacherFactory(programme=programme), **fields
    )


def partner_of(partnership, **fields):
    """The partner teacher of a partnership, with what was entered for them."""
    teacher = PartnerTeacher.objects.get(partnership=partnership)
    for name, value in fields.items():
        setattr(teacher, name, value)
    teacher.save()
    return teacher.user


def release(teacher, *half_days, **fields):
    teacher.release_half_days = list(half_days)
    for name, value in fields.items():
        setattr(teacher, name, value)
    teacher.save()


def a_year(partnerships=3, *names):
    """Partnerships of two specialist teachers who share a cover of one, released on a few half-days each."""
    programme = programme_of(*(names or ("First visit", "Lesson study 1", "Reciprocal visit", "Lesson study 2")))
    home = SchoolFactory()
    SchoolLimits.objects.create(school=home, cover_capacity=1, class_ceiling=12)
    specialists = [SpecialistTeacherFactory(programme=programme, home_school=home) for _ in range(2)]
    for number, specialist in enumerate(specialists):
        release(
            specialist, "mon-am", "tue-pm", ["wed-am", "thu-am"][number], preferred_half_days=["tue-pm"], ppa="fri-am"
        )
    for number in range(partnerships):
        partnership = partnership_of(programme, specialists[number % 2])
        partner_of(
            partnership, release_half_days=["mon-am", "tue-pm", "wed-am", "thu-am"], teaches=["mon-am", "tue-pm"]
        )
        SchoolClosure.objects.create(
            school=partnership.partner_school, kind="no-go", first_on=day(number), last_on=day(number), words="Trip"
        )
    return programme


def stand(partnership, days, half="am", step=None, **fields):
    """A visit that stands, its people booked."""
    on = MONDAY + dt.timedelta(days=days)
    visit = VisitFactory(partnership=partnership, step=step, on=on, half=half, **fields)
    schools = dict.fromkeys(partnership.current_partner_teachers, partnership.partner_school)
    schools[partnership.specialist.user] = partnership.specialist.home_school
    for person, school in schools.items():
        Booking.objects.create(visit=visit, person=person, on=on, half=half, school=school)
    return Visit.objects.get(pk=visit.pk)


def coordinator_of(programme):
    """A new one each time, with a second factor."""
    user = UserFactory()
    secret = {"secret": EncryptedSecrets().encrypt("JBSWY3DPEHPK3PXP")}
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=secret)
    MembershipFactory(user=user, organisation=programme.organisation)
    return user


def worked_out(programme, **asked):
    """A plan of the coordinator's, as the worker leaves it."""
    plan, _ = order_plan(coordinator_of(programme), programme, **asked)
    work_on(Plan, plan.pk, propose)
    plan.refresh_from_db()
    return plan


def standing(programme):
    """(partnership, step, day, half-day) of every visit that stands, in that order."""
    rows = Visit.objects.standing().filter(partnership__programme=programme)
    return sorted(rows.values_list("partnership", "step", "on", "half"))


def written(plan):
    """The plan as the worker leaves it that somebody has accepted."""
    acceptance = PlanAcceptance.objects.get(plan=plan, state="queued")
    work_on(PlanAcceptance, acceptance.pk, write_plan)
    plan.refresh_from_db()
    acceptance.refresh_from_db()
    return acceptance
