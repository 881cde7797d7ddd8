"""Schools of a demo programme that wait for a specialist teacher, those who have room, and one pairing in dispute."""

import datetime as dt

from django.utils import timezone

from accounts.models import Membership, School
from accounts.roles import Role
from programmes.models import Objection, PartnerSchool, Partnership, SpecialistTeacher
from programmes.services.acceptances import agree, mark
from programmes.services.objections import object_to
from programmes.services.proposals import propose
from reports.demo.people import give, head_of

# URN, subject, year group, partnerships wanted, other projects
WAITING = [
    ("900063", "maths", 5, 1, []),
    ("900064", "writing", 6, 1, []),
    ("900065", "maths", 6, 2, ["Talk for Reading"]),
    ("900066", "writing", 5, 1, []),
    ("900067", "maths", 5, 1, []),
    ("900068", "writing", 4, 1, []),
]
MORE_ROOM = {"S03": 3, "S04": 3, "S05": 2, "S06": 2, "S07": 2, "S08": 2, "S09": 2, "S10": 2}


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


def let_one_be_disputed(programme, today):
    """In a local authority a pairing was proposed five days ago, and the head of its partner school asks about it."""
    if not programme.organisation.la_code:
        return
    coordinator = Membership.objects.filter(role=Role.COORDINATOR, organisation=programme.organisation).first().user
    school = School.objects.get(urn="900069")
    row, _ = PartnerSchool.objects.update_or_create(
        programme=programme,
        school=school,
        defaults={
            "stage": PartnerSchool.Stage.JOINED,
            "subject": "writing",
            "year_group": 5,
            "area": programme.areas.first(),
        },
    )
    head = give(Role.HEADTEACHER, "Asha", "Rowan", f"{school.urn}.schools.example", programme.organisation, school)
    specialist = programme.specialists.get(ref="S09")
    on = today - dt.timedelta(days=5)
    partnership = propose(coordinator, programme, specialist, school, row.subject, row.year_group, row.area, on=on)
    objection = Objection(
        partnership=partnership,
        school=school,
        kind=Objection.Kind.DISPUTE,
        reason="No cover to be found",
        note="Our Year 5 teacher can be released on Tuesdays only. Would that do?",
        at=timezone.make_aware(dt.datetime.combine(today - dt.timedelta(days=2), dt.time(15, 40))),
    )
    object_to(head, objection)


def let_one_wait_for_its_head(programme, today):
    """A second pairing was proposed to a school of a local authority; its own head has not agreed yet."""
    if not programme.organisation.la_code:
        return
    coordinator = Membership.objects.filter(role=Role.COORDINATOR, organisation=programme.organisation).first().user
    school = programme.partnerships.filter(status=Partnership.Status.ACTIVE)[2].partner_school
    specialist = programme.specialists.select_related("home_school").get(ref="S10")
    on = today - dt.timedelta(days=3)
    partnership = propose(coordinator, programme, specialist, school, "writing", 6, programme.areas.first(), on=on)
    head_of(specialist.home_school, programme.organisation, iter(["Isla Brook"]))
    head = Membership.objects.get(role=Role.HEADTEACHER, school=specialist.home_school, deputy=False).user
    partnership = Partnership.objects.with_people().get(pk=partnership.pk)
    agree(head, partnership, mark(partnership))
