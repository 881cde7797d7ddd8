from celery import shared_task

from jobs.work import work_on
from pupils.models import Erasure
from pupils.retention.erasing import erase as erase_all


@shared_task
def erase(erasure_id):
    work_on(Erasure, erasure_id, erase_all)
