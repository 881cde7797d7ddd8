from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import get_allowed, require
from accounts.coming_from import came_from
from papers.templatetags.plain import longday
from visits.away import keeping
from visits.away.forms import AwayForm
from visits.models import Away


@require_http_methods(["GET", "HEAD", "POST"])
def away(request, person):
    """The days away of a teacher from today on, and the boxes to enter more."""
    require(request.user, keeping.ACTION)
    teacher = get_object_or_404(keeping.teachers(request.user), pk=person)
    form = AwayForm(request.POST or None, instance=Away(person=teacher), user=request.user)
    if form.is_valid() and (saved := form.save()):
        tell(request, saved)
        return redirect(request.get_full_path())
    rows = Away.objects.allowed(request.user, keeping.ACTION).filter(person=teacher, last_on__gte=timezone.localdate())
    visits = keeping.visits_on(request.user, rows)
    context = {
        "teacher": teacher,
        "own": teacher == request.user,
        "rows": [(row, visits.get(row.pk, [])) for row in rows],
        "form": form,
        "next": came_from(request),
    }
    return render(request, "visits/away/page.html", context)


def tell(request, row):
    messages.success(request, f"{said(row)}: saved. No more visits are planned then.")
    visits = keeping.visits_on(request.user, [row])[row.pk]
    if visits:
        number = "1 visit is" if len(visits) == 1 else f"{len(visits)} visits are"
        messages.warning(request, f"{number} planned then already and {'has' if len(visits) == 1 else 'have'} to move.")


def said(row):
    if row.first_on != row.last_on:
        return f"{longday(row.first_on)} to {longday(row.last_on)}"
    half = row.get_half_display().removeprefix("The ")
    return f"{longday(row.first_on)}, {half}" if row.half else longday(row.first_on)


@require_POST
def remove(request, pk):
    row = get_allowed(Away, request.user, keeping.ACTION, pk=pk)
    if keeping.delete_away(request.user, row):
        messages.success(request, f"{said(row)}: taken back. Visits can be planned then again.")
    return redirect("visits:away", row.person_id)
