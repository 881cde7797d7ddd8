from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.access import allowed_rows
from papers.downloads import table_response
from programmes.models import Partnership
from visits.models import Visit
from visits.views import RESTS
from visits.year_planner.choosing import choose
from visits.year_planner.half_day import HalfDay
from visits.year_planner.page import YearPlanner


@require_safe
def planner(request):
    made = YearPlanner(request.user, allowed_rows(Partnership, request.user, "planner.view"), request.GET)
    if made.programme is None:
        return render(request, "visits/planner/empty.html")
    return render(request, "visits/planner/planner.html", made.page())


@require_safe
def table(request, ending):
    made = YearPlanner(request.user, allowed_rows(Partnership, request.user, "planner.view"), request.GET)
    if made.programme is None:
        raise Http404
    audit.record(request.user, "planner.downloaded", made.programme, about=ending)
    return table_response(f"visits-{made.programme.slug}", ending, *made.table(), "Visits")


@require_http_methods(["GET", "HEAD", "POST"])
def half_day(request, slug):
    """Choose a half-day for a visit of the timetable, or another one for a visit that has one."""
    partnership = partnership_of(request.user, slug)
    if partnership.is_paused:
        messages.warning(request, RESTS)
        return redirect(partnership)
    if not partnership.is_open_to_visits:
        raise Http404
    page = HalfDay(request.user, partnership.programme, slug)
    if page.is_settled:
        return redirect(page.visit)
    error, chosen = "", request.POST.get("half_day", "")
    if request.method == "POST":
        kept = choose(request.user, page, chosen, request.POST.get("seen", ""))
        if kept.visit:
            messages.success(request, page.kept_words(kept.visit))
            return redirect(page.back_url or kept.visit)
        error, page = kept.error, HalfDay(request.user, partnership.programme, slug)
    return render(request, "visits/planner/half_day.html", page.context(chosen, request.GET.get("week", ""), error))


def partnership_of(user, slug):
    """The partnership that the slug is about, within the person's reach."""
    rows = allowed_rows(Partnership, user, "visits.plan").with_people()
    if slug.startswith("v") and slug[1:].isdecimal():
        visits = Visit.objects.allowed(user, "visits.plan").filter(pk=int(slug[1:]))
        return get_object_or_404(rows, pk__in=visits.values("partnership"))
    first, _, rest = slug.partition("-")
    if not first.isdecimal() or not rest:
        raise Http404
    return get_object_or_404(rows, pk=int(first))
