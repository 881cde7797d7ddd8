"""Programmes whose schools are to be paired, and the runs that suggest how."""

from accounts.roles import Role
from programmes.models import PairingRun
from programmes.services import pairing_runs
from programmes.tasks import suggest_pairs
from tests.factories import (
    MembershipFactory,
    PartnerSchoolFactory,
    ProgrammeFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
)
from tests.world import person


def a_programme(schools=2, teachers=2):
    """Schools and specialist teachers of Year 5 maths, one kilometre apart along a line: the nth with the nth."""
    programme = ProgrammeFactory()
    programme.coordinator = person("Ourside", Role.COORDINATOR)
    MembershipFactory(user=programme.coordinator, role=Role.COORDINATOR, organisation=programme.organisation)
    for n in range(1, schools + 1):
        school = SchoolFactory(name=f"School {n}", easting=500_000 + 10_000 * n, northing=200_000)
        PartnerSchoolFactory(programme=programme, school=school)
    for n in range(1, teachers + 1):
        a_teacher(programme, n)
    return programme


def a_teacher(programme, n, **more):
    home = SchoolFactory(name=f"Home {n}", easting=500_000 + 10_000 * n, northing=201_000)
    return SpecialistTeacherFactory(
        programme=programme,
        ref=f"S{n}",
        home_school=home,
        user__first_name="Teacher",
        user__last_name=str(n),
        subjects=["Maths"],
        year_groups=[5],
        **more,
    )


def suggested(programme, **how):
    run = pairing_runs.start(programme.coordinator, programme, **how)
    suggest_pairs(run.pk)
    return PairingRun.objects.select_related("programme").get(pk=run.pk)
