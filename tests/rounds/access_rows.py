"""Reports of all schools, for the tests that walk all pages: who may see them, and what each is about."""

from django.urls import reverse

from reports.models import Report, ReportRound
from reports.rounds.telling import token_of

MATRIX = {
    #                                  anon none coor budg cons fina spec part head offi gues admi
    "reports:rounds GET":               (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "reports:round_order POST":         (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "reports:round_schedule GET":       (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "reports:round_schedule POST":      (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "reports:round GET":                (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "reports:round_progress GET":       (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "reports:round_again POST":         (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    # what names pupils is in no file of a coordinator's
    "reports:round_download GET":       (302, 403, 404, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    # a link in a head's mail opens for whoever may read the report
    "reports:told GET":                 (302, 403, 404, 403, 404, 403, 404, 404, 302, 403, 403, 403),
}  # fmt: skip
KEYS = {
    "reports:rounds": lambda c: [c.programme.slug],
    "reports:round_order": lambda c: [c.programme.slug, "school-impact"],
    "reports:round_schedule": lambda c: [c.programme.slug, "school-impact"],
    **{
        f"reports:{name}": lambda c: [c.report_round.pk]
        for name in ("round", "round_progress", "round_again", "round_download")
    },
    "reports:told": lambda c: [token_of(c.school_report)],
}
OF_A_PROGRAMME = {  # shared by the school next door, which is in the same programme
    *("reports:rounds", "reports:round_order", "reports:round_schedule"),
    *("reports:round", "reports:round_progress", "reports:round_again"),
}


def build_round(programme, coordinator, report):
    """The programme's one round, which has ended, with the report of a corner's school in it."""
    fields = {"kind": Report.Kind.SCHOOL, "ordered_by": coordinator, "state": "done", "finished_at": report.queued_at}
    found, _ = ReportRound.objects.get_or_create(programme=programme, defaults=fields)
    found.parts.create(school=report.school, report=report, state="done", finished_at=report.queued_at)
    return found


def pages_of(corner):
    slug = corner.programme.slug
    return [
        reverse("reports:rounds", args=[slug]),
        reverse("reports:round_schedule", args=[slug, "school-impact"]),
        reverse("reports:round", args=[corner.report_round.pk]),
    ]
