import datetime as dt
import hashlib
from collections import defaultdict

from django.db import transaction

from accounts import audit
from accounts.models import Organisation
from programmes.calendar import Calendar
from programmes.models import Programme, TermDate, TimetableStep, academic_year
from programmes.placing import wrong_with_window


class ChangedMeanwhile(Exception):
    """Someone else saved other term dates since the page was opened."""


def of_year(organisation, school, year):
    first, last = academic_year(year)
    return TermDate.objects.filter(
        organisation=organisation, school=school, starts_on__gte=first, starts_on__lte=last
    ).order_by("starts_on")


def fingerprint(rows) -> str:
    """Tells one state of a year's term dates from another."""
    said = "|".join(f"{row.name}:{row.starts_on}:{row.ends_on}" for row in rows)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@transaction.atomic
def save_term_dates(person, organisation, school, year: dt.date, rows, *, seen: str) -> list[TermDate]:
    """These are the half terms of the year now, and no others. Saving the same again changes nothing.

    `seen` is the fingerprint of what stood there when the person began. Of two who save at once one wins.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    standing = list(of_year(organisation, school, year))
    wanted = [
        TermDate(
            organisation=organisation,
            school=school,
            name=row.name or f"Half term {number}",
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for number, row in enumerate(sorted(rows, key=lambda row: row.starts_on), 1)
    ]
    if fingerprint(standing) == fingerprint(wanted):
        return standing
    if fingerprint(standing) != seen:
        raise ChangedMeanwhile(f"organisation {organisation.pk}")
    of_year(organisation, school, year).delete()
    TermDate.objects.bulk_create(wanted)
    audit.record(person, "term dates saved", school or organisation, about=f"{year:%Y}")
    return wanted


@transaction.atomic
def remove_own_dates(person, organisation, school, year):
    """The organisation's dates hold for this school again. False when it had none of its own."""
    removed, _ = of_year(organisation, school, year).delete()
    if removed:
        audit.record(person, "own term dates removed", school, about=f"{year:%Y}")
    return bool(removed)


def years_of(organisations) -> dict:
    """(organisation, school or None) -> first day of the year -> its half terms; one query."""
    found = defaultdict(lambda: defaultdict(list))
    rows = TermDate.objects.filter(organisation__in=organisations).select_related("school")
    for row in rows.order_by("school__name", "school", "starts_on"):
        found[row.organisation_id, row.school][academic_year(row.starts_on)[0]].append(row)
    return found


def programmes_with_trouble(organisation, year, calendar: Calendar) -> list[tuple[Programme, int]]:
    """The programmes of the year with steps that the calendar does not allow, and how many."""
    first, _ = academic_year(year)
    steps = TimetableStep.objects.filter(programme__organisation=organisation, programme__starts_on=first)
    count, programmes = defaultdict(int), {}
    for step in steps.exclude(programme__status=Programme.Status.CLOSED).select_related("programme"):
        if wrong_with_window(step.window_start, step.window_end, calendar, year):
            programmes[step.programme_id] = step.programme
            count[step.programme_id] += 1
    return [(programme, count[pk]) for pk, programme in programmes.items()]
