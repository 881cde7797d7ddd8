"""The way a school is paid needs two people: one enters it, another confirms it, and until then nothing is paid so."""

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import AuditEvent
from funding.models import Payee, Payment, PaymentBatch, Release, WrongState
from funding.services import paying
from funding.services.payees import confirm
from funding.services.paying import NotAuthorised
from tests.money.funded import IN_TIME, approve, authorise, funded_programme, hand_in, payees, release_of
from tests.reading import text_of
from tests.together import at_once

pytestmark = pytest.mark.django_db
TODAY = dt.date(2027, 1, 27)


def changed(money, release, person=None, **fields):
    """A new row for how the school of this release is paid, which nobody has confirmed."""
    values = {"name": "Harbour Trust", "route": "supplier", "code": "S66666", "since": TODAY} | fields
    return Payee.objects.create(
        organisation=money.organisation, school=release.school, entered_by=person or money.Ruth, **values
    )


def released(money, release=None):
    """This release, else the first, as it stands."""
    release = release or money.releases[0]
    release.refresh_from_db()
    return release


def page(client, person, name, *args, data=None):
    client.force_login(person)
    return client.get(reverse(f"funding:{name}", args=args), data or {})


def who_can(money, *without):
    """Everybody who can confirm, by their last names, but for these."""
    people = [person for person in (money.Ruth, money.Una, money.Tom, money.Martin) if person not in without]
    people.sort(key=lambda person: (person.last_name, person.first_name, person.pk))
    return f"{', '.join(str(p) for p in people[:-1])} or {people[-1]}"


# The rule -------------------------------------------------------------------------------------------------------


def test_what_is_changed_is_not_paid_until_a_second_person_has_confirmed_it(approved):
    release = released(approved)
    row = changed(approved, release)

    choice = paying.choose(approved.Ruth, approved.organisation)

    assert release not in choice.releases
    assert len(choice.releases) == 3
    assert [words for _, words in choice.left] == [
        f"How {release.school} is paid was entered by {approved.Ruth} on 27 January 2027 and waits for a second "
        f"person: {who_can(approved, approved.Ruth)} can confirm it."
    ]

    confirm(approved.Una, row)

    choice = paying.choose(approved.Ruth, approved.organisation)
    assert choice.left == []
    assert row in [group.payee for group in choice.groups]
    batch = authorise(approved, approved.Ruth)  # who entered it may authorise once another has confirmed it
    assert batch.payments.filter(payee=row).exists()


def test_authorising_itself_refuses_a_payee_that_waits(approved):
    release = released(approved)
    row = changed(approved, release)

    with pytest.raises(NotAuthorised, match="waits for a second person"):
        paying.authorise(approved.Una, approved.organisation, {release.pk: row.pk}, uuid.uuid4())

    assert not PaymentBatch.objects.exists()


def test_a_change_that_begins_later_stops_no_payment_until_its_day(approved):
    changed(approved, released(approved), since=TODAY + dt.timedelta(days=1))

    assert len(paying.choose(approved.Ruth, approved.organisation).releases) == 4


def test_who_entered_it_cannot_confirm_it_whatever_way_it_is_written(approved):
    row = changed(approved, released(approved))

    with pytest.raises(WrongState, match="You entered it, so somebody else confirms it"):
        confirm(approved.Ruth, row)
    with pytest.raises(DatabaseError, match="payee_confirmed_by_someone_else"), transaction.atomic():
        Payee.objects.filter(pk=row.pk).update(confirmed_by=approved.Ruth, confirmed_at=IN_TIME)
    with pytest.raises(DatabaseError, match="payee_confirmed_whole"), transaction.atomic():
        Payee.objects.filter(pk=row.pk).update(confirmed_at=IN_TIME)

    row.refresh_from_db()
    assert (row.confirmed_by, row.confirmed_at) == (None, None)


