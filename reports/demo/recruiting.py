"""Who takes part in a demo programme and why: nominations, release patterns, buddies, and the talks with heads."""

import datetime as dt

from django.utils import timezone

from accounts.models import Membership, School, User
from accounts.roles import Role
from programmes.models import ConflictOfInterest, HeadContact, Nomination, PartnerSchool, SpecialistTeacher
from programmes.services import schools, specialists

Stage = PartnerSchool.Stage
Capacity = PartnerSchool.Capacity

ENQUIRIES = [  # URN, stage, days ago, why chosen, recommended by, capacity, note, tags
    (900030, Stage.ENQUIRY, 4, "The head rang after the network meeting", "", "", "", ["coastal"]),
    (
        900031,
        Stage.ENQUIRY,
        19,
        "Writing results fell for two years",
        "Link adviser for the area",
        Capacity.SUPPORTED,
        "One deputy for two year groups; cover would have to be found for the first term.",
        ["small school", "writing"],
    ),
    (
        900032,
        Stage.IN_TALKS,
        11,
        "Wants to develop maths talk in Years 4 to 6",
        "A partner head of last year",
        Capacity.FULL,
        "Stable staff, and the head has freed Tuesday mornings already.",
        ["maths"],
    ),
    (
        900033,
        Stage.NEXT_YEAR,
        33,
        "Recommended by its cluster",
        "Cluster chair",
        Capacity.NOT_NOW,
        "A new head starts in the summer term.",
        ["coastal"],
    ),
    (900034, Stage.NEXT_YEAR, 40, "Asked at the showcase", "", Capacity.FULL, "", ["small school"]),
    (900035, Stage.DECLINED, 25, "High mobility", "Link adviser for the area", Capacity.NOT_NOW, "", []),
]
TALKS = {
    900031: [(19, "phone", "the headteacher", "Interested. Asks who pays for cover; sent the page on funding.")],
    900032: [
        (
            11,
            "visit",
            "the headteacher and the maths lead",
            "Saw two classes. Year 5 would suit. Decides by half-term.",
        ),
        (30, "phone", "the headteacher", "First talk; sent the letter of last year."),
    ],
    900033: [(33, "meeting", "the deputy head", "Would like to come in next year, with the new head.")],
    900035: [(25, "phone", "the headteacher", "Too much else this year. Ask again in two years.")],
}
BECAUSE = {900035: "Too much else this year", 900033: "A new head starts", 900034: "No free teacher this year"}
NOTES = [
    "Led the writing moderation of the cluster for two years. Colleagues ask to watch the teacher's guided groups.",
    "Coached two newly qualified teachers. Explains planning in plain words and listens first.",
    "Ran three staff meetings on questioning; the notes are used in two other schools.",
]


def recruit(programme, today):
    """What a coordinator of the local authority has written down by `today` about people and schools."""
    if not programme.organisation.la_code:
        return
    enquire(programme, today)
    person = programme_coordinator(programme)
    rows = list(programme.specialists.select_related("user", "home_school"))
    start = programme.starts_on - dt.timedelta(days=120)
    for number, row in enumerate(rows):
        row.coach = rows[0] if number in {3, 5} else None
        row.save()
        specialists.keep_nomination(
            person,
            Nomination(
                specialist=row,
                nominated_by=f"The headteacher of {row.home_school}",
                nominated_on=start + dt.timedelta(days=number),
                excellent_practice=True,
                communication_skills=number != 4,
                note=NOTES[number % len(NOTES)],
            ),
        )
    for one, other in zip(rows[1:7:2], rows[2:8:2], strict=False):
        specialists.change_specialist(person, one, [], other)
    if len(rows) > 6:
        consultant = Membership.objects.filter(organisation=programme.organisation, role=Role.CONSULTANT).first()
        if consultant:
            SpecialistTeacher.objects.filter(pk=rows[6].pk).update(consultant=consultant.user)
        away = School.objects.filter(urn="900054").first()
        if away:
            specialists.declare_conflict(
                person, ConflictOfInterest(specialist=rows[1], school=away, declared_by="The teacher")
            )
    put_forward(person, programme, today)
    programme.staff_funded = 2
    programme.save(update_fields=["staff_funded"])


def put_forward(person, programme, today):
    """Two more teachers on their way in, of whom one is recruited."""
    today = min(today, timezone.localdate())  # a step is never of a day to come, and the demo may be
    home = School.objects.filter(urn__in=["900015", "900016"]).order_by("urn")
    for school, first, last, recruited in zip(
        home, ["Marta", "Idris"], ["Quill", "Thorne"], [True, False], strict=False
    ):
        row = specialists.add_specialist(
            person,
            programme,
            email=f"{first}.{last}@{school.urn}.schools.example".lower(),
            first_name=first,
            last_name=last,
            home_school=school,
            subjects=programme.subjects[:1],
            year_groups=programme.year_groups[:2],
            partnerships_wanted=2,
            on=today - dt.timedelta(days=20),
        )
        if recruited:
            specialists.move_specialist(
                person, row, SpecialistTeacher.Status.RECRUITED, on=today - dt.timedelta(days=6)
            )


def enquire(programme, today):
    """The pipeline beside the schools that take part."""
    person = programme_coordinator(programme)
    areas = list(programme.areas.all())
    known = {int(school.urn): school for school in School.objects.filter(urn__in=[str(row[0]) for row in ENQUIRIES])}
    for number, (urn, stage, ago, chosen, by, capacity, note, tags) in enumerate(ENQUIRIES):
        if urn not in known:
            continue
        row = PartnerSchool(
            programme=programme,
            school=known[urn],
            area=areas[number % len(areas)] if areas else None,
            stage=stage,
            stage_since=today - dt.timedelta(days=ago),
            stage_because=BECAUSE.get(urn, ""),
            subject=programme.subjects[number % len(programme.subjects)],
            year_group=programme.year_groups[number % len(programme.year_groups)],
            partnerships_wanted=1 + (number == 2),
            chosen_because=chosen,
            recommended_by=by,
            capacity=capacity,
            capacity_note=note,
            tags=tags,
            other_projects=["Talk for maths (a university)"] if urn == 900032 else [],
        )
        schools.keep_school(person, row)
        for days, how, whom, said in TALKS.get(urn, []):
            schools.keep_contact(
                person,
                HeadContact(partner_school=row, on=today - dt.timedelta(days=days), how=how, with_whom=whom, note=said),
            )


def programme_coordinator(programme) -> User:
    roles = Membership.objects.filter(organisation=programme.organisation, role=Role.COORDINATOR)
    return roles.order_by("pk").first().user
