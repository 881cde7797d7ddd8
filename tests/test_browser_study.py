"""A whole lesson study of four lessons by two people on two devices: from the question to the published finding.

One of the lessons is observed without a network, one is planned and observed by keyboard alone.
"""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from lessons.models import Finding, ResearchLesson, Study
from tests.browsing import kept, problems_at
from tests.factories import MembershipFactory, PartnershipFactory, PlaceFactory, SpecialistTeacherFactory, UserFactory
from tests.world import build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

STAGES = ["Hear the muddle", "Edit with a partner"]


@pytest.fixture
def group():
    """A partnership without a study: Sara, its specialist teacher, and Pat, its partner teacher."""
    ours, *_ = build_world()
    sara, pat = (UserFactory(first_name=name, last_name="Holm") for name in ("Sara", "Pat"))
    specialist = SpecialistTeacherFactory(programme=ours.programme, ref="S9", user=sara)
    partnership = PartnershipFactory(
        programme=ours.programme,
        specialist=specialist,
        partner_school=ours.school,
        partner_teacher=pat,
        status="active",
    )
    MembershipFactory(user=sara, role=Role.SPECIALIST, organisation=ours.organisation)
    MembershipFactory(user=pat, role=Role.PARTNER, organisation=ours.organisation, school=ours.school)
    for _ in range(3):
        PlaceFactory(partnership=partnership)
    return sara, pat


class Walk:
    """Two windows that go through a study, with axe on each kind of page the first time that it is met."""

    def __init__(self, sara, pat):
        self.sara, self.pat, self.looked_at, self.problems = sara, pat, set(), {}

    def look(self, page, kind):
        if kind in self.looked_at:
            return
        self.looked_at.add(kind)
        before = page.viewport_size
        if found := problems_at(page, [1280, 375]):
            self.problems[kind] = found
        page.set_viewport_size(before)


def saved(page):
    page.locator("body").click(position={"x": 2, "y": 2})  # out of the box: it is sent at once
    expect(page.locator("#saved-words")).to_contain_text(re.compile("Saved at|wrote in"))


def to_lesson(page, study, number):
    page.goto(study.get_absolute_url())
    page.get_by_role("link", name=f"Lesson {number}", exact=True).click()


def by_tab(page, target, most=400):
    """The keyboard's way to something: Tab until it has the focus."""
    for _ in range(most):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {target}")


def test_a_study_of_four_lessons_from_its_question_to_the_finding_that_others_read(open_as, group, client):
    sara = open_as(group[0])
    client.cookies.clear()
    pat = open_as(group[1], 375)
    walk = Walk(sara, pat)

    study = started(walk)
    for number in range(1, 5):
        planned(walk, study, number, by_keyboard=number == 3)
        held(walk, study, number, is_offline=number == 2, by_keyboard=number == 3)
        talked(walk, study, number)
    found(walk, study)

    lessons = ResearchLesson.objects.filter(study=study).order_by("number")
    finding = Finding.objects.get(study=study)
    assert walk.problems == {}
    assert [(one.number, one.is_ended, one.agreements.count()) for one in lessons] == [
        (number, True, 2) for number in range(1, 5)
    ]
    assert [
        sorted((row.person.first_name, str(row.case_pupil), row.text) for row in one.observations.exclude(kind="stage"))
        for one in lessons
    ] == [
        [("Sara", "A", f"Reads it aloud {number}"), ("Sara", "B", f"Points at the word {number}")]
        for number in range(1, 5)
    ]
    assert (finding.audience, finding.headline) == ("public", "Saying it back helps")
    public = open_as()
    public.goto(reverse("lessons:finding_public", args=[finding.slug]))
    expect(public.get_by_role("heading", name="Saying it back helps")).to_be_visible()
    assert [name in public.content() for name in ("Sara", "Pat Holm")] == [False, False]


def started(walk):
    """In few steps from Today."""
    sara = walk.sara
    sara.goto("/")
    walk.look(sara, "today")
    sara.get_by_role("button", name="Start a lesson study").click()
    walk.look(sara, "start")
    sara.get_by_label("We want to find out how to improve the way pupils learn").fill("to edit for meaning")
    sara.get_by_label("The technique you are developing").fill("Saying it back")
    for box in sara.get_by_role("group", name="Case pupils").get_by_role("checkbox").all():
        box.check()
    sara.get_by_label("4", exact=True).check()
    sara.get_by_role("button", name="Start the study").click()
    expect(sara.get_by_role("heading", name="Research lessons")).to_be_visible()
    walk.look(sara, "study")
    return Study.objects.latest("pk")


