"""The calendar of one school, kept by the school itself and by whoever runs a programme in which it takes part."""

import datetime as dt

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import get_allowed
from accounts.coming_from import came_from
from accounts.models import School
from programmes import school_year, years
from programmes.calendar import calendar_of
from programmes.closures import days_in_words, years_open
from programmes.forms.closures import ClosureForm, LimitsForm
from programmes.models import SchoolClosure, academic_year
from programmes.services import closures
from programmes.services.against import against_limits
from programmes.services.school_calendars import ACTION, closures_of_year, limits_of, organisation_of
from programmes.views.telling import tell_against

form_page = require_http_methods(["GET", "HEAD", "POST"])
Kind = SchoolClosure.Kind


@require_safe
def calendar(request, urn):
    school = get_allowed(School, request.user, ACTION, urn=urn)
    year, offered = year_asked(request.GET.get("year", ""))
    rows = list(closures_of_year(request.user, [school.pk], year))
    days = calendar_of(organisation_of(request.user, school), school.pk)
    context = {
        "school": school,
        "written": years.written(year),
        "years": [(years.written(each), each == year) for each in offered],
        "has_term_dates": bool(days.half_terms(year)),
        "parts": school_year.parts_of(year, days, rows, closures.hits(request.user, rows)),
        "inset": school_year.days_of(rows, Kind.INSET),
        "usual": school_year.INSET_DAYS,
        "others": sum(row.kind != Kind.INSET for row in rows),
        "limits": limits_of(request.user, school),
        "next": came_from(request),
        "may_see_school": School.objects.allowed(request.user, "schools.view").filter(pk=school.pk).exists(),
    }
    return render(request, "programmes/closures/calendar.html", context)


def year_asked(text) -> tuple[dt.date, list[dt.date]]:
    """The school year that the address names, else the present one; and those that are offered."""
    offered = years_open(timezone.localdate())
    try:
        year = academic_year(years.year_written(text))[0]
    except ValueError:
        year = offered[0]
    return year, sorted({year, *offered})


def address(school, year=None, **query):
    query |= {"year": years.written(year)} if year else {}
    page = reverse("programmes:school_calendar", args=[school.urn])
    return f"{page}?{urlencode(query)}" if query else page


@form_page
def add(request, urn):
    school = get_allowed(School, request.user, ACTION, urn=urn)
    return edit(request, SchoolClosure(school=school), "Add INSET days, closures or no-go dates")


@form_page
def change(request, pk):
    row = get_allowed(SchoolClosure, request.user, ACTION, pk=pk)
    stands = SchoolClosure.objects.allowed(request.user, ACTION).get(pk=pk)  # the form writes into the other one
    return edit(request, row, "Change an entry", {"row": stands})


def edit(request, row, title, more=None):
    school = row.school
    days = calendar_of(organisation_of(request.user, school), school.pk)
    form = ClosureForm(request.POST or None, instance=row, user=request.user, calendar=days)
    if form.is_valid() and form.is_to_be_asked:
        form.ask()
    elif form.is_valid() and (saved := form.save()):
        tell(request, saved, goes_on="another" in request.POST)
        year = academic_year(saved.first_on)[0]
        return redirect(request.path if "another" in request.POST else address(school, year))
    context = {"form": form, "title": title, "school": school, "back": address(school, row.first_on)}
    return render(request, "programmes/closures/form.html", context | (more or {}))


def tell(request, row, *, goes_on):
    """That it is saved, and how many planned visits fall on it: the calendar, which is shown unless they go on, names
    them."""
    messages.success(request, f"{row}, {days_in_words(row)}: saved.")
    number = len(closures.hits(request.user, [row]).get(row.pk, []))
    if number:
        visits = "1 planned visit falls" if number == 1 else f"{number} planned visits fall"
        named = "The calendar of the school names" if goes_on else "Below you see"
        messages.warning(request, f"{visits} on {days_in_words(row)}. {named} {'it' if number == 1 else 'them'}.")


@require_POST
def delete(request, pk):
    row = get_allowed(SchoolClosure, request.user, ACTION, pk=pk)
    school, said, year = row.school, f"{row}, {days_in_words(row)}", academic_year(row.first_on)[0]
    if closures.delete_closure(request.user, row):
        messages.success(request, f"{said}: taken away.")
    return redirect(address(school, year))


@form_page
def limits(request, urn):
    school = get_allowed(School, request.user, ACTION, urn=urn)
    form = LimitsForm(request.POST or None, instance=limits_of(request.user, school), user=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, "The limits of the school are saved.")
        tell_against(request, against_limits(request.user, school), "them")
        return redirect(address(school))
    context = {"form": form, "title": "How much the school can spare", "school": school, "back": address(school)}
    return render(request, "programmes/closures/form.html", context)
