"""People to step into: for each organisation one of each role, able to sign in."""

from allauth.account.models import EmailAddress

from accounts.models import Membership, Organisation, School, User
from accounts.roles import Role
from programmes.models import AreaConsultant, Partnership, Programme

STAFF = {
    "Essex": [
        (Role.COORDINATOR, "Amira", "Byrne"),
        (Role.BUDGET_HOLDER, "Tom", "Okafor"),
        (Role.FINANCE, "Ruth", "Adeyemi"),
        (Role.CONSULTANT, "Leo", "Whitby"),
    ],
    "Saltmarsh Learning Trust": [(Role.COORDINATOR, "Nadia", "Vance"), (Role.FINANCE, "Carl", "Usher")],
}
HEADS = [
    "Grace Frost",
    "Sana Malik",
    "Owen Price",
    "Hilda Thorne",
    "Bram Keller",
    "Ines Duarte",
    "Tara Finch",
    "Neil Orme",
]


def give_roles():
    """Give the invented staff their roles, and let them and the first teachers of each organisation sign in."""
    give(Role.ADMINISTRATOR, "Priya", "Holt", "lessonstudy.example")
    heads = iter(HEADS)
    for organisation in Organisation.objects.filter(name__in=STAFF):
        domain = f"{organisation.name.split()[0].lower()}.example"
        for role, first, last in STAFF[organisation.name]:
            user = give(role, first, last, domain, organisation)
            if role == Role.CONSULTANT:
                look_after_first_area(user, organisation)
        running = Partnership.objects.filter(
            programme__organisation=organisation, programme__status=Programme.Status.ACTIVE
        ).with_people()
        for partnership in running[:3]:
            let_in(partnership.specialist.user)
            for teacher in partnership.current_partner_teachers:
                let_in(teacher)
            head_of(partnership.partner_school, organisation, heads)
        if first := running.first():
            head_of(first.specialist.home_school, organisation, heads)
            school = first.partner_school
            give(Role.OFFICE, "Joan", "Lister", f"office.{school.urn}.schools.example", organisation, school)
            give(Role.GUEST, "Ellen", "Dray", f"{school.urn}.schools.example", organisation, school)


def head_of(school: School, organisation, names):
    there = Membership.objects.filter(organisation=organisation, school=school, role=Role.HEADTEACHER)
    if there.exists():
        return
    first, last = next(names, "Alex Moor").split()
    give(Role.HEADTEACHER, first, last, f"{school.urn}.schools.example", organisation, school)


def look_after_first_area(user, organisation):
    running = Programme.objects.filter(organisation=organisation, status=Programme.Status.ACTIVE)
    for programme in running:
        if area := programme.areas.first():
            AreaConsultant.objects.get_or_create(area=area, user=user)


def give(role, first, last, domain, organisation=None, school=None):
    email = f"{first}.{last}@{domain}".lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, first_name=first, last_name=last)
    let_in(user)
    Membership.objects.get_or_create(
        user=user, role=role, organisation=organisation, school=school, ended_at=None, defaults={"ends_on": None}
    )
    return user


def let_in(user):
    User.objects.filter(pk=user.pk).update(is_active=True)
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
