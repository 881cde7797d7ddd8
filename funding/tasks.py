from celery import shared_task

from funding import ledger
from funding.models import FundingPlan
from funding.services.releasing import make_releases


@shared_task
def check_money():
    """Every night: each partnership has its releases, and every balance is worked out anew and compared."""
    for plan in FundingPlan.objects.in_force():
        make_releases(plan)
    ledger.check_balances()
