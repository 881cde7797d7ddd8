"""The target grades of a partnership, for its two teachers."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import allowed_rows
from programmes.models import Partnership
from pupils.models import Place
from pupils.services import show_grades
from pupils.targets import services
from pupils.targets.forms import TargetsForm

ACTION = "pupils.edit"


@require_http_methods(["GET", "HEAD", "POST"])
def targets(request, pk):
    partnership = get_object_or_404(allowed_rows(Partnership, request.user, ACTION).with_people(), pk=pk)
    places = Place.objects.allowed(request.user, ACTION).filter(partnership=partnership, until=None)
    places = list(
        places.select_related("pupil", "partnership__programme").order_by("pupil__last_name", "pupil__first_name", "pk")
    )
    found = services.targets_of(places)
    closed = not partnership.is_open_to_entries
    sent = request.POST if request.method == "POST" and not closed else None
    grades = services.grades_of(partnership.programme)
    form = TargetsForm(sent if sent and "agree" not in sent else None, places=places, found=found, grades=grades)
    if sent and "agree" in sent:
        number = services.agree(request.user, partnership, [n for n in sent.getlist("target") if n.isdecimal()])
        messages.success(request, said(number, "agreed") if number else "Tick the target grades to which you agree.")
        return redirect("pupils:targets", pk=pk)
    if sent and form.is_valid():
        number = services.propose(request.user, partnership, form.wanted)
        messages.success(request, said(number, "proposed") if number else "Nothing has changed.")
        return redirect("pupils:targets", pk=pk)
    audit.record(request.user, "pupils.listed", partnership)
    show_grades(places)
    sides = services.sides_of(request.user, partnership)
    rows = [row_of(place, found.get(place.pk, {}), form) for place in places]
    waiting = [row for row in rows if row["proposed"] and services.may_agree(request.user, row["proposed"], sides)]
    points = list(partnership.programme.data_points.all())
    context = {"partnership": partnership, "form": form, "rows": rows, "waiting": waiting, "closed": closed}
    return render(request, "pupils/targets/targets.html", context | {"last": points[-1] if points else None})


def row_of(place, found, form):
    return {
        "place": place,
        "agreed": found.get("agreed"),
        "proposed": found.get("proposed"),
        "history": found.get("history", []),
        "field": form[f"target_{place.pk}"],
        "standing": form.standing[place.pk],
    }


def said(number, done) -> str:
    return f"1 target grade is {done}." if number == 1 else f"{number} target grades are {done}."
