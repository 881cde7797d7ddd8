"""Who may have a report made: asked before there is a row of it."""

from programmes.models import Partnership, Programme, SpecialistTeacher
from reports.models import Report


def heads_of(person, report) -> bool:
    """Whether this person heads the report's school in the organisation of its programme."""
    here = {(m.organisation_id, m.school_id) for m in person.memberships_granting("reports.school")}
    return (report.programme.organisation_id, report.school_id) in here


def coordinates(person, report) -> bool:
    return Programme.objects.allowed(person, "reports.programme").filter(pk=report.programme_id).exists()


def to_coordinators(kind):
    """`offers` of a kind that a coordinator may have made of each programme."""
    return lambda person: [
        Report(kind=kind, programme=programme) for programme in Programme.objects.allowed(person, "reports.programme")
    ]


def lent_to(organisation, school):
    """The programmes to which the school lends or lent a specialist teacher, those that are being set up left out."""
    lent = SpecialistTeacher.objects.filter(programme__organisation=organisation, home_school=school)
    started = Programme.objects.exclude(status=Programme.Status.DRAFT).filter(frozen=None)
    return started.filter(pk__in=lent.values("programme")).order_by("-starts_on", "name")


def told_to(organisation, school):
    """The programmes in which the school is or was a partner school. One that is being set up is not told of yet, and
    of one whose pupils are erased nothing is left to tell of the own ones."""
    partnerships = Partnership.objects.filter(programme__organisation=organisation, partner_school=school)
    started = Programme.objects.exclude(status=Programme.Status.DRAFT).filter(frozen=None)
    return started.filter(pk__in=partnerships.values("programme")).order_by("-starts_on", "name")
