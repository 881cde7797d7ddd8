"""The weekly mail to those who find the cover: who of their school is out of class in the next two weeks."""

import datetime as dt
import time
from collections import defaultdict

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.mail import is_wanted, post
from jobs.work import publish
from programmes.models import Programme
from visits import mails
from visits.cover.weeks import WEEK, monday_of, weeks_of
from visits.models import Booking, CoverMail, CoverRun
from visits.services.telling import cover_line, finders_of

WEEKS = 2
FRIDAY = dt.timedelta(days=4)
AT_A_TIME = 200  # seconds, well within the time limit of a task; the sweeper rings again for the rest


@transaction.atomic
def order_cover_mails(today) -> CoverRun:
    """The run of this week. Asked for twice it is one."""
    run, new = CoverRun.objects.get_or_create(friday=monday_of(today) + FRIDAY)
    if new:
        publish(run)
    return run


def write_cover_mails(run):
    """Those that this run has not written yet, each in a transaction of its own. A quiet fortnight needs no mail."""
    began, first = time.monotonic(), monday_of(run.friday) + WEEK
    letters = letters_of(run, first)
    for done, (organisation, school, person, bookings) in enumerate(letters):
        if time.monotonic() - began > AT_A_TIME:
            run.put_off(timezone.now(), "The rest follows.")
            return
        run.progress(done, len(letters))
        write(run, first, organisation, school, person, bookings)
    run.finish()


def letters_of(run, first) -> list[tuple]:
    """(organisation, school, person, bookings) of whoever has none of this run."""
    rows = Booking.objects.needing_cover().filter(on__range=(first, first + WEEK * WEEKS - dt.timedelta(days=3)))
    rows = rows.filter(visit__partnership__programme__status=Programme.Status.ACTIVE)
    found = defaultdict(lambda: defaultdict(list))
    for booking in rows:
        found[booking.visit.partnership.programme.organisation][booking.school].append(booking)
    written = set(run.cover_mails.values_list("organisation", "school", "person"))
    return [
        (organisation, school, person, bookings)
        for organisation, schools in found.items()
        for finders in [finders_of(organisation, [school.pk for school in schools])]
        for school, bookings in schools.items()
        for person in finders.get(school.pk, ())
        if (organisation.pk, school.pk, person.pk) not in written and is_wanted(mails.COVER_WEEK, person)
    ]


def write(run, first, organisation, school, person, bookings):
    """The mail and the row that says so, or neither: a second worker finds the row and writes nothing."""
    weeks = [
        {"monday": week.monday, "lines": "\n".join(map(cover_line, week.bookings))}
        for week in weeks_of(bookings, first, WEEKS)
    ]
    context = {"school": school, "weeks": weeks, "number": len(bookings), "first": first}
    whose = {"run": run, "organisation": organisation, "school": school, "person": person}
    try:
        with transaction.atomic():
            CoverMail.objects.create(**whose)
            post(mails.COVER_WEEK, person, context, about=school, organisation=organisation)
    except IntegrityError:
        if not CoverMail.objects.filter(**whose).exists():
            raise
