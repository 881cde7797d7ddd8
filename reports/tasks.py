from celery import shared_task

from jobs.work import work_on
from reports.build import build
from reports.models import Report


@shared_task
def make_report(report_id):
    work_on(Report, report_id, build)
