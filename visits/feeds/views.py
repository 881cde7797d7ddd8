from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from visits.feeds import services
from visits.feeds.entries import file_of_feed


@require_safe
def own(request):
    return render(request, "visits/feeds/own.html", page_of(request.user))


def page_of(person, feed=None, secret=""):
    """The addresses that the person may make or revoke; of a new one also the secret, this once."""
    schools = services.schools_of(person)
    live = {
        (row.person_id, row.school_id): row for row in services.feeds_of(person).select_related("made_by", "school")
    }
    places = [{"school": None, "feed": live.get((person.pk, None))}] if services.may_have_own(person) else []
    places += [{"school": school, "feed": live.get((None, school.pk))} for school in schools]
    address = settings.PUBLIC_URL + reverse("calendars:feed", args=[secret]) if secret else ""
    return {"places": places, "new": feed, "address": address, "opens": address.replace("http", "webcal", 1)}


@require_POST
def make(request):
    """The address stands on this page once: neither a redirect nor a session holds it."""
    given = request.POST.get("school", "")
    school = None
    if given:
        school = next((school for school in services.schools_of(request.user) if str(school.pk) == given), None)
        if school is None:
            raise Http404
    elif not services.may_have_own(request.user):
        raise Http404
    feed, secret = services.make_feed(request.user, school)
    return render(request, "visits/feeds/own.html", page_of(request.user, feed, secret))


@require_POST
def revoke(request, pk):
    feed = get_object_or_404(services.feeds_of(request.user), pk=pk)
    services.revoke(request.user, feed)
    messages.success(
        request,
        "Revoked: the address gives nothing any more. Calendars that read it hear of no change from now on; some "
        "keep what they have, others drop it.",
    )
    return redirect("calendars:own")


@login_not_required
@require_safe
def feed(request, token):
    """The calendar behind a secret address. An unknown one and a revoked one look the same."""
    row = services.feed_behind(token)
    if row is None:
        raise Http404
    services.note_reading(row)
    response = HttpResponse(file_of_feed(row, timezone.localdate()), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex"
    return response
