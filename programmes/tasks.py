from celery import shared_task

from jobs.work import work_on
from programmes.models import PairingRun
from programmes.services.pairing_runs import work_out


@shared_task
def suggest_pairs(run_id):
    work_on(PairingRun, run_id, work_out)
