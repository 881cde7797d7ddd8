"""All schools' impact reports as one order: how far it is, what failed, and that nothing is made twice."""

import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from jobs.work import work_on
from programmes.models import Partnership
from pupils.models import Assessment
from reports.build import build
from reports.models import Report, ReportRound
from reports.rounds import packing
from reports.rounds.services import order_round, try_again
from reports.services import order_report
from reports.tasks import end_round
from tests.factories import PartnershipFactory, ReportFactory
from tests.reading import text_of
from tests.rounds.making import make_all, make_parts, states_of

pytestmark = pytest.mark.django_db

SCHOOL = Report.Kind.SCHOOL
READY = ("done", "done", True)


def order(ours):
    return order_round(ours.coordinator, ours.programme, SCHOOL)


def test_a_round_makes_one_report_for_every_partner_school(ours):
    PartnershipFactory(programme=ours.programme, status=Partnership.Status.PROPOSED)

    found, new = order(ours)
    make_all(found)

    assert new
    assert states_of(found) == {"Nextdoor Partner School": READY, "Ourside Partner School": READY}
    assert (found.state, found.file.name, found.same_as) == ("done", "", None)
    made = Report.objects.filter(pk__in=found.parts.values("report"))
    assert {(report.kind, report.ordered_by) for report in made} == {(SCHOOL, ours.coordinator)}


def test_a_school_with_two_partnerships_has_one_report(ours):
    PartnershipFactory(
        programme=ours.programme, status=Partnership.Status.ACTIVE, partner_school=ours.school, subject="writing"
    )

    found, _ = order(ours)

    assert sorted(part.school.name for part in found.parts.all()) == [
        "Nextdoor Partner School",
        "Ourside Partner School",
    ]


def test_asked_for_twice_it_is_one_round(ours):
    assert order(ours)[0] == order(ours)[0]
    assert ReportRound.objects.in_hand().count() == 1
    assert AuditEvent.objects.filter(did="reports.round ordered").count() == 1


def test_while_nothing_changed_the_earlier_round_stands_for_a_new_one_and_no_file_is_made(ours):
    first = make_all(order(ours)[0])
    files = set(default_storage.listdir("reports.report")[1])

    again, new = order(ours)
    make_all(again)

    assert (new, again.same_as, again.state) == (True, first, "done")
    assert set(default_storage.listdir("reports.report")[1]) == files
    assert list(again.parts.values_list("report", flat=True)) == list(first.parts.values_list("report", flat=True))


def test_of_changed_figures_alone_a_new_report_is_made_and_its_round_is_another(ours):
    first = make_all(order(ours)[0])
    before = dict(first.parts.values_list("school", "report"))
    Partnership.objects.filter(pk=ours.partnership.pk).update(status=Partnership.Status.PAUSED, reason="Head has left")

    again = make_all(order(ours)[0])

    after = dict(again.parts.values_list("school", "report"))
    assert again.same_as is None
    assert {school for school in before if before[school] != after[school]} == {ours.school.pk}


def test_a_head_who_asks_during_a_round_is_not_kept_waiting_and_the_round_takes_that_report(ours):
    found, _ = order(ours)

    report, new = order_report(ours.head, SCHOOL, ours.programme, ours.school)
    work_on(Report, report.pk, build)
    make_all(found)

    assert new
    assert found.parts.get(school=ours.school).report == report
    assert Report.objects.filter(school=ours.school, digest=report.digest).count() == 1


def test_a_report_that_is_in_hand_elsewhere_is_left_to_it_and_the_round_waits(ours):
    report, _ = order_report(ours.head, SCHOOL, ours.programme, ours.school)
    assert Report.objects.claim(report.pk)
    found, _ = order(ours)

    make_all(found)
    assert (found.parts.get(school=ours.school).state, found.state) == ("done", "queued")
    Report.objects.filter(pk=report.pk).update(state="queued")
    work_on(Report, report.pk, build)
    make_all(found)

    assert found.state == "done"
    assert states_of(found)["Ourside Partner School"] == READY


@pytest.fixture
def broken(ours):
    """A round that has ended, in which the report of one school had failed."""
    found, _ = order(ours)
    part = found.parts.get(school=ours.school)
    make_parts(found)
    part.refresh_from_db()
    Report.objects.filter(pk=part.report_id).update(state="failed", failure="The disk is full.")
    make_all(found)
    return found


