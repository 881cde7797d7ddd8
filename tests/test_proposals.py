"""What is said of a proposal: who hears of it, and whose head cannot yet."""

import pytest

from accounts.roles import Role
from programmes.models import Programme
from programmes.services.proposals import who_is_told
from tests.factories import MembershipFactory, PartnershipFactory, ProgrammeFactory, SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pairs():
    programme = ProgrammeFactory()
    made = [
        PartnershipFactory(programme=programme, partner_school=SchoolFactory(name=name)) for name in ("Ash", "Beech")
    ]
    for number, pair in enumerate(made):
        pair.specialist.home_school.name = f"Home {number}"
        pair.specialist.home_school.save()
    return made


def give_head(pair, school, active=True):
    row = MembershipFactory(role=Role.HEADTEACHER, organisation=pair.programme.organisation, school=school)
    row.user.is_active = active
    row.user.save()


def test_the_schools_whose_heads_can_sign_in_hear_of_it(pairs):
    said = [who_is_told(pairs)]
    give_head(pairs[0], pairs[0].partner_school, active=False)
    for pair in pairs:
        give_head(pair, pair.specialist.home_school)
    said.append(who_is_told(pairs))
    give_head(pairs[0], pairs[0].partner_school)
    said.append(who_is_told(pairs))
    said.append(who_is_told(pairs[:1]))
    give_head(pairs[1], pairs[1].partner_school)
    said.append(who_is_told(pairs))

    assert said == [
        "The heads of Ash, Beech, Home 0 and Home 1 cannot sign in yet and are not told. Invite them.",
        "The heads of Ash and Beech cannot sign in yet and are not told. Invite them.",
        "The head of Beech cannot sign in yet and is not told. Invite them.",
        "Both schools are told.",
        "Both schools of each are told.",
    ]


def test_of_many_schools_every_one_is_named(pairs):
    more = [PartnershipFactory(programme=pairs[0].programme, partner_school=SchoolFactory(name="Cedar"))]

    said = who_is_told([*pairs, *more])

    assert [name in said for name in ("Ash", "Beech", "Cedar", "Home 0", "Home 1")] == [True] * 5
    assert said.endswith(" cannot sign in yet and are not told. Invite them.")


def test_a_draft_tells_nobody_yet(pairs):
    Programme.objects.update(status="draft")
    pairs[0].programme.refresh_from_db()

    assert who_is_told(pairs[:1]) == "The schools are told when the programme is started."
