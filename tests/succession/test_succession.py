"""A school has closed: what hangs on it moves to its successor, on a confirmed step, within one organisation."""

import datetime as dt

import pytest

from accounts.models import AuditEvent, Invitation, Membership, School, SchoolLink
from accounts.register import succession
from accounts.roles import Role
from programmes.models import (
    Acceptance,
    Agreement,
    AgreementText,
    ConflictOfInterest,
    HeadContact,
    Objection,
    PartnerSchool,
    Partnership,
    Programme,
    SchoolClosure,
    SchoolLimits,
    Signature,
    TermDate,
)
from tests.factories import (
    BookingFactory,
    EventFactory,
    MembershipFactory,
    PartnershipFactory,
    ProgrammeFactory,
    ReportFactory,
    SpecialistTeacherFactory,
    UserFactory,
    VisitFactory,
)
from tests.succession.succeeding import TODAY, closed, confirm, words
from visits.feeds.services import feed_behind, make_feed
from visits.models import CalendarFeed, Slot, Visit

pytestmark = pytest.mark.django_db


def test_what_follows_a_school_is_a_list_that_each_app_adds_to():
    assert [following.what.partition(",")[0] for following in succession.AFTER_SUCCESSION] == [
        "role of someone",
        "open invitation",
        "report made before",
        "visit to come",
        "half-day that needs cover",
        "calendar address of the school",
        "event that the school hosts",
        "event that takes place there",
        "item of a running order",
        "closure or no-go to come",
        "limit of what the school can spare",
        "partnership",
        "specialist teacher with this home school",
        "signature still waited for",
        "open objection to a pairing",
        "agreement of the school to a proposed partnership",
        "place in a list of partner schools",
        "declared conflict of interest",
        "own half term",
    ]


# School -> what names it and stays where it was, with the reason.
STAYS = {
    "accounts.SchoolLink.predecessor": "it says what followed what",
    "accounts.SchoolLink.successor": "it says what followed what",
    "accounts.RegisterChange.school": "it says what a file changed",
    "visits.CoverMail.school": "it says which mail was written",
    "visits.VisitChange.before_host": "it says where the visit was to be",
    "visits.VisitChange.after_host": "it says where the visit was to be",
    "visits.Attendance.school": "it is the school of the day, by which half-days are funded",
    "reports.HeadlinePercentage.school": "it is what that school published, and its successor publishes its own",
    "reports.RoundReport.school": "it says for which schools a round was made; the report itself follows",
    "funding.Payee.school": "how the successor is paid is asked anew: it has another account",
    "funding.PayeeEvent.school": "it is history",
    "funding.Release.school": "it says which school was paid; one that is open names none",
    "funding.ReleaseEvent.school": "it is history",
    "funding.RecoveryEvent.school": "it is history",
    "funding.LedgerEntry.school": "it says whose money moved",
    "funding.Recovery.school": "it says who was paid too much",
    "funding.FundingLetter.school": "it says to which school it went",
    "funding.MoneyReport.school": "it says whose statement it is",
}


def test_every_row_that_names_a_school_follows_it_or_says_why_not():
    follows = {
        f"{following.rows(None).model._meta.label}.{following.school}" for following in succession.AFTER_SUCCESSION
    }
    named = {
        f"{relation.related_model._meta.label}.{relation.field.name}"
        for relation in School._meta.get_fields(include_hidden=True)
        if relation.one_to_many or relation.one_to_one
    }

    assert named == follows | set(STAYS)


def test_partnerships_people_dates_and_visits_to_come_move(client, amira, essex, programme, old, new):
    partnership = PartnershipFactory(programme=programme, partner_school=old)
    specialist = SpecialistTeacherFactory(programme=programme, home_school=old)
    head = MembershipFactory(role=Role.HEADTEACHER, organisation=essex, school=old)
    invited = Invitation.objects.create(
        email="new@schools.example",
        first_name="New",
        last_name="Person",
        role=Role.OFFICE,
        organisation=essex,
        school=old,
        invited_by=amira,
        expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC),
        digest=b"digest",
    )
    to_come = VisitFactory(partnership=partnership, on=TODAY, host=old)
    listed = PartnerSchool.objects.create(programme=programme, school=old)
    conflict = ConflictOfInterest.objects.create(specialist=specialist, school=old, declared_by="X")
    term = TermDate.objects.create(
        organisation=essex, school=old, name="Spring", starts_on=dt.date(2027, 1, 4), ends_on=dt.date(2027, 2, 12)
    )
    report = ReportFactory(kind="school impact", programme=programme, school=old, state="done", file="x.pdf")

    answer = confirm(client, old, new)

    for row in (partnership, specialist, head, invited, to_come, listed, conflict, term, report):
        row.refresh_from_db()
    assert "What hung on Oak School hangs on Oak Academy now." in words(answer)
    assert {
        partnership.partner_school,
        specialist.home_school,
        head.school,
        invited.school,
        to_come.host,
        listed.school,
        conflict.school,
        term.school,
        report.school,
    } == {new}
    assert SchoolLink.objects.values_list("predecessor", "successor", "named_by").get() == (
        old.pk,
        new.pk,
        amira.pk,
    )
    event = AuditEvent.objects.filter(did="schools.succeeded").values("who", "row", "about").get()
    assert event == {"who": amira.pk, "row": old.pk, "about": f"by school {new.pk}"}


