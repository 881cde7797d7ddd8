"""After every data point the heads get a link to their report: once each, and never what is in it."""

import datetime as dt
import re
from urllib.parse import unquote

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, OutgoingMail
from accounts.roles import Role
from programmes.models import DataPoint, DataReturn
from reports.models import Report, ReportRound, ReportSchedule, ScheduledRound
from reports.rounds.scheduling import order_scheduled, set_schedule
from reports.rounds.services import order_round
from reports.rounds.telling import LASTS, token_of
from tests.factories import MembershipFactory, UserFactory
from tests.reading import text_of
from tests.rounds.making import make_all

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
SCHOOL = Report.Kind.SCHOOL


@pytest.fixture
def point(ours):
    """The first data point, which will be due on a day to come; those after it are later still."""
    points = list(ours.programme.data_points.all())
    for number, point in enumerate(points, start=1):
        point.due_on = timezone.localdate() + 30 * number * DAY
        point.save(update_fields=["due_on"])
    ReportRound.objects.all().delete()
    return points[0]


@pytest.fixture
def four(ours, point):
    """Two data points between the first and the last one."""
    for number, name in enumerate(["December", "March"], start=1):
        DataPoint.objects.create(programme=ours.programme, name=name, due_on=point.due_on + 10 * number * DAY)
    return list(ours.programme.data_points.order_by("due_on"))


def a_schedule(ours, **fields):
    fields = {"when": "days", "days": 7} | fields
    return set_schedule(ours.coordinator, ReportSchedule(programme=ours.programme, kind=SCHOOL, **fields))


def test_so_many_days_after_the_data_point_the_reports_are_ordered_once(ours, point):
    schedule = a_schedule(ours)

    order_scheduled(point.due_on + 6 * DAY)
    before = ReportRound.objects.count()
    order_scheduled(point.due_on + 7 * DAY)
    order_scheduled(point.due_on + 7 * DAY)
    order_scheduled(point.due_on + 8 * DAY)

    found = ReportRound.objects.get()
    assert before == 0
    assert (found.data_point, found.ordered_by, found.tells_heads) == (point, ours.coordinator, True)
    assert list(ScheduledRound.objects.values_list("schedule", "data_point", "round")) == [
        (schedule.pk, point.pk, found.pk)
    ]


def test_once_all_grades_are_in_they_are_ordered_and_not_before_the_day(ours, point):
    a_schedule(ours, when="returns", days=None)
    returns = DataReturn.objects.filter(data_point=point)
    returns.update(state="open")

    order_scheduled(point.due_on + 20 * DAY)
    waiting = ReportRound.objects.count()
    returns.update(state="submitted")
    order_scheduled(point.due_on - DAY)
    early = ReportRound.objects.count()
    order_scheduled(point.due_on)

    assert (waiting, early, ReportRound.objects.count()) == (0, 0, 1)


def test_data_points_that_are_past_when_it_is_switched_on_have_no_turn(ours, point):
    with time_machine.travel(dt.datetime.combine(point.due_on + 10 * DAY, dt.time(9), dt.UTC), tick=False):
        a_schedule(ours)
        order_scheduled(timezone.localdate())

    assert not ReportRound.objects.exists()
    assert list(ScheduledRound.objects.values_list("data_point", "round")) == [(point.pk, None)]


def test_what_is_switched_off_orders_nothing(ours, point):
    schedule = a_schedule(ours)
    schedule.is_on = False
    set_schedule(ours.coordinator, schedule)

    order_scheduled(point.due_on + 20 * DAY)

    assert not ReportRound.objects.exists()


def test_nothing_is_ordered_in_the_name_of_whoever_coordinates_no_more(ours, point):
    a_schedule(ours)
    ours.coordinator.memberships.all().delete()

    order_scheduled(point.due_on + 20 * DAY)

    assert not ScheduledRound.objects.exists()


def told(ours, point):
    """The schedule had its turn and all reports are made; the mails that were written."""
    a_schedule(ours)
    OutgoingMail.objects.all().delete()
    order_scheduled(point.due_on + 7 * DAY)
    make_all(ReportRound.objects.get())
    return OutgoingMail.objects.filter(kind="report_ready")


