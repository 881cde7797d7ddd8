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
    seen = client.get(address("record", ours.past)).context["reply_form"]["seen"].value()
    for _ in range(2):
        client.post(address("reply", ours.past), {"is_accurate": "no", "comment": "Cover was ours.", "seen": seen})
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


def test_a_heads_answer_does_not_overwrite_one_that_they_have_not_seen(client, ours):
    record = signed_off(client, ours)
    client.force_login(ours.people[Role.HEADTEACHER])
    stale = client.get(address("record", ours.past)).context["reply_form"]["seen"].value() or ""
    client.post(address("reply", ours.past), {"is_accurate": "no", "comment": "Cover was ours.", "seen": stale})

    refused = client.post(address("reply", ours.past), {"is_accurate": "yes", "comment": "Fine", "seen": stale})
    kept = [(row.is_accurate, row.comment) for row in record.replies.all()]
    seen = refused.context["reply_form"]["seen"].value()
    again = client.post(
        address("reply", ours.past), {"is_accurate": "yes", "comment": "Fine", "seen": seen}, follow=True
    )

    assert refused.status_code == 409
    assert "Meanwhile you have called this record not accurate" in text_of(refused)
    assert "Cover was ours." in text_of(refused)
    assert "Fine" in refused.content.decode()
    assert kept == [(False, "Cover was ours.")]
    assert [(row.is_accurate, row.comment) for row in record.newest_replies] == [(True, "Fine")]
    assert "What was said before (1)" in text_of(again)
    assert "called it not accurate. Cover was ours." in text_of(again)


def test_a_task_is_done_by_whose_it_is_with_name_and_time_and_can_be_taken_back(client, ours):
    record = signed_off(client, ours)  # the action is Sara's
    action, task = record.actions.get(), record.gap_tasks.get(side="partner")
    addresses = [reverse("lessons:action_done", args=[action.pk]), reverse("lessons:gap_task_done", args=[task.pk])]
    offered, answers = {}, {}

    for person in (ours.pat, ours.sara):
        client.force_login(person)
        page = client.get(address("record", ours.past)).content.decode()
        offered[person] = [f'action="{url}"' in page for url in addresses]
        answers[person] = [text_of(client.post(url, follow=True)) for url in addresses]
    client.force_login(ours.pat)
    taken_back = text_of(client.post(addresses[1], {"done": "no"}, follow=True))
    not_mine = text_of(client.post(addresses[0], {"done": "no"}, follow=True))

    assert offered == {ours.pat: [False, True], ours.sara: [True, False]}
    assert f"Nothing was changed: {ours.sara} can say whether this is done." in answers[ours.pat][0]
    assert f"Done, says {ours.pat}, Thursday 12 November, 12:00" in answers[ours.pat][1]
    assert f"Nothing was changed: {ours.pat} can say whether this is done." in answers[ours.sara][1]
    assert "Taken back: it is still to be done." in taken_back
    assert f"Done, says {ours.sara}" in not_mine
    assert [row.done_by for row in (record.actions.get(), record.gap_tasks.get(side="partner"))] == [ours.sara, None]


def test_actions_and_gap_tasks_are_done_once(client, ours):
    record = signed_off(client, ours)
    action, task = record.actions.get(), record.gap_tasks.get(side="partner")

    for name, row, person in (("action_done", action, ours.sara), ("gap_task_done", task, ours.pat)):
        client.force_login(person)
        for _ in range(2):
            client.post(reverse(f"lessons:{name}", args=[row.pk]))

    done = [(row.done_at, row.done_by) for row in (record.actions.get(), record.gap_tasks.get(side="partner"))]
    assert done == [(TODAY, ours.sara), (TODAY, ours.pat)]
    assert AuditEvent.objects.filter(did="records.task done").count() == 2
