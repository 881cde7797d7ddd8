"""Choosing the target pupils of a partnership: by hand, or from a list that is looked at and corrected first."""

import re

from django.contrib import messages
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.access import allowed_rows
from programmes.models import Partnership
from pupils.choosing import joining, pages, services
from pupils.choosing.forms import AddPupilForm, ListForm
from pupils.models import Place, PupilList, TargetPupil

ACTION = "pupils.edit"
form_page = require_http_methods(["GET", "HEAD", "POST"])


def partnership_of(request, pk):
    return get_object_or_404(allowed_rows(Partnership, request.user, ACTION).with_people(), pk=pk)


def places_of(request, partnership):
    rows = Place.objects.allowed(request.user, ACTION).filter(partnership=partnership).select_related("pupil", "former")
    return list(rows.order_by("pupil__last_name", "pupil__first_name", "pk"))


@form_page
def choose(request, pk):
    """Who the target pupils are, and the three ways to add some."""
    partnership = partnership_of(request, pk)
    closed = services.why_closed(partnership)
    form = ListForm(request.POST or None, request.FILES or None, initials=partnership.programme.initials_only)
    if request.method == "POST" and not closed and form.is_valid():
        kept = services.keep_list(
            request.user, partnership, form.cleaned_data["content"], pasted=not form.cleaned_data["file"]
        )
        return redirect(kept if pages.is_short(kept) else reverse("pupils:list_rows", args=[kept.pk]))
    audit.record(request.user, "pupils.listed", partnership)
    waiting = PupilList.objects.allowed(request.user, ACTION).waiting().filter(partnership=partnership)
    context = {
        "partnership": partnership,
        "closed": closed,
        "form": form,
        "waiting": [] if closed else [(row, pages.told(row)) for row in waiting.select_related("sent_by")],
        **pages.present(partnership, places_of(request, partnership)),
    }
    return render(request, "pupils/choosing/choose.html", context)


@form_page
def add(request, pk):
    """One pupil by hand; `another` goes on with the next."""
    partnership = partnership_of(request, pk)
    if services.why_closed(partnership):
        return redirect("pupils:choose", pk=pk)
    follows = followed(request, partnership)
    pupil = TargetPupil(programme=partnership.programme)
    form = AddPupilForm(request.POST or None, instance=pupil, partnership=partnership, follows=follows)
    if request.method == "POST" and form.is_valid() and save(request, partnership, form):
        return redirect(request.path if "another" in request.POST else reverse("pupils:choose", args=[pk]))
    audit.record(request.user, "pupils.listed", partnership)
    context = pages.present(partnership, places_of(request, partnership))
    context |= {"partnership": partnership, "form": form, "follows": follows}
    return render(request, "pupils/choosing/add.html", context)


