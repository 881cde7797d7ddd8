"""How long papers and mails are kept: their rows go when their time is over, and their files with them."""

import datetime as dt
import os

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import InvitationMail, OutgoingMail, RegisterFile, RegisterUpdate
from funding.models import FundingLetter, MoneyReport
from jobs.tasks import forget_old, kinds_of_job, sweep_files
from lessons.models import Booklet, StudyExport
from programmes.models import HeadsLetter, PairingRun
from pupils.models import Erasure
from reports.models import (
    AccessFile,
    Digest,
    DigestRun,
    HandOverPack,
    OrganisationExport,
    ProgrammeCopy,
    Report,
    ReportRound,
    RoundReport,
)
from tests.factories import (
    HeadsLetterFactory,
    OrganisationFactory,
    PartnerSchoolFactory,
    PartnershipFactory,
    PlanFactory,
    ProgrammeFactory,
    ReportFactory,
    SchoolFactory,
    UserFactory,
    VisitFactory,
)
from visits.models import CoverMail, CoverRun, Plan, PlanAcceptance, Visit

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2027, 9, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
KEPT_FOR = {
    OutgoingMail: "KEEP_MAIL_DAYS",
    InvitationMail: "KEEP_MAIL_DAYS",
    HeadsLetter: "KEEP_LETTERS_DAYS",
    AccessFile: "KEEP_PACKS_DAYS",
    HandOverPack: "KEEP_PACKS_DAYS",
    OrganisationExport: "KEEP_PACKS_DAYS",
    ProgrammeCopy: "KEEP_PACKS_DAYS",
    Booklet: "KEEP_PACKS_DAYS",
    StudyExport: "KEEP_PACKS_DAYS",
    ReportRound: "KEEP_PACKS_DAYS",
    CoverRun: "KEEP_MAIL_DAYS",
    Plan: "KEEP_PLANS_DAYS",
    PlanAcceptance: "KEEP_PLANS_DAYS",
    # Kept: what changed the register, and what stands behind pairings, digests, results and money.
    RegisterFile: None,
    RegisterUpdate: None,
    PairingRun: None,
    DigestRun: None,
    Report: None,
    MoneyReport: None,
    FundingLetter: None,
    Erasure: None,
    # Goes with its round.
    RoundReport: None,
}


def test_of_every_kind_of_job_it_is_said_how_long_it_is_kept():
    assert {model: model.kept_for for model in kinds_of_job()} == KEPT_FOR


def a_mail(number, **fields):
    person = UserFactory()
    return OutgoingMail.objects.create(
        kind="weekly_digest",
        to=person,
        address=person.email,
        subject=f"Mail {number}",
        text="Hello",
        message_id=f"<{number}@schools.example>",
        **fields,
    )


def a_pack(**fields):
    return HandOverPack.objects.create(partnership=PartnershipFactory(), ordered_by=UserFactory(), **fields)


def forget_at(moment):
    with time_machine.travel(moment, tick=False):
        forget_old()


def test_a_mail_is_kept_for_a_year_whether_it_came_or_not():
    long_ago = {"queued_at": NOW - 366 * DAY, "finished_at": NOW - 366 * DAY}
    lately = {"queued_at": NOW - 364 * DAY, "finished_at": NOW - 364 * DAY}
    a_mail(1, state="done", **long_ago)
    a_mail(2, state="failed", **long_ago)
    kept = [
        a_mail(3, state="done", **lately),
        a_mail(4, state="queued", queued_at=NOW - 400 * DAY),
        a_mail(5, state="running", queued_at=NOW - 400 * DAY),
    ]

    forget_at(NOW)

    assert list(OutgoingMail.objects.order_by("pk")) == kept


def test_the_digest_of_a_mail_goes_with_it_and_the_run_stays():
    run = DigestRun.objects.create(monday=dt.date(2026, 8, 3), state="done", finished_at=NOW - 390 * DAY)
    letter = a_mail(1, state="done", finished_at=NOW - 390 * DAY)
    Digest.objects.create(run=run, person=letter.to, mail=letter)

    forget_at(NOW)

    assert (OutgoingMail.objects.count(), Digest.objects.count(), DigestRun.objects.count()) == (0, 0, 1)


