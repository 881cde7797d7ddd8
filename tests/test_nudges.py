"""The nudge: the right mail to the right person, never twice in three days, whatever is pressed at once."""

import datetime as dt
import re
import threading
from collections import Counter

import pytest
import time_machine
from django.urls import reverse

from accounts import mail
from accounts.models import AuditEvent, Membership, OutgoingMail, User
from accounts.roles import Role
from programmes.models import ActionItem, Partnership
from reports.mails import NUDGE
from reports.roster.nudges import send_nudges
from tests.factories import UserFactory, VisitFactory
from tests.reading import text_of
from tests.rosters import NOW, agreement, coordinator_of, late, partnership, rows, scene
from tests.together import at_once

pytestmark = pytest.mark.django_db
CHECK = "/roster/nudges/"


@pytest.fixture
def today():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def at(client, today):
    """Three partnerships that slip: grades of one, a visit of the next, a signature of its head in the third."""
    at = scene()
    at.grades = partnership(at, "Fenwick Green", "Umar Mbeki", "Nia Holt")
    late(at, at.grades)
    at.visit = partnership(at, "Birch Hill", "Tariq Noor", "Ola Reed")
    at.past = VisitFactory(partnership=at.visit, on=dt.date(2027, 1, 13))
    at.head = partnership(at, "Saltmarsh", "Hari Crane", "Ned Lamb")
    for p in (at.grades, at.visit):
        agreement(p, dt.date(2026, 9, 10))
    at.unsigned = agreement(at.head, dt.date(2027, 1, 12), signed=("specialist", "partner", "home head"))
    client.force_login(at.coordinator)
    return at


def nudge(client, p, **headers):
    return client.post(reverse("reports:roster_nudge", args=[p.pk]), {"back": "/roster/?sort=school"}, headers=headers)


def row_of_grades(at):
    return next(row for row in rows(at) if row.partnership == at.grades)


def sent():
    return sorted(OutgoingMail.objects.values_list("to__last_name", "about_model", "kind"))


def test_one_click_sends_the_right_mail_to_the_right_person(client, at):
    response = nudge(client, at.grades)

    letter = OutgoingMail.objects.get()
    assert (response.status_code, response.url) == (302, "/roster/?sort=school")
    assert (letter.to.last_name, letter.by, letter.organisation) == ("Holt", at.coordinator, at.organisation)
    assert letter.subject == "Fenwick Green, Maths, Year 5: this waits for you"
    assert letter.text == (
        "Dear Nia Holt,\n\n"
        "Amira Byrne asks you to look at your partnership at Fenwick Green: Maths, Year 5, "
        "Umar Mbeki with Nia Holt.\n\n"
        "- December grades 18 school days late, 0 of 5 in.\n"
        f"  Due Friday 18 December 2026. Here it is done: http://localhost:8000{at.grades.get_absolute_url()}\n\n"
        "If you have just done it, thank you, there is nothing to do. If something stands in the way, tell "
        f"Amira Byrne: {at.coordinator.email}\n\n"
        "Lesson Study\n"
    )
    assert AuditEvent.objects.get(did="nudged").row == letter.pk


def test_a_past_visit_leads_to_its_own_page_and_a_signature_to_the_agreement(client, at):
    nudge(client, at.visit)
    nudge(client, at.head)

    assert sent() == [
        ("Noor", "programmes.partnership", "roster_nudge"),
        ("Reed", "programmes.partnership", "roster_nudge"),
        ("of Saltmarsh", "programmes.agreement", "roster_nudge"),
    ]
    *both, signature = (OutgoingMail.objects.get(to__last_name=name) for name in ("Noor", "Reed", "of Saltmarsh"))
    assert [at.past.get_absolute_url() in visit.text for visit in both] == [True, True]
    assert "The agreement of the partnership has waited 11 school days for your signature." in signature.text


