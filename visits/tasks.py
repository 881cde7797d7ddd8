from celery import shared_task

from jobs.work import work_on
from visits.models import Plan
from visits.planning.proposing import propose


@shared_task
def make_plan(plan_id):
    work_on(Plan, plan_id, propose)
