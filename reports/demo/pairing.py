"""Schools of a demo programme that wait for a specialist teacher, and specialist teachers who have room."""

from accounts.models import School
from programmes.models import PartnerSchool, SpecialistTeacher

# URN, subject, year group, partnerships wanted, other projects
WAITING = [
    ("900063", "maths", 5, 1, []),
    ("900064", "writing", 6, 1, []),
    ("900065", "maths", 6, 2, ["Talk for Reading"]),
    ("900066", "writing", 5, 1, []),
    ("900067", "maths", 5, 1, []),
    ("900068", "writing", 4, 1, []),
]
MORE_ROOM = {"S03": 3, "S04": 3, "S05": 2, "S06": 2, "S07": 2, "S08": 2, "S09": 1, "S10": 2}


def let_schools_wait(programme):
    """Beside the schools of the partnerships, six more take part and wait for theirs."""
    areas = list(programme.areas.all())
    for number, (urn, subject, year_group, wanted, projects) in enumerate(WAITING):
        PartnerSchool.objects.update_or_create(
            programme=programme,
            school=School.objects.get(urn=urn),
            defaults={
                "stage": PartnerSchool.Stage.JOINED,
                "subject": subject,
                "year_group": year_group,
                "partnerships_wanted": wanted,
                "other_projects": projects,
                "area": areas[number % len(areas)] if areas else None,
            },
        )
    for ref, number in MORE_ROOM.items():
        SpecialistTeacher.objects.filter(programme=programme, ref=ref).update(partnerships_wanted=number)
