"""Bringing the database to what the folder says, in one transaction, with an account of every change."""

from collections import Counter
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Membership, Organisation, School, User
from accounts.roles import Role
from programmes.models import (
    Area,
    DataPoint,
    DataReturn,
    Expectation,
    Partnership,
    PartnershipStep,
    PartnerTeacher,
    Programme,
    SpecialistTeacher,
    SuccessCriterion,
    TimetableStep,
)
from pupils import scales
from pupils.loading.folder import Folder
from pupils.models import Assessment, Place, TargetPupil
from pupils.services import count_returns
from pupils.upn import upn_index

# Changes of these are told without the values: they are pupils' data.
UNTOLD = {TargetPupil: {"first_name", "last_name", "upn", "sex", "pupil_premium", "sen", "eal"}, Assessment: {"*"}}
SHOWN = 100


@dataclass
class Account:
    """What loading did. `changed` tells each change of a row that was there; `left` what stands in no file any more."""

    programme: Programme = None
    counts: dict[str, int] = field(default_factory=dict)
    added: Counter = field(default_factory=Counter)
    updated: Counter = field(default_factory=Counter)
    changed: list[str] = field(default_factory=list)
    left: Counter = field(default_factory=Counter)
    ignored: dict[str, list[str]] = field(default_factory=dict)
    encodings: dict[str, str] = field(default_factory=dict)

    @property
    def changed_nothing(self) -> bool:
        return not self.added and not self.updated


class Writer:
    """Makes the rows of one model equal to what is wanted, by key, and keeps the account."""

    def __init__(self, account, programme=None):
        self.account = account
        self.programme = programme

    def bring(self, model, label, existing, wanted, name_of):
        """Rows by key: those wanted are made or brought to their fields; returns them. Nothing is ever deleted.

        existing: key -> row; wanted: key -> fields; name_of: key -> how the row is called in the account.
        """
        new, changed, columns = [], [], set()
        rows = dict(existing)
        for key, fields in wanted.items():
            row = existing.get(key)
            if row is None:
                rows[key] = model(**fields)
                new.append(rows[key])
                continue
            differing = [column for column, value in fields.items() if not same(getattr(row, column), value)]
            if differing:
                self.tell(model, label, name_of(key), row, differing, fields)
                for column in differing:
                    setattr(row, column, fields[column])
                changed.append(row)
                columns.update(differing)
        model.objects.bulk_create(new, batch_size=2000)
        if changed:
            model.objects.bulk_update(changed, sorted(columns), batch_size=1000)
        if new:
            self.account.added[label] += len(new)
        if changed:
            self.account.updated[label] += len(changed)
        if gone := len(existing.keys() - wanted.keys()):
            self.account.left[label] += gone
        return rows

    def tell(self, model, label, name, row, columns, fields):
        untold = UNTOLD.get(model, set())
        parts = [
            f"{column.replace('_', ' ')} changed"
            if column in untold or "*" in untold
            else f"{column.replace('_', ' ')} was {shown(getattr(row, column))}, is {shown(fields[column])}"
            for column in columns
            if column != "upn_index"
        ]
        self.account.changed.append(f"{label} {name}: {'; '.join(parts)}")


def same(old, new):
    if isinstance(old, memoryview | bytes) or isinstance(new, bytes):
        return (None if old is None else bytes(old)) == new
    return old == new


def shown(value):
    if value is None or value == "":
        return "blank"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@transaction.atomic
def write(files: Folder) -> Account:
    """Everything the folder says, written; a second load of the same folder writes nothing.

    One load of a programme at a time: the second waits for the first. People get their roles but cannot sign in until
    they are invited, and no mail is sent.
    """
    given = files.programme
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"load {given.slug}"])
    account = Account(ignored=files.ignored, encodings=files.encodings)
    writer = Writer(account)
    schools = write_schools(writer, files)
    organisation = write_organisation(writer, files)
    programme = account.programme = writer.programme = write_programme(writer, files, organisation)
    people = write_people(writer, files, programme)
    partnerships = write_partnerships(writer, files, programme, schools, people)
    write_memberships(writer, programme, partnerships)
    places = write_pupils(writer, files, programme, partnerships)
    write_assessments(writer, files, programme, places)
    write_returns(files, programme, partnerships)
    account.counts = {
        "schools": len(files.schools),
        "specialist teachers": len(files.specialists),
        "partnerships": len(files.partnerships),
        **{
            status: sum(row.status == status for _, row in files.partnerships)
            for status in Partnership.Status.values
            if any(row.status == status for _, row in files.partnerships)
        },
        "pupils": len({row.pupil for _, row in files.pupils}),
        "places": len(files.pupils),
        "assessments": len(files.assessments),
    }
    if not account.changed_nothing:
        audit.record(None, "loaded programme", programme)
    return account


