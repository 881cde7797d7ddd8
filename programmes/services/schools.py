"""Schools on their way into a programme: what may join, how far the talks are, and what else they take part in."""

from collections import defaultdict

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import School
from programmes.models import HeadContact, PartnerSchool, Partnership, Programme, SpecialistTeacher
from programmes.services.areas import give_to_partnerships
from programmes.services.specialists import WrongStep

Stage = PartnerSchool.Stage
FIRST_SECONDARY_YEAR = 7
ASKED = {Partnership.Status.ENQUIRY: Stage.ENQUIRY, Partnership.Status.PROPOSED: Stage.IN_TALKS}
ORDER = {Stage.ENQUIRY: 0, Stage.IN_TALKS: 1, Stage.JOINED: 2}
RUNNING = [
    Partnership.Status.AGREED,
    Partnership.Status.ACTIVE,
    Partnership.Status.PAUSED,
    Partnership.Status.EMBEDDING,
]
MOVED_MEANWHILE = "Someone else moved this school a moment ago, and nothing of yours was saved. See how it stands now."


def why_not(programme, school) -> str:
    """The sentence that says why a school cannot take part in a programme; empty when it can."""
    if not takes_schools_of(programme, school.la_code):
        return (
            f"{school} belongs to {school.la_name}, and this programme takes schools of "
            f"{programme.organisation} only. Choose another."
        )
    if school.status == School.Status.PROPOSED:
        return f"{school} is not open yet. Choose another."
    if school.status == School.Status.CLOSED and not (school.closed_on and school.closed_on >= programme.ends_on):
        when = f"closed on {school.closed_on:%-d %B %Y}" if school.closed_on else "is closed"
        return f"{school} {when}. Choose an open school, or its successor."
    if school.phase.casefold() == "secondary" and max(programme.year_groups, default=0) < FIRST_SECONDARY_YEAR:
        years = " or ".join(str(year) for year in sorted(programme.year_groups))
        return f"{school} is a secondary school and has no Year {years}. Choose a school that has this year group."
    return ""


def takes_schools_of(programme, la_code) -> bool:
    """Only a local authority keeps to its own schools, unless the programme says otherwise."""
    return programme.other_authorities or programme.organisation.la_code in {"", la_code}


@transaction.atomic
def keep_school(person, row, fields=None) -> list[Partnership]:
    """The new row, or these fields of one that stands: how far its talks are is moved apart.

    An area that is new to it is given to those of its partnerships that had none; these are returned.
    """
    new = row.pk is None
    before = None if new else PartnerSchool.objects.values_list("area", flat=True).get(pk=row.pk)
    row.save(update_fields=None if new else fields)
    audit.record(person, "partner school added" if new else "partner school changed", row)
    return give_to_partnerships(person, row) if row.area_id not in {None, before} else []


def why_not_moved(row, stage, has_running) -> str:
    """Why the talks with a school do not go to this stage; empty when they do."""
    if row.stage == stage:
        return f"This school stands there already: {Stage(stage).label.lower()}."
    if row.stage == Stage.JOINED and has_running:
        return "This school takes part: it has a running partnership. Complete or fold that first."
    return ""


def running_in(rows) -> set[int]:
    """Of these rows those whose school has a running partnership in the same programme."""
    running = set(
        Partnership.objects.filter(
            programme__in={row.programme_id for row in rows},
            partner_school__in={row.school_id for row in rows},
            status__in=RUNNING,
        ).values_list("programme", "partner_school")
    )
    return {row.pk for row in rows if (row.programme_id, row.school_id) in running}


@transaction.atomic
def move_school(person, row, stage, *, because="") -> PartnerSchool:
    """One step of the talks, or WrongStep: of two who move a school at once, one wins."""
    stage, before = Stage(stage), Stage(row.stage)
    if sentence := why_not_moved(row, stage, row.pk in running_in([row])):
        raise WrongStep(sentence)
    moved = PartnerSchool.objects.filter(pk=row.pk, stage=before)
    if not moved.update(stage=stage, stage_since=timezone.localdate(), stage_because=because):
        raise WrongStep(MOVED_MEANWHILE)
    row.refresh_from_db(fields=["stage", "stage_since", "stage_because"])
    audit.record(person, "partner school moved", row, about=f"{before} to {stage}")
    return row


@transaction.atomic
def keep_contact(person, contact) -> HeadContact:
    contact.by = person
    contact.save()
    audit.record(person, "head contacted", contact.partner_school)
    return contact