def test_what_failed_is_listed_with_its_reason_and_the_others_are_there(ours, broken, as_coordinator):
    page = as_coordinator.get(broken.get_absolute_url()).content.decode()

    assert broken.state == "done"
    assert "1 of 2 reports are ready. 1 could not be made." in page
    assert "<b>Ourside Partner School</b>: The disk is full." in page
    assert "Try the one that failed again" in page


def test_today_says_what_failed_until_it_is_made(ours, broken, as_coordinator):
    before = text_of(as_coordinator.get(reverse("today")))
    try_again(ours.coordinator, broken)
    make_all(broken)

    assert "1 school has no report of those ordered for all" in before
    assert "no report of those ordered" not in text_of(as_coordinator.get(reverse("today")))


def test_what_failed_is_tried_again_alone(ours, broken):
    other = broken.parts.exclude(school=ours.school).get()

    try_again(ours.coordinator, broken)
    broken.refresh_from_db()
    assert (broken.state, broken.parts.in_hand().get().school) == ("queued", ours.school)
    make_all(broken)

    assert states_of(broken) == {"Nextdoor Partner School": READY, "Ourside Partner School": READY}
    assert broken.parts.exclude(school=ours.school).get() == other
    assert AuditEvent.objects.filter(did="reports.round tried again", about="1").count() == 1


def test_while_another_round_is_in_hand_trying_again_gives_that_one(ours, broken):
    newer, _ = order(ours)

    assert try_again(ours.coordinator, broken) == newer


def test_whoever_coordinates_no_more_has_nothing_made(ours):
    found, _ = order(ours)
    ours.coordinator.memberships.all().delete()

    make_all(found)

    reasons = set(found.parts.values_list("state", "failure"))
    assert reasons == {
        ("failed", "Whoever ordered this does not coordinate the programme any more. Order the reports again.")
    }
    assert not Report.objects.filter(ordered_by=ours.coordinator, kind=SCHOOL).exists()


def test_the_same_files_packed_are_the_same_bytes_named_by_programme_and_urn(ours):
    found = make_all(order(ours)[0])
    reports = list(Report.objects.filter(pk__in=found.parts.values("report")).order_by("school__urn"))
    packed = []
    for _ in range(2):
        ReportRound.objects.filter(pk=found.pk).update(state="running")
        packing.pack(found, reports)
        found.refresh_from_db()
        packed.append(found.file.read())
        found.file.close()

    assert packed[0] == packed[1]
    with zipfile.ZipFile(io.BytesIO(packed[0])) as box:
        assert box.testzip() is None
        assert box.namelist() == [f"school-impact-{ours.programme.slug}-{r.school.urn}.pdf" for r in reports]
        assert all(box.read(name).startswith(b"%PDF-1.7") for name in box.namelist())


def test_reports_that_name_pupils_are_not_for_the_coordinator_who_ordered_them(ours, as_coordinator):
    found = make_all(order(ours)[0])
    report = found.parts.get(school=ours.school).report

    page = as_coordinator.get(found.get_absolute_url()).content.decode()

    assert "All 2 reports are ready." in page
    assert "These reports name pupils" in page
    assert as_coordinator.get(reverse("reports:round_download", args=[found.pk])).status_code == 404
    assert as_coordinator.get(reverse("reports:download", args=[report.pk])).status_code == 404
    as_coordinator.force_login(ours.head)
    response = as_coordinator.get(reverse("reports:download", args=[report.pk]))
    assert response.status_code == 200
    response.close()


def test_the_page_asks_again_while_it_is_made_and_shows_nothing_where_nothing_is_new(ours, as_coordinator):
    as_coordinator.post(reverse("reports:round_order", args=[ours.programme.slug, "school-impact"]))
    found = ReportRound.objects.in_hand().get()
    address = reverse("reports:round_progress", args=[found.pk])
    begun = as_coordinator.get(address, headers={"HX-Request": "true"}).content.decode()
    seen = begun.partition("seen=")[2].partition('"')[0]

    assert "0 of 2 reports are ready." in begun
    assert as_coordinator.get(f"{address}?seen={seen}", headers={"HX-Request": "true"}).status_code == 204
    make_parts(found)
    later = as_coordinator.get(f"{address}?seen={seen}", headers={"HX-Request": "true"}).content.decode()
    assert "2 of 2 reports are ready." in later
    make_all(found)
    assert "hx-get" not in as_coordinator.get(address, headers={"HX-Request": "true"}).content.decode()


