"""A whole year of the Essex plan for ten partnerships, in windows of a browser, from drawing it up to the last letter.

What must come out is worked out here in whole pence from the story alone, by other means than the product's.
"""

import csv
import datetime as dt
import io
import itertools
import re
from collections import Counter
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from funding import ledger
from funding.models import FundingLetter, FundingPlan, LedgerEntry, PaymentBatch, Release
from funding.tasks import check_money, make_letter
from programmes.models import DataReturn
from programmes.services import life
from tests.factories import (
    DataPointFactory,
    MembershipFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
)
from tests.money.funded import POINTS, hand_in, held, payees, timetable
from tests.signing_in import with_factor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

HALF_DAY = 95_00  # pence
CASE_STUDY = 150_00
OFFICE = [
    ("Amira", Role.COORDINATOR),
    ("Tom", Role.BUDGET_HOLDER),
    ("Martin", Role.BUDGET_HOLDER),
    ("Ruth", Role.FINANCE),
    ("Una", Role.FINANCE),
]
SIDES = {"specialist": "Specialist teacher\u2019s school", "partner": "Partner school"}


def at(month, day, hour=10):
    year = 2026 if month > 8 else 2027
    return time_machine.travel(dt.datetime(year, month, day, hour, tzinfo=dt.UTC), tick=True)


@pytest.fixture
def county(open_as):
    """Ten partnerships of nine specialist teachers. P001 and P002 have the same one, P003 is inside one school. The
    office is there, the plan is not."""
    c = SimpleNamespace()
    with at(9, 10):
        c.programme = ProgrammeFactory(slug="essex-2009-10", funded=True)
        c.organisation = c.programme.organisation
        for name, role in OFFICE:
            person = MembershipFactory(organisation=c.organisation, role=role, user__first_name=name).user
            setattr(c, name, with_factor(person))
        timetable(c.programme)
        c.points = [DataPointFactory(programme=c.programme, name=name, due_on=on) for name, on in POINTS]
        specialists = [SpecialistTeacherFactory(programme=c.programme) for _ in range(9)]
        specialists.insert(1, specialists[0])
        schools = [SchoolFactory(name=f"Partner {number} School") for number in range(1, 11)]
        schools[2] = specialists[2].home_school
        c.partnerships = [
            PartnershipFactory(programme=c.programme, ref=f"P{number:03}", specialist=specialist, partner_school=school)
            for number, (specialist, school) in enumerate(zip(specialists, schools, strict=True), start=1)
        ]
        for row in c.partnerships:
            for point in c.points:
                DataReturn.objects.create(partnership=row, data_point=point, expected=4)
    payees(c)
    pages = {}

    def window(person):
        """A session does not outlive its day."""
        key = person.pk, timezone.localdate()
        if key not in pages:
            pages[key] = open_as(person)
        return pages[key]

    c.window, c.pages = window, pages
    return c


# What people do -------------------------------------------------------------------------------------------------


def draw_up(c):
    page = c.window(c.Amira)
    page.goto(reverse("funding:draw_up", args=[c.programme.slug]))
    settings = {"funder": "National Challenge", "cost_centre": "E4410", "account_code": "5012"}
    for name, text in (settings | {"budget": "20000", "rate": "95"}).items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("main form button[type=submit], main form input[type=submit]").first.click()
    expect(page.get_by_text("The plan is drawn up.")).to_be_visible()
    item = FundingPlan.objects.get().items.get(name="Case study")
    page.goto(reverse("funding:item_change", args=[c.programme.slug, item.pk]))
    page.locator("[name=specialist_amount]").fill("150")
    page.locator("[name=partner_amount]").fill("150")
    page.locator("main form button[type=submit], main form input[type=submit]").first.click()
    page.goto(reverse("funding:plan", args=[c.programme.slug]))
    page.get_by_role("button", name=re.compile("^Put the plan")).click()
    c.plan = FundingPlan.objects.get()
    assert c.plan.is_in_force
    c.stages = list(c.plan.stages.all())


def approve(c, person, stage, number):
    """All that the page offers to this person, of which there must be so many."""
    page = c.window(person)
    page.goto(f"{reverse('funding:stage', args=[c.programme.slug, stage.pk])}?only=approval")
    page.get_by_role("button", name="Check what you approve").click()
    page.get_by_role("button", name=re.compile(f"^Approve {number} release")).click()
    expect(page).to_have_url(re.compile("/approvals/"))


def authorise(c, person) -> PaymentBatch:
    page = c.window(person)
    page.goto(reverse("funding:payments"))
    for box in page.get_by_label(re.compile("^Pay ")).all():  # what finance rejected is not ticked by itself
        box.check()
    page.get_by_role("button", name="Check what you authorise").click()
    page.get_by_role("button", name=re.compile("^Authorise ")).click()
    expect(page).to_have_url(re.compile(r"/batches/\d+/$"))
    return PaymentBatch.objects.latest("pk")


