from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import get_allowed
from accounts.models import School
from programmes.models import Programme
from programmes.services.inset import page_of

ACTION = "inset.compare"


@require_safe
def inset(request, slug):
    """Which INSET days leave room to visit other schools, and on which days the most schools train."""
    programme = get_allowed(Programme, request.user, ACTION, slug=slug)
    shown = set(School.objects.allowed(request.user, "closures.keep").values_list("pk", flat=True))
    by_area = request.GET.get("with") == "area"
    page = page_of(programme, shown, by_area)
    context = {
        "programme": programme,
        "by_area": by_area,
        "with_room": sum(bool(row["good"]) for row in page["rows"]),
        "may_manage": Programme.objects.allowed(request.user, "calendars.manage").filter(pk=programme.pk).exists(),
    }
    return render(request, "programmes/closures/inset.html", context | page)
