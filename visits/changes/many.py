"""Many visits by some weeks: chosen, checked, and then all of them moved or none."""

import secrets
from urllib.parse import urlencode

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import allowed_rows
from papers.templatetags.plain import plural_count
from visits import services
from visits.changes.forms import RESTS_NOW, ShiftForm, WhichVisits
from visits.changes.shifting import shifts_of
from visits.changes.warning import in_the_way_of, is_sure, warnings_of
from visits.models import NotOpenToVisits, Visit, WrongState

A_PAGE = 100
CHOSEN = "visits chosen to move"
SIDE_BY_SIDE = 5  # choices that one person has open, each in a tab
NOT_KEPT = "What you had chosen was moved already, or is not kept any more. Choose again."


@require_http_methods(["GET", "HEAD", "POST"])
def move_many(request):
    """The coordinator's: choose visits and by how many weeks, check what goes where, move all of them or none.

    What is chosen waits in the session, for it may be much, and its reason is in somebody's own words: the address of
    the page to check holds a key to it, so that reloading and going back work. Only what says how each visit was seen
    (`seen`) writes anything.
    """
    rows = allowed_rows(Visit, request.user, "plans.manage").open_to_change()
    rows = rows.filter(on__gte=timezone.localdate())
    which = WhichVisits(request.GET, rows=rows)
    query = {name: value for name, value in request.GET.items() if name in which.fields}
    key = request.GET.get("check", "")
    given = request.POST if request.method == "POST" else chosen(request.session, key)
    if key and given is None:
        messages.info(request, NOT_KEPT)
        return redirect(address(query))
    form = ShiftForm(given, rows=rows.with_people())
    if "choose" in request.GET or not form.is_valid():
        shown = which.narrowed(rows).with_people()
        context = {"form": form, "which": which, "visits": shown[:A_PAGE], "count": shown.count(), "most": A_PAGE}
        context |= {"ticked": given.getlist("visit") if given else [], "action": address(query)}
        context["wrong"] = {} if "choose" in request.GET else form.errors
        return render(request, "visits/changes/many.html", context)
    if request.method == "POST" and "seen" not in request.POST:
        return redirect(address(query, check=keep(request.session, request.POST)))
    return check(request, form, given, query, key)


def address(query, **more):
    said = urlencode(query | more)
    return reverse("visits:move_many") + (f"?{said}" if said else "")


def keep(session, given) -> str:
    """The key under which what is chosen is kept; of many the latest few."""
    key = secrets.token_urlsafe(6)
    choice = {name: given.getlist(name) for name in ("visit", "weeks", "reason", "locked")}
    session[CHOSEN] = dict([*session.get(CHOSEN, {}).items(), (key, choice)][-SIDE_BY_SIDE:])
    return key


def chosen(session, key) -> QueryDict | None:
    choice = session.get(CHOSEN, {}).get(key)
    if choice is None:
        return None
    given = QueryDict(mutable=True)
    for name, values in choice.items():
        given.setlist(name, values)
    return given


def forget(session, key):
    session[CHOSEN] = {other: choice for other, choice in session.get(CHOSEN, {}).items() if other != key}


def check(request, form, given, query, key):
    visits, weeks, ticked = list(form.cleaned_data["visit"]), form.cleaned_data["weeks"], given.getlist("locked")
    left_out = [visit for visit in visits if visit.is_locked and str(visit.pk) not in ticked]
    moving = [visit for visit in visits if visit not in left_out]
    shifts = shifts_of(request.user, moving, weeks, timezone.localdate())
    context = {
        "form": form,
        "shifts": shifts,
        "left_out": left_out,
        "sure": warnings_of(shifts),
        "weeks": dict(form.fields["weeks"].choices)[weeks],
        "able": [shift for shift in shifts if not shift.problems],
        "late": [shift for shift in shifts if shift.is_late],
        "action": address(query, check=key),
        "choose": address(query, check=key, choose=1),
    }
    if request.method == "POST":
        wrong = move_as_shown(request, shifts, form.cleaned_data["reason"])
        if wrong is None:
            forget(request.session, key)
            said = f"Moved: {plural_count(len(shifts), 'visit')}. Everybody concerned is told by mail."
            messages.success(request, said)
            return redirect("visits:list")
        context |= wrong
    return render(request, "visits/changes/many_check.html", context)


def move_as_shown(request, shifts, reason) -> dict | None:
    """All of them are moved, or what the page to check says instead."""
    as_shown = set(request.POST.getlist("seen")) == {s.seen for s in shifts} and is_sure(request, shifts)
    if not as_shown or any(shift.problems for shift in shifts):
        return {"changed": True}
    try:
        services.move_many(request.user, [shift.target for shift in shifts], reason)
    except services.CannotMove as error:
        return {"problems": in_the_way_of(request.user, error)}
    except NotOpenToVisits:
        return {"problems": [RESTS_NOW]}
    except WrongState:
        return {"changed": True}
    return None
