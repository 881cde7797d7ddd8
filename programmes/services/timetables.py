from collections import Counter

from django.db import transaction

from accounts import audit
from programmes import placing
from programmes.calendar import Calendar, calendar_of
from programmes.models import Programme, TemplateStep, TimetableStep, TimetableTemplate
from programmes.services import order
from programmes.services.in_use import InUse, counted, delete_unused

COPIED = [
    "type",
    "name",
    "half_days",
    "host",
    "audience",
    "funded_specialist_half_days",
    "funded_partner_half_days",
    "required",
    "records",
    "least_gap",
    "greatest_gap",
]
MOST_WEEKS = 9


class NoTermDates(placing.NoTermDates):
    """The half terms of the programme's year must be entered before its timetable."""


def copied(step, *, funded=True):
    fields = {name: getattr(step, name) for name in COPIED}
    if not funded:
        fields |= {"funded_specialist_half_days": 0, "funded_partner_half_days": 0}
    return fields


# Templates --------------------------------------------------------------------------------------------------------


def free_name(organisation, name) -> str:
    """The name, with a number behind it where the organisation has a template of this name."""
    taken = {
        taken.casefold()
        for taken in TimetableTemplate.objects.filter(organisation=organisation).values_list("name", flat=True)
    }
    found, number = name[:80], 2
    while found.casefold() in taken:
        ending = f" ({number})"
        found, number = f"{name[: 80 - len(ending)]}{ending}", number + 1
    return found


@transaction.atomic
def copy_template(person, template, organisation) -> TimetableTemplate:
    """A template of the organisation's own with the same steps, to be changed."""
    copy = TimetableTemplate.objects.create(
        organisation=organisation,
        name=free_name(organisation, f"{template.name}, our copy"),
        description=template.description,
    )
    TemplateStep.objects.bulk_create(
        TemplateStep(
            template=copy,
            order=step.order,
            half_term=step.half_term,
            first_week=step.first_week,
            last_week=step.last_week,
            **copied(step),
        )
        for step in template.steps.all()
    )
    audit.record(person, "template copied", copy)
    return copy


@transaction.atomic
def delete_template(person, template):
    audit.record(person, "template deleted", template)
    template.delete()


@transaction.atomic
def keep_template_step(person, step) -> TemplateStep:
    """The step is saved; a new one stands at the end."""
    template = TimetableTemplate.objects.select_for_update().get(pk=step.template_id)
    if step.pk is None:
        step.order = order.number_of(template.steps)
    step.save()
    audit.record(person, "template changed", template)
    return step


@transaction.atomic
def remove_template_step(person, step):
    audit.record(person, "template changed", step.template)
    step.delete()


@transaction.atomic
def move_template_step(person, step, *, up):
    template = TimetableTemplate.objects.select_for_update().get(pk=step.template_id)
    return order.move(template.steps, step, up=up)


# The timetable of a programme -------------------------------------------------------------------------------------


def calendar_for(programme) -> Calendar:
    return calendar_of(programme.organisation_id)


def preview(programme, template, calendar=None) -> list[tuple[TemplateStep, placing.Placed]]:
    """Where each step of the template would lie in the programme's year. Raises NoTermDates."""
    calendar = calendar or calendar_for(programme)
    try:
        return [(step, placing.place(step, calendar, programme.starts_on)) for step in template.steps.all()]
    except placing.NoTermDates as error:
        raise NoTermDates(str(error)) from error


@transaction.atomic
def place_template(person, programme, template) -> list[TimetableStep]:
    """The programme's timetable is the template's, placed on its term dates, and none of what stood before.

    Raises NoTermDates, and InUse where a visit hangs on a step that stood before.
    """
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    placed = preview(programme, template)
    if used := steps_in_use(programme):
        raise InUse(
            f"The timetable cannot be replaced: its steps are used by {counted(used)}. Change its steps one by one."
        )
    programme.timetable.all().delete()
    steps = TimetableStep.objects.bulk_create(
        TimetableStep(
            programme=programme,
            order=number,
            window_start=window.start,
            window_end=window.end,
            **copied(step, funded=programme.funded),
        )
        for number, (step, window) in enumerate(placed, 1)
    )
    audit.record(person, "timetable placed", programme, about=f"template {template.pk}")
    return steps


def steps_in_use(programme) -> Counter:
    """How many rows of which kind hang on the steps of the timetable, in apps that this one does not know."""
    found = Counter()
    for relation in TimetableStep._meta.related_objects:
        rows = relation.related_model.objects.filter(**{f"{relation.field.name}__programme": programme})
        found[relation.related_model] += rows.count()
    return +found


@transaction.atomic
def keep_step(person, step) -> TimetableStep:
    """The step is saved; a new one stands where its window begins."""
    programme = Programme.objects.select_for_update(no_key=True).get(pk=step.programme_id)
    if step.pk is None:
        later = programme.timetable.filter(window_start__gt=step.window_start).order_by("order").first()
        step.order = later.order if later else order.number_of(programme.timetable)
        if later:
            order.make_room(programme.timetable, step.order)
    step.save()
    audit.record(person, "timetable changed", programme)
    return step


@transaction.atomic
def remove_step(person, step):
    """The step is gone, or InUse says what hangs on it."""
    delete_unused(step, f"“{step.name}”")
    audit.record(person, "timetable changed", step.programme)


@transaction.atomic
def move_step(person, step, *, up):
    programme = Programme.objects.select_for_update(no_key=True).get(pk=step.programme_id)
    return order.move(programme.timetable, step, up=up)


def with_trouble(programme, calendar=None) -> list[tuple[TimetableStep, str]]:
    """The steps of the timetable, each with what is wrong with its window, or nothing."""
    calendar = calendar or calendar_for(programme)
    return [
        (step, placing.wrong_with_window(step.window_start, step.window_end, calendar, programme.starts_on))
        for step in programme.timetable.all()
    ]


@transaction.atomic
def save_as_template(person, programme, name, description="") -> TimetableTemplate:
    """A template of the organisation's own with the steps of this timetable, by half term and week.

    A window that goes over a holiday ends with the half term in which it begins.
    """
    calendar = calendar_for(programme)
    if not calendar.has_term_dates(programme.starts_on):
        raise NoTermDates(f"programme {programme.pk}")
    template = TimetableTemplate.objects.create(
        organisation_id=programme.organisation_id, name=name, description=description
    )
    TemplateStep.objects.bulk_create(
        TemplateStep(template=template, order=number, **weeks_of(step, calendar), **copied(step))
        for number, step in enumerate(programme.timetable.all(), 1)
    )
    audit.record(person, "template saved", template, about=f"programme {programme.pk}")
    return template


def weeks_of(step, calendar: Calendar) -> dict:
    """The half term and the weeks in which the window of a step lies."""
    days = calendar.school_days(step.window_start, step.window_end)
    first = calendar.position(days[0] if days else calendar.nearest_school_day(step.window_start))
    last = calendar.position(days[-1] if days else calendar.nearest_school_day(step.window_end))
    weeks = len(calendar.weeks(step.window_start, first.half_term))
    last_week = last.week if last.half_term == first.half_term else weeks
    return {
        "half_term": first.half_term,
        "first_week": min(first.week, MOST_WEEKS),
        "last_week": min(max(last_week, first.week), MOST_WEEKS),
    }
