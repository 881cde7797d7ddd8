"""Papers of money are asked for: their figures are frozen, and a worker makes them."""

import hashlib
import json

from django.core.files.storage import default_storage
from django.db import transaction

from accounts import audit
from accounts.models import Organisation, School
from funding.models import FundingPlan, MoneyReport, Stage
from funding.printing.programme import programme_figures
from funding.printing.school import school_figures
from funding.printing.stage import stage_figures
from jobs.work import publish

VERSION = 1  # of the templates: a paper of another one is made anew


def digest_of(figures: dict) -> str:
    return hashlib.sha256(json.dumps([VERSION, figures], sort_keys=True).encode()).hexdigest()


def figures_of(report: MoneyReport) -> dict:
    """What the report would say now."""
    if report.kind == MoneyReport.Kind.SCHOOL:
        return school_figures(report.organisation, report.school)
    if report.kind == MoneyReport.Kind.PROGRAMME:
        return programme_figures(report.plan)
    return stage_figures(report.plan, report.stage)


@transaction.atomic
def order(person, report: MoneyReport) -> tuple[MoneyReport, bool]:
    """The report (not saved yet) on what is true now, and whether it is a new one.

    One that is in hand, or was made from the very same figures, is offered again; a failed one is not.
    """
    figures = figures_of(report)
    digest = digest_of(figures)
    fields = {name: getattr(report, name) for name in ("kind", "organisation", "plan", "stage", "school")}
    about = MoneyReport.objects.filter(**fields)
    same = about.filter(state=MoneyReport.State.DONE, digest=digest).exclude(file="").first()
    if same and default_storage.exists(same.file.name):
        return same, False
    made = fields | {"ordered_by": person, "digest": digest, "figures": figures}
    report, new = about.in_hand().get_or_create(defaults=made)
    if new:
        audit.record(person, "money report ordered", report)
        publish(report)
    return report, new


def order_stage(person, plan: FundingPlan, stage: Stage) -> tuple[MoneyReport, bool]:
    organisation = plan.programme.organisation
    return order(person, MoneyReport(kind=MoneyReport.Kind.STAGE, organisation=organisation, plan=plan, stage=stage))


def order_programme(person, plan: FundingPlan) -> tuple[MoneyReport, bool]:
    organisation = plan.programme.organisation
    return order(person, MoneyReport(kind=MoneyReport.Kind.PROGRAMME, organisation=organisation, plan=plan))


def order_school(person, organisation: Organisation, school: School) -> tuple[MoneyReport, bool]:
    return order(person, MoneyReport(kind=MoneyReport.Kind.SCHOOL, organisation=organisation, school=school))


def order_again(person, report: MoneyReport) -> tuple[MoneyReport, bool]:
    """The same anew: after a failure, or because something has changed since."""
    return order(person, report)


def is_out_of_date(report: MoneyReport) -> bool:
    """Whether something has changed since the report froze it."""
    return report.digest != digest_of(figures_of(report))
