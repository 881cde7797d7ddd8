from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import get_allowed
from papers.templatetags.plain import listed
from programmes.models import Partnership
from pupils.moderating.services import groups_of, keep, moderated_in, point_of, summary, take
from pupils.returns.questions import Usual
from visits.models import Event


@require_http_methods(["GET", "HEAD", "POST"])
def session(request, pk):
    """A teacher's own places, to be brought and agreed; for who looks after the programme all that was brought."""
    asked = {"kind": Event.Kind.MODERATION, "programme__erased_at": None}
    event = get_allowed(Event, request.user, "moderation.view", pk=pk, **asked)
    point = point_of(event, request.GET.get("point", ""))
    if point is None:
        raise Http404
    groups = groups_of(request.user, event, point)
    here = f"{reverse('pupils:moderation', args=[pk])}?point={point.pk}"
    status = 200
    if request.method == "POST":
        if not groups:
            raise Http404
        understood = take(groups, request.POST)
        overtaken = [line for group in groups for line in group.lines if line.is_overtaken]
        if overtaken:
            names = listed([line.row.name for line in overtaken])
            messages.warning(request, f"Somebody else kept something else for {names} a moment ago. Look again.")
            return redirect(here)
        if understood:
            tell(request, keep(request.user, event, point, groups))
            return redirect(here)
        status = 422
    audit.record(request.user, "moderation.viewed", event)
    context = {
        "event": event,
        "point": point,
        "points": event.programme.data_points.all(),
        "here": here,
        "groups": groups,
        "errors": [line for group in groups for line in group.lines if line.error],
        "partnerships": overview(request.user, event, point),
    }
    return render(request, "pupils/moderating/session.html", context, status=status)


def tell(request, differing):
    messages.success(request, "Kept. Agreed grades stand in the grades of your partnership, marked as moderated.")
    if differing:
        names = listed([group.data_return.partnership.label for group in differing])
        messages.warning(
            request,
            f"{names}: an agreed grade differs from the one that is submitted. Open the grades and correct it there.",
        )


def overview(person, event, point):
    """What was brought, partnership by partnership, by reference: for who sees pupils so."""
    if not person.may("pupils.reference"):
        return None
    reach = Partnership.objects.allowed(person, "pupils.reference")
    rows = moderated_in(event, point).filter(place__partnership__in=reach)
    usual, found = Usual(event.programme, {}), {}
    for row in rows.order_by("place__partnership__ref", "place__pupil__ref"):
        row.words = usual.change(row.brought, row.agreed) if row.agreed else "Not agreed yet"
        found.setdefault(row.place.partnership, []).append(row)
    return [{"partnership": partnership, "rows": rows, "sum": summary(rows)} for partnership, rows in found.items()]
