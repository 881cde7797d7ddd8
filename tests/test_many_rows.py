"""What makes pages of hundreds of rows fast gives what the usual way gives."""

import pytest
from django.urls import NoReverseMatch, reverse
from pytest_django.asserts import assertQuerySetEqual

from accounts.addresses import address_of
from programmes.models import Partnership
from tests.factories import PartnershipFactory, VisitFactory
from visits.models import Visit


@pytest.mark.parametrize("name", ["visits:detail", "programmes:partnership", "reports:roster_nudge"])
@pytest.mark.parametrize("pk", [1, 10, 1200])
def test_the_address_of_a_row_is_the_one_that_is_looked_up(name, pk):
    assert address_of(name, pk) == reverse(name, args=[pk])


def test_a_row_that_is_not_saved_has_no_address():
    with pytest.raises((TypeError, NoReverseMatch)):
        Visit().get_absolute_url()


@pytest.mark.django_db
def test_among_finds_the_rows_that_in_finds():
    one, two, _ = PartnershipFactory(), PartnershipFactory(), PartnershipFactory()
    visits = [VisitFactory(partnership=one), VisitFactory(partnership=two)]

    assertQuerySetEqual(Partnership.objects.filter(pk__among={one.pk, two.pk}), [one, two], ordered=False)
    assertQuerySetEqual(Visit.objects.filter(partnership__among=[one.pk, two.pk]), visits, ordered=False)
    assertQuerySetEqual(Visit.objects.filter(partnership__partner_school__among={}), [])
    assertQuerySetEqual(Visit.objects.exclude(partnership__among={one.pk: one}), visits[1:])


@pytest.mark.django_db
def test_among_takes_a_query_whatever_its_order():
    one, two, _ = PartnershipFactory(), PartnershipFactory(), PartnershipFactory()
    visits = [VisitFactory(partnership=one), VisitFactory(partnership=two)]
    chosen = Partnership.objects.filter(pk__in=[one.pk, two.pk]).order_by("ref")

    assertQuerySetEqual(Visit.objects.filter(partnership__among=chosen.values("pk")), visits, ordered=False)
    assertQuerySetEqual(Visit.objects.exclude(partnership__among=chosen.filter(pk=one.pk).values("pk")), visits[1:])
    assertQuerySetEqual(Visit.objects.filter(partnership__among=chosen.none().values("pk")), [])
    assertQuerySetEqual(
        Partnership.objects.filter(pk__among=Visit.objects.filter(partnership=two).values("partnership")), [two]
    )
