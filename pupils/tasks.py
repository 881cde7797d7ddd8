import structlog
from celery import shared_task

from jobs.work import work_on
from pupils.choosing import services
from pupils.models import Erasure
from pupils.retention.erasing import erase as erase_all

log = structlog.get_logger(__name__)


@shared_task
def erase(erasure_id):
    work_on(Erasure, erasure_id, erase_all)


@shared_task
def forget_lists():
    """Lists of pupils that nobody confirmed within a week hold nothing from then on."""
    if forgotten := services.forget_lists():
        log.info("forgotten", kind="pupils.pupillist", rows=forgotten)
