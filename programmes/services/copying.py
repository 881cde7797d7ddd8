"""A programme once more, in another year: everything shifted, and each partnership as somebody has chosen."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone

from accounts import audit
from accounts.models import School
from papers.templatetags.plain import longdate
from programmes import placing, setting_up
from programmes.calendar import calendar_of
from programmes.models import (
    AgreementText,
    Area,
    AreaConsultant,
    ConflictOfInterest,
    DataPoint,
    Expectation,
    PartnerSchool,
    Partnership,
    PartnershipStep,
    PartnerTeacher,
    Programme,
    SpecialistStep,
    SpecialistTeacher,
    SuccessCriterion,
    TimetableStep,
    academic_year,
)
from programmes.services import data_points, life, schools
from programmes.services.programmes import add_programme
from programmes.services.timetables import copied
from programmes.years import written

Status = Partnership.Status
STOPPED = {Status.PAUSED, Status.FOLDED}  # they go on only where somebody says so of that very one
SETTINGS = [
    "organisation_id",
    "subjects",
    "year_groups",
    "scale",
    "expected_points",
    "other_authorities",
    "initials_only",
    "funded",
    "staff_funded",
    "hide_up_to",
    "hide_whole_up_to",
]
OF_A_SPECIALIST = ["ref", "user_id", "home_school_id", "subjects", "year_groups", "joined", "partnerships_wanted"]
OF_A_SPECIALIST += ["release_half_days", "preferred_half_days", "ppa", "consultant_id"]
OF_A_PARTNER_TEACHER = ["user_id", "release_half_days", "preferred_half_days", "ppa", "teaches"]


class Carry(TextChoices):
    """What becomes of a partnership when its programme is copied."""

    EMBEDDING = "embedding", "Goes on as embedding"
    AGAIN = "again", "Is asked again"
    COMPLETED = "completed", "Is completed, and ends with this year"
    LEFT = "left", "Stays as it is, and is not carried over"


@dataclass(frozen=True)
class Dates:
    """Where what is dated comes to lie: pairs of a row and its new window or day."""

    steps: list[tuple[TimetableStep, placing.Placed]]
    points: list[tuple[DataPoint, dt.date]]
    revisited_on: dt.date | None


def carriable(programme):
    """The partnerships that may go on, with their people and their history. An enquiry is no partnership yet."""
    rows = programme.partnerships.exclude(status=Status.ENQUIRY).with_people().prefetch_related("steps")
    return rows.order_by("ref")


def why_not_on(partnership) -> str:
    """What keeps a partnership from going on, or nothing."""
    if partnership.specialist.status == SpecialistTeacher.Status.WITHDRAWN:
        return "The specialist teacher has withdrawn"
    if partnership.partner_school.status == School.Status.CLOSED:
        return "The partner school is closed"
    return ""


def how_it_stopped(partnership) -> str:
    """Since when a partnership is paused, or when it folded, and why; nothing of one that goes on."""
    if partnership.status not in STOPPED:
        return ""
    days = [step.on for step in partnership.steps.all() if step.status == partnership.status]
    since = "Since" if partnership.status == Status.PAUSED else "On"
    said = [f"{since} {longdate(days[-1])}"] if days else []
    return ": ".join([*said, *filter(None, [partnership.reason])])


def choices_for(partnership, programme) -> list[Carry]:
    """What may become of it: the first is what is proposed."""
    gone, found = bool(why_not_on(partnership)), []
    if partnership.status in STOPPED:
        found.append(Carry.LEFT)
    if not gone and partnership.status not in {Status.PROPOSED, Status.AGREED, Status.FOLDED}:
        found.append(Carry.EMBEDDING)
    if not gone:
        found.append(Carry.AGAIN)
    if partnership.status in life.STEPS[Status.COMPLETED] and programme.status != Programme.Status.CLOSED:
        found.append(Carry.COMPLETED)
    return found if Carry.LEFT in found else [*found, Carry.LEFT]


def years_to(programme, today) -> list[dt.date]:
    """The years to which it may be copied, as their first days: the one after its own, this one and the next."""
    this_year, start = academic_year(today)[0], programme.starts_on
    near = {start.replace(year=start.year + 1), this_year, this_year.replace(year=this_year.year + 1)}
    return sorted(year for year in near if year > start)


def name_in(programme, year) -> str:
    """The name for another year, where it says the year."""
    return programme.name.replace(programme.academic_year, written(year))


def dates_in(programme, year) -> Dates:
    """Every date of the programme, moved to the other year. Raises placing.NoTermDates."""
    calendar = calendar_of(programme.organisation_id)
    if not calendar.has_term_dates(year):
        raise placing.NoTermDates(written(year))
    steps = list(programme.timetable.all())
    points = list(programme.data_points.all())
    days = placing.moved_days([point.due_on for point in points], calendar, calendar, year)
    revisited = programme.agreement_revisited_on
    return Dates(
        [(s, placing.moved_window(s.window_start, s.window_end, calendar, calendar, year)) for s in steps],
        list(zip(points, days, strict=True)),
        revisited and placing.moved(revisited, calendar, calendar, year),
    )


def title_of(name, year) -> str:
    """What the copy will be called."""
    return Programme(name=name, starts_on=year, ends_on=academic_year(year)[1]).title


def standing_copy(programme, name, year) -> Programme | None:
    return Programme.objects.filter(copied_from=programme, starts_on=year, name__iexact=name).first()


@transaction.atomic
def copy_programme(person, programme, *, name, year, choices: dict[int, Carry]) -> tuple[Programme, bool]:
    """The copy, being set up, and whether it is new: a second click finds the copy of the first.

    Everything of it lies in term time. The old programme changes only in the partnerships that are completed.
    Raises placing.NoTermDates.
    """
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    if standing := standing_copy(programme, name, year):
        return standing, False
    dates = dates_in(programme, year)
    first, last = academic_year(year)
    copy = Programme(
        name=name,
        starts_on=first,
        ends_on=last,
        copied_from=programme,
        agreement_revisited_on=dates.revisited_on,
        **{field: getattr(programme, field) for field in SETTINGS},
    )
    add_programme(person, copy)
    areas = copy_areas(programme, copy)
    copy_plan(person, programme, copy, dates)
    carry_partnerships(person, programme, copy, areas, choices)
    data_points.call_each(copy)
    copy.tasks_done = [task.key for task in setting_up.tasks_of(copy)]
    copy.save(update_fields=["tasks_done"])
    audit.record(person, "programme copied", copy, about=f"programme {programme.pk}")
    return copy, True


def copy_areas(programme, copy) -> dict[int, Area]:
    """The new area for each old one, with the same consultants."""
    old = list(programme.areas.prefetch_related("consultants"))
    new = Area.objects.bulk_create(Area(programme=copy, name=area.name) for area in old)
    areas = {area.pk: fresh for area, fresh in zip(old, new, strict=True)}
    AreaConsultant.objects.bulk_create(
        AreaConsultant(area=areas[area.pk], user_id=row.user_id) for area in old for row in area.consultants.all()
    )
    return areas


def copy_plan(person, programme, copy, dates):
    """Timetable, data points, criteria, expectations and the words of the agreement."""
    TimetableStep.objects.bulk_create(
        TimetableStep(programme=copy, order=number, window_start=window.start, window_end=window.end, **copied(step))
        for number, (step, window) in enumerate(dates.steps, 1)
    )
    DataPoint.objects.bulk_create(DataPoint(programme=copy, name=p.name, due_on=on) for p, on in dates.points)
    SuccessCriterion.objects.bulk_create(
        SuccessCriterion(programme=copy, measure=row.measure, target_pct=row.target_pct)
        for row in programme.success_criteria.all()
    )
    Expectation.objects.bulk_create(
        Expectation(programme=copy, year_group=row.year_group, met_from=row.met_from, exceeded_from=row.exceeded_from)
        for row in programme.expectations.all()
    )
    if text := programme.agreement_texts.last():
        parts = {part: getattr(text, part) for part in AgreementText.PARTS}
        AgreementText.objects.create(programme=copy, version=1, written_by=person, **parts)


def carry_partnerships(person, programme, copy, areas, choices):
    """Each partnership as chosen; what is not among its choices stays as it is."""
    rows = [(p, choices.get(p.pk, Carry.LEFT)) for p in carriable(programme)]
    rows = [(p, choice) for p, choice in rows if choice in choices_for(p, programme)]
    carried = [(p, choice) for p, choice in rows if choice in {Carry.EMBEDDING, Carry.AGAIN}]
    specialists = carry_specialists(person, programme, copy, [p.specialist for p, _ in carried])
    today = timezone.localdate()
    for old, choice in carried:
        status = Status.EMBEDDING if choice == Carry.EMBEDDING else Status.PROPOSED
        partnership = Partnership.objects.create(
            programme=copy,
            ref=old.ref,
            specialist=specialists[old.specialist_id],
            partner_school=old.partner_school,
            subject=old.subject,
            year_group=old.year_group,
            area=areas.get(old.area_id),
            status=status,
        )
        since = copy.starts_on if choice == Carry.EMBEDDING else today
        PartnershipStep.objects.create(
            partnership=partnership,
            status=status,
            on=since,
            by=person,
            reason=f"Carried over from {programme.title}"[:200],
        )
        PartnerTeacher.objects.bulk_create(
            PartnerTeacher(
                partnership=partnership,
                since=copy.starts_on,
                **{field: getattr(teacher, field) for field in OF_A_PARTNER_TEACHER},
            )
            for teacher in old.partner_teachers.all()
            if teacher.until is None
        )
    carry_schools(person, programme, copy, carried)
    for old, choice in rows:
        if choice == Carry.COMPLETED:
            life.move(person, old, Status.COMPLETED, on=life.day_of_step(old, Status.COMPLETED))


def carry_specialists(person, programme, copy, specialists) -> dict[int, SpecialistTeacher]:
    """The new row of each specialist teacher who goes on, with buddies, coaches and conflicts of interest."""
    old = list({specialist.pk: specialist for specialist in specialists}.values())
    fresh = SpecialistTeacher.objects.bulk_create(
        SpecialistTeacher(
            programme=copy,
            status=SpecialistTeacher.Status.ACTIVE,
            **{field: getattr(specialist, field) for field in OF_A_SPECIALIST},
        )
        for specialist in old
    )
    found = {specialist.pk: new for specialist, new in zip(old, fresh, strict=True)}
    for specialist in old:
        new = found[specialist.pk]
        new.buddy, new.coach = found.get(specialist.buddy_id), found.get(specialist.coach_id)
    SpecialistTeacher.objects.bulk_update(fresh, ["buddy", "coach"])
    reason = f"Carried over from {programme.title}"[:200]
    SpecialistStep.objects.bulk_create(
        SpecialistStep(specialist=new, status=new.status, on=timezone.localdate(), by=person, reason=reason)
        for new in fresh
    )
    ConflictOfInterest.objects.bulk_create(
        ConflictOfInterest(
            specialist=found[row.specialist_id],
            school_id=row.school_id,
            declared_on=row.declared_on,
            declared_by=row.declared_by,
        )
        for row in ConflictOfInterest.objects.filter(specialist__in=old)
    )
    return found


def carry_schools(person, programme, copy, carried):
    """The partner schools that go on, and those that had asked again for the next year."""
    going_on = {p.partner_school_id for p, _ in carried}
    rows = programme.partner_schools.select_related("school", "area")
    rows = [row for row in rows if row.school_id in going_on or row.stage == PartnerSchool.Stage.NEXT_YEAR]
    schools.carry(person, rows, copy)
    embedding = {p.partner_school_id for p, choice in carried if choice == Carry.EMBEDDING}
    copy.partner_schools.filter(school__in=embedding).update(stage=PartnerSchool.Stage.JOINED)
