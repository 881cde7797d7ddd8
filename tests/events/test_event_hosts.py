"""Who hosts an event in turn, and who runs it there."""

from accounts.roles import Role
from tests.arranging import text
from tests.factories import EventFactory, PartnershipFactory, SchoolFactory
from visits.events import hosts
from visits.models import Event


def test_the_next_host_has_hosted_least_and_longest_ago(ours):
    area, programme = ours.partnership.area, ours.programme
    Event.objects.all().delete()
    schools = [SchoolFactory(name=f"{letter} School") for letter in "ABCD"]
    for school in schools:
        PartnershipFactory(
            programme=programme, area=area, partner_school=school, specialist=ours.partnership.specialist
        )
    a, b, c, d = schools
    for on, host, status in (
        ("2026-10-01", b, "planned"),
        ("2026-11-01", a, "planned"),
        ("2026-12-01", b, "planned"),
        ("2027-01-01", d, "planned"),
        ("2027-01-02", c, "cancelled"),
    ):
        EventFactory(
            programme=programme,
            area=area,
            on=on,
            host=host,
            status=status,
            cancelled_because="Snow" if status == "cancelled" else "",
        )

    found = [(str(turn.school), turn.words) for turn in hosts.turns(area)]

    assert found == [
        ("C School", "has not hosted yet"),
        ("Ourside Home School", "has not hosted yet"),
        ("Ourside Partner School", "has not hosted yet"),
        ("A School", "has hosted once, last on 1 November 2026"),
        ("D School", "has hosted once, last on 1 January 2027"),
        ("B School", "has hosted twice, last on 1 December 2026"),
    ]


def test_the_host_school_s_head_chairs_and_its_teacher_takes_the_minutes(ours):
    assert hosts.who_runs_it(ours.programme, ours.school) == (
        ours.people[Role.HEADTEACHER],
        ours.people[Role.PARTNER],
    )
    assert hosts.who_runs_it(ours.programme, SchoolFactory()) == (None, None)


def test_whoever_runs_an_event_and_cannot_come_is_named(client, ours, coordinator, event):
    head, partner = ours.people[Role.HEADTEACHER], ours.people[Role.PARTNER]
    Event.objects.filter(pk=event.pk).update(chair=head, minute_taker=partner)
    event.attendances.create(person=head, answer="declined")
    event.attendances.create(person=partner, answer="accepted")

    page = text(client.get(event.get_absolute_url()))

    assert "Ourside OursideHeadteacher, who chairs, cannot come. Choose someone else" in page
    assert "who takes the minutes, cannot come" not in page
