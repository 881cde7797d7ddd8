import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from accounts import audit
from papers.templatetags.plain import listed, plural_count
from programmes import setting_up
from programmes.models import Programme, academic_year
from programmes.services.in_use import InUse, counted_word
from programmes.services.proposals import tell_of_draft
from programmes.years import written

LONGEST_SLUG = 80
USUAL_SCALE = "ta-codes"  # what schools assess by today, until the coordinator says otherwise

# What follows when a programme goes over to initials: functions of (programme). `pupils`, which this app does not know,
# appends its own.
AFTER_INITIALS_ONLY = []


class NotReady(Exception):
    """Something is missing; `missing` says what, with the task that mends it."""

    def __init__(self, missing):
        super().__init__(f"{len(missing)} things missing")
        self.missing = missing


class MovedMeanwhile(Exception):
    """Someone else put the programme into force, or closed it, a moment ago."""


def slug_for(name: str, year: dt.date) -> str:
    """essex-lesson-study-2026-27, whether or not the name says the year already."""
    words = slugify(name.replace(written(year), "")).strip("-")[: LONGEST_SLUG - 12].strip("-")
    return f"{words or 'programme'}-{written(year)}"


def free_slug(name, year) -> str:
    """The slug of the name, with a number behind it where another programme has it."""
    slug = slug_for(name, year)
    taken = set(Programme.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    number = 2
    found = slug
    while found in taken:
        found, number = f"{slug}-{number}", number + 1
    return found


@transaction.atomic
def add_programme(person, programme: Programme) -> Programme:
    """A programme that is being set up, under a slug of its own."""
    programme.status = Programme.Status.DRAFT
    programme.scale = programme.scale or USUAL_SCALE
    while programme.pk is None:
        programme.slug = free_slug(programme.name, programme.starts_on)
        try:
            with transaction.atomic():
                programme.save(force_insert=True)
        except IntegrityError:  # someone took the slug in this very moment: it is seen in the next round
            if not Programme.objects.filter(slug=programme.slug).exists():
                raise
            programme.pk = None
    audit.record(person, "programme added", programme)
    return programme


@transaction.atomic
def save_settings(person, programme: Programme) -> Programme:
    """The settings are saved; a task whose ground they change is open again."""
    before = Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    again = set()
    if before.starts_on != programme.starts_on:
        again |= {"timetable", "data_points", "staff"}
    if set(programme.year_groups) - set(before.year_groups):
        again.add("assessment")
    if before.funded != programme.funded:
        again.add("staff")
    programme.tasks_done = [task for task in before.tasks_done if task not in again]
    programme.status = before.status
    programme.save()
    if programme.initials_only and not before.initials_only:
        for follow in AFTER_INITIALS_ONLY:
            follow(programme)
    audit.record(person, "programme changed", programme)
    return programme


@transaction.atomic
def mark_done(person, programme, task: str):
    """The task is completed; saying so twice changes nothing."""
    row = Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    if task not in row.tasks_done:
        row.tasks_done = [*row.tasks_done, task]
        row.save(update_fields=["tasks_done"])
    programme.tasks_done = row.tasks_done


@transaction.atomic
def save_task(person, programme, task: str, fields):
    """The fields of a task that is one form are saved, and the task is completed."""
    programme.save(update_fields=fields)
    mark_done(person, programme, task)
    audit.record(person, "programme changed", programme, about=task)


@transaction.atomic
def save_criteria(person, programme, targets: dict[str, int]):
    """These are the success criteria now: measure -> percentage. The task is completed, also without any."""
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    programme.success_criteria.exclude(measure__in=targets).delete()
    for measure, target_pct in targets.items():
        programme.success_criteria.update_or_create(measure=measure, defaults={"target_pct": target_pct})
    mark_done(person, programme, "criteria")
    audit.record(person, "programme changed", programme, about="criteria")


@transaction.atomic
def activate(person, programme) -> Programme:
    """The programme runs, and schools hear of pairings proposed before. NotReady says what is missing.

    Of two who press the button one wins.
    """
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    programme.refresh_from_db()
    if missing := setting_up.missing_in(setting_up.tasks_of(programme)):
        raise NotReady(missing)
    running = Programme.objects.filter(pk=programme.pk, status=Programme.Status.DRAFT)
    if not running.update(status=Programme.Status.ACTIVE):
        raise MovedMeanwhile(f"programme {programme.pk}")
    programme.refresh_from_db()
    audit.record(person, "programme activated", programme)
    tell_of_draft(person, programme)
    return programme


def of_the_same_name(programme: Programme, name: str) -> Programme | None:
    """Another programme of the organisation and the year that is called so, in capitals or not."""
    others = Programme.objects.filter(organisation=programme.organisation_id, starts_on=programme.starts_on)
    return others.filter(name__iexact=name).exclude(pk=programme.pk).first()


def why_it_stays(programme) -> str:
    """What keeps a draft from being deleted: what others have in their calendars, and pupils. Nothing if it may go."""
    standing = {
        "event": programme.events.filter(status="planned").count(),
        "visit": programme.partnerships.filter(visits__status__in=["planned", "took place"]).values("visits").count(),
        "pupil": programme.pupils.count(),
    }
    found = [counted_word(number, word) for word, number in standing.items() if number]
    stand = "stands" if sum(standing.values()) == 1 else "stand"
    return f"It cannot be deleted: {listed(found)} {stand} in it. Cancel or take that out first." if found else ""


def what_goes(programme) -> list[str]:
    """Everything that is deleted with a draft, counted."""
    parts = {
        "area": programme.areas,
        "step of the timetable,steps of the timetable": programme.timetable,
        "data point": programme.data_points,
        "success criterion,success criteria": programme.success_criteria,
        "version of the agreement text,versions of the agreement text": programme.agreement_texts,
        "specialist teacher": programme.specialists,
        "partner school": programme.partner_schools,
        "partnership": programme.partnerships,
        "action": programme.actions,
        "cancelled event": programme.events,
    }
    return [plural_count(rows.count(), words) for words, rows in parts.items() if rows.exists()]


@transaction.atomic
def delete_draft(person, programme):
    """The draft and everything in it is gone. MovedMeanwhile if it was started, InUse if others hang on it."""
    row = Programme.objects.select_for_update().filter(pk=programme.pk).first()
    if row is None or row.status != Programme.Status.DRAFT:
        raise MovedMeanwhile(f"programme {programme.pk}")
    if why := why_it_stays(row):
        raise InUse(why)
    audit.record(person, "programme deleted", row)
    for rows in (row.events, row.partnerships, row.partner_schools, row.specialists):
        rows.all().delete()
    row.delete()


def year_is_open(programme) -> bool:
    """Whether the year may still change: nothing of the programme is dated yet."""
    return programme.status == Programme.Status.DRAFT and not (
        programme.timetable.exists() or programme.data_points.exists() or programme.partnerships.exists()
    )


def years_offered(today: dt.date) -> list[dt.date]:
    """This academic year, the one before and the two after it, as their first days."""
    start = academic_year(today)[0]
    return [start.replace(year=start.year + ahead) for ahead in (0, 1, 2, -1)]