def test_a_plan_is_kept_for_a_year_with_whoever_accepted_it_and_the_visits_stay():
    old, waits, lately = (
        PlanFactory(finished_at=NOW - 366 * DAY),
        PlanFactory(state="queued", queued_at=NOW - 400 * DAY),
        PlanFactory(finished_at=NOW - 364 * DAY),
    )
    visit = VisitFactory(partnership__programme=old.programme)
    for plan in (old, lately):
        fields = {"asked_by": plan.ordered_by, "finished_at": plan.finished_at}
        PlanAcceptance.objects.create(plan=plan, state="done", **fields)
    PlanAcceptance.objects.create(plan=waits, asked_by=waits.ordered_by, state="failed", finished_at=NOW - 366 * DAY)

    forget_at(NOW)

    assert list(Plan.objects.order_by("pk")) == [waits, lately]
    assert [acceptance.plan for acceptance in PlanAcceptance.objects.all()] == [lately]
    assert Visit.objects.filter(pk=visit.pk).exists()


def test_a_round_of_reports_goes_after_thirty_days_with_its_parts_and_the_reports_stay():
    report = ReportFactory(state="done", finished_at=NOW - 40 * DAY)
    fields = {"programme": report.programme, "kind": report.kind, "ordered_by": report.ordered_by}
    for finished_at in (NOW - 31 * DAY, NOW - 29 * DAY):
        found = ReportRound.objects.create(state="done", finished_at=finished_at, **fields)
        found.parts.create(school=SchoolFactory(), report=report, state="done", finished_at=finished_at)

    forget_at(NOW)

    assert [part.round for part in RoundReport.objects.all()] == [found]
    assert list(Report.objects.all()) == [report]


def test_of_a_weekly_cover_mail_nothing_outlives_the_mail():
    letter = a_mail(1, state="done", finished_at=NOW - 366 * DAY)
    school = SchoolFactory()
    for friday, finished_at in ((dt.date(2026, 8, 28), letter.finished_at), (dt.date(2027, 8, 27), NOW - 5 * DAY)):
        run = CoverRun.objects.create(friday=friday, state="done", finished_at=finished_at)
        run.cover_mails.create(organisation=OrganisationFactory(), school=school, person=letter.to)

    forget_at(NOW)

    assert not OutgoingMail.objects.exists()
    assert [mail.run.friday for mail in CoverMail.objects.all()] == [dt.date(2027, 8, 27)]
    assert CoverRun.objects.count() == 1


def test_a_hand_over_pack_is_kept_for_thirty_days_since_it_can_be_made_anew():
    a_pack(state="done", finished_at=NOW - 31 * DAY)
    kept = a_pack(state="done", finished_at=NOW - 29 * DAY)

    forget_at(NOW)

    assert list(HandOverPack.objects.all()) == [kept]


def test_a_heads_letter_is_kept_until_a_year_after_its_programme():
    programmes = [ProgrammeFactory(starts_on=dt.date(y, 9, 1), ends_on=dt.date(y + 1, 8, 31)) for y in (2024, 2025)]
    for programme in programmes:
        HeadsLetterFactory(partner_school=PartnerSchoolFactory(programme=programme), state="done")

    forget_at(NOW - DAY)
    a_year_after = [letter.partner_school.programme for letter in HeadsLetter.objects.all()]
    forget_at(NOW)

    assert a_year_after == [programmes[1]]
    assert not HeadsLetter.objects.exists()


def test_the_files_of_what_was_forgotten_are_swept_and_the_others_stay():
    names = [default_storage.save(f"reports.handoverpack/90{n}-1.pdf", ContentFile(b"pdf")) for n in (1, 2)]
    for name in names:
        os.utime(default_storage.path(name), (0, 0))
    a_pack(state="done", finished_at=timezone.now() - 31 * DAY, file=names[0])
    a_pack(state="done", finished_at=timezone.now(), file=names[1])

    forget_old()
    sweep_files()

    assert [default_storage.exists(name) for name in names] == [False, True]
    default_storage.delete(names[1])


def test_many_are_forgotten_at_once_and_a_report_is_none_of_them(django_assert_max_num_queries):
    person = UserFactory()
    rows = (
        OutgoingMail(to=person, address=person.email, message_id=f"<{n}@x>", state="done", finished_at=NOW - 400 * DAY)
        for n in range(1100)
    )
    OutgoingMail.objects.bulk_create(rows)
    report = ReportFactory(state="done", finished_at=NOW - 4000 * DAY)

    with django_assert_max_num_queries(40):
        forget_at(NOW)

    assert not OutgoingMail.objects.exists()
    assert Report.objects.filter(pk=report.pk).exists()
