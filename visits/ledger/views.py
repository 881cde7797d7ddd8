from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.access import allowed_rows, get_allowed
from papers.downloads import table_response
from programmes.models import Partnership, Programme
from visits.ledger.numbers import Ledger
from visits.ledger.school import SchoolLedger
from visits.models import Booking


@require_safe
def numbers(request, slug):
    return render(request, "visits/ledger/numbers.html", ledger_of(request, slug).page())


@require_safe
def numbers_table(request, slug, ending):
    ledger = ledger_of(request, slug)
    audit.record(request.user, "ledger.downloaded", ledger.programme, about=ending)
    return table_response(f"release-time-{slug}", ending, *ledger.table(), "Release time")


def ledger_of(request, slug):
    programme = get_allowed(Programme, request.user, "ledger.numbers", slug=slug)
    return Ledger(programme, Partnership.objects.allowed(request.user, "ledger.numbers"), request.GET)


@require_safe
def school(request):
    places = places_of(request)
    page = school_ledger(request, places).page()
    return render(request, "visits/ledger/school.html", page | {"places": places})


@require_safe
def school_table(request, ending):
    ledger = school_ledger(request, places_of(request))
    audit.record(request.user, "ledger.downloaded", ledger.school, about=ending)
    return table_response(f"release-time-{ledger.school.urn}", ending, *ledger.table(), "Release time")


def places_of(request):
    """Where the person is head; first where they work now."""
    places = request.user.memberships_granting("ledger.view")
    return sorted(places, key=lambda place: place != request.acting)


def school_ledger(request, places):
    partnerships = allowed_rows(Partnership, request.user, "ledger.view")
    bookings = allowed_rows(Booking, request.user, "ledger.view")
    asked = request.GET.get("place", "")
    place = next((place for place in places if str(place.pk) == asked), None if asked else places[0])
    if place is None:
        raise Http404
    return SchoolLedger(place, partnerships, bookings, request.GET, timezone.localdate())
