"""In which area a partnership is: changed by hand, taken on from its school, moved with everything in its area."""

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from programmes.models import Area, PartnerSchool, Partnership
from programmes.services import areas, schools
from tests.factories import PartnerSchoolFactory, PartnershipFactory, ProgrammeFactory
from tests.together import at_once


@pytest.fixture
def coordinator(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    return client


def without_area(ours, **fields):
    return PartnershipFactory(programme=ours.programme, area=None, **fields)


def url_of(partnership):
    return reverse("programmes:partnership_area", args=[partnership.pk])


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_the_consultants_reach_follows_the_area(client, ours):
    partnership, consultant = without_area(ours), ours.people[Role.CONSULTANT]
    page = reverse("programmes:partnership", args=[partnership.pk])
    client.force_login(consultant)
    before = client.get(page).status_code

    client.force_login(ours.people[Role.COORDINATOR])
    leads = url_of(partnership) in client.get(page).content.decode()
    done = client.post(url_of(partnership), {"area": ours.partnership.area.pk, "seen": "none"}, follow=True)
    client.force_login(consultant)
    after = client.get(page).status_code

    assert (before, leads, after) == (404, True, 200)
    assert said(done) == ["The partnership is in the area Ourside area."]
    line = AuditEvent.objects.get(did="area of partnership changed")
    assert (line.row, line.about) == (partnership.pk, f"area None to {ours.partnership.area.pk}")


def test_an_area_is_taken_away_again(coordinator, ours):
    done = coordinator.post(url_of(ours.partnership), {"area": "", "seen": ours.partnership.area.pk}, follow=True)

    ours.partnership.refresh_from_db()
    assert (ours.partnership.area, said(done)) == (None, ["The partnership is in no area."])


def test_the_history_tells_of_each_change_under_the_names_of_its_day(coordinator, ours):
    partnership, first = without_area(ours), ours.partnership.area
    ashore = Area.objects.create(programme=ours.programme, name="Ashore")
    for area, seen in ((first.pk, "none"), (ashore.pk, first.pk), ("", ashore.pk)):
        coordinator.post(url_of(partnership), {"area": area, "seen": seen})
    ashore.delete()

    page = coordinator.get(reverse("programmes:partnership", args=[partnership.pk]))

    told = [event["what"] for event in page.context["history"] if "rea" in event["what"]]
    assert told == [
        "In no area any more, before that Ashore",
        "Area: Ashore, before that Ourside area",
        "Area: Ourside area",
    ]


def test_an_area_of_elsewhere_is_refused_and_whoever_comes_second_is_told(coordinator, ours):
    partnership, strange = without_area(ours), Area.objects.create(programme=ProgrammeFactory(), name="Strange")
    ashore = Area.objects.create(programme=ours.programme, name="Ashore")

    foreign = coordinator.post(url_of(partnership), {"area": strange.pk, "seen": "none"})
    late = coordinator.post(url_of(partnership), {"area": ashore.pk, "seen": ours.partnership.area.pk})

    assert foreign.context["form"].errors == {"area": ["Choose from the areas that are offered here."]}
    assert "Someone else changed the area" in late.content.decode()
    assert late.context["form"]["area"].value() == str(ashore.pk)
    assert (late.context["form"]["seen"].value(), Partnership.objects.get(pk=partnership.pk).area) == ("none", None)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_it_at_once_one_wins(ours):
    partnership, person = without_area(ours), ours.people[Role.COORDINATOR]
    ashore, seen = Area.objects.create(programme=ours.programme, name="Ashore"), ours.partnership.area
    one, other = (Partnership.objects.get(pk=partnership.pk) for _ in range(2))

    answers = at_once(
        lambda: areas.change_area(person, one, ashore),
        lambda: areas.change_area(person, other, seen),
        expecting=areas.MovedMeanwhile,
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["MovedMeanwhile", "NoneType"]
    assert AuditEvent.objects.filter(did="area of partnership changed").count() == 1


def test_nothing_is_changed_in_a_closed_programme_or_where_there_are_no_areas(coordinator, ours):
    plain = PartnershipFactory(programme=ProgrammeFactory(organisation=ours.organisation))
    without = coordinator.get(url_of(plain)).status_code
    ours.programme.status = "closed"
    ours.programme.save()

    page = coordinator.get(reverse("programmes:partnership", args=[ours.partnership.pk])).content.decode()

    assert (without, coordinator.get(url_of(ours.partnership)).status_code) == (404, 404)
    assert url_of(ours.partnership) not in page


def change_school(client, row, **given):
    typed = {"partnerships_wanted": "1", "area": row.area_id or ""} | given
    return client.post(reverse("programmes:partner_school_change", args=[row.pk]), typed, follow=True)


def test_partnerships_without_an_area_take_on_that_of_their_school(coordinator, ours):
    row = PartnerSchoolFactory(programme=ours.programme, area=None)
    bare = without_area(ours, partner_school=row.school, ref="P71")
    elsewhere = without_area(ours, partner_school=row.school, ref="P72")
    other_year = PartnershipFactory(partner_school=row.school)
    areas.change_area(
        ours.people[Role.COORDINATOR], elsewhere, Area.objects.create(programme=ours.programme, name="Ashore")
    )

    done = change_school(coordinator, row, area=ours.partnership.area.pk)

    now = dict(Partnership.objects.filter(partner_school=row.school).values_list("pk", "area__name"))
    assert now == {bare.pk: "Ourside area", elsewhere.pk: "Ashore", other_year.pk: None}
    assert said(done) == [
        f"What stands about {row} is saved.",
        "P71 had no area and has that of the school now: Ourside area.",
        "P72 (in Ashore) keeps its own area. If that is not right, change it: "
        f'<a class="govuk-notification-banner__link" href="{url_of(elsewhere)}">P72</a>.',
    ]


def test_an_area_that_was_taken_away_does_not_come_back_with_another_change_of_the_school(coordinator, ours):
    row = PartnerSchool.objects.get(programme=ours.programme, school=ours.partnership.partner_school)
    areas.change_area(ours.people[Role.COORDINATOR], ours.partnership, None)

    done = change_school(coordinator, row, partnerships_wanted="2")

    ours.partnership.refresh_from_db()
    assert (ours.partnership.area, said(done)) == (None, [f"What stands about {row} is saved."])


def test_everything_in_an_area_goes_into_another_one_in_one_step(coordinator, ours):
    programme, north = ours.programme, ours.partnership.area
    south = Area.objects.create(programme=programme, name="South")
    inside = Partnership.objects.filter(area=north).count(), PartnerSchool.objects.filter(area=north).count()
    url = reverse("programmes:area_move", args=[programme.slug, north.pk])

    refused = coordinator.post(reverse("programmes:area_delete", args=[programme.slug, north.pk]))
    unsaid = coordinator.post(url, {"other": ""})
    done = coordinator.post(url, {"other": south.pk}, follow=True)

    assert (inside, refused.url) == ((1, 2), url)
    assert unsaid.context["form"].errors == {"other": ["Choose the area."]}
    assert said(done)[-1] == (
        "Now in “South”: 1 partnership and 2 partner schools. “Ourside area” is left without them."
    )
    assert (areas.inside(north), areas.inside(south)) == ((0, 0), (1, 2))
    assert AuditEvent.objects.filter(about=f"area {north.pk} to {south.pk}").count() == 3


def pair_by_hand(client, ours, row, **step):
    given = {"specialist": ours.partnership.specialist.pk, "school": row.school_id, "subject": "maths"}
    url = reverse("programmes:partnership_add", args=[ours.programme.slug])
    return client.post(url, given | {"year_group": "5", "area": ""} | step, follow=True)


def test_a_pair_without_an_area_is_pointed_out_before_and_after(coordinator, ours):
    row = PartnerSchoolFactory(programme=ours.programme, area=None)

    check = pair_by_hand(coordinator, ours, row)
    done = pair_by_hand(coordinator, ours, row, step="confirm", seen=check.context["look"].warnings)

    made = Partnership.objects.get(partner_school=row.school)
    assert "None: the school has none, and you chose none" in check.content.decode()
    assert said(done)[0] == (
        f"{made.ref} has no area, so no consultant of an area sees it. Choose its area: "
        f'<a class="govuk-notification-banner__link" href="{url_of(made)}">{made.ref}</a>.'
    )


def test_a_pair_takes_on_the_area_of_its_school_and_the_check_says_so(coordinator, ours):
    row = PartnerSchoolFactory(programme=ours.programme, area=ours.partnership.area)

    check = pair_by_hand(coordinator, ours, row).content.decode()

    assert "The area of the partner school</span>" in check
    assert schools.keep_school(ours.people[Role.COORDINATOR], row, ["capacity"]) == []