def planned(walk, study, number, by_keyboard):
    """Sara writes the stages on her screen while Pat predicts on the phone."""
    sara, pat = walk.sara, walk.pat
    for page in (sara, pat):
        to_lesson(page, study, number)
    walk.look(sara, "sheet, planned")
    if number > 1:
        sara.get_by_role("button", name=re.compile("Begin with the plan")).click()
        expect(sara.get_by_label("Stage 1", exact=True)).to_have_value(re.compile(f"^{STAGES[0]}"))
    for place, name in enumerate(STAGES, start=1):
        box = sara.get_by_label(f"Stage {place}", exact=True)
        if by_keyboard:
            by_tab(sara, box)
            sara.keyboard.press("End")
            sara.keyboard.type(" again")
        else:
            box.fill(f"{name} {number}")
    saved(sara)
    pat.reload()
    for letter in "AB":
        pat.locator(".ls-switch").get_by_role("link", name=re.compile(f"^{letter}")).click()
        pat.get_by_label(f"{letter} predicted, stage 1").fill(f"{letter} waits")
        saved(pat)
    if number == 1:
        sara.get_by_role("link", name="When, and who does what").first.click()
        walk.look(sara, "when and who")
        today = f"{timezone.localdate():%d/%m/%Y}"
        sara.get_by_label("On which day is the lesson?").fill(today)
        for letter in "AB":
            sara.get_by_role("group", name="Sara Holm").get_by_role("checkbox", name=letter, exact=True).check()
        sara.get_by_role("button", name="Save").click()


def held(walk, study, number, is_offline, by_keyboard):
    """Pat starts it, Sara observes A and B and ends it."""
    sara, pat = walk.sara, walk.pat
    to_lesson(sara, study, number)
    sara.get_by_role("link", name="Observe", exact=True).first.click()
    walk.look(sara, "observing, before")
    if is_offline:
        sara.evaluate("navigator.serviceWorker.ready")
        kept(sara, store="pages")
        sara.context.set_offline(True)
        sara.get_by_role("button", name="Start lesson").click()
    else:
        to_lesson(pat, study, number)
        pat.get_by_role("button", name="Start lesson").click()
        expect(pat.get_by_text("Predictions were locked")).to_be_visible()
        sara.reload()
    for letter, text in (("A", "Reads it aloud"), ("B", "Points at the word")):
        note(sara, letter, f"{text} {number}", by_keyboard)
    walk.look(sara, "observing")
    sara.get_by_text("End lesson", exact=True).click()
    sara.get_by_role("button", name="Yes, end the lesson now").click()
    sara.context.set_offline(False)
    expect(sara.locator("#kept li", has_text="on this device")).to_have_count(0)
    sara.complaints.clear()  # the browser logs every request that found no network
    sara.get_by_role("group", name="Did A meet the success criterion?").get_by_label("Partly").check(force=True)
    saved(sara)


def note(page, letter, text, by_keyboard):
    pick = page.locator(f".ls-observe__pick input[value='{letter}']")
    if by_keyboard:
        by_tab(page, page.locator(".ls-observe__pick input:checked"))
        while not pick.is_checked():
            page.keyboard.press("ArrowRight")
        by_tab(page, page.locator("#note"))
        page.keyboard.type(text)
        by_tab(page, page.locator("#keep"))
        page.keyboard.press("Enter")
    else:
        pick.check(force=True)
        page.locator("#note").fill(text)
        page.locator("#keep").click()
    expect(page.locator("#kept li", has_text=text)).to_be_visible()


def talked(walk, study, number):
    """What A says; then both discuss, and agree how it is written down."""
    sara, pat = walk.sara, walk.pat
    to_lesson(sara, study, number)
    walk.look(sara, "sheet, held")
    sara.get_by_role("link", name=re.compile("^Interviews")).click()
    walk.look(sara, "interviews")
    sara.locator("[name='interview-A-enjoyed']").fill("Hearing it said back")
    saved(sara)
    sara.get_by_role("link", name="Discussion", exact=True).click()
    walk.look(sara, "discussion")
    words = {"talk-A-happened": "A read it aloud.", "talk-adjust": "Say it back.", "talk-next": "Alone."}
    for name, text in words.items():
        box = sara.locator(f"[name='{name}']")
        expect(box).to_be_attached()  # of this page: the click before may still be on its way
        if not box.is_visible():
            sara.locator("details", has=box).locator("summary").first.click()
        box.fill(text)
    saved(sara)
    for page in (sara, pat):
        to_lesson(page, study, number)
        page.get_by_role("link", name="Discussion", exact=True).click()
        page.get_by_role("button", name="I agree this is what we said").click()
        expect(page.get_by_text("You have agreed.")).to_be_visible()


def found(walk, study):
    """The finding is drafted, and shown to everybody once both agree."""
    sara, pat = walk.sara, walk.pat
    sara.goto(study.get_absolute_url())
    sara.get_by_role("button", name="Draft a finding").click()
    walk.look(sara, "finding, written")
    for name in ("headline", "context", "did", "saw", "know"):
        if (box := sara.locator(f"form[data-notes] [name='{name}']")).count():
            box.fill("Saying it back helps" if name == "headline" else "Pupils heard their own sentence.")
    sara.get_by_role("button", name="Save and see it as others will").click()
    sara.wait_for_url("**/agree/")
    walk.look(sara, "finding, agreed")
    for page in (sara, pat):
        page.goto(reverse("lessons:finding_agree", args=[Finding.objects.get(study=study).pk]))
        page.get_by_role("radio", name="Anyone, on a public page").check()
        page.get_by_role("button", name="I agree").click()
    pat.goto(reverse("lessons:findings"))
    expect(pat.get_by_role("link", name="Saying it back helps")).to_be_visible()
    walk.look(pat, "findings")
