"""A programme on Wednesday 27 January 2027, for the tests of the roster: all on course until a test says so."""

import datetime as dt
from types import SimpleNamespace

from allauth.mfa.models import Authenticator
from django.db.models import F, OuterRef, Subquery

from accounts.adapters import EncryptedSecrets
from accounts.models import Membership, School, User
from accounts.roles import Role
from programmes.models import (
    Agreement,
    AgreementText,
    Area,
    DataPoint,
    DataReturn,
    Partnership,
    PartnershipStep,
    PartnerTeacher,
    Signature,
    SpecialistTeacher,
    TermDate,
    TimetableStep,
)
from programmes.services.agreements import write_agreements
from reports.roster.facts import Facts
from reports.roster.rows import rows_of
from tests.factories import (
    MembershipFactory,
    OrganisationFactory,
    PartnershipFactory,
    PlaceFactory,
    ProgrammeFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
    UserFactory,
    VisitFactory,
)
from visits.models import Visit

TODAY = dt.date(2027, 1, 27)
NOW = dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC)
TERMS = [
    (dt.date(2026, 9, 2), dt.date(2026, 10, 23)),
    (dt.date(2026, 11, 2), dt.date(2026, 12, 18)),
    (dt.date(2027, 1, 4), dt.date(2027, 2, 12)),
    (dt.date(2027, 2, 22), dt.date(2027, 3, 25)),
]


def scene(name="Shire"):
    """One programme with two data points, one visit in its timetable and a coordinator; partnerships are added."""
    organisation = OrganisationFactory(name=name)
    programme = ProgrammeFactory(organisation=organisation, name=f"{name} lesson study", slug=name.lower())
    for number, (first, last) in enumerate(TERMS):
        TermDate.objects.create(organisation=organisation, name=f"Half term {number}", starts_on=first, ends_on=last)
    coordinator = coordinator_of(organisation)
    return SimpleNamespace(
        organisation=organisation,
        programme=programme,
        coordinator=coordinator,
        points=[
            DataPoint.objects.create(programme=programme, name=name, due_on=on)
            for name, on in (("December", dt.date(2026, 12, 18)), ("March", dt.date(2027, 3, 19)))
        ],
        area=Area.objects.create(programme=programme, name="North East"),
        step=TimetableStep.objects.create(
            programme=programme,
            order=1,
            type="visit",
            name="Lesson study 2",
            window_start=dt.date(2027, 1, 18),
            window_end=dt.date(2027, 2, 12),
            half_days=1,
            funded_specialist_half_days=1,
            funded_partner_half_days=0,
        ),
    )


