"""What is said of a proposal: who hears of it, and whose head cannot yet."""

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage

from accounts.roles import Role
from programmes.models import Programme
from programmes.services.proposals import out_of_reach, way_to_head
from programmes.views.telling import tell_proposed
from tests.factories import MembershipFactory, PartnershipFactory, ProgrammeFactory, SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pairs():
    programme = ProgrammeFactory()
    made = [
        PartnershipFactory(programme=programme, partner_school=SchoolFactory(name=name))
        for name in ("Ash & Co", "Beech")
    ]
    for number, pair in enumerate(made):
        pair.specialist.home_school.name = f"Home {number}"
        pair.specialist.home_school.save()
    return made


def give_head(pair, school, active=True):
    row = MembershipFactory(role=Role.HEADTEACHER, organisation=pair.programme.organisation, school=school)
    row.user.is_active = active
    row.user.save()


def unreached(pairs):
    return [school.name for school in out_of_reach(pairs)]


def told(rf, pairs):
    """What the coordinator reads: the level of each message, and its words."""
    request = rf.get("/")
    request.session, request._messages = {}, []
    request._messages = FallbackStorage(request)
    tell_proposed(request, "They are proposed.", pairs, "/back/")
    return [(message.level_tag, str(message)) for message in request._messages]


def test_a_school_is_reached_once_a_head_of_it_can_sign_in(pairs):
    found = [unreached(pairs)]
    give_head(pairs[0], pairs[0].partner_school, active=False)
    for pair in pairs:
        give_head(pair, pair.specialist.home_school)
    found.append(unreached(pairs))
    give_head(pairs[0], pairs[0].partner_school)
    found.append(unreached(pairs))
    found.append(unreached(pairs[:1]))

    assert found == [["Ash & Co", "Beech", "Home 0", "Home 1"], ["Ash & Co", "Beech"], ["Beech"], []]


def test_where_every_head_can_be_reached_both_schools_are_told(rf, pairs):
    for pair in pairs:
        give_head(pair, pair.partner_school)
        give_head(pair, pair.specialist.home_school)

    assert told(rf, pairs[:1]) == [("success", "They are proposed. Both schools are told.")]
    assert told(rf, pairs) == [("success", "They are proposed. The schools of each are told.")]


def test_of_a_pair_inside_one_school_the_school_is_told(rf, pairs):
    specialist = pairs[0].specialist
    specialist.home_school = pairs[0].partner_school
    specialist.save()
    give_head(pairs[0], pairs[0].partner_school)

    assert told(rf, pairs[:1]) == [("success", "They are proposed. The school is told.")]


def test_heads_who_are_not_told_are_a_warning_with_a_way_to_invite_each(rf, pairs):
    for pair in pairs:
        give_head(pair, pair.specialist.home_school)

    done, (level, warning) = told(rf, pairs)
    _, (_, of_one) = told(rf, pairs[1:])

    ways = [f"/people/invite/?{way_to_head(pair.partner_school, '/back/')}".replace("&", "&amp;") for pair in pairs]
    link = '<a class="govuk-notification-banner__link" href="{}">{}</a>'
    assert done == ("success", "They are proposed.")
    assert (level, warning) == (
        "warning",
        "2 heads cannot sign in yet and are not told. Invite the head of "
        f"{link.format(ways[0], 'Ash &amp; Co')}, {link.format(ways[1], 'Beech')}.",
    )
    assert of_one.startswith("1 head cannot sign in yet and is not told. Invite the head of <a ")


def test_a_draft_tells_nobody_yet(rf, pairs):
    Programme.objects.update(status="draft")
    pairs[0].programme.refresh_from_db()

    assert told(rf, pairs[:1]) == [
        ("success", "They are proposed. The schools are told when the programme is started.")
    ]
