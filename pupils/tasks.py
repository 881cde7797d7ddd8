import structlog
from celery import shared_task

from jobs.work import work_on
from pupils.choosing import services
from pupils.collecting.waiting import forget as forget_files
from pupils.models import Erasure
from pupils.retention.erasing import erase as erase_all

log = structlog.get_logger(__name__)


@shared_task
def erase(erasure_id):
    work_on(Erasure, erasure_id, erase_all)


@shared_task
def forget_lists():
    """Lists of pupils, and files of grades, that nobody confirmed within a week hold nothing from then on."""
    for kind, forgotten in (("pupils.pupillist", services.forget_lists()), ("pupils.gradesfile", forget_files())):
        if forgotten:
            log.info("forgotten", kind=kind, rows=forgotten)