def test_after_it_the_row_says_when_the_next_one_may_go(client, at):
    nudge(client, at.grades)

    page = text_of(client.get("/roster/?q=fenwick"))

    assert "Nia Holt: nudged today. Next from Monday 1 February." in page
    assert "Nudge Nia Holt" not in page


@pytest.mark.parametrize(
    ("pressed", "looked", "words"),
    [
        ("2027-01-25 09:00", "2027-01-26 09:00", "Next from Thursday 28 January"),
        ("2027-01-28 09:00", "2027-01-29 09:00", "Next from Monday 1 February"),  # the rest ends on a Sunday
        ("2027-03-23 09:00", "2027-03-24 09:00", "Next from Tuesday 30 March"),  # on Good Friday
        ("2027-01-27 14:30", "2027-01-30 09:00", "Next from Monday 1 February"),  # on this very Saturday
        ("2027-01-26 14:30", "2027-01-29 09:00", "Next from 14:30 today"),
    ],
)
def test_the_next_day_that_is_named_is_a_working_day(at, today, pressed, looked, words):
    today.move_to(dt.datetime.fromisoformat(f"{pressed}+00:00"))
    nudge_of = row_of_grades(at).nudges[0]
    send_nudges(at.coordinator, [nudge_of])

    today.move_to(dt.datetime.fromisoformat(f"{looked}+00:00"))

    assert row_of_grades(at).nudges[0].next_words == words


def test_in_three_days_it_may_go_again_and_the_row_says_when_the_last_was(client, at, today):
    nudge(client, at.grades)
    today.shift(dt.timedelta(days=2, hours=23))
    client.force_login(at.coordinator)
    nudge(client, at.grades)
    early = OutgoingMail.objects.count()
    today.shift(dt.timedelta(hours=1))
    page = text_of(client.get("/roster/?q=fenwick"))
    nudge(client, at.grades)

    assert "Nudge Nia Holt : Fenwick Green, Maths, Year 5 Last on 27 January" in page
    assert (early, OutgoingMail.objects.count()) == (1, 2)


def test_a_second_click_sends_nothing_and_says_so(client, at):
    nudge(client, at.grades)
    nudge(client, at.grades)

    assert OutgoingMail.objects.count() == 1
    assert "Not to Nia Holt, who was nudged about this less than three days ago." in text_of(client.get("/roster/"))


def test_with_htmx_the_answer_stands_where_the_button_was(client, at):
    response = nudge(client, at.grades, HX_Request="true")

    text = " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
    assert text == "The mail is on its way to Nia Holt. Nudge 3 people"
    assert 'role="status"' in response.content.decode()


def button_above(response):
    """What the button above the roster becomes: its words, its address and whether it is taken away."""
    (found,) = re.findall(r'<a[^>]*id="nudge-all"[^>]*>[^<]*</a>', response.content.decode())
    address = re.search(r'href="([^"]*)"', found)
    return re.sub(r"<[^>]+>", "", found), address and address[1].replace("&amp;", "&"), 'oob="delete"' in found


def test_with_htmx_the_button_above_counts_anew_what_the_roster_was_asked_for(client, at):
    elsewhere = f"/roster/?programme={scene('Other').programme.pk}&sort=school"
    urls = [reverse("reports:roster_nudge", args=[p.pk]) for p in (at.grades, at.visit)]
    htmx = {"HX-Request": "true"}

    stale = client.post(urls[0], {"back": elsewhere}, headers=htmx)
    narrowed = client.post(urls[1], {"back": "/roster/?q=birch"}, headers=htmx)

    assert button_above(stale) == ("Nudge 3 people", "/roster/nudges/?sort=school", False)
    assert button_above(narrowed) == ("", None, True)
    assert 'hx-swap-oob="true"' in stale.content.decode()
    assert "hx-swap-oob" not in client.get("/roster/").content.decode()


