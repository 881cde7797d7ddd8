import structlog
from celery import shared_task

from funding import ledger
from funding.models import FundingLetter, FundingPlan, MoneyReport
from funding.printing.build import build_letter, build_report
from funding.services import answering
from funding.services.releasing import make_releases
from funding.services.settling import settle
from jobs.work import work_on

log = structlog.get_logger(__name__)


@shared_task
def check_money():
    """Every night: each partnership has its releases, what is owed back or still to be paid is worked out anew, and
    every balance is compared with the rows it comes from. Where one plan fails, the others are looked at all the same.
    """
    failed = []
    for plan in FundingPlan.objects.in_force():
        try:
            make_releases(plan)
            settle(plan)
        except Exception as error:
            failed.append(error)
    ledger.check_balances()
    if failed:
        raise ExceptionGroup("The money of some plans could not be worked out", failed)


@shared_task
def forget_answers():
    """Answers of finance that nobody took within a week are gone."""
    if forgotten := answering.forget():
        log.info("forgotten", kind="funding.answersfile", rows=forgotten)


@shared_task
def make_report(report_id):
    work_on(MoneyReport, report_id, build_report)


@shared_task
def make_letter(letter_id):
    work_on(FundingLetter, letter_id, build_letter)