def write_schools(writer, files):
    """Schools of the register, by URN: those of the folder, and those it names that were known before."""
    wanted = {row.urn: row.model_dump() for _, row in files.schools}
    named = {row.home_school_urn for _, row in files.specialists} | {
        row.partner_school_urn for _, row in files.partnerships
    }
    existing = School.objects.in_bulk(wanted.keys() | named, field_name="urn")
    elsewhere = {urn: school for urn, school in existing.items() if urn not in wanted}
    own = {urn: school for urn, school in existing.items() if urn in wanted}
    return elsewhere | writer.bring(School, "school", own, wanted, str)


def write_organisation(writer, files):
    given = files.programme
    if given.local_authority:
        name = next((row.la_name for _, row in files.schools if row.la_code == given.local_authority), None)
        organisation, new = Organisation.objects.get_or_create(
            la_code=given.local_authority,
            defaults={"kind": Organisation.Kind.LA, "name": name or f"Local authority {given.local_authority}"},
        )
    else:
        organisation, new = Organisation.objects.get_or_create(
            kind=given.organiser.kind, name__iexact=given.organiser.name, defaults={"name": given.organiser.name}
        )
    if new:
        writer.account.added["organisation"] += 1
    return organisation


def write_programme(writer, files, organisation):
    given = files.programme
    settings = given.assessment
    scales.load_scale(settings.scale)
    existing = Programme.objects.select_for_update().filter(slug=given.slug)
    other_authorities = given.other_authorities
    if other_authorities is None:
        other_authorities = given.local_authority is None
    programme = writer.bring(
        Programme,
        "programme",
        {row.slug: row for row in existing},
        {
            given.slug: {
                "slug": given.slug,
                "organisation": organisation,
                "name": given.name,
                "starts_on": given.starts_on,
                "ends_on": given.ends_on,
                "status": given.status,
                "subjects": given.subjects,
                "year_groups": given.year_groups,
                "scale": settings.scale,
                "expected_points": settings.expected_points,
                "other_authorities": other_authorities,
            }
        },
        str,
    )[given.slug]
    taught = {row.year_group for _, row in files.pupils} | set(given.year_groups)
    expectations = scales.expectations(settings.scale, taught) | settings.expectations
    writer.bring(
        Expectation,
        "expectation",
        {row.year_group: row for row in programme.expectations.all()},
        {
            year: {
                "programme": programme,
                "year_group": year,
                "met_from": scales.find(settings.scale, met),
                "exceeded_from": scales.find(settings.scale, exceeded),
            }
            for year, (met, exceeded) in sorted(expectations.items())
        },
        "Year {}".format,
    )
    writer.bring(
        DataPoint,
        "data point",
        {row.name: row for row in programme.data_points.all()},
        {
            point.name: {"programme": programme, "name": point.name, "due_on": point.due_on}
            for point in given.data_points
        },
        str,
    )
    writer.bring(
        SuccessCriterion,
        "success criterion",
        {row.measure: row for row in programme.success_criteria.all()},
        {
            criterion.measure: {
                "programme": programme,
                "measure": criterion.measure,
                "target_pct": criterion.target_pct,
            }
            for criterion in given.success_criteria
        },
        str,
    )
    writer.bring(
        TimetableStep,
        "timetable step",
        {row.order: row for row in programme.timetable.all()},
        {row.order: {"programme": programme} | row.model_dump() for _, row in files.timetable},
        str,
    )
    return programme


