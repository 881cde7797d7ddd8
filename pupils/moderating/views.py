from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import get_allowed
from papers.templatetags.plain import listed
from programmes.models import Partnership
from pupils.moderating.services import groups_of, keep, moderated_in, point_of, share, submitted_at, summary, take
from pupils.returns.answers import grades_of
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
            if back := [line.row.name for group in groups for line in group.lines if line.is_given_back]:
                messages.info(request, f"The grade that was brought stands again, not moderated: {listed(back)}.")
            return redirect(here)
        status = 422
    audit.record(request.user, "moderation.viewed", event)
    partnerships = overview(request.user, event, point)
    with_differences(event, groups)
    context = {
        "event": event,
        "point": point,
        "points": event.programme.data_points.all(),
        "here": here,
        "groups": groups,
        "errors": [line for group in groups for line in group.lines if line.error],
        "partnerships": partnerships,
        "codes": list(grades_of(event.programme)) if groups else [],
        "share": share(point, partnerships),
    }
    return render(request, "pupils/moderating/session.html", context, status=status)


def tell(request, differing):
    if not differing:
        messages.success(request, "Kept. What is agreed stands in the grades of your partnership, marked as moderated.")
        return
    messages.success(request, "Kept on this page.")
    for group, lines in differing:
        row = group.data_return
        stands = [f"{words}, and {line.row.answer.words} is submitted" for line, words in lines]
        said = listed(stands) or "an agreed grade is not in the grades"
        messages.warning(
            request,
            format_html(
                '{}: {}. <a class="govuk-link" href="{}">{}</a>',
                row.partnership.label,
                said,
                reverse("pupils:return_correct" if group.is_submitted else "pupils:return", args=[row.pk]),
                "Correct the grades" if group.is_submitted else "Open the grades",
            ),
        )


def overview(person, event, point):
    """What was brought, partnership by partnership, by reference: for who sees pupils so."""
    if not person.may("pupils.reference"):
        return None
    reach = Partnership.objects.allowed(person, "pupils.reference")
    rows = moderated_in(event, point).filter(place__partnership__in=reach)
    usual, found = Usual(event.programme, {}), {}
    submitted = submitted_at(point, reach)
    for row in rows.order_by("place__partnership__ref", "place__pupil__ref"):
        row.words = usual.change(row.brought, row.agreed) if row.agreed else "Not agreed yet"
        row.said = [grade and grade.said_on(event.programme.scale) for grade in (row.brought, row.agreed)]
        stands = submitted.get(row.place_id)
        if row.agreed and stands and stands != row.agreed.code:
            row.words += f", but {stands} is submitted"
        found.setdefault(row.place.partnership, []).append(row)
    return [{"partnership": partnership, "rows": rows, "sum": summary(rows)} for partnership, rows in found.items()]


def with_differences(event, groups):
    """How far the agreed grade of each line is from the one that was brought, in words."""
    usual = Usual(event.programme, {})
    for line in [line for group in groups for line in group.lines if line.moderated and line.moderated.agreed]:
        line.difference = usual.change(line.moderated.brought, line.moderated.agreed)