def file_of(c, person, batch):
    """As it is downloaded: (bytes, rows)."""
    page = c.window(person)
    page.goto(batch.get_absolute_url())
    with page.expect_download() as download:
        page.locator(f"a[href='{reverse('funding:batch_file', args=[batch.pk])}']").click()
    content = download.value.path().read_bytes()
    return content, list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def answer(c, person, batch, rejected=""):
    """Finance answers the rows of the file; the one that is paid to `rejected` could not be paid."""
    content, rows = file_of(c, person, batch)
    lines = ["Reference,Result,Amount,Reason"]
    for row in rows:
        is_paid = row["Paid to"] != rejected
        said = "paid," if is_paid else "rejected,"
        lines.append(f"{row['Reference of the payment']},{said}{row['Amount']},{'' if is_paid else 'Account closed'}")
    page = c.window(person)
    page.goto(batch.get_absolute_url())
    file = {"name": "answers.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    page.get_by_label("The file with the answers").set_input_files(file)
    page.get_by_role("button", name=re.compile("^Look at")).click()
    page.get_by_role("button", name=re.compile("^Take .* answers?$")).click()
    expect(page.get_by_text(re.compile(r"^\d+ paid, \d+ rejected\.$"))).to_be_visible()
    assert file_of(c, person, batch)[0] == content
    return rows


def pay_all(c, person):
    return answer(c, person, authorise(c, person))


def release_page(c, person, partnership, stage, side):
    page = c.window(person)
    row = Release.objects.standing().get(partnership=partnership, stage=stage, side=side)
    page.goto(row.get_absolute_url())
    return page


def waive(c, partnership, stage, side):
    page = release_page(c, c.Amira, partnership, stage, side)
    page.get_by_text("Waive a condition").click()
    page.locator("[name=condition]").first.check()
    page.locator("[name=reason]").select_option(index=1)
    page.locator("[name=note]").fill("The class was in quarantine")
    page.get_by_role("button", name="Waive this condition").click()
    expect(page.get_by_text("The condition is waived.")).to_be_visible()


def record_case_study(c, partnership, side):
    page = c.window(c.Amira)
    page.goto(reverse("funding:records", args=[c.programme.slug]))
    page.get_by_label("What was done?").select_option(label="Case study")
    page.locator("[name=partnership]").select_option(value=str(partnership.pk))
    page.locator(f"[name=side][value={side}]").check()
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("It is recorded.")).to_be_visible()


def ask_back(c, partnership):
    """Amira asks, Tom approves, Ruth says that it came."""
    found = []
    for recovery in partnership.recoveries.order_by("side"):
        url = reverse("funding:recovery", args=[recovery.pk])
        for person, name in (
            (c.Amira, re.compile("^Ask for ")),
            (c.Tom, "Approve that it is asked back"),
            (c.Ruth, "It was paid back"),
        ):
            page = c.window(person)
            page.goto(url)
            page.get_by_role("button", name=name).click()
            page.wait_for_load_state()
        recovery.refresh_from_db()
        found.append((recovery.side, recovery.state, recovery.amount))
    return found


def issue_letters(c, stage):
    page = c.window(c.Ruth)
    page.goto(reverse("funding:letters", args=[c.programme.slug, stage.pk]))
    page.get_by_role("button", name="Issue the letters that are ticked").click()
    expect(page.get_by_text(re.compile("will be there in a moment"))).to_be_visible()
    for letter in FundingLetter.objects.filter(stage=stage).in_hand():
        make_letter(letter.pk)
    expect(page.get_by_text("being made")).to_have_count(0)  # the page has loaded itself anew
    return {row.school_id: row for row in FundingLetter.objects.filter(stage=stage, superseded_by=None)}


# What must come out, in pence -------------------------------------------------------------------------------------


