import re

from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.generic import ListView

from accounts.access import Allowed
from accounts.models import School
from accounts.school_field import find, on_offer


class SchoolList(Allowed, ListView):
    """The register as one searches it; before anything is typed, the schools that take part in what one runs."""

    action = "schools.search"
    model = School
    paginate_by = 50

    def get_queryset(self):
        memberships = self.request.user.memberships_granting(self.action)
        self.typed = " ".join(self.request.GET.get("q", "").split())[:100]
        if self.typed:
            return super().get_queryset().search(self.typed, memberships)
        return super().get_queryset().of_memberships(memberships).order_by("name", "urn")

    def get_template_names(self):
        return ["accounts/_schools.html" if self.request.htmx else "accounts/schools.html"]

    def get_context_data(self, **kwargs):
        query = urlencode({"q": self.typed}) if self.typed else ""
        return super().get_context_data(typed=self.typed, query=query, **kwargs)


@require_safe
def schools_found(request):
    """The radios beneath a school's text box, while one types."""
    schools, memberships = on_offer(request.user, request.GET.get("offer", ""))
    name, auto_id = (re.sub(r"[^\w-]", "", request.GET.get(key, "")) for key in ("name", "id"))
    found = find(schools, request.GET.get(name, "").replace("\0", ""), memberships)
    context = {"found": found, "name": name, "id": auto_id, "asked": True}
    return render(request, "accounts/_school_found.html", context)