def write_people(writer, files, programme):
    """Everyone by e-mail address. Whoever signs in keeps the name under which they do."""
    wanted = {}
    for _, row in files.specialists:
        wanted[row.email.lower()] = (row.first_name, row.last_name)
    for _, row in files.partnerships:
        if row.partner_teacher_email:
            wanted[row.partner_teacher_email.lower()] = (row.partner_teacher_first_name, row.partner_teacher_last_name)
    existing = {user.email: user for user in User.objects.filter(email__in=wanted)}
    fields = {}
    for email, (first_name, last_name) in wanted.items():
        user = existing.get(email)
        if user is None:
            blank = User()
            blank.set_unusable_password()
            fields[email] = {
                "email": email,
                "first_name": first_name,
                "last_name": last_name,
                "password": blank.password,
            }
        else:
            fields[email] = {} if user.is_active else {"first_name": first_name, "last_name": last_name}
    return writer.bring(User, "person", existing, fields, str)


def write_partnerships(writer, files, programme, schools, people):
    specialists = writer.bring(
        SpecialistTeacher,
        "specialist teacher",
        {row.ref: row for row in programme.specialists.select_related("user", "home_school")},
        {
            row.ref: {
                "programme": programme,
                "ref": row.ref,
                "user": people[row.email.lower()],
                "home_school": schools[row.home_school_urn],
                "subjects": row.subjects,
                "year_groups": row.year_groups,
                "joined": row.joined,
                "outcome": row.outcome,
            }
            for _, row in files.specialists
        },
        str,
    )
    areas = writer.bring(
        Area,
        "area",
        {row.name: row for row in programme.areas.all()},
        {
            name: {"programme": programme, "name": name}
            for name in sorted({row.area for _, row in files.partnerships if row.area})
        },
        str,
    )
    spelling = {subject.casefold(): subject for subject in files.programme.subjects}
    before = {row.ref: row for row in programme.partnerships.select_related("specialist", "partner_school", "area")}
    stood = {ref: (row.status, row.ended_on, row.reason) for ref, row in before.items()}
    rows = writer.bring(
        Partnership,
        "partnership",
        before,
        {
            row.ref: {
                "programme": programme,
                "ref": row.ref,
                "specialist": specialists[row.specialist_teacher],
                "partner_school": schools[row.partner_school_urn],
                "subject": spelling[row.subject.casefold()],
                "year_group": row.year_group,
                "area": areas.get(row.area),
                "status": row.status,
                "ended_on": row.ended_on,
                "reason": row.reason,
            }
            for _, row in files.partnerships
        },
        str,
    )
    write_steps(rows, stood)
    write_partner_teachers(writer, files, programme, rows, people)
    return rows


WAS_ACTIVE = {
    Partnership.Status.ACTIVE,
    Partnership.Status.PAUSED,
    Partnership.Status.COMPLETED,
    Partnership.Status.EMBEDDING,
    Partnership.Status.FOLDED,
}


def write_steps(partnerships, stood):
    """The dated history of each partnership whose status is new or changed.

    A file says where a partnership stands, not how it came there: one that runs or has ended was active from the
    first day of the programme's year.
    """
    today, steps = timezone.localdate(), []
    for ref, row in partnerships.items():
        if stood.get(ref) == (row.status, row.ended_on, row.reason):
            continue
        year = row.programme
        if ref not in stood and row.status in WAS_ACTIVE:
            steps.append(PartnershipStep(partnership=row, status=Partnership.Status.ACTIVE, on=year.starts_on))
            if row.status == Partnership.Status.ACTIVE:
                continue
        on = row.ended_on or min(max(today, year.starts_on), year.ends_on)
        steps.append(PartnershipStep(partnership=row, status=row.status, on=on, reason=row.reason))
    PartnershipStep.objects.bulk_create(steps)


def write_partner_teachers(writer, files, programme, partnerships, people):
    """The partner teacher of the file is the one now: another one who was there stays on record until today."""
    standing = {}
    for row in PartnerTeacher.objects.filter(partnership__programme=programme, until=None).select_related("user"):
        standing.setdefault(row.partnership_id, []).append(row)
    new = []
    for _, given in files.partnerships:
        if not given.partner_teacher_email:
            continue
        partnership, user = partnerships[given.ref], people[given.partner_teacher_email.lower()]
        there = standing.get(partnership.pk, [])
        if any(row.user_id == user.pk for row in there):
            continue
        today = min(max(timezone.localdate(), programme.starts_on), programme.ends_on)
        for row in there:
            row.until = max(today, row.since)
            row.save(update_fields=["until"])
            writer.account.updated["partner teacher"] += 1
            writer.account.changed.append(f"partnership {partnership.ref}: the partner teacher was replaced")
        since = today if there else programme.starts_on
        new.append(PartnerTeacher(partnership=partnership, user=user, since=since))
    PartnerTeacher.objects.bulk_create(new)
    if new:
        writer.account.added["partner teacher"] += len(new)