def test_each_head_who_can_sign_in_gets_one_link_and_no_file_and_no_pupil_is_named(ours, point):
    invited = UserFactory(is_active=False)
    MembershipFactory(user=invited, role=Role.HEADTEACHER, organisation=ours.organisation, school=ours.school)

    mails = told(ours, point)
    make_all(ReportRound.objects.get())

    assert sorted(mail.to.first_name for mail in mails) == ["Nextdoor", "Ourside"]
    mail = mails.get(to=ours.head)
    assert mail.subject == "Ourside Partner School: the school impact report is ready"
    assert re.search(r"http\S+/reports/link/\S+/", mail.text)
    assert f"after the {point} grades" in mail.text
    assert "OursideForename" not in mail.text
    assert "OursideFamily" not in mail.text
    assert "Nextdoor" not in mail.text
    assert mail.calendar == ""


def test_between_the_first_and_the_last_data_point_the_heads_are_sent_what_has_changed_by_then(ours, four):
    a_schedule(ours)
    first, *middle, last = four
    OutgoingMail.objects.all().delete()

    for one in four:
        with time_machine.travel(dt.datetime.combine(one.due_on + 7 * DAY, dt.time(9), dt.UTC), tick=False):
            order_scheduled(timezone.localdate())
            make_all(ReportRound.objects.get(data_point=one))

    progress = Report.Kind.SCHOOL_PROGRESS
    kinds = {one: SCHOOL if one in (first, last) else progress for one in four}
    rounds = {found.data_point: found for found in ReportRound.objects.select_related("data_point")}
    assert {one: found.kind for one, found in rounds.items()} == kinds
    for one in middle:
        report = rounds[one].parts.get(school=ours.school).report
        assert (report.kind, report.data_point, report.state, bool(report.file)) == (progress, one, "done", True)
    subjects = {mail.subject.partition(": ")[2] for mail in OutgoingMail.objects.filter(to=ours.head)}
    assert subjects == {"the school impact report is ready", "the progress report of a school is ready"}


def test_a_data_point_waits_while_the_progress_reports_of_another_are_made(ours, four):
    a_schedule(ours)
    second, third = four[1:3]
    found, _ = order_round(ours.coordinator, ours.programme, Report.Kind.SCHOOL_PROGRESS, data_point=second)

    order_scheduled(third.due_on + 7 * DAY)
    waiting = ScheduledRound.objects.filter(data_point=third).exists()
    make_all(found)
    order_scheduled(third.due_on + 7 * DAY)

    assert not waiting
    assert ScheduledRound.objects.get(data_point=third).round.data_point == third


def test_a_head_who_has_switched_these_mails_off_gets_none(ours, point):
    ours.head.unwanted_mail = ["report_ready"]
    ours.head.save(update_fields=["unwanted_mail"])

    assert [mail.to.first_name for mail in told(ours, point)] == ["Nextdoor"]


def test_of_a_report_that_could_not_be_made_no_head_is_told(ours, point):
    a_schedule(ours)
    order_scheduled(point.due_on + 7 * DAY)
    found = ReportRound.objects.get()
    ours.coordinator.memberships.all().delete()

    make_all(found)

    assert not OutgoingMail.objects.filter(kind="report_ready").exists()


def test_a_schedule_that_finds_a_round_in_hand_has_its_heads_told(ours, point):
    found, _ = order_round(ours.coordinator, ours.programme, SCHOOL)
    a_schedule(ours)

    order_scheduled(point.due_on + 7 * DAY)
    make_all(found)

    assert ScheduledRound.objects.get().round == found
    assert OutgoingMail.objects.filter(kind="report_ready", to=ours.head).count() == 1


def test_reports_that_a_coordinator_orders_by_hand_send_no_mail(ours, point):
    make_all(order_round(ours.coordinator, ours.programme, SCHOOL)[0])

    assert not OutgoingMail.objects.filter(kind="report_ready").exists()


# The link --------------------------------------------------------------------------------------------------------


def link_of(mail):
    return re.search(r"http://[^/]+(/reports/link/\S+/)", mail.text)[1]


