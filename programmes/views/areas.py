from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django.views.generic import FormView

from accounts.access import allowed_rows
from papers.templatetags.plain import plural_count
from programmes.forms.areas import MoveAreaForm, PartnershipAreaForm
from programmes.models import Partnership
from programmes.services import areas
from programmes.views.life import OfPartnership
from programmes.views.timetables import being_set_up


class PartnershipArea(OfPartnership, FormView):
    """In which area a partnership is; in a closed programme, or one without areas, there is nothing to change."""

    form_class = PartnershipAreaForm
    template_name = "programmes/partnership_area.html"

    def dispatch(self, request, *args, **kwargs):
        partnership = get_object_or_404(allowed_rows(Partnership, request.user, self.action), pk=kwargs["pk"])
        if not areas.may_be_changed(partnership):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user, "partnership": self.partnership}

    def form_valid(self, form):
        if not form.save(self.request.user):
            return self.form_invalid(form)
        now = f"in the area {self.partnership.area}" if self.partnership.area else "in no area"
        messages.success(self.request, f"The partnership is {now}.")
        return redirect(self.partnership)


@require_http_methods(["GET", "HEAD", "POST"])
def area_move(request, slug, pk):
    """All partnerships and partner schools of an area go into another one."""
    programme = being_set_up(request, slug)
    area = get_object_or_404(programme.areas, pk=pk)
    form = MoveAreaForm(request.POST or None, user=request.user, area=area)
    if request.method == "POST" and form.is_valid():
        other = form.cleaned_data["other"]
        moved = in_words(*areas.move_all(request.user, area, other))
        messages.success(request, f"Now in “{other}”: {moved}. “{area}” is left without them.")
        return redirect("programmes:areas", slug=slug)
    context = {
        "programme": programme,
        "area": area,
        "form": form,
        "inside": in_words(*areas.inside(area)),
        "back": reverse("programmes:areas", args=[slug]),
    }
    return render(request, "programmes/area_move.html", context)


def in_words(partnerships, schools):
    return f"{plural_count(partnerships, 'partnership')} and {plural_count(schools, 'partner school')}"
