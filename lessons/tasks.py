from celery import shared_task

from jobs.work import work_on
from lessons.models import Booklet
from lessons.services.booklets import build_booklet


@shared_task
def make_booklet(booklet_id):
    work_on(Booklet, booklet_id, build_booklet)
