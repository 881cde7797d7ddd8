from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import get_allowed
from accounts.models import School
from programmes.models import academic_year
from reports.figures.headlines import by_measure, cells_of
from reports.headlines.forms import YearForm
from reports.headlines.services import standing
from reports.models import academic_year_of

YEARS_OFFERED = 8


def years_offered() -> list[int]:
    """The academic year that runs and those before it, the newest first."""
    start = academic_year(timezone.localdate())[0].year
    return list(range(start, start - YEARS_OFFERED, -1))


@require_safe
def of_school(request, urn):
    """What the school has entered, whoever reads it; its head leads on to each year."""
    school = get_allowed(School, request.user, "headlines.view", urn=urn)
    rows = standing(school)
    entered = sorted({row.year for row in rows})
    may_enter = School.objects.allowed(request.user, "headlines.enter").filter(pk=school.pk).exists()
    return render(
        request,
        "reports/headlines/school.html",
        {
            "school": school,
            "years": [academic_year_of(year) for year in entered],
            "rows": [{"name": name, "cells": cells_of(found, entered)} for name, found in by_measure(rows)],
            "may_enter": may_enter,
            "offered": [
                {"start": year, "name": academic_year_of(year), "there": year in entered} for year in years_offered()
            ],
        },
    )


@require_http_methods(["GET", "POST"])
def year(request, urn, year):
    school = get_allowed(School, request.user, "headlines.enter", urn=urn)
    if year not in years_offered():
        raise Http404
    form = YearForm(request.POST if request.method == "POST" else None, school=school, year=year)
    if request.method == "POST" and form.is_valid():
        form.save(request.user)
        messages.success(request, f"The percentages of {academic_year_of(year)} are saved.")
        return redirect("reports:headlines", urn)
    named = {"school": school, "year": academic_year_of(year), "form": form}
    return render(request, "reports/headlines/year.html", named)