def test_what_is_confirmed_stays_as_it_was_confirmed(approved):
    row = changed(approved, released(approved))

    with pytest.raises(DatabaseError), transaction.atomic():
        Payee.objects.filter(pk=row.pk).update(code="S1")
    confirm(approved.Tom, row)
    with pytest.raises(WrongState, match="confirmed it before"):
        confirm(approved.Una, row)
    for fields in ({"confirmed_by": None, "confirmed_at": None}, {"confirmed_by": approved.Una}, {"code": "S1"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Payee.objects.filter(pk=row.pk).update(**fields)

    row.refresh_from_db()
    assert (row.confirmed_by, row.confirmed_at, row.code) == (approved.Tom, IN_TIME, "S66666")
    assert list(row.events.values_list("pgh_label", "confirmed_by")) == [("insert", None), ("update", approved.Tom.pk)]
    assert AuditEvent.objects.filter(did="payee confirmed", who=approved.Tom).count() == 1


def test_what_was_replaced_before_anybody_confirmed_it_is_not_confirmed_any_more(approved):
    row = changed(approved, released(approved))
    changed(approved, released(approved), approved.Una, code="S7")

    with pytest.raises(WrongState, match="Something else was entered since"):
        confirm(approved.Tom, row)

    assert not Payee.objects.filter(pk=row.pk, confirmed_at__isnull=False).exists()


def test_the_database_lets_no_payment_go_where_nobody_confirmed_it(approved):
    row = changed(approved, released(approved))
    batch = authorise(approved)

    with pytest.raises(DatabaseError, match="confirmed"), transaction.atomic():
        Payment.objects.create(batch=batch, plan=approved.plan, payee=row, number=99, amount=5)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_confirm_at_once_one_does():
    money = funded_programme(1)
    hand_in(money.partnerships[0], money.points[0])
    payees(money)
    release = release_of(money.partnerships[0], money.stages[0], "partner")
    approve(money.Tom, money.plan, [release])
    release.refresh_from_db()
    row = changed(money, release)

    def press(number):
        person = (money.Una, money.Tom, money.Martin)[number % 3]
        return lambda: confirm(person, row)

    answers = at_once(*map(press, range(12)), expecting=WrongState)

    assert sum(isinstance(answer, Payee) for answer in answers) == 1
    assert AuditEvent.objects.filter(did="payee confirmed").count() == 1


# The pages ------------------------------------------------------------------------------------------------------


def test_the_page_says_before_the_click_who_can_confirm(client, approved):
    release = released(approved)
    row = changed(approved, release)
    button = reverse("funding:payee_confirm", args=[row.pk])

    own = page(client, approved.Ruth, "payee", release.school.urn)
    other = page(client, approved.Una, "payee", release.school.urn)
    holder = page(client, approved.Tom, "payee", release.school.urn)

    assert f"You entered it, so somebody else confirms it: {who_can(approved, approved.Ruth)}." in text_of(own)
    assert button not in own.content.decode()
    for found in (other, holder):
        assert f"Harbour Trust, supplier payment S66666, from 27 January 2027, entered by {approved.Ruth}" in text_of(
            found
        )
        assert "Nothing is paid to it until then" in text_of(found)
        assert button in found.content.decode()
    assert "Save how the school is paid" in other.content.decode()
    assert "Save how the school is paid" not in holder.content.decode()


def test_a_budget_holder_reads_how_schools_are_paid_and_confirms_it_but_enters_nothing(client, approved):
    release = released(approved)
    row = changed(approved, release)
    form = {"name": "Mine", "route": "supplier", "code": "S1", "since": "27/1/2027"}

    listed = page(client, approved.Tom, "payees")
    refused = client.post(reverse("funding:payee", args=[release.school.urn]), form)
    answer = client.post(reverse("funding:payee_confirm", args=[row.pk]), follow=True)

    assert "1 school waits for a second person" in text_of(listed)
    assert "Waits for a second person" in text_of(listed)
    assert refused.status_code == 403
    assert f"{release.school} is paid like that from 27 January 2027 on." in text_of(answer)
    row.refresh_from_db()
    assert row.confirmed_by == approved.Tom
    assert "waits for a second person" not in text_of(page(client, approved.Tom, "payees"))


def test_who_entered_it_presses_in_vain_and_is_told(client, approved):
    row = changed(approved, released(approved))
    client.force_login(approved.Ruth)

    answer = client.post(reverse("funding:payee_confirm", args=[row.pk]), follow=True)

    assert "You entered it, so somebody else confirms it." in text_of(answer)


def test_entering_says_that_a_second_person_is_needed(client, approved):
    release = released(approved)
    client.force_login(approved.Ruth)
    form = {"name": "Harbour Trust", "route": "supplier", "code": "S-77", "since": "27/1/2027"}

    answer = client.post(reverse("funding:payee", args=[release.school.urn]), form, follow=True)

    words = f"{release.school} is paid like that from 27 January 2027 on once a second person has confirmed it"
    assert f"{words}: {who_can(approved, approved.Ruth)}." in text_of(answer)


def test_the_payments_page_and_the_check_leave_it_out_with_the_reason(client, approved):
    release = released(approved)
    changed(approved, release)

    listed = page(client, approved.Ruth, "payments")
    check = page(client, approved.Ruth, "authorise", data={"release": [release.pk]})

    for found in (listed, check):
        assert "waits for a second person" in text_of(found)
        assert reverse("funding:payee", args=[release.school.urn]) in found.content.decode()


def test_the_check_names_payees_that_have_changed_since_their_last_payment(client, approved):
    batch = authorise(approved)
    first, *others = batch.payments.select_related("payee__school").order_by("number")
    answers = [paying.Answered(first, False, TODAY, "Closed account")]
    paying.take_answers(approved.Ruth, batch, answers + [paying.Answered(row, True, TODAY) for row in others])
    release = Release.objects.get(pk__in=[row.pk for row in approved.releases], school=first.payee.school)
    old = first.payee
    same = text_of(page(client, approved.Ruth, "authorise", data={"release": [release.pk]}))
    confirm(approved.Tom, changed(approved, released(approved, release)))

    found = text_of(page(client, approved.Ruth, "authorise", data={"release": [release.pk]}))

    words = (
        f"Changed since the last payment ({first.reference} on 27 January 2027), which went to {old}, "
        f"{old.get_route_display().lower()} {old.code}. Entered by {approved.Ruth}, confirmed by {approved.Tom}."
    )
    assert words in found
    assert "Changed since the last payment" not in same


def test_the_check_names_payees_that_have_changed_before_their_first_payment(client, approved):
    release = released(approved)
    old = Payee.objects.get(school=release.school)
    confirm(approved.Tom, changed(approved, release))

    found = text_of(page(client, approved.Una, "authorise", data={"release": [release.pk]}))
    others = text_of(page(client, approved.Una, "authorise", data={"release": [approved.releases[1].pk]}))

    assert (
        f"Changed before the first payment: it was {old}, {old.get_route_display().lower()} {old.code}. Entered by "
        f"{approved.Ruth}, confirmed by {approved.Tom}."
    ) in found
    assert "Changed" not in others


def test_what_is_entered_anew_in_the_same_words_is_no_change(client, approved):
    release = released(approved)
    old = Payee.objects.get(school=release.school)
    confirm(approved.Tom, changed(approved, release, name=old.name, route=old.route, code=old.code))

    found = text_of(page(client, approved.Una, "authorise", data={"release": [release.pk]}))

    assert "Authorise 1 payment" in found
    assert "Changed" not in found


def test_today_tells_those_who_can_confirm_and_nobody_else(client, approved):
    release = released(approved)
    row = changed(approved, release)
    line = "1 school\u2019s payee waits for a second person"

    def told():
        people = (approved.Ruth, approved.Una, approved.Tom, approved.Martin, approved.Amira)
        found = []
        for person in people:
            client.force_login(person)
            answer = client.get(reverse("today"))
            found.append(line in text_of(answer))
            if found[-1]:
                assert reverse("funding:payee", args=[release.school.urn]) in answer.content.decode()
        return found

    before = told()
    confirm(approved.Martin, row)
    after = told()

    assert before == [False, True, True, True, False]
    assert after == [False] * 5


def test_a_budget_holder_of_somebody_else_finds_no_such_row(client, approved):
    row = changed(approved, released(approved))
    other = funded_programme(1)
    client.force_login(other.Tom)

    assert client.post(reverse("funding:payee_confirm", args=[row.pk])).status_code == 404


def test_where_nobody_else_can_confirm_the_page_says_so(client, approved):
    row = changed(approved, released(approved))
    for person in (approved.Una, approved.Tom, approved.Martin):
        person.is_active = False
        person.save()

    found = text_of(page(client, approved.Ruth, "payee", row.school.urn))

    assert "Nobody else here can: it takes a second finance officer or a budget holder." in found
