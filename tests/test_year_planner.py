"""The year planner: every visit in its week, how it stands in words, and what it costs to read."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from programmes.calendar import Calendar
from programmes.models import Area, AreaConsultant, Partnership, PartnershipStep, SchoolClosure
from tests.factories import MembershipFactory, UserFactory
from tests.term_dates import YEAR_2026
from tests.years import MONDAY, TODAY, coordinator_of, partnership_of, programme_of, release, stand
from visits.models import Away, Booking, Event, Plan, ProposedTime, Visit
from visits.planning.reading import read
from visits.year_planner.columns import Columns
from visits.year_planner.timetable import LABELS, bands, lanes, marks

pytestmark = [pytest.mark.usefixtures("in_january"), pytest.mark.django_db]
YEAR = dt.date(2026, 9, 1), dt.date(2027, 8, 31)


def columns_of(term=None):
    return Columns(Calendar(YEAR_2026), *YEAR, TODAY, term)


# The weeks ------------------------------------------------------------------------------------------------------------


def test_each_week_of_term_is_a_column_and_each_break_one_narrow_one():
    columns = columns_of()

    assert [(c.break_name, c.first, c.last) for c in columns if c.is_break] == [
        ("Half-term", dt.date(2026, 10, 26), dt.date(2026, 11, 1)),
        ("Christmas", dt.date(2026, 12, 21), dt.date(2027, 1, 3)),
        ("Half-term", dt.date(2027, 2, 15), dt.date(2027, 2, 21)),
        ("Easter", dt.date(2027, 3, 29), dt.date(2027, 4, 11)),
        ("Half-term", dt.date(2027, 5, 31), dt.date(2027, 6, 6)),
    ]
    mondays = {day - dt.timedelta(days=day.weekday()) for day in Calendar(YEAR_2026).school_days_of_year(TODAY)}
    assert {c.first for c in columns if not c.is_break} == mondays
    assert [c.first for c in columns] == sorted(c.first for c in columns)
    assert columns.now.first == dt.date(2027, 1, 4)


def test_headings_span_every_column_once_and_break_columns_stand_alone():
    columns = columns_of()

    for spans in (columns.terms, columns.months):
        assert sum(span.width for span in spans) == len(columns)
        assert sum(span.column is not None for span in spans) == 5
    assert [span.words for span in columns.terms if not span.column and not span.goes_on] == [
        "Autumn term",
        "Spring term",
        "Summer term",
    ]


def test_every_day_of_the_year_lies_in_the_column_that_holds_it():
    columns = columns_of()

    for n in range((columns.last - columns.first).days + 1):
        day = columns.first + dt.timedelta(days=n)
        at = columns.at(day)
        assert columns.all[at].first <= day <= columns.all[at].last
    assert columns.at(columns.first - dt.timedelta(days=1)) is None
    assert columns.nearest(dt.date(2026, 8, 1)) == 0


def test_one_term_has_its_own_weeks_and_no_break_at_its_ends():
    spring = columns_of(term=1)

    assert (spring.first, spring.all[-1].first) == (dt.date(2027, 1, 4), dt.date(2027, 3, 22))
    assert [c.break_name for c in spring if c.is_break] == ["Half-term"]


def test_a_year_without_term_dates_has_a_column_for_every_week():
    columns = Columns(Calendar(), *YEAR, TODAY)

    assert len(columns) == 53
    assert not any(c.is_break for c in columns)


def test_bands_that_would_cover_each_other_take_rows_of_their_own():
    columns = columns_of()
    one, two = dt.date(2027, 1, 11), dt.date(2027, 1, 25)
    steps = [("L1", "Lesson study 1", one, two, False), ("L2", "Lesson study 2", two, two, False)]

    made = lanes("Visits", columns, bands(columns, steps))

    assert [[cell.item.code for cell in lane.cells if cell.item] for lane in made] == [["L1"], ["L2"]]
    assert all(sum(cell.width for cell in lane.cells) == len(columns) for lane in made)


def test_every_kind_of_event_has_a_label_that_no_other_has():
    assert len(set(LABELS.values())) == len(LABELS)
    assert set(LABELS) == set(Event.Kind)


def test_alike_events_of_one_week_are_one_mark():
    columns = columns_of()
    days = [(MONDAY, LABELS["twilight"], f"Twilight {n}", "/e/") for n in range(3)]

    (item,) = marks(columns, days)

    assert (item.words, item.said, item.url) == ("Twilight (3)", "Twilight 0; Twilight 1; Twilight 2", "")


# The page -------------------------------------------------------------------------------------------------------------


def page_of(client, programme, **query):
    client.force_login(coordinator_of(programme))
    return client.get(reverse("planner:year"), query).context


def chips_of(context):
    return [
        (chip.code, chip.state, chip.words)
        for group in context["groups"]
        for row in group.rows
        for cell in row.cells
        for chip in cell.chips
    ]


def confirm(visit):
    Booking.objects.filter(visit=visit).update(confirmed_at=timezone.now())


def test_every_visit_is_drawn_in_its_week_with_how_it_stands_and_who_has_to_act(client):
    programme = programme_of(*(f"Lesson study {n}" for n in range(1, 8)))
    partnership = partnership_of(programme)
    steps = list(programme.timetable.all())
    school, partner = partnership.partner_school, partnership.current_partner_teachers[0]
    specialist = partnership.specialist
    done = stand(partnership, -7, step=steps[0])
    Visit.objects.filter(pk=done.pk).update(recorded_at=timezone.now(), signed_off_at=timezone.now())
    stand(partnership, -14, step=steps[1])
    confirm(stand(partnership, 35, step=steps[2]))
    waiting = stand(partnership, 42, step=steps[3])
    Booking.objects.filter(visit=waiting).exclude(person=partner).update(confirmed_at=timezone.now())
    proposed = stand(partnership, 56, step=steps[4])
    ProposedTime.objects.create(visit=proposed, on=MONDAY + dt.timedelta(days=57), half="pm", by=partner)
    gone = stand(partnership, 84, step=steps[5])
    SchoolClosure.objects.create(school=school, kind="no-go", first_on=gone.on, last_on=gone.on, words="Year 5 trip")

    context = page_of(client, programme)

    assert sorted(chips_of(context)) == [
        ("L1", "done", f"Lesson study 1, {school}, Monday 11 January, morning: signed off"),
        (
            "L2",
            "record",
            f"Lesson study 2, {school}, Monday 4 January, morning: waiting for {specialist} or {partner} "
            "to write the record",
        ),
        ("L3", "confirmed", f"Lesson study 3, {school}, Monday 22 February, morning: confirmed"),
        ("L4", "wait", f"Lesson study 4, {school}, Monday 1 March, morning: waiting for {partner} to confirm"),
        (
            "L5",
            "wait",
            f"Lesson study 5, {school}, Monday 15 March, morning: waiting for {specialist} to answer: {partner} "
            "proposes Tuesday 16 March, afternoon",
        ),
        (
            "L6",
            "move",
            f"Lesson study 6, {school}, Monday 12 April, morning: must move: {school} lets nobody go (Year 5 trip). "
            f"Waiting for {specialist}, {partner} or the coordinator to choose another half-day",
        ),
        ("L7", "none", f"Lesson study 7, {school}: no half-day yet"),
    ]
    assert context["lead"] == ("6 of 7 visits have a half-day.", "1 must move and 1 record is missing.")
    for row in context["groups"][0].rows:
        for cell in row.cells:
            for chip in cell.chips:
                assert not chip.visit or cell.column.first <= chip.visit.on <= cell.column.last


def test_a_closure_is_named_in_its_week_and_one_of_another_year_group_is_not(client):
    programme = programme_of("First visit")
    partnership = partnership_of(programme, year_group=5)
    days = {"first_on": MONDAY, "last_on": MONDAY, "school": partnership.partner_school}
    SchoolClosure.objects.create(kind="inset", **days)
    later = {"first_on": MONDAY + dt.timedelta(days=7), "last_on": MONDAY + dt.timedelta(days=8)}
    SchoolClosure.objects.create(
        school=partnership.partner_school, kind="no-go", words="KS2 tests", year_groups=[6], **later
    )

    context = page_of(client, programme)

    (row,) = context["groups"][0].rows
    closed = [(cell.column.first, cell.closed, cell.closed_in_full) for cell in row.cells if cell.closed]
    assert closed == [(MONDAY, "INSET", "INSET day, Monday 18 January")]


def test_while_a_partnership_is_paused_one_bar_says_since_when_and_what_waits(client):
    programme = programme_of("First visit", "Lesson study 1")
    partnership = partnership_of(programme, status=Partnership.Status.PAUSED)
    since = MONDAY - dt.timedelta(days=7)
    stand(partnership, 14)
    PartnershipStep.objects.create(
        partnership=partnership, status="paused", on=since, reason="Partner teacher on leave"
    )

    context = page_of(client, programme)

    (row,) = context["groups"][0].rows
    assert row.paused == ("Paused since 11 January.", "Partner teacher on leave. 1 visit waits.")
    assert len(row.cells) + row.paused_width == len(context["columns"])


def test_groups_say_who_and_when_they_are_out_of_class(client):
    programme = programme_of("First visit")
    partnership = partnership_of(programme)
    release(partnership.specialist, "tue-am", "tue-pm", "thu-am")

    (group,) = page_of(client, programme)["groups"]

    assert (group.name, group.words) == (
        str(partnership.specialist),
        f"{partnership.specialist.home_school}. 1 partnership, 0 of 1 visit has a half-day. "
        "Out of class Tuesdays and Thursday mornings.",
    )


def test_days_away_make_a_visit_move(client):
    programme = programme_of("First visit")
    partnership = partnership_of(programme)
    visit = stand(partnership, 0, step=programme.timetable.get())
    Away.objects.create(person=partnership.specialist.user, first_on=visit.on, last_on=visit.on)

    assert [chip[1] for chip in chips_of(page_of(client, programme))] == ["move"]


def test_the_download_has_a_line_for_every_visit(client):
    programme = programme_of("First visit", "Lesson study 1")
    partnership = partnership_of(programme)
    stand(partnership, 2, step=programme.timetable.first())
    client.force_login(coordinator_of(programme))

    body = client.get(reverse("planner:csv")).content.decode("utf-8-sig")

    lines = [line.split(",") for line in body.splitlines()]
    assert [(line[5], line[6], line[7], line[9]) for line in lines[1:]] == [
        ("First visit", "2027-01-20", "morning", lines[1][9]),
        ("Lesson study 1", "", "", "No half-day yet"),
    ]


def test_a_programme_out_of_reach_is_not_found(client):
    mine, other = programme_of("First visit"), programme_of("First visit")
    partnership_of(mine)
    partnership_of(other)
    client.force_login(coordinator_of(mine))

    assert client.get(reverse("planner:year"), {"programme": other.slug}).status_code == 404


def test_whoever_chooses_no_half_days_is_led_to_the_visit(client):
    programme = programme_of("First visit", "Lesson study 1")
    area = Area.objects.create(programme=programme, name="North")
    partnership = partnership_of(programme, area=area)
    visit = stand(partnership, 0, step=programme.timetable.first())
    consultant = UserFactory()
    MembershipFactory(user=consultant, role="consultant", organisation=programme.organisation)
    AreaConsultant.objects.create(area=area, user=consultant)
    client.force_login(consultant)

    context = client.get(reverse("planner:year")).context

    chips = [chip for row in context["groups"][0].rows for cell in row.cells for chip in cell.chips]
    assert [(chip.code, chip.url) for chip in chips] == [("F", visit.get_absolute_url()), ("L", "")]


def test_the_words_of_a_mark_near_the_end_stand_before_its_week():
    columns = columns_of(term=0)
    on = columns.all[-1].first

    (short,) = marks(columns, [(on, "launch", "It", "")])
    (long,) = marks(columns, [(on, "a long name of an event", "It", "")])

    assert [(one.first, one.last, one.kind) for one in (short, long)] == [(15, 15, "mark"), (12, 15, "end")]


def test_replanning_an_absence_leaves_a_visit_that_was_agreed_against_a_usual_week():
    programme = programme_of("First visit", "Lesson study 1")
    partnership = partnership_of(programme)
    release(partnership.specialist, "tue-am")
    steps = list(programme.timetable.all())
    against = stand(partnership, 2, step=steps[0])  # a Wednesday
    away = stand(partnership, 15, step=steps[1])
    Away.objects.create(person=partnership.specialist.user, first_on=away.on, last_on=away.on)

    found = read(programme, moves=Plan.Moves.WHAT_MUST, only_standing=True, today=TODAY)

    locked = {found.asked[need.key].visit.pk: need.is_locked for need in found.problem.needs}
    assert locked == {against.pk: True, away.pk: False}