def coordinator_of(organisation, first="Amira", last="Byrne"):
    """Someone with the second factor that the role needs."""
    user = UserFactory(first_name=first, last_name=last)
    secret = EncryptedSecrets().encrypt("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    MembershipFactory(user=user, organisation=organisation)
    return user


def partnership(at, school, specialist="Umar Mbeki", partner="Nia Holt", *, on=dt.date(2027, 2, 3), **fields):
    """A partnership on course: grades in, agreement signed, the visit planned, everybody able to sign in."""
    first, last = specialist.split()
    user = UserFactory(first_name=first, last_name=last)
    teacher = UserFactory(first_name=partner.split()[0], last_name=partner.split()[1])
    p = PartnershipFactory(
        programme=at.programme,
        specialist=SpecialistTeacherFactory(
            programme=at.programme,
            user=user,
            home_school=SchoolFactory(name=f"Home of {last}"),
            release_half_days=["mon-am"],
        ),
        partner_school=SchoolFactory(name=school),
        partner_teacher=teacher,
        **{"area": at.area} | fields,
    )
    p.partner_teachers.update(release_half_days=["mon-am"], teaches=["mon-am"])
    MembershipFactory(user=user, role=Role.SPECIALIST, organisation=at.organisation)
    MembershipFactory(user=teacher, role=Role.PARTNER, organisation=at.organisation, school=p.partner_school)
    for each in (p.partner_school, p.specialist.home_school):
        head = UserFactory(first_name="Head", last_name=f"of {each.name}")
        MembershipFactory(user=head, role=Role.HEADTEACHER, organisation=at.organisation, school=each)
    DataReturn.objects.create(partnership=p, data_point=at.points[0], expected=5, assessed=5, state="submitted")
    DataReturn.objects.create(partnership=p, data_point=at.points[1], expected=5)
    PlaceFactory(partnership=p)
    VisitFactory(partnership=p, step=at.step, on=on, kind="research lesson")
    return p


def many(at, count):
    """What `partnership` makes one by one, in a tenth of the time. Each has an agreement, and a visit of weeks ago.

    Every third owes its grades; of every fifth nobody has signed, of the others two of four.
    """
    every, since = range(count), at.programme.starts_on
    sams, pats = people("Sam S", count), people("Pat P", count)
    schools, homes = buildings("School ", count), buildings("Home of S", count)
    specialists = SpecialistTeacher.objects.bulk_create(
        SpecialistTeacher(
            programme=at.programme, ref=f"SR{n}", user=sams[n], home_school=homes[n], release_half_days=["mon-am"]
        )
        for n in every
    )
    plain = {"programme": at.programme, "subject": "maths", "year_group": 5, "status": "active", "area": at.area}
    made = Partnership.objects.bulk_create(
        Partnership(ref=f"R{n}", specialist=specialists[n], partner_school=schools[n], **plain) for n in every
    )
    PartnerTeacher.objects.bulk_create(PartnerTeacher(partnership=made[n], user=pats[n], since=since) for n in every)
    PartnershipStep.objects.bulk_create(PartnershipStep(partnership=p, status="active", on=since) for p in made)
    roles = [(Role.SPECIALIST, someone, None) for someone in sams]
    roles += [(Role.PARTNER, *pair) for pair in zip(pats, schools, strict=True)]
    both = [*schools, *homes]
    roles += [(Role.HEADTEACHER, *pair) for pair in zip(people("Head H", 2 * count), both, strict=True)]
    Membership.objects.bulk_create(
        Membership(organisation=at.organisation, role=role, user=someone, school=school, starts_on=dt.date(2020, 9, 1))
        for role, someone, school in roles
    )
    DataReturn.objects.bulk_create(
        DataReturn(partnership=made[n], data_point=point, expected=5, assessed=5, state="submitted")
        if is_first and n % 3
        else DataReturn(partnership=made[n], data_point=point, expected=5)
        for n in every
        for point, is_first in zip(at.points, (True, False), strict=True)
    )
    visits = [
        ("research lesson", dt.date(2027, 2, 3), "am", at.step),
        ("observation", dt.date(2027, 1, 13), "pm", None),
    ]
    Visit.objects.bulk_create(
        Visit(partnership=p, host=p.partner_school, kind=kind, on=on, half=half, step=step)
        for p in made
        for kind, on, half, step in visits
    )
    agree(at, made)


def people(name, count):
    first, last = name.split()
    users = (UserFactory.build(first_name=first, last_name=f"{last}{n}") for n in range(count))
    return User.objects.bulk_create(users)


def buildings(name, count):
    return School.objects.bulk_create(SchoolFactory.build(name=f"{name}{n}") for n in range(count))


def agree(at, partnerships):
    """Agreements of all; of all but every fifth the specialist teacher and the head of the home school have signed."""
    on = dt.datetime(2027, 1, 4, 10, tzinfo=dt.UTC)
    text, _ = AgreementText.objects.get_or_create(programme=at.programme, version=1, defaults={"protocol": "Equals"})
    rows = Partnership.objects.filter(pk__in=[p.pk for p in partnerships]).with_people().order_by("pk")
    made = write_agreements(None, text, list(rows), at=on)
    of_some = Signature.objects.filter(agreement__in=[made[n] for n in range(len(made)) if n % 5])
    heads = Membership.objects.filter(role=Role.HEADTEACHER, school=OuterRef("school")).values("user")[:1]
    for capacity, by in (("specialist", F("person")), ("home head", Subquery(heads))):
        of_some.filter(capacity=capacity).update(signed_by=by, signed_at=on, typed_name="Signed")


def agreement(p, made_on, signed=("specialist", "partner", "partner head", "home head")):
    """The agreement of a partnership, signed in these capacities."""
    at = dt.datetime.combine(made_on, dt.time(10), dt.UTC)
    text, _ = AgreementText.objects.get_or_create(programme=p.programme, version=1, defaults={"protocol": "Equals"})
    (made,) = write_agreements(None, text, [p], at=at)
    for row in made.signatures.filter(capacity__in=signed):
        by = row.person or Membership.objects.get(role=Role.HEADTEACHER, school=row.school).user
        made.signatures.filter(pk=row.pk).update(signed_by=by, signed_at=at, typed_name="Signed")
    if not made.signatures.filter(signed_at=None).exists():
        Agreement.objects.filter(pk=made.pk).update(completed_at=at)
    return made


def late(at, p, assessed=0):
    DataReturn.objects.filter(partnership=p, data_point=at.points[0]).update(assessed=assessed, state="open")


def rows(at, reader=None):
    """The rows of the roster as the coordinator sees them."""
    found = Partnership.objects.filter(programme=at.programme).with_people().order_by("ref")
    return rows_of(Facts(reader or at.coordinator, at.organisation, found, TODAY))


def words(at):
    """School -> what slips there, in words, in the order of the roster."""
    return {row.partnership.partner_school.name: [slip.words for slip in row.slips] for row in rows(at)}


def only_row(at):
    (row,) = rows(at)
    return row


def told(row):
    """Each slip whole: words, since when, how many school days, for whom it waits, who can do it, the button."""
    return [
        (
            slip.words,
            slip.since,
            slip.age,
            sorted(slip.waits),
            [str(person) for person in slip.people],
            slip.act and slip.act.label,
        )
        for slip in row.slips
    ]
