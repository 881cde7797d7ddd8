"""Who is expected at events: by rule, by hand, because they run it. The same number of queries for one and for many."""

from dataclasses import dataclass

from django.db.models import BigIntegerField, F, Q, Value

from accounts.models import Membership, School, User
from accounts.roles import Role
from programmes.models import AreaConsultant, Partnership, PartnerTeacher, SpecialistTeacher
from visits.models import Attendance, Booking, Event, Group, Half, rules

# The rule, where it finds the person and the school, and as what it invites them. The first that fits is the capacity.
RULES = [
    (
        rules.specialists,
        "programme__specialists__user",
        "programme__specialists__home_school",
        Group.SPECIALIST,
    ),
    (
        rules.partners,
        "programme__partnerships__partner_teachers__user",
        "programme__partnerships__partner_school",
        Group.PARTNER,
    ),
    (
        rules.heads_of_partner_schools,
        "programme__organisation__membership__user",
        "programme__organisation__membership__school",
        Group.HEAD,
    ),
    (
        rules.heads_of_home_schools,
        "programme__organisation__membership__user",
        "programme__organisation__membership__school",
        Group.HEAD,
    ),
    (rules.consultants, "programme__areas__consultants__user", None, Group.CONSULTANT),
]
CHAIR, MINUTE_TAKER = "chair", "minutes"  # whoever runs an event and is expected for nothing else
ONE_OF = {
    Group.SPECIALIST: "Specialist teacher",
    Group.PARTNER: "Partner teacher",
    Group.HEAD: "Headteacher",
    Group.CONSULTANT: "Area consultant",
    CHAIR: "Chair",
    MINUTE_TAKER: "Minute taker",
}


@dataclass
class Expected:
    """Someone on the list of an event: a person in a capacity, or a guest. `row` is what is known of them, or None."""

    person: User | None
    role: str
    school: School | None
    row: Attendance | None
    by_rule: bool

    @property
    def key(self):
        """How a page names the entry: p and the person, or g and the row of a guest."""
        return f"p{self.person.pk}" if self.person else f"g{self.row.pk}"

    @property
    def name(self):
        return str(self.person) if self.person else self.row.guest_name

    @property
    def role_label(self):
        return ONE_OF.get(self.role, "Guest" if self.person is None else "")

    @property
    def place_label(self):
        return str(self.school) if self.school else (self.row.guest_school if self.row else "")

    @property
    def label(self):
        return with_part(self.name, self.role_label, self.place_label)

    @property
    def answer(self):
        return self.row.answer if self.row else ""

    @property
    def present(self):
        return self.row.present if self.row else None

    @property
    def mark(self):
        """The entry and its mark, as a page of the register says which ones it shows."""
        return f"{self.key} {({True: 'here', False: 'absent'}).get(self.present, 'open')}"

    @property
    def is_invited(self):
        return bool(self.row and self.row.invited_at)

    @property
    def can_sign_in(self):
        return bool(self.person and self.person.is_active)


def audience(event) -> list[Expected]:
    return audiences([event])[event.pk]


def audiences(events) -> dict[int, list[Expected]]:
    """For each event whom it expects, by name. Whoever was taken off the list by hand stays out, whatever the rule."""
    rows = Event.objects.filter(pk__in=[event.pk for event in events]).order_by()
    found = {event.pk: {} for event in events}
    for event, someone, at, rank in sorted(by_rule(rows), key=lambda row: row[3]):
        found[event].setdefault(someone, (RULES[rank][3], at, True))
    guests, known = {event.pk: [] for event in events}, {}
    for row in Attendance.objects.filter(event__in=found).order_by("pk"):
        if row.person_id is None:
            guests[row.event_id].append(row)
            continue
        known[row.event_id, row.person_id] = row
        if row.present is not None or row.by_hand == Attendance.ByHand.ADDED:
            found[row.event_id].setdefault(row.person_id, (row.role, row.school_id, False))
        elif row.by_hand:
            found[row.event_id].pop(row.person_id, None)
    for event in events:
        for someone, role in ((event.chair_id, CHAIR), (event.minute_taker_id, MINUTE_TAKER)):
            if someone:
                found[event.pk].setdefault(someone, (role, None, True))
    people = User.objects.in_bulk({someone for list_ in found.values() for someone in list_})
    schools = School.objects.in_bulk({at for list_ in found.values() for _, at, _ in list_.values() if at})
    return {
        event: sorted(
            [
                Expected(people[someone], role, schools.get(at), known.get((event, someone)), by_rule)
                for someone, (role, at, by_rule) in list_.items()
            ]
            + [Expected(None, "", None, row, False) for row in guests[event]],
            key=by_name,
        )
        for event, list_ in found.items()
    }


