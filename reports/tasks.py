from celery import shared_task
from django.utils import timezone

from jobs.work import work_on
from reports import digest
from reports.access.files import build_file
from reports.build import build
from reports.erasing.copies import build_copy
from reports.exporting.files import build_export
from reports.handover.packs import build_handover
from reports.models import (
    AccessFile,
    DigestRun,
    HandOverPack,
    OrganisationExport,
    ProgrammeCopy,
    Report,
    ReportRound,
    RoundReport,
)
from reports.rounds import scheduling
from reports.rounds import services as rounds


@shared_task
def make_report(report_id):
    work_on(Report, report_id, build)


@shared_task
def order_weekly_digests():
    digest.order_digests(timezone.localdate())


@shared_task
def write_digests(run_id):
    work_on(DigestRun, run_id, digest.write_digests)


@shared_task
def make_handover(pack_id):
    work_on(HandOverPack, pack_id, build_handover)


@shared_task
def make_copy(copy_id):
    work_on(ProgrammeCopy, copy_id, build_copy)


@shared_task
def make_access_file(file_id):
    work_on(AccessFile, file_id, build_file)


@shared_task
def make_round_report(part_id):
    try:
        work_on(RoundReport, part_id, rounds.make_part)
    finally:
        rounds.part_ended(part_id)


@shared_task
def end_round(round_id):
    work_on(ReportRound, round_id, rounds.end_round)


@shared_task
def order_scheduled_reports():
    scheduling.order_scheduled(timezone.localdate())


@shared_task
def make_export(export_id):
    work_on(OrganisationExport, export_id, build_export)