def write_memberships(writer, programme, partnerships):
    """Each specialist teacher has the role in the organisation, each partner teacher in the partner school."""
    organisation = programme.organisation_id
    wanted = {(Role.SPECIALIST, user, None) for user in programme.specialists.values_list("user", flat=True)}
    wanted |= {
        (Role.PARTNER, user, school)
        for user, school in PartnerTeacher.objects.filter(partnership__programme=programme, until=None).values_list(
            "user", "partnership__partner_school"
        )
    }
    there = set(
        Membership.objects.filter(
            organisation=organisation, user__in={user for _, user, _ in wanted}, ended_at=None
        ).values_list("role", "user", "school")
    )
    new = [
        Membership(
            user_id=user, role=role, organisation_id=organisation, school_id=school, starts_on=programme.starts_on
        )
        for role, user, school in sorted(wanted - there, key=str)
    ]
    Membership.objects.bulk_create(new)
    if new:
        writer.account.added["role"] += len(new)


def write_pupils(writer, files, programme, partnerships):
    """The pupils by reference, and their places by (pupil, partnership)."""
    rows = {row.pupil: row for _, row in reversed(files.pupils)}
    existing = {row.ref: row for row in programme.pupils.all()}
    # Two pupils may swap their UPNs: free the ones that change before anyone takes them.
    leaving = [
        row.pk
        for ref, row in existing.items()
        if ref in rows and row.upn_index is not None and bytes(row.upn_index) != upn_index(rows[ref].upn)
    ]
    TargetPupil.objects.filter(pk__in=leaving).update(upn_index=None)
    pupils = writer.bring(
        TargetPupil,
        "pupil",
        existing,
        {
            ref: {
                "programme": programme,
                "ref": ref,
                "upn_index": upn_index(row.upn),
                **row.model_dump(exclude={"pupil", "partnership"}),
            }
            for ref, row in rows.items()
        },
        str,
    )
    wanted = {(row.pupil, row.partnership) for _, row in files.pupils}
    return writer.bring(
        Place,
        "place",
        {
            (row.pupil.ref, row.partnership.ref): row
            for row in Place.objects.filter(partnership__programme=programme).select_related("pupil", "partnership")
        },
        {
            (ref, partnership): {"pupil": pupils[ref], "partnership": partnerships[partnership]}
            for ref, partnership in sorted(wanted)
        },
        " in ".join,
    )


def write_assessments(writer, files, programme, places):
    scale = scales.load_scale(programme.scale)
    grades = {grade.code: grade for grade in scale.grades.all()}
    points = {point.name.casefold(): point for point in programme.data_points.all()}
    existing = {
        (row.place_id, row.data_point_id): row
        for row in Assessment.objects.filter(place__partnership__programme=programme).select_related("grade")
    }
    wanted, names = {}, {}
    for _, row in files.assessments:
        place, point = places[row.pupil, row.partnership], points[row.data_point.casefold()]
        names[place.pk, point.pk] = f"{row.pupil} in {row.partnership}, {point.name}"
        wanted[place.pk, point.pk] = {
            "place_id": place.pk,
            "data_point_id": point.pk,
            "grade": grades[scales.find(scale.name, row.grade)] if row.grade else None,
            "reason": row.not_assessed_reason,
            "assessed_on": row.assessed_on,
        }
    writer.bring(Assessment, "assessment", existing, wanted, names.get)


def write_returns(files, programme, partnerships):
    """Returns that come with a folder count as submitted, by nobody in particular."""
    given = {(row.partnership, row.data_point.casefold()) for _, row in files.assessments}
    points = {point.pk: point.name.casefold() for point in programme.data_points.all()}
    refs = {row.pk: ref for ref, row in partnerships.items()}
    count_returns(programme)
    submitted = [
        row.pk
        for row in DataReturn.objects.filter(partnership__programme=programme, state=DataReturn.State.OPEN)
        if (refs.get(row.partnership_id), points[row.data_point_id]) in given
    ]
    DataReturn.objects.filter(pk__in=submitted).update(state=DataReturn.State.SUBMITTED, submitted_at=timezone.now())
