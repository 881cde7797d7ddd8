"""Visit records on Today: to write, to sign, to answer, to look into, and what was agreed; and on paper."""

import datetime as dt
import io

import pikepdf
import pytest
import time_machine
from django.urls import reverse

from accounts.models import Membership
from accounts.roles import Role
from papers.templatetags.plain import breakable
from reports.dashboards import dashboard
from reports.digest import part_of
from tests.pdfs import pages
from tests.records.writing import address, sign, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
CANARY = "Lend the fraction wall"


def lines(ours, role):
    """What Today says of records: title, when and whether it is late."""
    membership = Membership.objects.select_related("organisation", "school").get(user=ours.people[role])
    found = dashboard(ours.people[role], membership)["to_do"]
    return [
        (item["title"], item.get("when", ""), bool(item.get("late")))
        for item in found
        if "record" in f"{item['title']} {item.get('text', '')} {item['url']}"
    ]


def written(client, ours):
    boxes = {
        "section__focus": "Talk",
        "action__1__what": CANARY,
        "action__1__owner": str(ours.pat.pk),
        "action__1__due_on": "11/11/2026",
        "gap__specialist__what": "Find questions",
        f"presence__{ours.place.pk}": "absent",
    }
    write(client, ours.pat, ours.past, **boxes)


@pytest.mark.parametrize(("day", "late"), [(11, False), (12, False), (13, True)])
def test_a_past_visit_without_a_record_is_a_task_of_both_and_overdue_after_two_school_days(ours, day, late):
    with time_machine.travel(dt.datetime(2026, 11, day, 12, tzinfo=dt.UTC), tick=False):
        shown = [lines(ours, role) for role in (Role.SPECIALIST, Role.PARTNER)]
        coordinator = lines(ours, Role.COORDINATOR)

    assert shown == [[("Write the record of the observation of 10 November", "Since 10 November", late)]] * 2
    assert ("1 past visit has no record", "", False) in coordinator


def test_it_goes_from_hand_to_hand_until_everyone_has_had_their_say(client, ours):
    written(client, ours)
    begun = lines(ours, Role.SPECIALIST)
    sign(client, ours.pat, ours.past.record)
    half = [lines(ours, role) for role in (Role.SPECIALIST, Role.PARTNER)]
    sign(client, ours.sara, ours.past.record)
    head = lines(ours, Role.HEADTEACHER)
    client.force_login(ours.people[Role.HEADTEACHER])
    client.post(address("reply", ours.past), {"is_accurate": "no", "comment": "Ours covered"})
    after = [lines(ours, role) for role in (Role.HEADTEACHER, Role.COORDINATOR)]

    task = ("Find questions", "", False)
    assert begun == [("Finish and sign the record of the observation of 10 November", "Since 10 November", False)]
    assert half == [
        [("Sign the record of the observation of 10 November", "Waits for you since 12 November", False), task],
        [(CANARY, "Overdue since 11 November", True)],
    ]
    assert head == [("Read the record of the observation of 10 November", "Signed on 12 November", False)]
    assert after == [[], [("1 visit record is called not accurate", "", False)]]


def test_what_is_done_leaves_today(client, ours):
    written(client, ours)
    sign(client, ours.pat, ours.past.record)
    action = ours.past.record.actions.get()
    client.force_login(ours.pat)

    page = client.get(reverse("today")).content.decode()
    back = client.post(reverse("lessons:action_done", args=[action.pk]), {"from": "today"})

    assert reverse("lessons:action_done", args=[action.pk]) in page
    assert back["Location"] == reverse("today")
    assert lines(ours, Role.PARTNER) == []


def test_the_weekly_mail_says_that_there_is_an_action_and_not_what_it_says(client, ours):
    written(client, ours)
    sign(client, ours.pat, ours.past.record)

    parts = [part_of(person, person.live_memberships[0]) for person in (ours.pat, ours.sara)]

    told = [line for part in parts for line in part["to_do"]]
    assert (
        "An action from the record of 10 November is yours. From the observation of 10 November, "
        "Ourside Partner School. Overdue since 11 November." in told
    )
    assert [word for word in (CANARY, "Find questions") if word in " ".join(told)] == []


def test_on_paper_a_record_says_what_its_reader_sees_and_names_nobody_outside_it(client, ours):
    written(client, ours)
    sign(client, ours.pat, ours.past.record)
    sign(client, ours.sara, ours.past.record)

    papers = {}
    for role in (Role.PARTNER, Role.HEADTEACHER, Role.COORDINATOR):
        client.force_login(ours.people[role])
        response = client.get(address("pdf", ours.past))
        papers[role] = (response["Content-Disposition"], response.content)

    texts = {role: " ".join(pages(data)) for role, (_, data) in papers.items()}
    named = {role: ("OursideForename OursideFamily" in text, "Ourside-C, OO" in text) for role, text in texts.items()}
    assert named == {
        Role.PARTNER: (True, False),
        Role.HEADTEACHER: (True, False),
        Role.COORDINATOR: (False, True),
    }
    assert CANARY in texts[Role.COORDINATOR]
    name, data = papers[Role.PARTNER]
    assert name == 'attachment; filename="visit-record-ourside-programme-ourside-p-2026-11-10-am.pdf"'
    with pikepdf.open(io.BytesIO(data)) as pdf:
        about = " ".join(str(value) for value in pdf.docinfo.values())
    assert [word for word in ("Forename", CANARY, "OursidePartner") if word in about] == []


def test_a_usual_record_is_one_page_and_says_of_each_task_by_when_or_that_it_is_done(client, ours):
    words = " ".join(["A told the whole story to her partner and wrote two lines of it; B waited to be asked."] * 3)
    boxes = {f"section__{key}": words for key in ("pupils", "barriers", "focus", "plan", "other")}
    for number in (1, 2):
        boxes |= {
            f"action__{number}__what": "Send each other the plan",
            f"action__{number}__owner": str(ours.pat.pk),
            f"action__{number}__due_on": "24/11/2026",
        }
    boxes |= {"gap__specialist__what": "Find three questions", "gap__partner__what": "Try talk partners"}
    write(client, ours.pat, ours.past, **boxes)
    sign(client, ours.pat, ours.past.record)
    sign(client, ours.sara, ours.past.record)
    client.post(reverse("lessons:gap_task_done", args=[ours.past.record.gap_tasks.get(side="specialist").pk]))

    (page,) = pages(client.get(address("pdf", ours.past)).content)

    assert f"{ours.sara} Find three questions Done" in page
    assert f"{ours.pat} Try talk partners No day named" in page
    assert "Out of class Ourside OursidePartner" in page
    assert "Target pupils Not said: OursideForename OursideFamily" in page
    assert page.count("Tuesday 24 November 2026") == 2


def test_a_word_without_end_is_broken_on_paper_and_none_of_it_is_lost(client, ours):
    written(client, ours)
    write(client, ours.pat, ours.past, section__focus="x" * 500)
    client.force_login(ours.pat)

    paper = " ".join(pages(client.get(address("pdf", ours.past)).content))

    assert paper.count("x") >= 500
    assert breakable(f"{'a' * 60} {'b' * 121}") == f"{'a' * 60} {'b' * 60}\u200b{'b' * 60}\u200bb"
