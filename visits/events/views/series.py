from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allowed_rows
from visits.events.forms.series import SeriesForm
from visits.events.series import Wish, change_series, course, series_in
from visits.events.views.lists import in_words
from visits.models import Event, EventSeries, WrongState


def get_series(user, action, pk):
    """The series that has an event in reach."""
    return get_object_or_404(series_in(allowed_rows(Event, user, action)), pk=pk)


@require_safe
def series(request, pk):
    row = get_series(request.user, "events.view", pk)
    events = Event.objects.allowed(request.user, "events.view").filter(series=row).with_places()
    today = timezone.localdate()
    managing = request.user.may("events.manage") and bool(
        Event.objects.allowed(request.user, "events.manage").filter(series=row)
    )
    context = {"series": row, "rows": in_words(request.user, list(events)), "today": today, "may_change": managing}
    return render(request, "events/series.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request, pk):
    """First what shall change, then everything that it does, then it is done."""
    row, today = get_series(request.user, "events.manage", pk), timezone.localdate()
    form = SeriesForm(request.POST or None, series=row, today=today, initial=as_it_is(row, today))
    if request.method != "POST" or not form.is_valid() or "back" in request.POST:
        return render(request, "events/series_change.html", {"series": row, "form": form})
    cleaned = dict(form.cleaned_data)
    from_on, wish = cleaned.pop("from_on"), Wish(**cleaned)
    if "checked" not in request.POST:
        return check(request, row, from_on, wish)
    keep = {int(pk) for pk in request.POST.getlist("keep") if pk.isdecimal()}
    try:
        change_series(request.user, row, from_on, wish, keep=keep, seen=request.POST["checked"])
    except WrongState:
        messages.warning(request, "Something changed while you looked, so nothing is written yet. Check it again.")
        return check(request, row, from_on, wish)
    messages.success(request, "The series is changed. Whoever was invited to a meeting that changes is told.")
    return redirect("events:series", row.pk)


def check(request, row, from_on, wish):
    context = {
        "series": row,
        "from_on": from_on,
        "wish": wish,
        "rhythm": EventSeries.Rhythm(wish.rhythm).label,
        "course": course(row, from_on, wish),
        "typed": request.POST,
    }
    return render(request, "events/series_check.html", context)


def as_it_is(row, today):
    following = row.events.standing().filter(on__gte=today).first() or row.events.last()
    return {
        "rhythm": row.rhythm,
        "until": row.until,
        "starts_at": following.starts_at,
        "ends_at": following.ends_at,
    }
