from celery import shared_task

from jobs.work import work_on
from programmes.letters.build import build
from programmes.models import HeadsLetter, PairingRun
from programmes.services.pairing_runs import work_out


@shared_task
def suggest_pairs(run_id):
    work_on(PairingRun, run_id, work_out)


@shared_task
def make_heads_letter(letter_id):
    work_on(HeadsLetter, letter_id, build)
