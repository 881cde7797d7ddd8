"""A real Chromium against a real server: every page for every role at three widths, and the main job end to end."""

from urllib.parse import urlsplit

import pypdfium2
import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import resolve, reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from jobs.models import Job
from programmes.models import Programme
from pupils.loading import load_programme
from reports.demo import load_demo
from tests import workers
from tests.browsing import WIDTHS, problems_at, problems_of
from tests.factories import MembershipFactory, PartnershipFactory, UserFactory
from tests.folders import ESSEX
from tests.pages_by_role import pages_of
from tests.pairing import a_programme
from tests.world import build_world, person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.mark.parametrize("role", [*Role, None], ids=str)
def test_every_page_of_this_role_is_accessible_and_fits(open_as, role):
    ours = build_world()[0]
    page, found = open_as(ours.people.get(role)), {}

    for address in pages_of(ours)[role]:
        page.complaints.clear()
        response = page.goto(address)
        problems = problems_at(page, WIDTHS) if response.status == 200 else {"status": response.status}
        problems |= keeps_its_tables(page, address)
        if problems:
            found[address] = problems

    assert found == {}


def keeps_its_tables(page, address):
    """Every table can be had as a file, unless its page is a form, a drawing, or a paper that is one by itself."""
    name = resolve(urlsplit(address).path).view_name
    tables, offers = page.locator("main table.ls-table"), page.locator("main").get_by_role("link", name="CSV")
    kept = name in NO_FILE or offers.count() or not tables.count()
    return {} if kept else {"tables": "no file of them"}


NO_FILE = {
    "accounts:mail_kinds",
    "events:detail",
    "events:series_invite",
    "events:sheet",
    "funding:answer_look",
    "programmes:agreement_text",
    "programmes:calendars_enter",
    "programmes:copy",
    "programmes:invite_many",
    "programmes:letter",
    "programmes:letter_preview",
    "programmes:letters_send",
    "programmes:pairing_check",
    "programmes:pairing_school",
    "programmes:schools_move",
    "programmes:specialists_move",
    "programmes:term_dates_enter",
    "programmes:timetable_place",
    "pupils:collect",
    "pupils:collect_look",
    "pupils:list_check",
    "pupils:moderation",
    "pupils:return",
    "reports:handover",
    "reports:saved_views",
    "today",
    "usersessions_list",
    "visits:away",
    "visits:move_many",
}


def test_the_demonstration_is_accessible_and_fits(open_as, settings):
    """Its pages hold more than a world of three schools: the evaluated programme, and a year that runs."""
    settings.DEMO = True
    load_demo(timezone.localdate())
    page, found = open_as(None), {}
    page.goto(reverse("accounts:demo"))
    buttons = page.get_by_role("button").count()
    assert buttons > 15
    found["demo"] = problems_at(page, [1280, 375])
    evaluated = Programme.objects.get(slug="essex-2008-09")
    page.locator("form", has_text="Amira Byrne").get_by_role("button").first.click()
    for address in (
        reverse("today"),
        reverse("reports:roster"),
        reverse("reports:nudges"),
        reverse("accounts:mails"),
        reverse("programmes:partnerships"),
        reverse("programmes:detail", args=[evaluated.slug]),
        reverse("programmes:keeping", args=[evaluated.slug]),
        reverse("reports:erasing", args=[evaluated.slug]),
        reverse("reports:erase_confirm", args=[evaluated.slug, "delete"]),
        reverse("reports:results", args=[evaluated.slug]),
        reverse("reports:results", args=[evaluated.slug]) + "?by=school",
    ):
        page.goto(address)
        found[address] = problems_at(page, [1280, 375])

    assert {address: problems for address, problems in found.items() if problems} == {}


def test_a_headteacher_orders_and_downloads_the_impact_report(open_as, broker, tmp_path):
    """The main job: from the folder of files to the PDF in the headteacher's hands, by a real worker."""
    programme = load_programme(ESSEX).programme
    partnership = programme.partnerships.get(ref="P05")
    head = UserFactory(first_name="Grace", last_name="Frost")
    MembershipFactory(
        user=head, role=Role.HEADTEACHER, organisation=programme.organisation, school=partnership.partner_school
    )
    page = open_as(head)

    with workers.running(broker.url):
        page.goto(reverse("reports:list"))
        page.get_by_role("button", name="impact report").first.click()
        page.get_by_role("link", name="Download").wait_for(timeout=60_000)
        with page.expect_download() as download:
            page.get_by_role("link", name="Download").click()
    download.value.save_as(tmp_path / "report.pdf")
    pdf = pypdfium2.PdfDocument(tmp_path / "report.pdf")
    text = " ".join(" ".join(sheet.get_textpage().get_text_bounded().split()) for sheet in pdf)

    assert download.value.suggested_filename == "school-impact-essex-2008-09-900055.pdf"
    assert partnership.partner_school.name in text
    assert "Two of the three" in text
    assert programme.reports.get().state == Job.State.DONE


