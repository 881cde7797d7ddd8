"""Whom the rule of an event invites, said once: it makes the list of the invited, and who reaches the event.

Each function gives the events that invite someone of one group. Whoever joins the programme later is in by rule. Once
the register of an event is closed its rule is over: who was expected then stands in its rows. All conditions on one
person must stand in one `filter`, which then joins the person once; so a condition of the caller's comes as `more`.
"""

from django.db.models import F, Q

from accounts.roles import Role
from programmes.models import Partnership, SpecialistTeacher

TAKES_PART = [
    status for status in Partnership.Status if status not in {Partnership.Status.ENQUIRY, Partnership.Status.FOLDED}
]
BELONGS = [
    SpecialistTeacher.Status.RECRUITED,
    SpecialistTeacher.Status.TRAINED,
    SpecialistTeacher.Status.ACTIVE,
    SpecialistTeacher.Status.COMPLETED,
]


def specialists(events, **more):
    of_the_area = Q(
        programme__specialists__partnerships__area=F("area"),
        programme__specialists__partnerships__status__in=TAKES_PART,
    )
    return events.filter(
        Q(area=None) | of_the_area,
        audience__contains=["specialist"],
        register_closed_at=None,
        programme__specialists__status__in=BELONGS,
        **more,
    )


def partners(events, **more):
    until = "programme__partnerships__partner_teachers__until"
    return events.filter(
        Q(area=None) | Q(programme__partnerships__area=F("area")),
        Q(**{until: None}) | Q(**{f"{until}__gte": F("on")}),
        audience__contains=["partner"],
        register_closed_at=None,
        programme__partnerships__status__in=TAKES_PART,
        programme__partnerships__partner_teachers__since__lte=F("on"),
        **more,
    )


def heads_of_partner_schools(events, **more):
    return events.filter(
        lasts_until_the_event("programme__organisation__membership"),
        Q(area=None) | Q(programme__partnerships__area=F("area")),
        audience__contains=["head"],
        register_closed_at=None,
        programme__organisation__membership__role=Role.HEADTEACHER,
        programme__partnerships__status__in=TAKES_PART,
        programme__partnerships__partner_school=F("programme__organisation__membership__school"),
        **more,
    )


def heads_of_home_schools(events, **more):
    of_the_area = Q(
        programme__specialists__partnerships__area=F("area"),
        programme__specialists__partnerships__status__in=TAKES_PART,
    )
    return events.filter(
        lasts_until_the_event("programme__organisation__membership"),
        Q(area=None) | of_the_area,
        audience__contains=["head"],
        register_closed_at=None,
        programme__organisation__membership__role=Role.HEADTEACHER,
        programme__specialists__status__in=BELONGS,
        programme__specialists__home_school=F("programme__organisation__membership__school"),
        **more,
    )


def consultants(events, **more):
    membership = "programme__areas__consultants__user__memberships"
    return events.filter(
        lasts_until_the_event(membership),
        Q(area=None) | Q(programme__areas=F("area")),
        audience__contains=["consultant"],
        register_closed_at=None,
        **{f"{membership}__role": Role.CONSULTANT, f"{membership}__organisation": F("programme__organisation")},
        **more,
    )


def lasts_until_the_event(membership):
    ends_on = f"{membership}__ends_on"
    return Q(Q(**{ends_on: None}) | Q(**{f"{ends_on}__gte": F("on")}), **{f"{membership}__ended_at": None})
