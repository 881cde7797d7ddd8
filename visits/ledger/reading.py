"""From rows to the figures of the ledger, in the same number of queries for one partnership and for all of a county."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from accounts.models import School, User
from programmes.models import Partnership, PastSpecialist, SchoolLimits, TimetableStep
from visits.ledger.figures import Account, Loss, Side
from visits.models import Booking, Visit, VisitChange

Status = Partnership.Status


@dataclass(frozen=True)
class Line:
    """One side of one partnership."""

    partnership: Partnership
    side: Side
    account: Account

    @property
    def school(self):
        p = self.partnership
        return p.specialist.home_school if self.side == Side.SPECIALIST else p.partner_school

    @property
    def other_school(self):
        p = self.partnership
        return p.partner_school if self.side == Side.SPECIALIST else p.specialist.home_school

    @property
    def has_ended(self):
        return self.partnership.status in {Status.COMPLETED, Status.FOLDED}


def lines_of(partnerships) -> list[Line]:
    """Both sides of each of them, in their order. Half-days of events are not among them, but those of visits alone."""
    rows = partnerships.ever_agreed().select_related(
        "programme", "area", "partner_school", "specialist__home_school", "specialist__user"
    )
    rows = list(rows)
    keys = [row.pk for row in rows]
    promised = promised_by({row.programme_id for row in rows})
    (covers, unfunded), late = used_of(keys), late_of(keys)
    lines = []
    for row in rows:
        for side in Side:
            key = row.pk, side
            account = Account(promised[row.programme_id, side], covers[key], late[key], unfunded[key])
            lines.append(Line(row, side, account))
    return lines


def promised_by(programmes) -> Counter:
    """(programme, side) -> half-days that the visits of its timetable fund, to each partnership."""
    steps = TimetableStep.objects.filter(programme__in=programmes, type=TimetableStep.Type.VISIT).order_by()
    found = Counter()
    for programme, specialist, partner in steps.values_list("programme").annotate(
        Sum("funded_specialist_half_days"), Sum("funded_partner_half_days")
    ):
        found[programme, Side.SPECIALIST] = specialist
        found[programme, Side.PARTNER] = partner
    return found


def took_place(bookings):
    """Half-days out of class for visits that took place."""
    return bookings.filter(is_out=True, visit__status=Visit.Status.TOOK_PLACE).exclude(school=None)


def used_of(partnerships) -> tuple[dict, Counter]:
    """(partnership, side) -> how many of the used half-days were covered by whom; and how many were spent
    hosting for a step that does not fund this side, or besides the timetable."""
    past = PastSpecialist.objects.filter(
        partnership=OuterRef("visit__partnership"), specialist__user=OuterRef("person")
    )
    teaches_as_specialist = Q(person=F("visit__partnership__specialist__user")) | Exists(past)
    rows = took_place(Booking.objects.filter(visit__partnership__in=partnerships))
    rows = rows.annotate(
        side=Case(When(teaches_as_specialist, then=Value(Side.SPECIALIST.name)), default=Value(Side.PARTNER.name)),
        funded=Coalesce(
            Case(
                When(side=Side.SPECIALIST.name, then=F("visit__step__funded_specialist_half_days")),
                default=F("visit__step__funded_partner_half_days"),
            ),
            0,
        ),
    )
    covers, unfunded = defaultdict(Counter), Counter()
    counted = rows.order_by().values_list("visit__partnership", "side", "covered_by")
    at_home = Count("pk", filter=Q(visit__host=F("school"), funded=0))
    for partnership, side, covered_by, number, hosted in counted.annotate(number=Count("pk"), hosted=at_home):
        covers[partnership, Side[side]][covered_by] = number
        unfunded[partnership, Side[side]] += hosted
    return covers, unfunded


def late_of(partnerships) -> Counter:
    """(partnership, side) -> half-days given up when their cover was booked already, but those of hosting that were
    not from the promise."""
    changes = VisitChange.objects.filter(visit__partnership__in=partnerships).order_by().with_late()
    found = Counter()
    for partnership, specialist, partner in changes.values_list("visit__partnership").annotate(
        Sum("late_specialist"), Sum("late_partner")
    ):
        found[partnership, Side.SPECIALIST] = specialist
        found[partnership, Side.PARTNER] = partner
    return found


@dataclass(frozen=True)
class ClassLoss:
    """The class of one teacher; without one, those that this organiser's visits do not touch."""

    teacher: User | None
    loss: Loss


def losses_of(school: School, organisation, first: dt.date, last: dt.date) -> list[ClassLoss]:
    """What the classes of the school lose between two days, over all programmes, most first.

    Teachers who are only in programmes of other organisers are counted and not named.
    """
    rows = Booking.objects.filter(school=school, is_out=True, on__range=(first, last))
    rows = rows.exclude(visit__status=Visit.Status.CANCELLED).order_by()
    gone, planned, own = Counter(), Counter(), set()
    counted = rows.values_list("person", "visit__status", "visit__partnership__programme__organisation")
    for person, status, organiser, number in counted.annotate(Count("pk")):
        (gone if status == Visit.Status.TOOK_PLACE else planned)[person] += number
        if organiser == organisation.pk:
            own.add(person)
    ceiling = SchoolLimits.objects.filter(school=school).values_list("class_ceiling", flat=True).first()
    people = User.objects.in_bulk(own)
    found = [ClassLoss(people.get(person), Loss(gone[person], planned[person], ceiling)) for person in gone | planned]
    return sorted(found, key=in_order)


def in_order(row):
    name = (row.teacher.last_name, row.teacher.first_name, row.teacher.pk) if row.teacher else ("", "", 0)
    return -row.loss.gone - row.loss.planned, row.teacher is None, name
