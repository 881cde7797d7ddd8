from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import School
from accounts.roles import Role
from jobs.models import Job
from jobs.work import CannotBeDone, publish, publish_all, work_on
from reports.build import build
from reports.kinds import KINDS
from reports.models import Report, ReportRound, RoundReport
from reports.models.reports import ReportQuerySet
from reports.rounds import packing, telling
from reports.rounds.standing import standing
from reports.services import order_report

PROGRESS = Report.Kind.SCHOOL_PROGRESS
OF_EVERY_SCHOOL = [kind for kind in (Report.Kind.SCHOOL, Report.Kind.GOVERNORS, PROGRESS) if kind in KINDS]
NO_POINT = "The data point of this report is none any more. Order the reports of another one."
WHOSE_TURN = "Whoever ordered this does not coordinate the programme any more. Order the reports again."


def schools_of(programme):
    """The schools of which there is something to report: those that are or were partner school in earnest."""
    agreed = programme.partnerships.ever_agreed()
    return School.objects.filter(pk__in=agreed.values("partner_school")).order_by("name", "pk")


@transaction.atomic
def order_round(person, programme, kind, *, data_point=None, tells_heads=False) -> tuple[ReportRound, bool]:
    """The reports of all schools are being made, and whether this began it: asked for twice they are one round.

    Where the heads are to be told they are, whoever began it.
    """
    found, new = (
        ReportRound.objects.filter(programme=programme, kind=kind)
        .in_hand()
        .get_or_create(
            defaults={
                "programme": programme,
                "kind": kind,
                "ordered_by": person,
                "data_point": data_point,
                "tells_heads": tells_heads,
            }
        )
    )
    if new:
        add_parts(found, schools_of(programme))
        audit.record(person, "reports.round ordered", found, about=kind)
    elif tells_heads and not found.tells_heads:
        found.tells_heads, found.data_point = True, data_point
        ReportRound.objects.filter(pk=found.pk).update(tells_heads=True, data_point=data_point)
    return found, new


def add_parts(found, schools):
    publish_all(RoundReport.objects.bulk_create([RoundReport(round=found, school=school) for school in schools]))


@transaction.atomic
def try_again(person, found) -> ReportRound:
    """What failed in a round that has ended is made once more, with new rows, and nothing else. The file follows.

    While another round of the same is in hand that one is the answer.
    """
    failed = found.parts.filter(HAS_FAILED)
    schools = list(School.objects.filter(pk__in=failed.values("school")))
    again = {"queued_at": timezone.now(), "due_at": timezone.now(), "rung_at": timezone.now()}
    try:
        with transaction.atomic():
            begun = ReportRound.objects.filter(pk=found.pk, state__in=[Job.State.DONE, Job.State.FAILED]).update(
                state=Job.State.QUEUED, attempt=0, failure="", refused=False, finished_at=None, same_as=None, **again
            )
    except IntegrityError:
        return ReportRound.objects.in_hand().get(programme=found.programme_id, kind=found.kind)
    if begun:
        failed.delete()
        add_parts(found, schools)
        audit.record(person, "reports.round tried again", found, about=str(len(schools)))
        if not schools:
            publish_all([found])
    return found


HAS_FAILED = Q(state=Job.State.FAILED) | Q(state=Job.State.DONE, report__state=Job.State.FAILED)
IS_READY = Q(state=Job.State.DONE, report__state=Job.State.DONE)


def make_part(part):
    """Make the report of one school, or find the one that was made from the very same figures.

    What it may say is worked out now. Where somebody has asked for this report in the meantime it is left to them.
    """
    found = part.round
    if not is_theirs(found, found.ordered_by):
        raise CannotBeDone(WHOSE_TURN)
    stood = standing(found.programme, part.school).get(part.school_id, {})
    about = {"data_point": found.data_point} if found.kind == PROGRESS else {}
    if None in about.values():
        raise CannotBeDone(NO_POINT)
    report, _ = order_report(found.ordered_by, found.kind, found.programme, part.school, tell=nobody, **about)
    if report.in_hand:
        work_on(Report, report.pk, build)
        report.refresh_from_db(fields=["state", "failure"])
    if report.has_failed:
        raise CannotBeDone(report.failure)
    part.finish(report=report, stood=stood, done=1, total=1)


def nobody(report):
    """Whoever orders it makes it at once, so no other worker is rung for."""


def is_theirs(found, person) -> bool:
    rows = ReportRound.objects.allowed(person, "reports.rounds").filter(pk=found.pk)
    return person.is_active and found.programme.erased_at is None and rows.exists()


def part_ended(pk):
    """The heads are told of a report that is ready, and after the last one the round is ended."""
    part = RoundReport.objects.select_related("round__programme", "school").filter(pk=pk).first()
    if part is None:
        return
    if part.round.tells_heads:
        telling.tell_heads(part)
    if not part.round.parts.still_made().exists():
        publish(part.round)


def end_round(found):
    """Once all are made: whoever was not told is, and those that its reader may have become one file.

    Nothing is made where an earlier round holds the very same reports: it stands for this one.
    """
    if found.tells_heads:
        for part in found.parts.filter(IS_READY, told_at=None).select_related("school"):
            telling.tell_heads(part)
    ready, all_of_them = found.parts.filter(IS_READY).count(), found.parts.count()
    if ready == all_of_them and (same := same_round(found)):
        found.finish(same_as=same, done=ready, total=all_of_them)
        return
    reports = readable(found, found.ordered_by)
    if reports:
        packing.pack(found, reports, done=ready, total=all_of_them)
    else:
        found.finish(file="", size=0, done=ready, total=all_of_them)


def same_round(found) -> ReportRound | None:
    """The last round before it, when each school has the very same report there."""
    before = ReportRound.objects.filter(
        programme=found.programme, kind=found.kind, state=Job.State.DONE, same_as=None, pk__lt=found.pk
    ).first()
    if before is None or not is_whole(before):
        return None
    return before if reports_of(before) == reports_of(found) else None


def is_whole(found) -> bool:
    return not found.file or found.file.storage.exists(found.file.name)


def reports_of(found) -> set[tuple]:
    return set(found.parts.values_list("school", "report"))


def readable(found, person) -> list[Report]:
    """The reports of a round that may be read by whoever coordinates its programme. What other roles of the same person
    open does not count: a file of many schools is for one role."""
    rows = Q(pk__in=[])
    for m in person.memberships_granting("reports.rounds"):
        rows |= ReportQuerySet.reach[Role.COORDINATOR](m)
    reports = Report.objects.filter(rows, pk__in=found.parts.filter(IS_READY).values("report")).exclude(file="")
    return list(reports.select_related("programme", "school").defer("figures").order_by("school__urn", "pk"))


def may_have_file(found, person) -> bool:
    """Whether each report in the file of a round may still be read by this person."""
    return len(readable(found, person)) == found.parts.filter(IS_READY).count()