def quarters(pence):
    """Cut at the running totals, half a penny up."""
    until = [(pence * part + 2) // 4 for part in range(5)]
    return [after - before for before, after in itertools.pairwise(until)]


def worth(number):
    """Partnership number -> (specialist side, partner side) in pence. Moderation is paid once for each person."""
    moderation = 0 if number == 2 else 2  # its specialist teacher is paid with P001
    return (6 + moderation) * HALF_DAY, (3 + 2) * HALF_DAY


def expected(c):
    """School -> stage number -> pence that were paid in the end, without what was given back."""
    found = {}
    for number, partnership in enumerate(c.partnerships, start=1):
        for side, pence in zip(SIDES, worth(number), strict=True):
            school = partnership.specialist.home_school if side == "specialist" else partnership.partner_school
            parts = quarters(pence)
            if number == 7:  # folded after October: nothing later
                parts = [parts[0], 0, 0, 0]
            if number == 2 and side == "specialist":
                parts[1] += CASE_STUDY
            for stage, part in enumerate(parts):
                found.setdefault(school.pk, Counter())[stage] += part
    return found


def pounds(pence):
    return Decimal(pence) / 100


# The year ---------------------------------------------------------------------------------------------------------


def test_a_whole_year_of_the_essex_plan(county):
    c = county
    with at(9, 15):
        draw_up(c)
    first, last = c.partnerships[0], c.partnerships[9]
    p4, p7 = c.partnerships[3], c.partnerships[6]

    with at(10, 20):  # October is due; P010 owes its grades; Tom has helped to enter those of P004
        for partnership in c.partnerships[:9]:
            hand_in(partnership, c.points[0], entered=[c.Tom] if partnership == p4 else ())
        waive(c, last, c.stages[0], "specialist")
        approve(c, c.Tom, c.stages[0], 9 * 2 + 1 - 2)
        page = release_page(c, c.Tom, p4, c.stages[0], "partner")
        expect(page.get_by_text(re.compile("Martin"))).not_to_have_count(0)
        approve(c, c.Martin, c.stages[0], 2)
        batch = authorise(c, c.Ruth)
        rows = answer(c, c.Ruth, batch, rejected=first.partner_school.name)
        assert sum(Decimal(row["Amount"]) for row in rows) == batch.total
    with at(10, 27):  # what was rejected is approved still, and is paid by another finance officer
        assert [row["Paid to"] for row in pay_all(c, c.Una)] == [first.partner_school.name]
        assert len(issue_letters(c, c.stages[0])) == 9 + 9 - 1

    with at(11, 20):
        held(c, p7, "Visit 1")
        life.move(c.Amira, p7, "folded", on=dt.date(2026, 11, 20), reason="Staff change")
    with at(12, 1):
        record_case_study(c, c.partnerships[1], "specialist")
        assert ask_back(c, p7) == [
            ("partner", "recovered", pounds(quarters(5 * HALF_DAY)[0])),
            ("specialist", "recovered", pounds(quarters(8 * HALF_DAY)[0] - HALF_DAY)),
        ]

    running = [row for row in c.partnerships if row != p7]
    for month, day, number in ((12, 14, 1), (3, 15, 2), (7, 5, 3)):
        with at(month, day):
            for partnership in running:
                hand_in(partnership, c.points[number])
            if number == 1:
                hand_in(last, c.points[0])
                approve(c, c.Martin, c.stages[0], 1)  # the side of P010 that nobody waived anything for
            approve(c, c.Tom, c.stages[number], 18)
            pay_all(c, c.Ruth if number % 2 else c.Una)
            if number == 1:
                issue_letters(c, c.stages[0])
            letters = issue_letters(c, c.stages[number])
            check_money()

            sums = expected(c)
            assert {school: row.amount for school, row in letters.items()} == {
                school: pounds(pence[number]) for school, pence in sums.items() if pence[number]
            }
    with at(7, 6):
        agree_to_the_penny(c)
    assert [page.complaints for page in c.pages.values() if page.complaints] == []


def agree_to_the_penny(c):
    """Releases, ledger, letters, statements and the page of the programme say what the story says."""
    sums = expected(c)
    given_back = pounds(quarters(5 * HALF_DAY)[0] + quarters(8 * HALF_DAY)[0] - HALF_DAY)
    total = pounds(sum(sum(pence.values()) for pence in sums.values()))
    schools = {
        school.pk: school for row in c.partnerships for school in (row.partner_school, row.specialist.home_school)
    }

    paid = Counter()
    for release in Release.objects.filter(state="paid"):
        paid[release.school_id] += release.amount
    assert paid == {school: pounds(sum(pence.values())) for school, pence in sums.items()}
    assert not Release.objects.standing().exclude(state="paid").exists()
    entries = LedgerEntry.objects.filter(account="paid").values_list("amount", flat=True)
    assert sum(entries) == total - given_back
    assert ledger.balances(c.plan) == ledger.recomputed(c.plan)

    october = FundingLetter.objects.filter(stage=c.stages[0], superseded_by=None)
    assert {row.school_id: row.amount for row in october} == {
        school: pounds(pence[0]) for school, pence in sums.items()
    }

    back, page = {}, c.window(c.Una)
    for pk, pence in sums.items():
        page.goto(reverse("funding:school", args=[schools[pk].urn]))
        with page.expect_download() as download:
            page.get_by_role("link", name="Statement (CSV)").click()
        lines = csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig")))
        said, returned = Counter(), Decimal(0)
        for line in lines:
            if line["How it stands"] == "Paid back":
                returned -= Decimal(line["Amount"])
            elif line["How it stands"].startswith("Paid "):
                said[line["Stage"]] += Decimal(line["Amount"])
        assert said == {str(c.stages[number]): pounds(part) for number, part in pence.items() if part}, schools[pk]
        back[pk] = returned
    assert sum(back.values()) == given_back
    page.goto(reverse("funding:programme", args=[c.programme.slug]))
    expect(page.locator("#by-stage .ls-sum td").first).to_have_text(f"\u00a3{total:,.2f}")
