"""What a school owes or is still to get is worked out again whenever what it rests on changes, and every night."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from funding import ledger
from funding.models import Recovery, Release, Stage
from funding.services import paying, planning, recording, recovering, releasing
from funding.services.folding import money_after, money_taken_back
from funding.standing import standing_of
from funding.tasks import check_money
from tests.factories import EventFactory
from tests.money.funded import IN_TIME, approve, authorise, fold, hand_in, planned, release_of
from tests.reading import text_of
from visits import services as visiting
from visits.events import register
from visits.models import Visit

pytestmark = pytest.mark.django_db
D = Decimal
DAY = dt.date(2027, 1, 27)


def recoveries(partnership, side="specialist"):
    rows = Recovery.objects.filter(partnership=partnership, side=side).order_by("pk")
    return [(row.state, row.reason, row.amount) for row in rows]


def ask(money, row):
    recovering.request(money.Amira, row)
    recovering.approve(money.Tom, row)


def today(client, person):
    client.force_login(person)
    return text_of(client.get(reverse("today")))


@pytest.fixture
def folded(paid):
    """October paid the specialist teacher's school 2 half-days. 1 was used, and a visit of the day before the fold is
    neither confirmed nor cancelled. 95.00 is asked for by Amira and approved by Tom."""
    paid.first = paid.partnerships[0]
    paid.visit = planned(paid.first, paid.programme.timetable.get(name="Visit 2"), dt.date(2027, 1, 25))
    fold(paid, paid.first)
    paid.recovery = Recovery.objects.get(partnership=paid.first, side="specialist")
    ask(paid, paid.recovery)
    return paid


# After a fold -----------------------------------------------------------------------------------------------------


def test_a_record_that_is_signed_after_the_fold_ends_what_was_asked_back(client, folded):
    visiting.visit_recorded(folded.first.specialist.user, folded.visit, dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC))

    assert recoveries(folded.first) == [("dropped", "folded", D("95.00"))]
    folded.recovery.refresh_from_db()
    words = "The visit of 25 January 2027 took place. It was worked out anew: nothing is owed any more."
    assert folded.recovery.because == words
    assert "£95.00 that you approved is not asked back any more" in (text := today(client, folded.Tom))
    assert words in text
    asked = "£95.00 that you asked for is not asked back any more It was worked out anew, or somebody has given it up"
    assert asked in today(client, folded.Amira)
    assert words in text_of(client.get(reverse("funding:recoveries", args=[folded.programme.slug])))
    with time_machine.travel(IN_TIME + dt.timedelta(days=14), tick=False):
        assert asked not in today(client, folded.Amira)


def test_a_record_that_is_withdrawn_asks_for_it_again(folded):
    person = folded.first.specialist.user
    visiting.visit_recorded(person, folded.visit, dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC))
    folded.visit.refresh_from_db()

    visiting.visit_record_reopened(person, folded.visit)

    assert recoveries(folded.first) == [("dropped", "folded", D("95.00")), ("proposed", "folded", D("95.00"))]


def test_what_came_back_and_was_used_after_all_is_paid_again(folded):
    """No release of the partnership is open any more, so it gets one."""
    recovering.receive(folded.Ruth, folded.recovery, DAY)

    visiting.visit_took_place(folded.first.specialist.user, folded.visit)

    assert recoveries(folded.first) == [("recovered", "folded", D("95.00"))]
    rows = [row for row in standing_of(folded.plan, [folded.first.pk]).rows if row.side == "specialist"]
    assert [(row.stage.name, row.word, row.amount) for row in rows] == [
        ("October", "paid", D("190.00")),
        ("December", "ready", D("95.00")),
    ]
    approve(folded.Tom, folded.plan, [rows[1].release])
    assert ledger.balances(folded.plan) == ledger.recomputed(folded.plan)


def test_whoever_receives_it_waits_for_what_is_worked_out_at_the_same_moment(folded):
    """Both hold the plan before the row, so that neither waits for the other for ever."""
    with CaptureQueriesContext(connection) as asked:
        recovering.receive(folded.Ruth, folded.recovery, DAY)

    held = [query["sql"] for query in asked if "FOR UPDATE" in query["sql"]]
    assert ["funding_fundingplan" in held[0], "funding_recovery" in held[1]] == [True, True]


def test_it_is_not_paid_again_where_the_record_is_withdrawn_meanwhile(folded):
    recovering.receive(folded.Ruth, folded.recovery, DAY)
    visiting.visit_took_place(folded.first.specialist.user, folded.visit)
    folded.visit.refresh_from_db()

    visiting.visit_record_reopened(folded.first.specialist.user, folded.visit)

    rest = Release.objects.standing().filter(partnership=folded.first, side="specialist").exclude(state="paid")
    assert not rest.exists()
    assert recoveries(folded.first) == [("recovered", "folded", D("95.00"))]


def test_cover_that_is_given_up_late_after_the_fold_is_paid(folded):
    visiting.cancel_visit(folded.Amira, folded.visit, "The teacher was ill")

    (row,) = [
        row
        for row in standing_of(folded.plan, [folded.first.pk]).rows
        if row.side == "specialist" and row.release.is_open
    ]
    assert [(line.kind, line.amount) for line in row.lines] == [("late cover", D("95.00"))]


def test_what_somebody_does_not_ask_for_is_not_asked_for_again(folded):
    recovering.drop(folded.Amira, folded.recovery, "The school is poor")

    check_money()
    visiting.visit_took_place(folded.first.specialist.user, folded.visit)
    check_money()
    folded.visit.refresh_from_db()
    visiting.visit_record_reopened(folded.first.specialist.user, folded.visit)

    assert recoveries(folded.first) == [("dropped", "folded", D("95.00"))]


def test_whoever_approves_it_reads_that_a_visit_is_not_confirmed_yet(client, paid):
    first = paid.partnerships[0]
    visit = planned(first, paid.programme.timetable.get(name="Visit 2"), dt.date(2027, 1, 25))
    fold(paid, first)
    row = Recovery.objects.get(partnership=first, side="specialist")
    recovering.request(paid.Amira, row)
    client.force_login(paid.Tom)
    url = reverse("funding:recovery", args=[row.pk])

    before = text_of(client.get(url))
    visiting.cancel_visit(paid.Amira, visit, "The teacher was ill")
    after = text_of(client.get(url))

    words = "The visit of Monday 25 January 2027 is neither recorded nor cancelled"
    assert words in before
    assert words not in after


def test_a_fold_leaves_nothing_behind_that_was_worked_out_on_the_way(approved):
    """Both sides are approved, and cover for a visit of the next day is given up late."""
    first = approved.partnerships[0]
    planned(first, approved.programme.timetable.get(name="Visit 2"), dt.date(2027, 1, 28))

    fold(approved, first)

    assert not Recovery.objects.exists()
    rows = Release.objects.standing().filter(partnership=first)
    assert [(row.side, row.state) for row in rows] == [("specialist", "open")]


# Registers --------------------------------------------------------------------------------------------------------


@pytest.fixture
def registered(paid):
    """Everybody was at the first moderation, and its register is closed."""
    step = paid.programme.timetable.get(name="Moderation 1")
    paid.event = EventFactory(
        kind="moderation",
        programme=paid.programme,
        step=step,
        on=dt.date(2027, 1, 20),
        takes="am",
        starts_at=dt.time(9),
        ends_at=dt.time(12),
    )
    paid.first = paid.partnerships[0]
    for partnership in paid.partnerships:
        for person in partnership.teachers:
            register.mark(paid.Amira, paid.event, person, True)
    register.close_register(paid.Amira, paid.event)
    paid.event.refresh_from_db()
    return paid


def test_after_a_fold_a_register_that_is_corrected_asks_back_what_was_paid_for_it(registered):
    """October paid the partner school 1.25 half-days; the one at the event was used, so 0.25 is asked back at first."""
    fold(registered, registered.first)
    teacher = registered.first.partner_teachers.get().user
    before = recoveries(registered.first, "partner")

    register.mark(registered.Amira, registered.event, teacher, False)

    assert before == [("proposed", "folded", D("23.75"))]
    assert recoveries(registered.first, "partner") == [
        ("dropped", "folded", D("23.75")),
        ("proposed", "folded", D("118.75")),
    ]


@pytest.fixture
def all_paid(registered):
    """All four stages are paid to both sides of the first partnership."""
    for point, stage in list(zip(registered.points, registered.stages, strict=True))[1:]:
        hand_in(registered.first, point)
        type(stage).objects.filter(pk=stage.pk).update(due_on=dt.date(2027, 1, 20) + dt.timedelta(stage.pk % 5))
    for stage in registered.stages[1:]:
        sides = [release_of(registered.first, stage, side) for side in ("specialist", "partner")]
        approve(registered.Tom, registered.plan, sides)
    batch = authorise(registered)
    answers = [paying.Answered(row, True, dt.date(2027, 1, 20)) for row in batch.payments.all()]
    paying.take_answers(registered.Ruth, batch, answers)
    return registered


def test_once_all_is_paid_a_register_that_is_corrected_asks_it_back(client, all_paid):
    teacher = all_paid.first.partner_teachers.get().user
    before = recoveries(all_paid.first, "partner")

    register.mark(all_paid.Amira, all_paid.event, teacher, False)

    assert before == []
    assert recoveries(all_paid.first, "partner") == [("proposed", "absent", D("95.00"))]
    assert recoveries(all_paid.first) == []
    assert "£95.00, paid and not used, can be asked back" in today(client, all_paid.Ruth)
    register.mark(all_paid.Amira, all_paid.event, teacher, True)
    assert recoveries(all_paid.first, "partner") == [("dropped", "absent", D("95.00"))]


def test_what_came_back_of_a_school_that_was_there_after_all_is_to_be_made_good(client, all_paid):
    teacher = all_paid.first.partner_teachers.get().user
    register.mark(all_paid.Amira, all_paid.event, teacher, False)
    row = Recovery.objects.get()
    ask(all_paid, row)
    recovering.receive(all_paid.Ruth, row, DAY)
    before = today(client, all_paid.Amira)

    register.mark(all_paid.Amira, all_paid.event, teacher, True)

    words = f"£95.00 is to be made good to {row.school}"
    assert (words in before, words in today(client, all_paid.Amira)) == (False, True)


def test_what_no_stage_is_left_to_pay_is_said_and_a_further_stage_pays_it(client, all_paid):
    visit = planned(all_paid.first, all_paid.programme.timetable.get(name="Visit 3"), dt.date(2027, 1, 28))
    visiting.cancel_visit(all_paid.Amira, visit, "The teacher was ill")
    school = all_paid.first.specialist.home_school

    def pages():
        client.force_login(all_paid.Amira)
        urls = [
            reverse("funding:programme", args=[all_paid.programme.slug]),
            reverse("funding:school", args=[school.urn]),
        ]
        return [text_of(client.get(url)) for url in urls]

    before = pages()

    def add_a_stage():
        all_paid.plan.stages.filter(pk=all_paid.stages[3].pk).update(share=F("share") - 1)
        Stage.objects.create(plan=all_paid.plan, name="Last", due_on=DAY, share=1, conditions=[])

    planning.change(all_paid.Amira, all_paid.plan, add_a_stage, "Cover is still to be paid")
    after = pages()

    due = f"£95.00 is due to {school} ({all_paid.first.ref}) and no stage is left to pay it: all are approved or paid."
    more = "£95.00 more is due and no stage is left to pay it."
    assert [due in before[0], more in before[1]] == [True, True]
    assert [due in after[0], more in after[1]] == [False, False]
    [row] = [
        row
        for row in standing_of(all_paid.plan, [all_paid.first.pk]).rows
        if row.stage.name == "Last" and row.side == "specialist"
    ]
    assert ("late cover", D("95.00")) in [(line.kind, line.amount) for line in row.lines]
    assert row.amount == D("95.00")  # what the share brings was paid before


def test_a_teacher_who_was_there_and_left_later_was_there(all_paid):
    """Nobody asks money back because somebody else teaches there now."""
    row = all_paid.first.partner_teachers.get()
    type(row).objects.filter(pk=row.pk).update(until=dt.date(2027, 1, 22))
    another = all_paid.partnerships[1].partner_teachers.get().user
    all_paid.first.partner_teachers.create(user=another, since=dt.date(2027, 1, 23))

    check_money()

    assert Recovery.objects.count() == 0


def page_of(client, person, row):
    client.force_login(person)
    return text_of(client.get(reverse("funding:recovery", args=[row.pk])))


def test_a_visit_not_held_can_be_checked_by_whoever_approves_and_its_end_is_told(client, all_paid):
    key = next(one.key for one in recording.missed(all_paid.plan) if one.partnership == all_paid.first)
    recording.give_up(all_paid.Amira, all_paid.plan, [key], "No cover was to be found.")
    row = Recovery.objects.get()
    ask(all_paid, row)

    page = page_of(client, all_paid.Tom, row)
    recording.take_giving_up_back(all_paid.Amira, all_paid.plan.items.get(name="Visit 2").not_held.get())
    told = today(client, all_paid.Tom)

    assert "8 paid, 7 funded as things stand now" in page
    assert "Visit 2 did not take place: No cover was to be found" in page
    assert "8 less 7 is 1: at £95.00 for a half-day, £95.00" in page
    assert "Visit 2 is to take place after all. It was worked out anew: nothing is owed any more." in told
    assert "£95.00 that you approved is not asked back any more" in told


@pytest.fixture
def of_one_teacher(registered):
    """The specialist teacher of the first partnership has the second as well."""
    second = registered.partnerships[1]
    second.specialist = registered.first.specialist
    second.save()
    return registered


def test_what_moves_to_the_other_partnership_of_a_teacher_is_said_before_and_after(client, of_one_teacher):
    """Two half-days at moderation, of which one has been, are due to the second once the first has folded."""
    first, second = of_one_teacher.partnerships
    due = standing_of(of_one_teacher.plan).accounts[second.pk, "specialist"].required

    before = money_after(first, dt.date(2027, 1, 26))
    fold(of_one_teacher, first)
    then = standing_of(of_one_teacher.plan).accounts[second.pk, "specialist"].required
    back = money_taken_back(first)
    page = page_of(client, of_one_teacher.Tom, Recovery.objects.get(partnership=first, side="specialist"))

    assert then - due == D("190.00")
    where = "is due to P002, where the same teacher is: half-days at events are paid"
    assert f"£190.00 more {where} there from then on." in before
    assert f"£190.00 less {where} here again." in back
    assert "Moderation 1 is paid with P002, where the same teacher is" in page


def test_the_check_before_a_fold_says_whose_approval_is_taken_back(approved):
    first = approved.partnerships[0]

    said = money_after(first, dt.date(2027, 1, 26))

    words = f"£190.00 of the October stage, approved by {approved.Tom}, is worked out anew and approved again."
    assert words in said


def test_each_step_names_who_takes_the_next(client, folded):
    row = Recovery.objects.get(partnership=folded.first, side="partner")
    proposed = page_of(client, folded.Amira, row)
    client.force_login(folded.Amira)
    done = text_of(client.post(reverse("funding:recovery_ask", args=[row.pk]), follow=True))
    recovering.approve(folded.Martin, Recovery.objects.get(pk=row.pk))
    approved = page_of(client, folded.Amira, row)
    client.force_login(folded.Ruth)
    many = text_of(client.get(reverse("funding:recoveries", args=[folded.programme.slug])))

    assert f"{folded.Amira}, {folded.Ruth} or {folded.Una} can ask for it" in proposed
    assert f"It is asked for. {folded.Tom} or {folded.Martin} can approve it." in done
    words = f"Waiting for the school to pay it back. {folded.Ruth} or {folded.Una} records it"
    assert words in approved
    assert words in many


def test_what_is_set_against_a_stage_can_be_paid_back_after_all(client, folded):
    first, second = folded.partnerships
    second.specialist.home_school = first.specialist.home_school
    second.specialist.save()
    recovering.set_against(folded.Ruth, folded.recovery, release_of(second, folded.stages[1], "specialist"))
    client.force_login(folded.Ruth)

    url = reverse("funding:recovery_take_off", args=[folded.recovery.pk])
    done, again = client.post(url, follow=True), client.post(url, follow=True)

    assert "No stage pays less for it any more: the school is to pay it back." in text_of(done)
    assert "Nothing has changed. It is not set against a stage." in text_of(again)
    folded.recovery.refresh_from_db()
    assert (folded.recovery.state, folded.recovery.offset_in) == ("approved", None)


# What is paid beside the shares ------------------------------------------------------------------------------------


def test_a_visit_beyond_the_timetable_whose_record_is_withdrawn_is_taken_off_the_next_stage(paid):
    """118.75 a stage for the partner school, and in December 95.00 for a fourth visit in return."""
    first, person = paid.partnerships[0], paid.partnerships[0].partner_teachers.get().user
    step = paid.programme.timetable.get(name="Reciprocal visit beyond three")
    visit = planned(first, step, dt.date(2026, 12, 1))
    visiting.visit_recorded(person, visit, dt.datetime(2026, 12, 1, 16, tzinfo=dt.UTC))
    hand_in(first, paid.points[1])
    december = release_of(first, paid.stages[1], "partner")
    approve(paid.Tom, paid.plan, [december])
    december.refresh_from_db()

    def march():
        rows = standing_of(paid.plan, [first.pk]).rows
        return [row.amount for row in rows if (row.stage.name, row.side) == ("March", "partner")]

    before = march()
    visit.refresh_from_db()
    visiting.visit_record_reopened(person, visit)
    withdrawn = march()
    visit.refresh_from_db()
    visiting.visit_recorded(person, visit, dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC))

    assert december.amount == D("213.75")
    assert (before, withdrawn, march()) == ([D("118.75")], [D("23.75")], [D("118.75")])


def test_after_a_fold_it_is_asked_back(paid):
    first, person = paid.partnerships[0], paid.partnerships[0].partner_teachers.get().user
    step = paid.programme.timetable.get(name="Reciprocal visit beyond three")
    visit = planned(first, step, dt.date(2026, 12, 1))
    visiting.visit_recorded(person, visit, dt.datetime(2026, 12, 1, 16, tzinfo=dt.UTC))
    hand_in(first, paid.points[1])
    approve(paid.Tom, paid.plan, [release_of(first, paid.stages[1], "partner")])
    batch = authorise(paid)
    answers = [paying.Answered(row, True, DAY) for row in batch.payments.all()]
    paying.take_answers(paid.Ruth, batch, answers)
    fold(paid, first)
    before = recoveries(first, "partner")
    visit.refresh_from_db()

    visiting.visit_record_reopened(person, visit)

    row = Recovery.objects.get(partnership=first, side="partner", state="proposed")
    assert [(state, amount) for state, _, amount in before] == [("proposed", D("237.50"))]
    assert row.amount == D("332.50")
    assert row.working[-2:] == [
        "Reciprocal visit beyond three, 1 December 2026: £95.00 was paid, and it is not recorded any more",
        "2.5 less 0 less 0 is 2.5: at £95.00 for a half-day, £237.50, and £95.00 for what is not recorded any more, "
        "is £332.50",
    ]


# The rest of the steps --------------------------------------------------------------------------------------------


def test_what_no_step_told_of_is_found_at_night(folded):
    Visit.objects.filter(pk=folded.visit.pk).update(status="took place")

    check_money()
    check_money()

    assert recoveries(folded.first) == [("dropped", "folded", D("95.00"))]


def test_an_approval_taken_back_joins_what_is_asked_back_since_with_what_was_set_against_it(folded):
    """95.00 was taken off a release; since then another 95.00 is owed. The approval is taken back: 190.00 is."""
    first, second = folded.partnerships
    second.specialist.home_school = first.specialist.home_school
    second.specialist.save()
    december = release_of(second, folded.stages[1], "specialist")
    recovering.set_against(folded.Ruth, folded.recovery, december)
    hand_in(second, folded.points[1])
    approve(folded.Tom, folded.plan, [december])
    used = Visit.objects.get(partnership=first, status="took place")
    visiting.visit_record_reopened(folded.Amira, used)
    assert recoveries(first) == [("offset", "folded", D("95.00")), ("proposed", "folded", D("95.00"))]

    releasing.take_approval_back(folded.Tom, december)

    assert [row for row in recoveries(first) if row[0] != "dropped"] == [("proposed", "folded", D("190.00"))]