@transaction.atomic
def list_schools_of_partnerships(programme):
    """Every partner school of the programme's partnerships is in its list, at the stage that they say.

    Whatever makes a partnership calls it. One that is proposed means talks, one that was agreed means that the school
    takes part; what a coordinator has noted stays. Doing it again changes nothing.
    """
    best, area, first = {}, {}, {}
    for p in programme.partnerships.select_related("area").order_by("ref"):
        stage = ASKED.get(p.status, Stage.JOINED)
        before = best.get(p.partner_school_id)
        best[p.partner_school_id] = stage if before is None or ORDER[stage] > ORDER[before] else before
        area.setdefault(p.partner_school_id, p.area)
        first.setdefault(p.partner_school_id, p)
    listed = {row.school_id: row for row in programme.partner_schools.all()}
    PartnerSchool.objects.bulk_create(
        [
            PartnerSchool(
                programme=programme,
                school_id=school,
                area=area[school],
                stage=stage,
                stage_since=min(timezone.localdate(), programme.starts_on),
                subject=first[school].subject,
                year_group=first[school].year_group,
            )
            for school, stage in best.items()
            if school not in listed
        ],
        ignore_conflicts=True,
    )
    running = programme.partnerships.filter(status__in=RUNNING).values("partner_school")
    PartnerSchool.objects.filter(programme=programme, school__in=running).exclude(stage=Stage.JOINED).update(
        stage=Stage.JOINED, stage_since=timezone.localdate(), stage_because=""
    )


@transaction.atomic
def carry(person, rows, programme) -> tuple[list[PartnerSchool], list[PartnerSchool]]:
    """Enquiries of these schools in another programme, and those rows whose school stands or may not stand there.

    What was noted about the school goes with it; the talks stay where they were and are a link away.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    there = set(programme.partner_schools.values_list("school", flat=True))
    areas = {area.name: area for area in programme.areas.all()}
    carried, left = [], []
    for row in rows:
        if row.school_id in there or why_not(programme, row.school):
            left.append(row)
            continue
        carried.append(
            PartnerSchool.objects.create(
                programme=programme,
                school=row.school,
                area=areas.get(row.area.name) if row.area else None,
                subject=row.subject if row.subject in programme.subjects else "",
                year_group=row.year_group if row.year_group in programme.year_groups else None,
                partnerships_wanted=row.partnerships_wanted,
                chosen_because=row.chosen_because,
                recommended_by=row.recommended_by,
                tags=row.tags,
                other_projects=row.other_projects,
                carried_from=row,
            )
        )
    for row in carried:
        audit.record(person, "partner school carried", row)
    return carried, left


def other_programmes(programme, schools) -> dict[int, list[Programme]]:
    """For each school the other programmes of the same organisation, in the same year, in which it takes part.

    As a partner school, or as the home school of a specialist teacher. What other organisations run stays theirs.
    """
    beside = Q(
        programme__organisation=programme.organisation_id,
        programme__starts_on__lte=programme.ends_on,
        programme__ends_on__gte=programme.starts_on,
    ) & ~Q(programme=programme)
    pairs = set()
    pairs |= set(
        PartnerSchool.objects.taking_part().filter(beside, school__in=schools).values_list("school", "programme")
    )
    pairs |= set(
        Partnership.objects.filter(beside, partner_school__in=schools, status__in=RUNNING).values_list(
            "partner_school", "programme"
        )
    )
    gone = [SpecialistTeacher.Status.NOMINATED, SpecialistTeacher.Status.WITHDRAWN]
    pairs |= set(
        SpecialistTeacher.objects.filter(beside, home_school__in=schools)
        .exclude(status__in=gone)
        .values_list("home_school", "programme")
    )
    programmes = {p.pk: p for p in Programme.objects.filter(pk__in={pk for _, pk in pairs})}
    found = defaultdict(list)
    for school, pk in sorted(pairs, key=lambda pair: (programmes[pair[1]].name, pair)):
        found[school].append(programmes[pk])
    return found


def tags_of(programme) -> list[str]:
    return sorted({tag for tags in programme.partner_schools.values_list("tags", flat=True) for tag in tags})


def projects_of(row, beside) -> list[str]:
    """The names of the other projects of a school: those that run here, and those typed by hand."""
    names = [programme.title for programme in beside.get(row.school_id, [])]
    known = {name.casefold() for name in names}
    return names + [name for name in row.other_projects if name.casefold() not in known]
