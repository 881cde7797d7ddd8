from celery import shared_task
from django.utils import timezone

from jobs.work import work_on
from visits.cover import weekly
from visits.models import CoverRun, Plan, PlanAcceptance
from visits.planning.proposing import propose
from visits.services import accepting


@shared_task
def make_plan(plan_id):
    work_on(Plan, plan_id, propose)


@shared_task
def write_plan(acceptance_id):
    work_on(PlanAcceptance, acceptance_id, accepting.write_plan)


@shared_task
def order_weekly_cover_mails():
    weekly.order_cover_mails(timezone.localdate())


@shared_task
def write_cover_mails(run_id):
    work_on(CoverRun, run_id, weekly.write_cover_mails)
