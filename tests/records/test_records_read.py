"""A signed visit record: who reads it and how much of it, who corrects it, replies, and does what it asks."""

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from lessons.models import VisitRecord
from tests.factories import MembershipFactory, UserFactory
from tests.reading import text_of
from tests.records.writing import TODAY, address, past_visit, sign, signed_off, texts_of, whole, write
from visits.models import Visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_draft_is_read_by_the_two_teachers_and_nobody_else(client, ours):
    write(client, ours.pat, ours.past, **whole(ours))
    sign(client, ours.pat, ours.past.record)

    answers = {}
    for role, person in ours.people.items():
        client.force_login(person)
        answers[role] = [client.get(address(name, ours.past)).status_code for name in ("record", "pdf")]

    readers = {role for role, codes in answers.items() if codes == [200, 200]}
    assert readers == {Role.SPECIALIST, Role.PARTNER}
    assert [answers[role] for role in (Role.COORDINATOR, Role.CONSULTANT, Role.HEADTEACHER)] == [[404, 404]] * 3


def names_shown(client, person, visit):
    """Whether the page names the pupil, and whether it has reference and initials."""
    client.force_login(person)
    page = text_of(client.get(address("record", visit)))
    return "OursideForename" in page, "Ourside-C, OO" in page


def test_who_sees_the_pupils_and_how(client, ours):
    signed_off(client, ours)

    shown = {
        role: names_shown(client, ours.people[role], ours.past)
        for role in (Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER, Role.COORDINATOR, Role.CONSULTANT)
    }

    assert shown == {
        Role.SPECIALIST: (True, False),
        Role.PARTNER: (True, False),
        Role.HEADTEACHER: (True, False),
        Role.COORDINATOR: (False, True),
        Role.CONSULTANT: (False, True),
    }


def test_the_head_of_the_specialist_teachers_school_reads_a_reciprocal_visit_without_the_pupils(client):
    ours = past_visit(kind="reciprocal visit")
    home = ours.specialist.home_school
    Visit.objects.filter(pk=ours.past.pk).update(host=home)
    head = UserFactory()
    MembershipFactory(user=head, role=Role.HEADTEACHER, organisation=ours.organisation, school=home)
    ours.past.refresh_from_db()
    signed_off(client, ours, **{f"presence__{ours.place.pk}": "absent", "section__climate": "Calm corridors"})

    shown = names_shown(client, head, ours.past)
    client.force_login(head)
    page = text_of(client.get(address("record", ours.past)))
    client.force_login(ours.people[Role.HEADTEACHER])
    other = client.get(address("record", ours.past))

    assert shown == (False, False)
    assert ("Calm corridors" in page, "Absent" in page, "Target pupils" in page) == (True, False, False)
    assert other.status_code == 404


def test_a_correction_stands_below_and_changes_nothing_above(client, ours):
    record = signed_off(client, ours)

    client.force_login(ours.sara)
    empty = client.post(address("correct", ours.past), {"correction-text": "  "})
    for _ in range(2):
        page = client.post(address("correct", ours.past), {"correction-text": "It was Year 4."}, follow=True)

    assert (empty.status_code, "Write what is to be corrected." in text_of(empty)) == (422, True)
    assert "It was Year 4." in text_of(page)
    assert [(row.text, row.by) for row in record.corrections.all()] == [("It was Year 4.", ours.sara)]
    assert texts_of(record)["section-focus"] == "Talk before writing."


@pytest.mark.parametrize(("length", "kept"), [(2000, 1), (2001, 0)])
def test_what_is_added_below_for_good_has_a_length_and_is_not_cut(client, ours, length, kept):
    record = signed_off(client, ours)
    text = "x" * length

    page = client.post(address("correct", ours.past), {"correction-text": text}, follow=True)
    client.force_login(ours.people[Role.HEADTEACHER])
    answer = client.post(address("reply", ours.past), {"is_accurate": "no", "comment": text}, follow=True)

    assert (record.corrections.count(), record.replies.count()) == (kept, kept)
    for response, what in ((page, "correction"), (answer, "comment")):
        told = f"A {what} has at most 2,000 characters, and this one has 2,001. Make it shorter." in text_of(response)
        assert (told, text in response.content.decode()) == (not kept, True)


def test_the_heads_last_word_counts_and_a_coordinator_looks_into_it(client, ours):
    record = signed_off(client, ours)
    head, coordinator = ours.people[Role.HEADTEACHER], ours.people[Role.COORDINATOR]
    listed = f"{reverse('lessons:list')}?show=not-accurate"

    client.force_login(head)
    without = client.post(address("reply", ours.past), {"is_accurate": "no"})
    nothing = client.post(address("reply", ours.past), {"comment": "Hm"})
    client.post(address("reply", ours.past), {"is_accurate": "yes"})
    for _ in range(2):
        client.post(address("reply", ours.past), {"is_accurate": "no", "comment": "Cover was ours."})
    client.force_login(coordinator)
    before = list(client.get(listed).context["object_list"])
    (said,) = record.newest_replies
    client.post(reverse("lessons:see_reply", args=[said.pk]))
    after = list(client.get(listed).context["object_list"])

    assert "Say what is not accurate." in text_of(without)
    assert "Choose whether the record is accurate." in text_of(nothing)
    assert [(row.is_accurate, row.comment) for row in record.replies.all()] == [(True, ""), (False, "Cover was ours.")]
    assert (before, after) == ([record], [])
    assert texts_of(record)["section-focus"] == "Talk before writing."
    assert VisitRecord.objects.get(pk=record.pk).is_signed_off


def test_actions_and_gap_tasks_are_done_once(client, ours):
    record = signed_off(client, ours)
    action, task = record.actions.get(), record.gap_tasks.get(side="partner")

    client.force_login(ours.pat)
    for name, row in (("action_done", action), ("gap_task_done", task)):
        for _ in range(2):
            client.post(reverse(f"lessons:{name}", args=[row.pk]))

    done = [(row.done_at, row.done_by) for row in (record.actions.get(), record.gap_tasks.get(side="partner"))]
    assert done == [(TODAY, ours.pat)] * 2
    assert AuditEvent.objects.filter(did="records.task done").count() == 2
