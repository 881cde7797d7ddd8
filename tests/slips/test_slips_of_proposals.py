"""Pairings that slip: proposed for too long without a head's word, or disputed."""

import datetime as dt

import pytest

from accounts.models import Membership, User
from accounts.roles import Role
from programmes.models import Acceptance, Objection, Partnership, PartnershipStep
from tests.rosters import NOW, TODAY, only_row, partnership, rows, told, words

pytestmark = pytest.mark.django_db


def test_a_proposal_slips_from_its_first_day_where_a_head_who_must_agree_cannot_sign_in(at):
    p = partnership(at, "New", status=Partnership.Status.PROPOSED)
    PartnershipStep.objects.filter(partnership=p).update(on=TODAY)
    heads = Membership.objects.filter(role=Role.HEADTEACHER)
    heads.filter(school=p.partner_school).delete()
    User.objects.filter(pk__in=heads.filter(school=p.specialist.home_school).values("user")).update(is_active=False)

    nobody = only_row(at)
    Acceptance.objects.create(partnership=p, school=p.specialist.home_school, by=at.coordinator)
    one_agreed = only_row(at)

    untold = "cannot sign in, and has not been told of this proposal"
    assert told(nobody) == [
        (f"The head of New {untold}", TODAY, 0, ["coordinator"], [], "Invite the head of New"),
        (f"The head of Home of Mbeki {untold}", TODAY, 0, ["coordinator"], [], "Invite the head of Home of Mbeki"),
    ]
    assert [act.url.partition("?")[2] for act in nobody.acts] == [
        f"role=headteacher&urn={school.urn}&next=/roster/" for school in p.schools
    ]
    assert [slip.words for slip in one_agreed.slips] == [f"The head of New {untold}"]
    assert nobody.group == "slipping"


def test_a_proposal_slips_after_ten_school_days(at):
    for school, on in (("Old", dt.date(2027, 1, 12)), ("New", dt.date(2027, 1, 14))):
        p = partnership(at, school, status=Partnership.Status.PROPOSED)
        PartnershipStep.objects.filter(partnership=p).update(on=on)

    old, new = rows(at)

    assert told(old) == [
        (
            "Partnership proposed 11 school days ago; waits for the heads of Old and Home of Mbeki",
            dt.date(2027, 1, 12),
            11,
            ["head"],
            ["Head of Old", "Head of Home of Mbeki"],
            None,
        )
    ]
    assert (new.partnership.partner_school.name, new.slips) == ("New", [])


def test_a_proposal_waits_for_the_head_who_has_not_agreed_or_for_the_coordinator_where_that_one_cannot(at):
    p = partnership(at, "Old", status=Partnership.Status.PROPOSED)
    home = p.specialist.home_school
    PartnershipStep.objects.filter(partnership=p).update(on=dt.date(2027, 1, 12))
    Acceptance.objects.create(partnership=p, school=p.partner_school, by=at.coordinator)

    one_agreed = told(only_row(at))
    objection = Objection.objects.create(
        partnership=p, kind="dispute", reason="Subject", school=home, by=at.coordinator
    )
    asks = [slip for slip in told(only_row(at)) if slip[0].startswith("Partnership")]
    objection.delete()
    Membership.objects.filter(role=Role.HEADTEACHER, school=home).update(ends_on=dt.date(2027, 1, 26))
    nobody, untold = told(only_row(at))

    said = ("Partnership proposed 11 school days ago; waits for the head of Home of Mbeki", dt.date(2027, 1, 12), 11)
    assert one_agreed == [(*said, ["head"], ["Head of Home of Mbeki"], None)]
    assert asks == [nobody] == [(*said, ["coordinator"], [], "Settle it")]
    assert untold[0] == "The head of Home of Mbeki cannot sign in, and has not been told of this proposal"


def test_a_dispute_waits_for_the_coordinators_answer(at):
    p = partnership(at, "Rolphby", status=Partnership.Status.AGREED)
    objection = Objection.objects.create(
        partnership=p,
        kind=Objection.Kind.DISPUTE,
        reason="Subject",
        school=p.partner_school,
        by=at.coordinator,
        at=dt.datetime(2027, 1, 21, 23, 30, tzinfo=dt.UTC),
    )

    open_ = told(only_row(at))
    Objection.objects.filter(pk=objection.pk).update(
        answered_at=NOW, answered_by=at.coordinator, answer="Agreed by phone.", outcome="keep"
    )

    assert open_ == [
        (
            "Rolphby disputes this pairing, 4 school days",
            dt.date(2027, 1, 21),
            4,
            ["coordinator"],
            [],
            "Answer the school",
        )
    ]
    assert words(at) == {"Rolphby": []}