def test_a_round_says_what_has_changed_at_which_school_since(ours, as_coordinator):
    found = make_all(order(ours)[0])
    assert "Newer figures exist" not in as_coordinator.get(found.get_absolute_url()).content.decode()

    Assessment.objects.filter(place=ours.place).last().delete()
    page = as_coordinator.get(found.get_absolute_url()).content.decode()

    assert "something has changed at 1 school" in page
    assert "<li>Ourside Partner School: grades</li>" in page


def test_a_round_that_found_nothing_new_leads_to_the_one_that_stands_for_it(ours, as_coordinator):
    ours.report_round.delete()
    first = make_all(order(ours)[0])
    again = make_all(order(ours)[0])

    response = as_coordinator.get(again.get_absolute_url(), follow=True)
    polled = as_coordinator.get(reverse("reports:round_progress", args=[again.pk]), headers={"HX-Request": "true"})

    assert response.redirect_chain == [(first.get_absolute_url(), 302)]
    assert "Nothing has changed since these reports were made" in response.content.decode()
    assert polled.headers["HX-Redirect"] == again.get_absolute_url()
    assert as_coordinator.get(reverse("reports:rounds", args=[ours.programme.slug])).content.count(b"All 2 ready") == 1


@pytest.fixture
def without_names(ours):
    """A round of what names no pupil, as it stands when the last report is made, before it is ended."""
    found = ReportRound.objects.create(
        programme=ours.programme, kind=Report.Kind.GOVERNORS, ordered_by=ours.coordinator
    )
    for number, part in enumerate(ReportRound.objects.exclude(pk=found.pk).get(programme=ours.programme).parts.all()):
        report = ReportFactory(
            kind=Report.Kind.GOVERNORS,
            programme=ours.programme,
            school=part.school,
            state="done",
            file=ContentFile(b"%PDF-1.7 " + bytes([number]), f"governors-{number}.pdf"),
        )
        found.parts.create(school=part.school, report=report, state="done", finished_at=timezone.now())
    return found


def test_what_names_no_pupil_becomes_one_file_for_the_coordinator(without_names, as_coordinator, ours):
    end_round(without_names.pk)
    page = as_coordinator.get(without_names.get_absolute_url()).content.decode()
    response = as_coordinator.get(reverse("reports:round_download", args=[without_names.pk]))
    content = b"".join(response.streaming_content)

    assert "Download 2 reports in one file (ZIP, " in page
    assert page.count("the report of") == 2
    assert response.headers["Content-Disposition"] == f'attachment; filename="governors-{ours.programme.slug}.zip"'
    with zipfile.ZipFile(io.BytesIO(content)) as box:
        urns = sorted(without_names.parts.values_list("school__urn", flat=True))
        assert box.namelist() == [f"governors-{ours.programme.slug}-{urn}.pdf" for urn in urns]
    assert AuditEvent.objects.filter(did="reports.round downloaded", row=without_names.pk).count() == 1
    response.close()


def test_a_file_that_holds_what_may_not_be_read_any_more_is_not_handed_out(without_names, as_coordinator, ours):
    end_round(without_names.pk)
    Report.objects.filter(kind=Report.Kind.GOVERNORS, school=ours.school).update(kind=SCHOOL)

    assert as_coordinator.get(reverse("reports:round_download", args=[without_names.pk])).status_code == 404


def test_the_list_of_reports_leads_to_them_and_shows_no_two_hundred_of_them(without_names, as_coordinator, ours):
    end_round(without_names.pk)

    page = as_coordinator.get(reverse("reports:list")).content.decode()

    assert f'href="{reverse("reports:rounds", args=[ours.programme.slug])}"' in page
    assert "Impact report for governors" not in page
    as_coordinator.force_login(ours.head)
    page = as_coordinator.get(reverse("reports:list")).content.decode()
    assert "Impact report for governors" in page
    assert "Reports of all schools at once" not in page