def test_a_nudge_that_could_not_be_delivered_does_not_rest(client, at):
    nudge(client, at.grades)
    OutgoingMail.objects.update(state="failed", failure="No such address.")

    page = text_of(client.get("/roster/?q=fenwick"))
    nudge(client, at.grades)

    assert "Nudge Nia Holt : Fenwick Green, Maths, Year 5 The mail of 27 January could not be delivered" in page
    assert OutgoingMail.objects.count() == 2


def test_one_person_gets_one_mail_about_everything_in_a_partnership(client, at):
    at.unsigned.signatures.filter(capacity="partner")
    p = partnership(at, "Jaywell", "Kofi Marsh", "Vera Ivory")
    late(at, p)
    agreement(p, dt.date(2027, 1, 12), signed=("specialist", "partner head", "home head"))

    nudge(client, p)

    letter = OutgoingMail.objects.get()
    assert letter.subject == "Jaywell, Maths, Year 5: these two things wait for you"
    assert letter.text.count("\n- ") == 2
    assert letter.about_model == "programmes.agreement"


def test_no_mail_carries_what_somebody_typed_or_a_pupil(client, at):
    ActionItem.objects.create(
        programme=at.programme,
        partnership=at.grades,
        what="Talk about Casey Smallpupil",
        owner=at.grades.current_partner_teachers[0],
        due_on=dt.date(2027, 1, 20),
        made_by=at.coordinator,
    )

    nudge(client, at.grades)

    assert "Smallpupil" not in OutgoingMail.objects.get().text


def test_more_than_two_people_are_checked_first(client, at):
    p = partnership(at, "Jaywell", "Kofi Marsh", "Vera Ivory")
    agreement(p, dt.date(2027, 1, 12), signed=())

    page = client.get("/roster/?q=jaywell").content.decode()
    check = client.get(f"{CHECK}?only={p.pk}")

    assert "Nudge 4 people" in page
    assert f"{CHECK}?programme={at.programme.pk}&amp;only={p.pk}" in page
    assert [str(letter["nudge"].person) for letter in check.context["letters"]] == [
        "Kofi Marsh",
        "Vera Ivory",
        "Head of Jaywell",
        "Head of Home of Marsh",
    ]


def test_the_check_page_lists_every_mail_and_who_is_left_out(client, at):
    nudge(client, at.grades)
    alone = partnership(at, "Alone", "Zoe Ashe", "Ben Crane")
    late(at, alone)
    agreement(alone, dt.date(2026, 9, 10))
    User.objects.filter(last_name__in=["Ashe"], first_name="Zoe").update(is_active=False)
    User.objects.filter(first_name="Ben", last_name="Crane").update(is_active=False)

    page = client.get(CHECK)

    text = text_of(page)
    told = [str(letter["nudge"].person) for letter in page.context["letters"]]
    assert told == ["Head of Saltmarsh", "Tariq Noor", "Ola Reed"]
    assert "Check the 3 mails before they go out" in text
    assert "Birch Hill, Maths, Year 5: this waits for you" in text
    assert "Nia Holt, Fenwick Green Nudged today by Amira Byrne. Next from Monday 1 February." in text
    assert "Alone, Maths, Year 5 December grades 18 school days late, 0 of 5 in. Whoever could do it cannot" in text


def test_the_button_counts_the_people_who_can_be_nudged_now(client, at):
    labels = [client.get("/roster/").context["roster"].nudge_words]
    nudge(client, at.head)
    labels.append(client.get("/roster/").context["roster"].nudge_words)
    nudge(client, at.grades)
    labels.append(client.get("/roster/").context["roster"].nudge_words)
    nudge(client, at.visit)
    labels.append(client.get("/roster/").context["roster"].nudge_words)

    assert labels == ["Nudge 4 people", "Nudge 3 teachers", "Nudge 2 teachers", ""]
    assert "Nobody to nudge at present" in text_of(client.get(CHECK))


