"""One partnership chosen by hand: what stands in its way, what one should know, and the partnership."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from accounts.models import School
from papers.templatetags.plain import year_words
from programmes.models import PartnerSchool, Partnership, Programme, SpecialistTeacher
from programmes.pairing import Asking, Rule, Wish, broken
from programmes.pairing.values import kilometres, metres
from programmes.services.pairing_inputs import place_of, read
from programmes.services.pairing_words import SENTENCES, taken_by
from programmes.services.proposals import propose
from programmes.services.schools import list_schools_of_partnerships

OVER = {SpecialistTeacher.Status.WITHDRAWN, SpecialistTeacher.Status.COMPLETED}


@dataclass(frozen=True)
class Look:
    """What is found when a pair is looked at: `blocked` forbids it, `warnings` are for a person to weigh."""

    blocked: list[str]
    warnings: list[str]
    distance: str
    is_own_school: bool
    standing: Partnership | None = None


class Blocked(Exception):
    """The pair is forbidden, or something came up since it was looked at; nothing was written."""

    def __init__(self, look):
        super().__init__(f"{len(look.blocked)} reasons")
        self.look = look


def schools_for(programme):
    """The partner schools of the programme, and the home schools of its specialist teachers for pairs inside one."""
    partners = programme.partner_schools.exclude(stage=PartnerSchool.Stage.DECLINED).values("school")
    return School.objects.filter(
        Q(pk__in=partners)
        | Q(pk__in=programme.specialists.values("home_school"))
        | Q(pk__in=programme.partnerships.values("partner_school"))
    ).order_by("name", "urn")


def look_at(programme, specialist, school, subject, year_group) -> Look:
    """The same rules as in the suggestions, each broken one in a sentence."""
    row = programme.partner_schools.select_related("school").filter(school=school).first()
    inputs = read(programme, school=row)
    teacher = inputs.teachers[specialist.pk]
    wish = Wish(
        key=0,
        ref=school.urn,
        school=school.pk,
        subject=subject,
        year_group=year_group,
        places=1,
        at=place_of(school),
    )
    standing = programme.partnerships.exclude(status=Partnership.Status.FOLDED).filter(
        specialist=specialist, partner_school=school, subject__iexact=subject, year_group=year_group
    )
    blocked, warnings = [], school_warnings(row, school, inputs, subject, year_group, own=school.pk == teacher.school)
    if school.status == School.Status.CLOSED:
        blocked.append(f"{school} is closed.")
    words = {
        "teacher": specialist,
        "school": school,
        "status": specialist.get_status_display().lower(),
        "subject": subject,
        "year_group": year_words(year_group),
        "taken": taken_by(specialist),
    }
    for rule in broken(wish, teacher, Asking(own_school=True)):
        forbids = (
            rule == Rule.CONFLICT
            or (rule == Rule.ABLE and specialist.status in OVER)
            or (rule == Rule.PAIRED and standing.exists())
        )
        (blocked if forbids else warnings).append(SENTENCES[rule].format(**words))
    far = metres(wish, teacher)
    return Look(
        blocked=blocked,
        warnings=warnings,
        distance="Not known: the register does not say where one of the schools is" if far is None else kilometres(far),
        is_own_school=school.pk == teacher.school,
        standing=standing.first(),
    )


def school_warnings(row, school, inputs, subject, year_group, own) -> list[str]:
    """What speaks against another partnership for the school, as it stands in the list of partner schools."""
    if row is None:
        return [] if own else [f"{school} is not in the list of partner schools of this programme."]
    warnings, wish = [], inputs.wishes[row.pk]
    if row.stage != PartnerSchool.Stage.JOINED:
        warnings.append(f"{school} does not take part yet: {row.get_stage_display().lower()}.")
    if wish.places < 1:
        asked = row.partnerships_wanted
        warnings.append(f"{school} has the {asked} partnership{'' if asked == 1 else 's'} it asked for already.")
    other_subject = wish.subject and wish.subject.casefold() != subject.casefold()
    if other_subject or wish.year_group not in {None, year_group}:
        warnings.append(f"{school} asked for {wish.what}.")
    return [*warnings, *(f"{words[:1].upper()}{words[1:]}." for words in wish.against)]


def area_of(programme, school):
    """The area of a partner school, which a partnership takes on where no other is chosen; None where it has none."""
    row = programme.partner_schools.select_related("area").filter(school=school).first()
    return row and row.area


@transaction.atomic
def add(person, programme, specialist, school, subject, year_group, area, seen) -> Partnership:
    """The pair is proposed, on the warnings `seen`. Blocked when it is forbidden or a warning came up meanwhile."""
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    look = look_at(programme, specialist, school, subject, year_group)
    if look.blocked or set(look.warnings) - set(seen):
        raise Blocked(look)
    area = area or area_of(programme, school)
    partnership = propose(person, programme, specialist, school, subject, year_group, area)
    list_schools_of_partnerships(programme)
    return partnership
