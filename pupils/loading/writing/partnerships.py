"""People, partnerships with their history, and the roles that follow from them."""

from django.db.models import Q
from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import Role
from programmes.models import (
    Area,
    Partnership,
    PartnershipStep,
    PartnerTeacher,
    PastSpecialist,
    SpecialistTeacher,
)
from programmes.services.people import day_specialist_began
from programmes.services.schools import list_schools_of_partnerships
from programmes.services.specialists import make_room
from pupils.loading.checks.people import ending

WAS_ACTIVE = {
    Partnership.Status.ACTIVE,
    Partnership.Status.PAUSED,
    Partnership.Status.COMPLETED,
    Partnership.Status.EMBEDDING,
    Partnership.Status.FOLDED,
}
FOLDED = Partnership.Status.FOLDED


def write_people(account, files, organisation):
    """Everyone by email address. Whoever signs in, or has a role elsewhere, keeps the name that is known there."""
    wanted = {row.email.lower(): (row.first_name, row.last_name) for _, row in files.specialists}
    for _, row in files.partnerships:
        if row.partner_teacher_email:
            wanted[row.partner_teacher_email.lower()] = (row.partner_teacher_first_name, row.partner_teacher_last_name)
    existing = {user.email: user for user in User.objects.filter(email__in=wanted)}
    elsewhere = Membership.objects.filter(user__in=existing.values()).exclude(organisation=organisation)
    elsewhere = set(elsewhere.values_list("user", flat=True))
    fields = {}
    for email, (first_name, last_name) in wanted.items():
        fields[email] = {"first_name": first_name, "last_name": last_name}
        if email not in existing:
            nobody = User()
            nobody.set_unusable_password()
            fields[email] |= {"email": email, "password": nobody.password}
        elif existing[email].is_active or existing[email].pk in elsewhere:
            fields[email] = {}
    return account.bring(User, "person", existing, fields)


def write_partnerships(account, files, programme, schools, people):
    specialists = account.bring(
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
        absent=files.absent("specialist_teachers.csv"),
    )
    absent = files.absent("partnerships.csv")
    areas = account.bring(
        Area,
        "area",
        {} if "area" in absent else {row.name: row for row in programme.areas.all()},
        {
            name: {"programme": programme, "name": name}
            for name in sorted({row.area for _, row in files.partnerships if row.area})
        },
    )
    spelling = {subject.casefold(): subject for subject in files.programme.subjects}
    standing = {row.ref: row for row in programme.partnerships.select_related("specialist", "partner_school", "area")}
    stood = {ref: (row.status, row.ended_on, row.reason) for ref, row in standing.items()}
    had = {ref: row.specialist for ref, row in standing.items()}
    endings = {row.ref: ending(row, standing.get(row.ref), absent) for _, row in files.partnerships}
    partnerships = account.bring(
        Partnership,
        "partnership",
        standing,
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
                **endings[row.ref],
            }
            for _, row in files.partnerships
        },
        absent=absent - {"ended_on", "reason"},
    )
    moved = [row for ref, row in partnerships.items() if stood.get(ref) != (row.status, row.ended_on, row.reason)]
    write_steps(programme, moved)
    for row in moved:
        was_folded, folded = (stood.get(row.ref, [None])[0] == FOLDED, row.status == FOLDED)
        if row.ref in stood and folded != was_folded:
            (account.newly_folded if folded else account.taken_back).append(row)
    write_past_specialists(account, programme, partnerships, had)
    write_partner_teachers(account, files, programme, partnerships, people, had)
    list_schools_of_partnerships(programme)
    make_room(programme)
    return partnerships


def write_steps(programme, partnerships):
    """The next step in the dated history of each.

    A file says where a partnership stands, not how it came there: one that runs or has ended was active from the
    first day of the programme's year, unless its history says since when.
    """
    were_active = set(programme.partnerships.ever_active().values_list("pk", flat=True))
    steps = []
    for row in partnerships:
        if row.status in WAS_ACTIVE and row.pk not in were_active:
            steps.append(
                PartnershipStep(partnership=row, status=Partnership.Status.ACTIVE, on=programme.starts_on, by=None)
            )
            if row.status == Partnership.Status.ACTIVE:
                continue
        on = row.ended_on or day_of_the_year(programme)
        steps.append(PartnershipStep(partnership=row, status=row.status, on=on, reason=row.reason))
    PartnershipStep.objects.bulk_create(steps)


def day_of_the_year(programme):
    """Today, or the programme's first or last day where today is not in its year."""
    return min(max(timezone.localdate(), programme.starts_on), programme.ends_on)


def write_past_specialists(account, programme, partnerships, had):
    """Where the file names another specialist teacher, the one before stays on record until today."""
    today = day_of_the_year(programme)
    for ref, before in had.items():
        row = partnerships[ref]
        if row.specialist != before:
            since = day_specialist_began(row, today)
            PastSpecialist.objects.create(partnership=row, specialist=before, since=since, until=today)
            account.people_changed.append((row, before.user, row.specialist.user, today))


def write_partner_teachers(account, files, programme, partnerships, people, had):
    """The partner teacher of the file is the one now: another one who was there stays on record until today.

    A partnership that is new has neither visits nor an agreement that would follow its people.
    """
    standing = {}
    for row in PartnerTeacher.objects.filter(partnership__programme=programme, until=None).select_related("user"):
        standing.setdefault(row.partnership_id, []).append(row)
    new, today = [], day_of_the_year(programme)
    for _, given in files.partnerships:
        if not given.partner_teacher_email:
            continue
        partnership, user = partnerships[given.ref], people[given.partner_teacher_email.lower()]
        there = standing.get(partnership.pk, [])
        if any(row.user_id == user.pk for row in there):
            continue
        left = [row.user for row in there][:1]
        if given.ref in had:
            account.people_changed.append((partnership, left[0] if left else None, user, today))
        for row in there:
            row.until = max(today, row.since)
            row.save(update_fields=["until"])
            account.count("partner teacher", updated=1)
            account.changed.append(f"partnership {partnership.ref}: the partner teacher was replaced")
        new.append(PartnerTeacher(partnership=partnership, user=user, since=today if there else programme.starts_on))
    PartnerTeacher.objects.bulk_create(new)
    account.count("partner teacher", added=len(new))


def write_memberships(account, programme):
    """Each specialist teacher has the role in the organisation, each partner teacher in the partner school.

    A role that was ended since the programme began stays ended.
    """
    wanted = {(Role.SPECIALIST, user, None) for user in programme.specialists.values_list("user", flat=True)}
    teachers = PartnerTeacher.objects.filter(partnership__programme=programme, until=None)
    wanted |= {
        (Role.PARTNER, user, school) for user, school in teachers.values_list("user", "partnership__partner_school")
    }
    there = Membership.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=programme.starts_on),
        Q(ended_at=None) | Q(ended_at__date__gte=programme.starts_on),
        organisation=programme.organisation_id,
        user__in={user for _, user, _ in wanted},
    ).values_list("role", "user", "school")
    new = [
        Membership(
            user_id=user,
            role=role,
            organisation_id=programme.organisation_id,
            school_id=school,
            starts_on=programme.starts_on,
        )
        for role, user, school in sorted(wanted - set(there), key=str)
    ]
    Membership.objects.bulk_create(new)
    account.count("role", added=len(new))