def test_only_the_ticked_mails_go_out_and_only_for_the_rows_that_were_filtered(client, at):
    query = "?slips=grades&slips=visit"
    letters = client.get(CHECK + query).context["letters"]
    ticked = [letter["nudge"].key for letter in letters if str(letter["nudge"].person) == "Tariq Noor"]

    response = client.post(CHECK + query, {"nudge": [*ticked, "999-999"]})

    assert response.url == "/roster/?slips=grades&slips=visit"
    assert sent() == [("Noor", "programmes.partnership", "roster_nudge")]
    assert "The mail is on its way to Tariq Noor." in text_of(client.get(response.url))


def test_nothing_ticked_is_said_and_nothing_is_sent(client, at):
    page = client.post(CHECK)

    assert "Tick at least one mail, or go back to the roster." in text_of(page)
    assert [letter["is_ticked"] for letter in page.context["letters"]] == [False, False, False, False]
    assert not OutgoingMail.objects.exists()


def test_a_double_click_on_send_sends_each_mail_once(client, at):
    keys = [letter["nudge"].key for letter in client.get(CHECK).context["letters"]]

    for _ in range(2):
        response = client.post(CHECK, {"nudge": keys})

    assert len(sent()) == 4
    assert "who were nudged about this less than three days ago" in text_of(client.get(response.url))


def test_a_coordinator_who_teaches_too_does_not_nudge_themselves(client, at):
    at.visit.specialist.user = at.coordinator
    at.visit.specialist.save()
    Membership.objects.create(
        user=at.coordinator, role=Role.SPECIALIST, organisation=at.organisation, starts_on=dt.date(2026, 9, 1)
    )

    row = next(row for row in rows(at) if row.pk == at.visit.pk)

    told = [str(nudge.person) for nudge in row.nudges]
    assert ([slip.kind for slip in row.slips], told) == (["visit"], ["Ola Reed"])


def test_nobody_nudges_in_another_organisation(client, at):
    other = scene("Elsewhere")
    theirs = partnership(other, "Far Away")
    late(other, theirs)

    answer = nudge(client, theirs)
    page = client.get(f"{CHECK}?programme={other.programme.pk}&only={theirs.pk}")
    among_ours = client.get(f"{CHECK}?only={theirs.pk}")

    assert (answer.status_code, page.status_code) == (404, 404)
    assert among_ours.context["letters"] == []
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_who_press_at_once_one_sends_and_the_other_is_told():
    at = scene()
    for school, teacher in (("One", "Ann Able"), ("Two", "Bea Brook"), ("Three", "Cy Crane")):
        late(at, partnership(at, school, f"Sam {school}", teacher))
    other = coordinator_of(at.organisation, "Ben", "Second")

    def pressing(person, order):
        nudges = [nudge for row in rows(at, person) for nudge in row.nudges][::order]
        return lambda: send_nudges(person, nudges)

    found = at_once(pressing(at.coordinator, 1), pressing(other, -1))

    assert sorted((len(sent), len(left_out)) for sent, left_out in found) == [(0, 3), (3, 0)]
    assert OutgoingMail.objects.count() == 3


def test_the_row_of_someone_elses_partnership_is_not_nudged_by_a_person_without_a_role(client, at):
    client.force_login(UserFactory())

    assert nudge(client, at.grades).status_code == 403
    assert Partnership.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_many_nudges_pressed_at_the_same_moment_go_out_once_each_and_fail_nobody():
    """The constraint alone would let two who insert in the very same moment wait for each other."""
    at = scene()
    person, other = UserFactory(), coordinator_of(at.organisation, "Ben", "Second")
    context = {"partnership": partnership(at, "One", "Sam One", "Ann Able"), "slips": []}
    abouts = UserFactory.create_batch(150)
    gate, results = threading.Barrier(2), []

    def press(by):
        for about in abouts:
            gate.wait(timeout=60)
            try:
                mail.nudge(NUDGE, person, context, about=about, organisation=at.organisation, by=by)
                results.append("sent")
            except mail.NudgedLately:
                results.append("rests")

    at_once(lambda: press(at.coordinator), lambda: press(other))

    assert Counter(results) == {"sent": 150, "rests": 150}