def test_a_role_that_begins_later_moves_as_well(client, amira, essex, old, new):
    named = MembershipFactory(
        role=Role.HEADTEACHER, organisation=essex, school=old, starts_on=TODAY + dt.timedelta(days=60)
    )
    over = MembershipFactory(role=Role.OFFICE, organisation=essex, school=old, ends_on=TODAY - dt.timedelta(days=1))

    confirm(client, old, new)

    assert [Membership.objects.get(pk=m.pk).school for m in (named, over)] == [new, old]


def test_what_is_past_signed_or_of_a_closed_programme_stays(client, amira, essex, programme, old, new):
    partnership = PartnershipFactory(programme=programme, partner_school=old)
    closed = PartnershipFactory(
        programme=ProgrammeFactory(organisation=essex, status=Programme.Status.CLOSED), partner_school=old
    )
    past = VisitFactory(partnership=partnership, on=dt.date(2027, 1, 26), host=old)
    done = VisitFactory(partnership=partnership, on=TODAY, host=old, status=Visit.Status.TOOK_PLACE)
    text = AgreementText.objects.create(programme=programme, version=1, protocol="x", data_commitments="y")
    agreement = Agreement.objects.create(partnership=partnership, version=1, sections=[], text=text)
    head = UserFactory()
    signed = Signature.objects.create(
        agreement=agreement,
        capacity="partner head",
        school=old,
        signed_by=head,
        signed_at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
        typed_name="Ada",
    )
    waited_for = Signature.objects.create(agreement=agreement, capacity="partner", person=UserFactory(), school=old)

    confirm(client, old, new)

    for row in (partnership, closed, past, done, signed, waited_for):
        row.refresh_from_db()
    assert [closed.partner_school, past.host, done.host, signed.school] == [old] * 4
    assert [partnership.partner_school, waited_for.school] == [new] * 2


def test_events_to_come_and_their_running_orders_follow_and_past_ones_stay(client, amira, programme, old, new):
    to_come = EventFactory(programme=programme, on=TODAY, host=old, place=old)
    past = EventFactory(programme=programme, on=TODAY - dt.timedelta(days=1), host=old, place=old)
    slots = [Slot.objects.create(event=event, order=1, minutes=5, what="Us", school=old) for event in (to_come, past)]

    confirm(client, old, new)

    for row in (to_come, past, *slots):
        row.refresh_from_db()
    assert (to_come.host, to_come.place, slots[0].school) == (new, new, new)
    assert (past.host, past.place, slots[1].school) == (old, old, old)


def test_cover_closures_limits_and_the_calendar_address_follow(client, amira, essex, programme, old, new):
    partnership = PartnershipFactory(programme=programme, partner_school=old)
    office = MembershipFactory(role=Role.OFFICE, organisation=essex, school=old).user
    ahead, past = (VisitFactory(partnership=partnership, on=on, host=old) for on in (TODAY, dt.date(2027, 1, 13)))
    booked = [BookingFactory(visit=visit, school=old) for visit in (ahead, past)]
    days = [closed(old, dt.date(2027, 1, 5)), closed(old, dt.date(2027, 3, 1), kind="inset")]
    limits = SchoolLimits.objects.create(school=old, class_ceiling=9)
    feed, secret = make_feed(office, old)

    confirm(client, old, new)

    for row in (*booked, *days, limits, feed):
        row.refresh_from_db()
    assert [row.school for row in (*booked, *days, limits, feed)] == [new, old, old, new, new, new]
    assert feed_behind(secret) == feed