def test_from_the_mail_the_head_is_at_the_report_after_signing_in(client, ours, point):
    """The link, the address, the code, the file: four things to do."""
    link = link_of(told(ours, point).get(to=ours.head))

    asked = client.get(link)
    client.force_login(ours.head)
    response = client.get(link, follow=True)

    report = Report.objects.filter(school=ours.school).first()
    assert (asked.status_code, link in unquote(asked.url)) == (302, True)
    assert response.redirect_chain == [(report.get_absolute_url(), 302)]
    assert reverse("reports:download", args=[report.pk]) in response.content.decode()
    assert AuditEvent.objects.filter(did="reports.link followed", who=ours.head, row=report.pk).count() == 1


def test_the_link_opens_for_nobody_else(client, ours, point):
    mails = told(ours, point)
    client.force_login(mails.exclude(to=ours.head).get().to)

    assert client.get(link_of(mails.get(to=ours.head))).status_code == 404


def test_after_thirty_days_the_link_says_that_it_has_ended_and_leads_to_reports(client, ours):
    client.force_login(ours.head)
    link = reverse("reports:told", args=[token_of(ours.school_report)])
    forged = reverse("reports:told", args=["1:forged:token"])

    with time_machine.travel(timezone.now() + LASTS - DAY):
        assert client.get(link).status_code == 302
    client.force_login(ours.head)
    with time_machine.travel(timezone.now() + LASTS + DAY):
        client.force_login(ours.head)
        ended = client.get(link)

    assert ended.status_code == 410
    assert "This link has ended" in ended.content.decode()
    assert f'href="{reverse("reports:list")}"' in ended.content.decode()
    client.force_login(ours.head)
    assert client.get(forged).status_code == 410


# The page that sets it --------------------------------------------------------------------------------------------


def save(client, ours, **answers):
    return client.post(reverse("reports:round_schedule", args=[ours.programme.slug, "school-impact"]), answers)


def test_a_coordinator_sets_when_the_heads_are_told(as_coordinator, ours, point):
    response = save(as_coordinator, ours, is_on="on", when="days", days="14")

    schedule = ReportSchedule.objects.get()
    page = as_coordinator.get(response.url).content.decode()
    assert (schedule.when, schedule.days, schedule.is_on, schedule.set_by) == ("days", 14, True, ours.coordinator)
    assert "Made after every data point, 14 days later; each head gets a link." in page
    assert AuditEvent.objects.filter(did="reports.schedule set", about="on").count() == 1

    save(as_coordinator, ours, is_on="off", when="returns")
    schedule.refresh_from_db()
    assert (schedule.when, schedule.days, schedule.is_on) == ("returns", None, False)
    assert "Not made by itself." in as_coordinator.get(response.url).content.decode()


def test_its_page_says_of_each_data_point_when_its_turn_is(as_coordinator, ours, four):
    first, second, *_ = points = four
    address = reverse("reports:round_schedule", args=[ours.programme.slug, "school-impact"])
    unset = text_of(as_coordinator.get(address))
    assert all(f"{p}, {p.due_on:%-d %B %Y} To come" in unset for p in points)
    first.due_on = timezone.localdate() - 20 * DAY
    first.save(update_fields=["due_on"])
    a_schedule(ours)
    second.due_on = timezone.localdate() - 8 * DAY
    second.save(update_fields=["due_on"])
    order_scheduled(timezone.localdate())

    page = text_of(as_coordinator.get(address))

    assert f"{first}, {first.due_on:%-d %B %Y} Left out: it was past when this was switched on" in page
    ordered = f"Ordered on {timezone.localdate():%-d %B %Y} Progress report of a school Open the reports"
    assert f"{second}, {second.due_on:%-d %B %Y} {ordered}" in page
    for later in points[2:]:
        kind = "School impact report" if later == points[-1] else "Progress report of a school"
        assert f"{later}, {later.due_on:%-d %B %Y} On {later.due_on + 7 * DAY:%-d %B %Y} {kind}" in page


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "Choose whether the reports are made after every data point."),
        ({"is_on": "on", "when": "days"}, "Type after how many days the reports are made."),
        ({"is_on": "on", "when": "days", "days": "0"}, "Type a number of days from 1 to 60."),
        ({"is_on": "on", "when": "days", "days": "soon"}, "Type a number of days, such as 14."),
    ],
)
def test_what_is_missing_is_said(as_coordinator, ours, answers, said):
    response = save(as_coordinator, ours, **answers)

    assert response.status_code == 200
    assert said in response.content.decode()
    assert not ReportSchedule.objects.exists()
