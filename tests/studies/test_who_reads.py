"""What a group writes is read by its members, by whom they show it until a day, and by nobody else."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from lessons import services
from lessons.models import StudyMember
from tests.factories import MembershipFactory
from tests.notebook import write_boxes
from tests.reading import text_of
from tests.studies.writing import QUESTION, address, cell, save
from tests.together import at_once

WORDS = "Only the group reads this"


@pytest.fixture
def written(client, ours):
    save(client, ours.pat, ours.first, cell("intention", WORDS))
    return ours


def reader(ours, role, school=None):
    person = ours.people[role]
    services.add_reader(ours.pat, ours.group, person, timezone.localdate())
    return person


@pytest.mark.django_db
class TestReaders:
    @pytest.mark.parametrize("role", [Role.HEADTEACHER, Role.COORDINATOR, Role.CONSULTANT])
    def test_they_see_dates_and_how_it_stands_and_nothing_that_is_written(self, client, written, role):
        client.force_login(written.people[role])

        page = client.get(address("study", written.group))
        listed = client.get(reverse("lessons:studies"))
        sheet = client.get(address("sheet", written.first))

        assert (page.status_code, sheet.status_code) == (200, 404)
        assert "Waiting for" in text_of(page)
        assert [QUESTION in one.content.decode() for one in (page, listed)] == [False, False]
        assert written.place.pupil.first_name not in page.content.decode()

    def test_whoever_is_shown_it_reads_and_writes_nothing(self, client, written):
        head = reader(written, Role.HEADTEACHER)
        client.force_login(head)

        sheet = client.get(address("sheet", written.first))
        saved = save(client, head, written.first, cell("intention", "A head's word"))

        assert WORDS in text_of(sheet)
        assert "<textarea" not in sheet.content.decode()
        assert saved.status_code == 403
        assert f"{head} until" in text_of(sheet)

    def test_it_ends_with_its_day_and_when_a_member_says_so(self, client, written):
        reader(written, Role.HEADTEACHER)
        reader(written, Role.COORDINATOR)
        written.group.readers.filter(person=written.people[Role.HEADTEACHER]).update(
            since=timezone.localdate() - dt.timedelta(days=2), until=timezone.localdate() - dt.timedelta(days=1)
        )
        client.force_login(written.pat)
        row = written.group.readers.get(person=written.people[Role.COORDINATOR])

        client.post(address("reader_end", row))

        for role in (Role.HEADTEACHER, Role.COORDINATOR):
            client.force_login(written.people[role])
            assert client.get(address("sheet", written.first)).status_code == 404

    def test_once_its_day_is_over_it_can_be_shown_to_the_same_person_again(self, client, written):
        head, today = reader(written, Role.HEADTEACHER), timezone.localdate()
        written.group.readers.update(since=today - dt.timedelta(days=9), until=today - dt.timedelta(days=1))
        client.force_login(written.pat)
        sent = {"reader-someone": head.pk, "reader-until": f"{today + dt.timedelta(days=3):%d/%m/%Y}"}

        form = client.get(address("study", written.group)).context["reader_form"]
        offered = list(form.fields["someone"].queryset)
        shown = client.post(address("reader_add", written.group), sent, follow=True)

        assert head in offered
        assert f"{head} can read the study until" in text_of(shown)
        assert list(written.group.readers.values_list("person", "until", "added_by")) == [
            (head.pk, today + dt.timedelta(days=3), written.pat.pk)
        ]
        client.force_login(head)
        assert client.get(address("sheet", written.first)).status_code == 200

    def test_where_a_video_is_kept_is_read_by_members_alone(self, client, written):
        write_boxes(written.group.sheet, written.pat, video="School drive, cupboard 3")
        head = reader(written, Role.HEADTEACHER)
        seen = {}
        for person in (written.pat, head):
            client.force_login(person)
            seen[person] = "School drive, cupboard 3" in text_of(client.get(address("study", written.group)))

        assert seen == {written.pat: True, head: False}

    def test_shown_twice_it_stays_at_the_first_day(self, written):
        head = reader(written, Role.HEADTEACHER)

        again = services.add_reader(written.sara, written.group, head, timezone.localdate() + dt.timedelta(days=9))

        assert (again, written.group.readers.get().until) == (False, timezone.localdate())

    def test_the_specialist_teachers_head_sees_no_pupil_of_the_partner_school(self, client, written):
        home = written.partnership.specialist.home_school
        head = MembershipFactory(role=Role.HEADTEACHER, organisation=written.organisation, school=home).user
        services.add_reader(written.sara, written.group, head, timezone.localdate())
        client.force_login(head)

        page = client.get(address("study", written.group)).content.decode()
        sheet = client.get(address("sheet", written.first)).content.decode()

        assert QUESTION in page
        for place in written.places:
            assert place.pupil.first_name not in page
            assert f">{place.pupil.initials}<" not in sheet

    def test_only_people_of_the_two_schools_and_their_consultants_and_coordinators_are_offered(self, client, written):
        client.force_login(written.pat)

        page = client.get(address("study", written.group))

        members, readers = (
            set(page.context[name].fields["someone"].queryset) for name in ("member_form", "reader_form")
        )
        assert members == {written.people[Role.CONSULTANT]}
        assert readers == {written.people[role] for role in (Role.CONSULTANT, Role.COORDINATOR, Role.HEADTEACHER)}

    def test_nobody_else_can_be_chosen(self, client, written):
        client.force_login(written.pat)
        stranger = written.elsewhere.people[Role.HEADTEACHER]
        member, reader = address("member_add", written.group), address("reader_add", written.group)
        tomorrow = f"{timezone.localdate() + dt.timedelta(days=1):%d/%m/%Y}"

        answers = [
            client.post(member, {"member-someone": stranger.pk}),
            client.post(reader, {"reader-someone": stranger.pk, "reader-until": tomorrow}),
            client.post(reader, {"reader-someone": written.people[Role.COORDINATOR].pk, "reader-until": "1/1/2020"}),
        ]

        assert [answer.status_code for answer in answers] == [422] * 3
        assert "This day is over. Choose today or a later one." in text_of(answers[2])
        assert written.group.readers.count() == 0


@pytest.mark.django_db
class TestMembers:
    def test_an_outside_adviser_writes_as_a_member_and_sees_no_name(self, client, written):
        adviser = written.people[Role.CONSULTANT]
        client.force_login(written.pat)

        client.post(address("member_add", written.group), {"member-someone": adviser.pk})
        saved = save(client, adviser, written.first, cell("criteria", "Advice"))

        assert saved.status_code == 200
        page = client.get(address("study", written.group)).content.decode()
        assert [place.pupil.first_name in page for place in written.places] == [False] * 3

    def test_a_group_has_four_members_at_most_and_one_at_least(self, client, written):
        for _ in range(2):
            new = MembershipFactory(role=Role.PARTNER, organisation=written.organisation, school=written.school).user
            services.add_member(written.pat, written.group, new)
        client.force_login(written.pat)

        fifth = client.post(
            address("member_add", written.group), {"member-someone": written.people[Role.CONSULTANT].pk}
        )
        for member in written.group.members.filter(until=None):
            last = client.post(reverse("lessons:member_end", args=[written.group.pk, member.person_id]), follow=True)
            client.force_login(written.group.members.filter(until=None).first().person)

        assert "A study has at most 4 members." in text_of(fifth)
        assert "A study needs a member." in text_of(last)
        assert written.group.members.filter(until=None).count() == 1

    def test_whoever_leaves_the_partnership_leaves_its_studies_and_who_follows_joins(self, written):
        new = MembershipFactory(role=Role.PARTNER, organisation=written.organisation, school=written.school).user
        partnership = written.partnership
        partnership.partner_teachers.update(user=new)
        partnership = type(partnership).objects.with_people().get(pk=partnership.pk)

        services.studies.let_studies_follow(written.sara, partnership, written.pat, new, timezone.localdate())

        current = StudyMember.objects.filter(study=written.group, until=None)
        assert {member.person for member in current} == {written.sara, new}


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_of_two_who_start_the_lesson_one_does(self, ours):
        done = at_once(*[lambda who=who: services.start_lesson(who, ours.first) for who in (ours.pat, ours.sara)])

        ours.first.refresh_from_db()
        assert sorted(done) == [False, True]
        assert ours.first.started_by in {ours.pat, ours.sara}

    def test_two_stages_added_at_once_are_two(self, ours):
        at_once(*[lambda: services.add_stage(ours.first)] * 2)

        positions = list(ours.first.stages.values_list("position", flat=True))
        assert positions == [1, 2, 3, 4, 5, 6]

    def test_of_two_members_who_both_leave_one_stays(self, ours):
        done = at_once(
            *[lambda who=who: services.end_member(who, ours.group, who) for who in (ours.pat, ours.sara)],
            expecting=services.Refused,
        )

        assert sorted(isinstance(one, services.Refused) for one in done) == [False, True]
        assert ours.group.members.filter(until=None).count() == 1

    def test_ten_who_write_in_ten_boxes_at_once_all_have_written(self, ours):
        stages = [services.add_stage(ours.first) for _ in range(10)]

        def typed(number):
            field = f"stage-{stages[number].pk}-name"
            return lambda: services.write_cells(
                ours.pat, ours.first.sheet, [services.Cell(field, f"Stage {number}", 0, 1)], uuid.uuid4()
            )

        at_once(*[typed(number) for number in range(10)])

        sheet = services.fresh(ours.first.sheet)
        assert sheet.version == 10
        assert sorted(sheet.texts.values()) == sorted(f"Stage {number}" for number in range(10))
