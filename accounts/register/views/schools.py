import re

from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.generic import DetailView, ListView

from accounts.access import Allowed
from accounts.models import School
from accounts.register.pages import school_page
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
        context = super().get_context_data(typed=self.typed, query=query, **kwargs)
        shown = [school.pk for school in context["object_list"]]
        near = School.objects.allowed(self.request.user, "schools.view").filter(pk__in=shown)
        may_import = self.request.user.may("register.import")
        return context | {"opens": set(near.values_list("pk", flat=True)), "may_import": may_import}


@require_safe
def schools_found(request):
    """The radios beneath a school's text box, while one types."""
    schools, memberships = on_offer(request.user, request.GET.get("offer", ""))
    name, auto_id = (re.sub(r"[^\w-]", "", request.GET.get(key, "")) for key in ("name", "id"))
    found = find(schools, request.GET.get(name, "").replace("\0", ""), memberships)
    context = {"found": found, "name": name, "id": auto_id, "asked": True}
    return render(request, "accounts/_school_found.html", context)


class SchoolPage(Allowed, DetailView):
    """What the register says of a school, which school came before and after it, and what still hangs on it."""

    action = "schools.view"
    model = School
    slug_field = slug_url_kwarg = "urn"
    template_name = "accounts/school.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**school_page(self.request, self.object), **kwargs)
