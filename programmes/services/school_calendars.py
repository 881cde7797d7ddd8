"""What the pages about school calendars show: one school through the year, and all schools of a programme."""

from collections import defaultdict

from accounts.models import School
from accounts.models.organisations import taking_part
from programmes.models import Partnership, SchoolClosure, SchoolLimits, SpecialistTeacher, academic_year
from programmes.school_year import days_of
from programmes.services.closures import hits

ACTION = "closures.keep"


def organisation_of(person, school) -> int:
    """By whose term dates the person looks at this school: those of whoever gave them the role for it."""
    memberships = person.memberships_granting(ACTION)
    own = [m for m in memberships if m.school_id == school.pk]
    running = (
        m for m in memberships if not m.school_id and School.objects.filter(taking_part(m), pk=school.pk).exists()
    )
    return (own or [next(running)])[0].organisation_id


def closures_of_year(person, schools, year):
    """Those with a day in the school year, of schools in the person's reach."""
    return SchoolClosure.objects.allowed(person, ACTION).filter(school__in=schools).between(*academic_year(year))


def limits_of(person, school) -> SchoolLimits:
    """As they are kept, or a blank row."""
    rows = SchoolLimits.objects.allowed(person, ACTION).filter(school=school)
    return rows.first() or SchoolLimits(school=school)


GONE = [SpecialistTeacher.Status.WITHDRAWN, SpecialistTeacher.Status.NOMINATED]


def schools_of(programme):
    """Every school that takes part: partner schools and home schools, while its partnership or its teacher goes on."""
    partners = Partnership.objects.filter(programme=programme).exclude(status=Partnership.Status.FOLDED)
    homes = SpecialistTeacher.objects.filter(programme=programme).exclude(status__in=GONE)
    return School.objects.filter(pk__in=partners.values("partner_school")) | School.objects.filter(
        pk__in=homes.values("home_school")
    )


def calendars_of_programme(person, programme) -> list[dict]:
    """Each school with how much it has entered for the year, its limits, and how many visits are in the way."""
    schools = list(schools_of(programme).order_by("name", "urn"))
    rows = list(closures_of_year(person, [school.pk for school in schools], programme.starts_on))
    of_school, in_the_way = defaultdict(list), hits(person, rows)
    for row in rows:
        of_school[row.school_id].append(row)
    limits = {row.school_id: row for row in SchoolLimits.objects.filter(school__in=[s.pk for s in schools])}
    return [
        {
            "school": school,
            "inset": days_of(of_school[school.pk], SchoolClosure.Kind.INSET),
            "closed": days_of(of_school[school.pk], SchoolClosure.Kind.CLOSED),
            "no_go": sum(row.kind == SchoolClosure.Kind.NO_GO for row in of_school[school.pk]),
            "limits": limits.get(school.pk),
            "visits": len({url for row in of_school[school.pk] for _, url in in_the_way.get(row.pk, [])}),
        }
        for school in schools
    ]
