"""What pairing works on, read from the rows: open wishes and specialist teachers as plain values."""

import hashlib
import json
from collections import defaultdict
from dataclasses import asdict, dataclass

from accounts.models import School
from programmes.models import ConflictOfInterest, PartnerSchool, Partnership, SpecialistTeacher
from programmes.pairing import Teacher, Wish

Status = SpecialistTeacher.Status
ABLE = {Status.RECRUITED, Status.TRAINED, Status.ACTIVE}
WENT_WELL = [Partnership.Status.COMPLETED, Partnership.Status.EMBEDDING]


@dataclass(frozen=True)
class Inputs:
    """Of one programme: its schools that take part, by id of the row, and its specialist teachers."""

    wishes: dict[int, Wish]
    teachers: dict[int, Teacher]

    @property
    def open_wishes(self):
        return [wish for wish in self.wishes.values() if wish.places > 0]

    @property
    def places(self):
        return sum(wish.places for wish in self.open_wishes)

    @property
    def free(self):
        return [teacher for teacher in self.teachers.values() if teacher.is_able and teacher.room > 0]

    @property
    def room(self):
        return sum(teacher.room for teacher in self.free)

    def fingerprints(self) -> dict:
        """A short mark for each row: where one differs later, the row has changed."""
        return {
            "schools": {str(key): mark(wish) for key, wish in self.wishes.items()},
            "specialists": {str(key): mark(teacher) for key, teacher in self.teachers.items()},
        }


def mark(value) -> str:
    text = json.dumps(asdict(value), default=sorted, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def read(programme, school=None, leaving_out=()) -> Inputs:
    """The programme as it stands, without the partnerships `leaving_out`; with `school`, whatever its stage is."""
    partnerships = list(programme.partnerships.exclude(pk__in=leaving_out))
    standing = [p for p in partnerships if p.status != Partnership.Status.FOLDED]
    rows = programme.partner_schools.select_related("school")
    schools = [row for row in rows if row.stage == PartnerSchool.Stage.JOINED or (school and row.pk == school.pk)]
    return Inputs(
        wishes={
            row.pk: wish_of(programme, row, [p for p in standing if p.partner_school_id == row.school_id])
            for row in schools
        },
        teachers=teachers_of(programme, partnerships, standing),
    )


def wish_of(programme, row, standing) -> Wish:
    against = []
    if row.capacity == PartnerSchool.Capacity.NOT_NOW:
        against.append("the school was judged not able to engage at present")
    if row.other_projects:
        projects = "another project" if len(row.other_projects) == 1 else f"{len(row.other_projects)} other projects"
        against.append(f"the school is in {projects}: {', '.join(row.other_projects)}")
    return Wish(
        key=row.pk,
        ref=row.school.urn,
        school=row.school_id,
        subject=row.subject,
        year_group=row.year_group,
        places=max(0, row.partnerships_wanted - len(standing)),
        at=place_of(row.school),
        is_closed=row.school.status == School.Status.CLOSED,
        against=tuple(against),
        subjects=frozenset(subject.casefold() for subject in programme.subjects),
        year_groups=frozenset(programme.year_groups),
    )


def teachers_of(programme, partnerships, standing) -> dict[int, Teacher]:
    specialists = list(programme.specialists.select_related("home_school"))
    conflicts, paired, folded, counts = defaultdict(set), defaultdict(set), defaultdict(set), defaultdict(int)
    for specialist, school in ConflictOfInterest.objects.filter(specialist__programme=programme).values_list(
        "specialist", "school"
    ):
        conflicts[specialist].add(school)
    for p in partnerships:
        (folded if p.status == Partnership.Status.FOLDED else paired)[p.specialist_id].add(p.partner_school_id)
    for p in standing:
        counts[p.specialist_id] += 1
    worked = worked_before(programme, [s.user_id for s in specialists])
    return {
        s.pk: Teacher(
            key=s.pk,
            ref=s.ref,
            school=s.home_school_id,
            subjects=frozenset(subject.casefold() for subject in s.subjects),
            year_groups=frozenset(s.year_groups),
            room=max(0, s.partnerships_wanted - counts[s.pk]),
            at=place_of(s.home_school),
            is_able=s.status in ABLE,
            is_coming=s.status == Status.NOMINATED,
            against=("recruited, not trained yet",) if s.status == Status.RECRUITED else (),
            paired=frozenset(paired[s.pk]),
            folded=frozenset(folded[s.pk] - paired[s.pk]),
            conflicts=frozenset(conflicts[s.pk]),
            worked=worked[s.user_id],
        )
        for s in specialists
    }


def worked_before(programme, people) -> dict:
    """person -> school -> the latest earlier year of this organisation in which a partnership of theirs went well."""
    found = defaultdict(dict)
    earlier = Partnership.objects.filter(
        programme__organisation=programme.organisation_id,
        programme__starts_on__lt=programme.starts_on,
        specialist__user__in=people,
        status__in=WENT_WELL,
    )
    for p in earlier.select_related("programme", "specialist").order_by("programme__starts_on", "pk"):
        found[p.specialist.user_id][p.partner_school_id] = p.programme.academic_year
    return found


def place_of(school):
    """Where the school is on the national grid, in metres; None when the register does not say."""
    return None if school.easting is None or school.northing is None else (school.easting, school.northing)


def what_changed(before, now) -> list[str]:
    """In words, how many schools and specialist teachers are not as they were; nothing when all are."""
    words = []
    for kind, one, many in (
        ("schools", "partner school", "partner schools"),
        ("specialists", "specialist teacher", "specialist teachers"),
    ):
        then, today = before.get(kind, {}), now[kind]
        if changed := sum(then.get(key) != today.get(key) for key in then.keys() | today.keys()):
            words.append(f"{changed} {one if changed == 1 else many}")
    return words
