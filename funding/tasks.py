from celery import shared_task

from funding import ledger
from funding.models import FundingLetter, FundingPlan, MoneyReport, Recovery
from funding.printing.build import build_letter, build_report
from funding.services.recovering import look_again
from funding.services.releasing import make_releases
from jobs.work import work_on


@shared_task
def check_money():
    """Every night: each partnership has its releases, what nobody has asked back yet is looked at again, and every
    balance is worked out anew and compared."""
    for plan in FundingPlan.objects.in_force():
        make_releases(plan)
        for recovery in plan.recoveries.filter(state=Recovery.State.PROPOSED).select_related("partnership"):
            look_again(recovery)
    ledger.check_balances()


@shared_task
def make_report(report_id):
    work_on(MoneyReport, report_id, build_report)


@shared_task
def make_letter(letter_id):
    work_on(FundingLetter, letter_id, build_letter)