def by_rule(rows):
    """(event, person, school, rank of the rule in RULES), in one query for all rules."""
    parts = [
        rule(rows)
        .annotate(
            who=F(user),
            at=F(school) if school else Value(None, output_field=BigIntegerField()),
            rank=Value(rank),
        )
        .values_list("pk", "who", "at", "rank")
        for rank, (rule, user, school, _) in enumerate(RULES)
    ]
    return parts[0].union(*parts[1:])


def by_name(expected):
    person = expected.person
    return (person.last_name.lower(), person.first_name.lower(), person.pk) if person else ("￿", expected.name, 0)


def booked_then(event, expected):
    """Those expected whom a visit takes out of class on the same half-day."""
    return booked_at([event], {event.pk: expected})[event.pk]


def booked_at(events, lists) -> dict[int, list[User]]:
    """For each event those of its list whom a visit takes out of class on the same half-day; one query for all."""
    people = {one.person.pk for event in events for one in lists[event.pk] if one.person}
    days = {event.on for event in events if event.takes}
    rows = Booking.objects.filter(on__in=days, person__in=people).select_related("person")
    rows = list(rows.order_by("person__last_name", "person__first_name", "half"))
    found = {}
    for event in events:
        halves = {Event.Takes.NOTHING: [], Event.Takes.DAY: list(Half)}.get(event.takes, [event.takes])
        here = {one.person.pk for one in lists[event.pk] if one.person}
        booked = (row.person for row in rows if row.on == event.on and row.half in halves and row.person_id in here)
        found[event.pk] = list(dict.fromkeys(booked))
    return found


def removed_from(event):
    """Those whom someone took off the list, by name."""
    rows = event.attendances.filter(by_hand=Attendance.ByHand.REMOVED).select_related("person", "school")
    return list(rows.order_by("person__last_name", "person__first_name", "pk"))


@dataclass(frozen=True)
class Known:
    """Someone of a programme, as whom a page offers them."""

    person: User
    role: str
    school: School | None

    @property
    def label(self):
        return with_part(self.person, ONE_OF.get(self.role, "Coordinator"), self.school)


def with_part(name, *part):
    """Juno Reed (Headteacher, Alder Primary School): people of one name are told apart in a list of choices."""
    words = ", ".join(str(word) for word in part if word)
    return f"{name} ({words})" if words else str(name)


def people_of(programme, area=None) -> list[Known]:
    """Everyone who has to do with a programme, or with one area of it, by name; each person once."""
    partnerships = Partnership.objects.filter(programme=programme, status__in=rules.TAKES_PART)
    specialists = SpecialistTeacher.objects.filter(programme=programme, status__in=rules.BELONGS)
    if area is not None:
        partnerships = partnerships.filter(area=area)
        specialists = specialists.filter(pk__in=partnerships.values("specialist"))
    found = {}
    for row in specialists.select_related("user", "home_school"):
        found.setdefault(row.user_id, Known(row.user, Group.SPECIALIST, row.home_school))
    partners = PartnerTeacher.objects.filter(partnership__in=partnerships.values("pk"), until=None)
    for row in partners.select_related("user", "partnership__partner_school"):
        found.setdefault(row.user_id, Known(row.user, Group.PARTNER, row.partnership.partner_school))
    live = Membership.objects.live().filter(organisation=programme.organisation_id).select_related("user", "school")
    heads = Q(role=Role.HEADTEACHER, school__in=schools_of(programme, area).values("pk"))
    staff = list(live.filter(heads | Q(role=Role.COORDINATOR)))
    for row in staff:
        if row.role == Role.HEADTEACHER:
            found.setdefault(row.user_id, Known(row.user, Group.HEAD, row.school))
    consultants = AreaConsultant.objects.filter(area__programme=programme)
    for row in (consultants.filter(area=area) if area else consultants).select_related("user"):
        found.setdefault(row.user_id, Known(row.user, Group.CONSULTANT, None))
    for row in staff:
        found.setdefault(row.user_id, Known(row.user, "", row.school))
    return sorted(found.values(), key=by_name)


def schools_of(programme, area=None):
    """The schools that take part in a programme, or in one area of it: partner schools and home schools."""
    partnerships = Partnership.objects.filter(programme=programme, status__in=rules.TAKES_PART)
    specialists = SpecialistTeacher.objects.filter(programme=programme, status__in=rules.BELONGS)
    if area is not None:
        partnerships = partnerships.filter(area=area)
        specialists = specialists.filter(pk__in=partnerships.values("specialist"))
    rows = School.objects.filter(pk__in=partnerships.values("partner_school"))
    return (rows | School.objects.filter(pk__in=specialists.values("home_school"))).order_by("name", "urn")
