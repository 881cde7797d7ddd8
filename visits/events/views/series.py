from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed_rows
from visits.calendar_file import entry_of_event, many_entries_file
from visits.events import series_mail, standing
from visits.events.audience import Expected, audiences, booked_at, by_name
from visits.events.changing import change_series
from visits.events.course import course, holds
from visits.events.forms.series import SeriesForm
from visits.events.invitations import to_be_invited
from visits.events.series import series_in
from visits.events.views.lists import in_words
from visits.models import Attendance, Event, EventSeries, WrongState


def get_series(user, action, pk):
    """The series that has an event in reach."""
    return get_object_or_404(series_in(allowed_rows(Event, user, action)), pk=pk)


def in_reach(user, action, row):
    return Event.objects.allowed(user, action).filter(series=row) if user.may(action) else Event.objects.none()


@dataclass(frozen=True)
class Row:
    """A meeting as the page shows it: how it stands, and what its reader has answered or may answer."""

    event: Event
    words: str
    act: bool
    mine: Expected | None
    own_words: str


def row_of(event, words, act, one, today):
    mine = one if one and one.is_invited and event.is_planned and not event.is_past else None
    own_words = standing.in_words_for(event, mine, today)[0]
    return Row(event, words, act, mine, "" if own_words == words else own_words)


@require_safe
def series(request, pk):
    row, today = get_series(request.user, "events.view", pk), timezone.localdate()
    events = list(in_reach(request.user, "events.view", row).with_places())
    rows = [row_of(*found, today) for found in in_words(request.user, events)]
    mine = [found.mine for found in rows if found.mine]
    managing = in_reach(request.user, "events.manage", row).exists()
    context = {
        "series": row,
        "title": next((event.title for event in events if event.is_planned and not event.is_past), events[-1].title),
        "standing": [found for found in rows if found.event.is_planned],
        "cancelled": [found for found in rows if not found.event.is_planned],
        "today": today,
        "mine": mine,
        "owed": sum(not one.answer for one in mine),
        "may_change": managing,
        **(to_be_told(row) if managing else {}),
    }
    return render(request, "events/series.html", context)


def to_be_told(row):
    """How many people wait for an invitation to one of the meetings to come, and who is not expected any more."""
    events = list(series_mail.ahead(row))
    lists = audiences(events)
    return {
        "to_invite": len({one.person.pk for expected in lists.values() for one in to_be_invited(expected)}),
        "gone": len({found.person_id for found in series_mail.not_expected(events, lists)}),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request, pk):
    """Check who gets an invitation to how many meetings, then send one mail to each."""
    row = get_series(request.user, "events.manage", pk)
    if request.method == "POST":
        written = series_mail.invite_to_series(request.user, row)
        if written:
            people = "1 person is" if len(written) == 1 else f"{len(written)} people are"
            messages.success(request, f"{people} invited, each in one mail.")
        else:
            messages.info(request, "Everyone who can be invited has an invitation already.")
        return redirect("events:series", row.pk)
    events = list(series_mail.ahead(row))
    lists = audiences(events)
    booked = booked_at(events, lists)
    meetings = [(event, len(to_be_invited(lists[event.pk])), booked[event.pk]) for event in events]
    meetings_with_new = sum(number > 0 for _, number, _ in meetings)
    expected = [one for event in events for one in lists[event.pk] if one.person]
    new = by_person(one for event in events for one in to_be_invited(lists[event.pk]))
    context = {
        "series": row,
        "title": events[0].title if events else str(row),
        "events": events,
        "meetings": meetings,
        "new": new,
        "unable": by_person(one for one in expected if not one.can_sign_in),
        "gone": {row.person for row in series_mail.not_expected(events, lists)},
        "number": meetings_with_new,
        "without_place": [event for event, number, _ in meetings if number and not event.where],
    }
    return render(request, "events/series_invite.html", context)


def by_person(entries):
    """Each person once, with to how many of the meetings."""
    found = {}
    for one in entries:
        found.setdefault(one.person.pk, [one, 0])[1] += 1
    return sorted(found.values(), key=lambda pair: by_name(pair[0]))


@require_POST
def answer(request, pk):
    """For all meetings to come at once."""
    row, said = get_series(request.user, "events.view", pk), request.POST.get("answer")
    if said not in Attendance.Answer.values:
        messages.warning(request, "Say whether you come or not: press one of the two buttons.")
        return redirect("events:series", row.pk)
    try:
        number = series_mail.answer_all(request.user, row, said)
    except WrongState:
        messages.warning(request, "These meetings take no answer of yours any more. Look at them again.")
    else:
        all_ = "the meeting" if number == 1 else "both meetings" if number == 2 else f"all {number} meetings"
        comes = f"you come to {all_}" if said == Attendance.Answer.ACCEPTED else f"you cannot come to {all_}"
        messages.success(request, f"Kept: {comes}. You can still change each by itself.")
    return redirect("events:series", row.pk)


@require_safe
def calendar(request, pk):
    """The meetings to come as one file for the reader's own calendar."""
    row = get_series(request.user, "events.view", pk)
    reach = in_reach(request.user, "events.view", row).standing().filter(on__gte=timezone.localdate())
    file = many_entries_file(entry_of_event(event) for event in reach.with_places())
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="series-{row.pk}.ics"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def change(request, pk):
    """First what shall change, then everything that it does, then it is done."""
    row, today = get_series(request.user, "events.manage", pk), timezone.localdate()
    form = SeriesForm(request.POST or None, user=request.user, series=row, today=today)
    if request.method != "POST" or not form.is_valid() or "back" in request.POST:
        return render(request, "events/series_change.html", {"series": row, "form": form})
    wish = form.wish()
    if "checked" not in request.POST:
        return check(request, row, wish)
    keep, also = numbers(request, "keep"), numbers(request, "also")
    try:
        _, told = change_series(request.user, row, wish, keep=keep, also=also, seen=request.POST["checked"])
    except WrongState:
        messages.warning(request, "Something changed while you looked, so nothing is written yet. Check it again.")
        return check(request, row, wish)
    people = "1 person is" if told == 1 else f"{told} people are" if told else "Nobody is"
    messages.success(request, f"The series is changed. {people} told{', each in one mail' if told > 1 else ''}.")
    return redirect("events:series", row.pk)


def numbers(request, name):
    return {int(pk) for pk in request.POST.getlist(name) if pk.isdecimal()}


def check(request, row, wish):
    found = course(row, wish)
    sent_before = "checked" in request.POST
    keep, also = numbers(request, "keep"), numbers(request, "also")
    context = {
        "series": row,
        "wish": wish,
        "rhythm": EventSeries.Rhythm(wish.rhythm).label,
        "course": found,
        "give_way": [(e, e.pk in keep if sent_before else holds(e)) for e in found.give_way],
        "also": also,
        "typed": request.POST,
    }
    return render(request, "events/series_check.html", context)
