"""The job row: one taker at a time, nobody's late result kept, nothing forgotten."""

import datetime as dt
import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from jobs.models import MOST_ATTEMPTS, LostJob
from jobs.tasks import sweep, sweep_files
from jobs.work import CannotBeDone, work_on
from reports.models import Report
from reports.services import order_report
from tests.factories import MembershipFactory, ReportFactory
from tests.together import at_once
from tests.world import build_world, person

pytestmark = pytest.mark.django_db

State = Report.State
LONG_AGO = dt.timedelta(hours=3)


def test_a_waiting_job_is_claimed_once():
    report = ReportFactory()

    first, second = Report.objects.claim(report.pk), Report.objects.claim(report.pk)

    assert (first.state, first.attempt, second) == (State.RUNNING, 1, None)


def test_a_job_whose_lease_ran_out_is_claimed_again():
    report = ReportFactory(state=State.RUNNING, attempt=1, lease_until=timezone.now() - LONG_AGO)

    assert Report.objects.claim(report.pk).attempt == 2


@pytest.mark.parametrize("state", [State.DONE, State.FAILED])
def test_what_is_finished_is_not_claimed(state):
    assert Report.objects.claim(ReportFactory(state=state).pk) is None


def test_a_job_is_not_claimed_before_it_is_due():
    assert Report.objects.claim(ReportFactory(due_at=timezone.now() + LONG_AGO).pk) is None


def test_a_worker_that_lost_the_job_cannot_overwrite_the_one_that_has_it():
    report = ReportFactory()
    stalled = Report.objects.claim(report.pk)
    Report.objects.update(lease_until=timezone.now() - LONG_AGO)
    taken_over = Report.objects.claim(report.pk)

    with pytest.raises(LostJob):
        stalled.progress(1, 2)
    with pytest.raises(LostJob):
        stalled.finish(file="from the stalled one")
    stalled.fail("from the stalled one")
    taken_over.finish(file="from the second")

    report.refresh_from_db()
    assert (report.state, report.attempt, report.file.name, report.failure) == (State.DONE, 2, "from the second", "")


def test_a_job_that_died_every_time_is_given_up_and_says_so():
    report = ReportFactory(state=State.RUNNING, attempt=MOST_ATTEMPTS, lease_until=timezone.now() - LONG_AGO)

    sweep()

    report.refresh_from_db()
    assert report.state == State.FAILED
    assert report.failure == "It was started 4 times and stopped each time before it was done."
    assert Report.objects.claim(report.pk) is None


def test_a_sentence_for_the_person_is_kept():
    report = ReportFactory()

    def cannot(job):
        raise CannotBeDone("The school has no target pupils.")

    work_on(Report, report.pk, cannot)

    report.refresh_from_db()
    assert (report.state, report.refused, report.failure) == (State.FAILED, True, "The school has no target pupils.")


def test_a_bug_fails_the_job_in_general_words_and_is_raised_for_the_log():
    report = ReportFactory()

    with pytest.raises(ZeroDivisionError):
        work_on(Report, report.pk, lambda job: 1 / 0)

    report.refresh_from_db()
    assert (report.state, report.refused) == (State.FAILED, False)
    assert "division" not in report.failure


def background_work(client):
    """What the page of the installation says of it: well or not, and the sentence."""
    checks = client.get(reverse("system")).context["checks"]
    return next((check.well, check.says) for check in checks if check.name == "Background work")


def test_what_was_refused_is_the_news_of_whoever_asked_and_a_failure_is_the_administrators(client):
    refused, failed = ReportFactory(), ReportFactory()
    priya = person("Priya", Role.ADMINISTRATOR)
    MembershipFactory(user=priya, role=Role.ADMINISTRATOR, organisation=None)
    client.force_login(priya)

    Report.objects.claim(refused.pk).refuse("The school has no target pupils.")
    after_the_refusal = background_work(client)
    Report.objects.claim(failed.pk).fail("Something went wrong on our side.")
    after_the_failure = background_work(client)

    assert after_the_refusal == (True, "1 in hand, 0 failed since yesterday")
    assert after_the_failure == (False, "0 in hand, 1 failed since yesterday")


def test_a_job_delivered_twice_is_done_once():
    report, done = ReportFactory(), []

    for _ in range(2):
        work_on(Report, report.pk, lambda job: (done.append(job.attempt), job.finish()))

    assert done == [1]


def test_files_that_no_row_names_are_removed_when_they_are_old():
    report = ReportFactory(state=State.DONE)
    kept = default_storage.save("reports.report/900-1.pdf", ContentFile(b"kept"))
    orphan = default_storage.save("reports.report/900-2.pdf", ContentFile(b"orphan"))
    fresh = default_storage.save("reports.report/900-3.pdf", ContentFile(b"fresh"))
    Report.objects.filter(pk=report.pk).update(file=kept)
    for name in (kept, orphan):
        make_old(default_storage.path(name))

    sweep_files()

    assert [default_storage.exists(name) for name in (kept, orphan, fresh)] == [True, False, True]
    default_storage.delete(kept)
    default_storage.delete(fresh)


def make_old(path):
    import os

    long_ago = (timezone.now() - LONG_AGO).timestamp()
    os.utime(path, (long_ago, long_ago))


@pytest.mark.django_db(transaction=True)
def test_of_ten_workers_at_once_one_takes_the_job():
    report = ReportFactory()

    claimed = at_once(*[lambda: Report.objects.claim(report.pk)] * 10)

    assert [job.attempt for job in claimed if job] == [1]


def test_the_health_check_of_the_sweeper_notices_that_it_does_not_run():
    with pytest.raises(CommandError, match="has not run for a minute"):
        call_command("swept")

    sweep()
    out = io.StringIO()
    call_command("swept", stdout=out)

    assert out.getvalue() == "The sweeper ran 0 seconds ago.\n"


def test_a_done_report_whose_file_is_gone_is_made_again():
    ours = build_world()[0]
    ours.programme.refresh_from_db()
    head = ours.people["headteacher"]
    gone, _ = order_report(head, Report.Kind.SCHOOL, ours.programme, ours.school)
    Report.objects.filter(pk=gone.pk).update(state=State.DONE, file="reports.report/never-there.pdf")

    report, new = order_report(head, Report.Kind.SCHOOL, ours.programme, ours.school)

    assert (new, report.pk != gone.pk) == (True, True)
