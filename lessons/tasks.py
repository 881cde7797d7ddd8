from celery import shared_task

from jobs.work import work_on
from lessons.exports.orders import build_export
from lessons.models import Booklet, StudyExport
from lessons.services.booklets import build_booklet


@shared_task
def make_booklet(booklet_id):
    work_on(Booklet, booklet_id, build_booklet)


@shared_task
def make_study_export(export_id):
    work_on(StudyExport, export_id, build_export)