def test_a_coordinator_pairs_all_schools_that_wait(open_as, broker):
    """From the button to proposed partnerships, by a real worker; decisions come in by htmx and keep the focus."""
    programme = a_programme(2, 2)
    page = open_as(programme.coordinator)

    with workers.running(broker.url):
        page.goto(reverse("programmes:pairing", args=[programme.slug]))
        page.get_by_role("button", name="Suggest pairs for all 2 schools").click()
        page.get_by_role("heading", name="2 suggested pairs").wait_for(timeout=60_000)
    page.get_by_role("button", name="Accept Teacher 1 for School 1").click()
    expect(page.get_by_role("status")).to_contain_text("1 accepted, 0 rejected, 1 not decided")
    focused = page.evaluate("document.activeElement.textContent")
    page.get_by_role("button", name="Reject Teacher 2 for School 2").click()
    page.get_by_role("button", name="Check and confirm 1 pair").click()
    check = problems_of(page)
    page.get_by_role("button", name="Propose 1 partnership").click()

    expect(page.get_by_role("alert").first).to_contain_text("1 partnership is proposed")
    assert (check, page.complaints) == ([], [])
    assert focused.startswith("Undo")
    assert [str(p.partner_school) for p in programme.partnerships.all()] == ["School 1"]


def test_a_teacher_with_the_keyboard_alone_moves_a_visit(open_as):
    ours = build_world()[0]
    page = open_as(ours.people[Role.SPECIALIST])
    page.goto(reverse("visits:change", args=[ours.visit.pk]))
    page.locator(".moj-datepicker__toggle").wait_for()  # the calendar beside the box is put in by a script

    page.get_by_label("Day").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("10/2/2027")
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_contain_text("10 February")
    ours.visit.refresh_from_db()
    assert ours.visit.on.isoformat() == "2027-02-10"


def test_an_agreement_is_made_and_signed_by_the_keyboard_and_without_scripts(open_as, chromium, live_server, client):
    ours = build_world()[0]
    partnership = PartnershipFactory(
        programme=ours.programme, partner_school=ours.school, partner_teacher=ours.people[Role.PARTNER]
    )
    page = open_as(ours.people[Role.COORDINATOR])
    page.goto(reverse("programmes:agreement_make", args=[ours.programme.slug]))
    page.get_by_role("button", name="Make the agreement").click()
    page.wait_for_url("**/agreements/*/")
    agreement = partnership.agreements.get()

    page = open_as(ours.people[Role.PARTNER], 375)
    page.goto(agreement.get_absolute_url())
    page.get_by_label("Your name").focus()
    page.keyboard.type("ourside oursidepartner")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("You have signed as partner teacher.")
    client.force_login(ours.people[Role.HEADTEACHER])
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([cookie | {"url": live_server.url}])
    page = context.new_page()
    page.goto(agreement.get_absolute_url())
    page.get_by_label("Your name").fill("Somebody")
    page.get_by_role("button", name="Sign as").click()
    expect(page.get_by_role("alert")).to_contain_text("Type your name as it stands here")
    page.get_by_label("Your name").fill("Ourside OursideHeadteacher")
    page.get_by_label("I have read").check()
    page.get_by_role("button", name="Sign as").click()
    expect(page.get_by_role("main")).to_contain_text("2 of 4 have signed.")

    assert [row.capacity for row in agreement.signatures.filter(signed_at__isnull=False)] == ["partner", "partner head"]
    context.close()


def test_someone_without_scripts_can_do_the_main_job_too(chromium, live_server, client, broker):
    ours = build_world()[0]
    ours.programme.reports.all().delete()
    client.force_login(ours.people[Role.HEADTEACHER])
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": live_server.url,
            }
        ]
    )
    page = context.new_page()

    with workers.running(broker.url):
        page.goto(reverse("reports:list"))
        page.get_by_role("button", name="impact report").first.click()
        report = ours.programme.reports.get()
        workers.wait_until(lambda: ours.programme.reports.filter(state=Job.State.DONE).exists(), 60, "the report")
        page.goto(report.get_absolute_url())

    expect(page.get_by_role("link", name="Download")).to_be_visible()
    context.close()


def test_on_a_phone_the_menu_opens_by_a_button(open_as):
    page = open_as(build_world()[0].people[Role.COORDINATOR], width=375)
    page.goto("/")
    menu, roster = page.get_by_role("button", name="Menu"), page.get_by_role("link", name="Roster", exact=True)

    expect(roster).to_be_hidden()
    menu.press("Enter")
    opened = problems_of(page)
    roster.click()
    expect(page.get_by_role("heading", level=1, name="Roster")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})

    expect(roster).to_be_visible()
    expect(menu).to_be_hidden()
    assert opened == []


def test_signing_in_with_a_code_from_the_mail(open_as, mailoutbox):
    user = person("Ourside", Role.HEADTEACHER)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    page = open_as()

    page.goto(reverse("account_request_login_code"))
    page.get_by_label("Email").first.fill(user.email)
    page.keyboard.press("Enter")
    page.wait_for_url("**/code/confirm/")
    code = next(line.strip() for line in mailoutbox[0].body.splitlines() if len(line.strip()) in range(6, 12))
    page.get_by_label("code").first.fill(code)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("You have no role")