def followed(request, partnership):
    """Whose place the new pupil takes over, where the address names one that was replaced."""
    text = request.GET.get("after", "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        return None
    rows = Place.objects.allowed(request.user, ACTION).select_related("pupil")
    return rows.filter(partnership=partnership, pk=text, ended_because=Place.Ended.REPLACED).first()


def save(request, partnership, form):
    given = form.cleaned_data
    try:
        place = services.add(
            request.user,
            partnership,
            form.pupil,
            given["class_name"],
            given["since"],
            line=form.line,
            follows=form.follows,
        )
    except services.NotNow as why:
        form.add_error(None, str(why))
        return False
    except IntegrityError:
        form.add_error(None, "Somebody added this pupil at the same moment. Look at the list of target pupils.")
        return False
    messages.success(request, f"{place.pupil.full_name} is a target pupil now, with the reference {place.pupil.ref}.")
    if form.found and form.line.kept:
        messages.warning(request, form.line.kept)
    waiting = joining.waiting_again(partnership, place.since, place)
    tell_what_waits(request, waiting, place.pupil.full_name)
    return True


def tell_what_waits(request, waiting, who):
    """Whoever adds a pupil is told which submitted grades are incomplete by it."""
    if said := joining.what_waits_now(waiting, who):
        messages.warning(request, said)


def list_of(request, pk):
    rows = allowed_rows(PupilList, request.user, ACTION)
    rows = rows.select_related("partnership__programme", "partnership__partner_school", "partnership__specialist__user")
    return get_object_or_404(rows, pk=pk)


def ended(request, waiting):
    """Where a list leads that is not waiting any more, or whose partnership takes nobody: to what stands."""
    if waiting.waits and not services.why_closed(waiting.partnership):
        return None
    if not waiting.waits:
        messages.info(request, f"This list was {waiting.get_state_display().lower()}, so nothing of it is kept here.")
    return redirect("pupils:choose", pk=waiting.partnership_id)


@form_page
def list_check(request, pk):
    """The rows with every problem in its cell. What is typed there is kept; nothing is a pupil before it is added."""
    waiting = list_of(request, pk)
    if gone := ended(request, waiting):
        return gone
    if request.method == "POST":
        initials = waiting.partnership.programme.initials_only
        services.keep_content(waiting, pages.corrected(waiting.content, request.POST, initials))
        return take(request, waiting) if "save" in request.POST else redirect(address_after(request, waiting))
    audit.record(request.user, "pupils.list_viewed", waiting)
    page = pages.check_page(waiting, request.GET.get("change", ""))
    return render(request, "pupils/choosing/check.html", page)


def address_after(request, waiting):
    """The page of the list again, at the row that is to be changed where one is asked for."""
    number = request.POST.get("change", "")
    if not re.fullmatch(r"\d{1,7}", number, re.ASCII):
        return waiting.get_absolute_url()
    return f"{waiting.get_absolute_url()}?change={number}#r{number}-first_name"


def take(request, waiting):
    try:
        taken = services.take(request.user, waiting)
    except services.NotNow as why:
        messages.error(request, str(why))
        return redirect(waiting)
    number = taken.added + taken.second_places
    messages.success(request, "1 target pupil is added." if number == 1 else f"{number} target pupils are added.")
    lacking, who = joining.waiting_for_taken(waiting.partnership, taken.places)
    tell_what_waits(request, lacking, who)
    return redirect("pupils:choose", pk=waiting.partnership_id)


@form_page
def list_rows(request, pk):
    """Of a long list, who is meant."""
    waiting = list_of(request, pk)
    if gone := ended(request, waiting):
        return gone
    wrong = ""
    if request.method == "POST":
        content, wrong = pages.ticked(waiting.content, request.POST)
        if not wrong:
            services.keep_content(waiting, content)
            return redirect(waiting)
    audit.record(request.user, "pupils.list_viewed", waiting)
    return render(request, "pupils/choosing/rows.html", pages.rows_page(waiting, wrong))


@require_POST
def list_columns(request, pk):
    waiting = list_of(request, pk)
    if gone := ended(request, waiting):
        return gone
    content, wrong = pages.mapped(waiting.content, request.POST)
    if wrong:
        messages.error(request, wrong)
    else:
        services.keep_content(waiting, content)
        messages.success(request, "The columns are read anew.")
    return redirect(waiting)


@require_POST
def list_set_aside(request, pk):
    waiting = list_of(request, pk)
    if services.set_aside(request.user, waiting):
        messages.success(request, "The list is set aside. Nothing of it is kept.")
    else:
        messages.info(request, "This list was read or set aside before. Nothing has changed.")
    return redirect("pupils:choose", pk=waiting.partnership_id)


@require_POST
def lists_set_aside(request, pk):
    """All lists of the partnership that wait."""
    partnership = partnership_of(request, pk)
    rows = PupilList.objects.allowed(request.user, ACTION).waiting().filter(partnership=partnership)
    number = sum(services.set_aside(request.user, waiting) for waiting in rows)
    if number:
        said = "1 list is set aside. Nothing of it" if number == 1 else f"{number} lists are set aside. Nothing of them"
        messages.success(request, f"{said} is kept.")
    return redirect("pupils:choose", pk=pk)