def test_what_the_successor_has_entered_itself_stays_as_it_is(client, amira, essex, programme, old, new):
    PartnershipFactory(programme=programme, partner_school=old)
    office = MembershipFactory(role=Role.OFFICE, organisation=essex, school=old).user
    at_new = MembershipFactory(role=Role.OFFICE, organisation=essex, school=new).user
    same = [closed(school, dt.date(2027, 3, 1), kind="inset") for school in (old, new)]
    part = closed(old, dt.date(2027, 3, 8)), closed(new, dt.date(2027, 3, 8), last=dt.date(2027, 3, 9))
    alone = closed(old, dt.date(2027, 3, 15))
    for school, most in ((old, 9), (new, 6)):
        SchoolLimits.objects.create(school=school, class_ceiling=most)
    longer = closed(old, dt.date(2027, 3, 22), last=dt.date(2027, 3, 26)), closed(new, dt.date(2027, 3, 22))
    make_feed(office, old)
    own, _ = make_feed(at_new, new)

    confirm(client, old, new)

    assert set(SchoolClosure.objects.filter(school=new)) == {same[1], part[1], alone, *longer}
    assert not SchoolClosure.objects.filter(school=old).exists()
    assert SchoolLimits.objects.get(school=new).class_ceiling == 6
    assert list(CalendarFeed.objects.filter(revoked_at=None)) == [own]
    assert succession.what_moves(essex, old) == []


def test_closures_of_a_school_of_other_organisers_stay(client, amira, essex, old, new):
    MembershipFactory(role=Role.OFFICE, organisation=essex, school=old)
    PartnershipFactory(partner_school=old)
    theirs = closed(old, dt.date(2027, 3, 1))

    confirm(client, old, new)

    theirs.refresh_from_db()
    assert theirs.school == old


def test_what_a_school_agreed_to_a_proposed_partnership_counts_for_its_successor_once(
    client, amira, programme, old, new
):
    for specialist in (SpecialistTeacherFactory(programme=programme, home_school=new), None):
        given = {"specialist": specialist} if specialist else {}
        row = PartnershipFactory(programme=programme, partner_school=old, status="proposed", **given)
        Acceptance.objects.create(partnership=row, school=old, by=amira)
    inside = Partnership.objects.get(specialist__home_school=new)
    Acceptance.objects.create(partnership=inside, school=new, by=amira)

    confirm(client, old, new)

    standing = Acceptance.objects.filter(taken_back_at=None).order_by("partnership__pk")
    assert [(row.partnership.is_in_own_school, row.school) for row in standing] == [(True, new), (False, new)]
    assert [len(row.awaited) for row in Partnership.objects.order_by("pk")] == [0, 1]


def test_rows_of_another_organisation_stay(client, amira, programme, old, new):
    PartnershipFactory(programme=programme, partner_school=old)
    theirs = PartnershipFactory(partner_school=old)
    their_head = MembershipFactory(role=Role.HEADTEACHER, organisation=theirs.programme.organisation, school=old)

    confirm(client, old, new)

    theirs.refresh_from_db()
    their_head.refresh_from_db()
    assert (theirs.partner_school, their_head.school) == (old, old)


def test_whoever_and_whatever_is_at_the_successor_already_is_there_once(client, amira, essex, programme, old, new):
    head = UserFactory()
    at_old = MembershipFactory(user=head, role=Role.HEADTEACHER, organisation=essex, school=old)
    at_new = MembershipFactory(user=head, role=Role.HEADTEACHER, organisation=essex, school=new)
    partnership = PartnershipFactory(programme=programme, partner_school=old)
    there = PartnerSchool.objects.create(programme=programme, school=new, tags=["coast"])
    here = PartnerSchool.objects.create(
        programme=programme, school=old, chosen_because="Ready to learn", tags=["coast", "rural"]
    )
    contact = HeadContact.objects.create(partner_school=here, on=TODAY, how="phone", note="Talked", by=amira)
    for school in (old, new):
        ConflictOfInterest.objects.create(specialist=partnership.specialist, school=school, declared_by="X")
        Objection.objects.create(partnership=partnership, kind="dispute", reason="Why?", school=school, by=head)
        TermDate.objects.create(
            organisation=essex,
            school=school,
            name="Spring",
            starts_on=dt.date(2027, 1, 4),
            ends_on=dt.date(2027, 2, 12),
        )

    answer = confirm(client, old, new)

    there.refresh_from_db()
    contact.refresh_from_db()
    assert answer.status_code == 200
    assert list(Membership.objects.live().filter(user=head)) == [at_new]
    assert Membership.objects.get(pk=at_old.pk).ended_at is not None
    assert list(programme.partner_schools.all()) == [there]
    assert (there.chosen_because, there.tags, contact.partner_school) == ("Ready to learn", ["coast", "rural"], there)
    assert ConflictOfInterest.objects.get().school == new
    assert TermDate.objects.get().school == new
    assert Objection.objects.filter(answered_at=None).get().school == new
    assert succession.what_moves(essex, old) == []
