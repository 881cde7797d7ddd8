import json

from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse

from accounts import audit
from jobs.work import publish
from programmes.models import Partnership, Programme
from reports.figures import digest_of, figures_of
from reports.models import Report


@transaction.atomic
def order_report(person, kind, programme, school=None) -> tuple[Report, bool]:
    """The report on today's figures, and whether it is a new one.

    One that is in hand, or was made from the very same figures, is offered again; a failed one is not.
    """
    figures = figures_of(Report(kind=kind, programme=programme, school=school))
    digest = digest_of(kind, figures)
    about = Report.objects.filter(kind=kind, programme=programme, school=school)
    same = about.filter(state=Report.State.DONE, digest=digest).exclude(file="").first()
    if same and default_storage.exists(same.file.name):
        return same, False
    report, new = about.in_hand().get_or_create(
        defaults={
            "kind": kind,
            "programme": programme,
            "school": school,
            "ordered_by": person,
            "digest": digest,
            "figures": figures,
        }
    )
    if new:
        audit.record(person, "reports.ordered", report)
        publish(report)
    return report, new


def order_again(person, report) -> Report:
    """The report anew, on today's figures: after a failure, or because newer figures exist."""
    return order_report(person, report.kind, report.programme, report.school)[0]


def newer_figures_exist(report) -> bool:
    """Whether the figures have changed since the report froze them. That reports look otherwise now is no news."""
    return report.figures != json.loads(json.dumps(figures_of(report)))


def file_name(report) -> str:
    """Names the programme and the school's URN, never a person."""
    about = f"{report.programme.slug}-{report.school.urn}" if report.school_id else report.programme.slug
    return f"{report.kind.replace(' ', '-')}-{about}.pdf"


def told_to(organisation, school):
    """The programmes in which the school is or was a partner school. One that is being set up is not told of yet, and
    of one whose pupils are erased nothing is left to tell of the own ones."""
    partnerships = Partnership.objects.filter(programme__organisation=organisation, partner_school=school)
    started = Programme.objects.exclude(status=Programme.Status.DRAFT).filter(frozen=None)
    return started.filter(pk__in=partnerships.values("programme")).order_by("-starts_on", "name")


def orderable(person) -> list[dict]:
    """What this person may order: their schools' impact reports and their programmes' results, newest year first."""
    offers = []
    for m in person.memberships_granting("reports.school"):
        offers += [
            {
                "kind": Report.Kind.SCHOOL.label,
                "about": m.school.name,
                "programme": programme,
                "url": reverse("reports:order_school", args=[programme.slug, m.school_id]),
            }
            for programme in told_to(m.organisation_id, m.school_id)
        ]
    for programme in Programme.objects.allowed(person, "reports.programme"):
        offers.append(
            {
                "kind": Report.Kind.PROGRAMME.label,
                "about": programme.name,
                "programme": programme,
                "url": reverse("reports:order_programme", args=[programme.slug]),
            }
        )
    return sorted(offers, key=lambda offer: (-offer["programme"].starts_on.toordinal(), offer["about"]))
