"""Who of a visit is out of class, and which school covers for them."""

from django.utils import timezone

from visits.models import Booking, PlannerSettings, Visit


def bookings_for(visit, people, by, earlier=(), host_out=None) -> list[Booking]:
    """A booking for each of the people. Whoever chose the half-day has confirmed it, and the others what they
    confirmed of `earlier` ones on the same half-day."""
    confirmed = {booking.person_id: booking.confirmed_at for booking in earlier if same_half_day(booking, visit)}
    if by is not None:
        confirmed[by.pk] = timezone.now()
    places = places_of(visit, people, host_out)
    covered = {booking.person_id: booking.covered_by for booking in earlier}
    return [
        Booking(
            visit=visit,
            person=someone,
            on=visit.on,
            half=visit.half,
            school=places[someone][0],
            is_out=places[someone][1],
            confirmed_at=confirmed.get(someone.pk),
            covered_by=covered.get(someone.pk, ""),
        )
        for someone in people
    ]


def same_half_day(booking, visit):
    return (booking.on, booking.half) == (visit.on, visit.half)


def places_of(visit, people, host_out=None) -> dict:
    """Person -> their school in this partnership, and whether they are out of class; None without a class in it.

    `host_out` is what the programme says of the host's teacher, for whoever has read it already.
    """
    partnership = visit.partnership
    schools = dict.fromkeys(partnership.current_partner_teachers, partnership.partner_school)
    schools[partnership.specialist.user] = partnership.specialist.home_school
    host = host_teachers(visit)
    travels = visit.kind != Visit.Kind.HEAD_TO_HEAD
    if host_out is None:
        host_out = travels and host_is_out(partnership.programme_id)
    out_too = travels and host_out
    return {
        someone: (schools.get(someone), someone in schools and (out_too if someone in host else travels))
        for someone in people
    }


def host_teachers(visit) -> list:
    """The teachers of the side that is visited: the specialist teacher at home, else the partner teachers."""
    partnership = visit.partnership
    at_home = visit.host_id == partnership.specialist.home_school_id
    if at_home and (not partnership.is_in_own_school or visit.kind == Visit.Kind.RECIPROCAL):
        return [partnership.specialist.user]
    return partnership.current_partner_teachers


def host_is_out(programme_id) -> bool:
    said = PlannerSettings.objects.filter(programme=programme_id).values_list("host_is_out", flat=True).first()
    return PlannerSettings._meta.get_field("host_is_out").default if said is None else said
