from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views import View

from accounts.access import get_allowed, require
from programmes import placing, starting
from programmes.calendar import calendar_of
from programmes.forms.copying import CopyForm
from programmes.models import Programme
from programmes.services import copying
from programmes.services.copying import Carry
from programmes.years import written

ACTION = "programmes.set_up"


class CopyProgramme(View):
    """Asked, looked at, then written."""

    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request, *args, **kwargs):
        require(request.user, ACTION)
        self.programme = get_allowed(Programme, request.user, ACTION, slug=kwargs["slug"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        year = request.GET.get("year")
        return self.ask(CopyForm(programme=self.programme, initial={"year": year} if year else None))

    def post(self, request, *args, **kwargs):
        form = CopyForm(request.POST, programme=self.programme)
        if not form.is_valid() or "change" in request.POST:
            return self.ask(form)
        return self.write(form) if "copy" in request.POST else self.look(form)

    def ask(self, form):
        calendar = calendar_of(self.programme.organisation_id)
        offered = copying.years_to(self.programme, timezone.localdate())
        return render(
            self.request,
            "programmes/copy.html",
            {
                "programme": self.programme,
                "form": form,
                "without_dates": [
                    (written(year), self.enter(year)) for year in offered if not calendar.has_term_dates(year)
                ],
            },
        )

    def enter(self, year):
        """Where the term dates of a year are entered, and from there back to this page."""
        address = reverse("programmes:term_dates_enter", args=[self.programme.organisation_id, year])
        here = f"{reverse('programmes:copy', args=[self.programme.slug])}?{urlencode({'year': written(year)})}"
        return f"{address}?{urlencode({'way': 'paste', 'next': here})}"

    def look(self, form):
        choices, today = form.choices, timezone.localdate()
        chosen = [(partnership, choices[partnership.pk]) for partnership, _ in form.rows]
        return render(
            self.request,
            "programmes/copy_look.html",
            {
                "programme": self.programme,
                "form": form,
                "title": copying.title_of(form.cleaned_data["name"], form.first_day),
                "dates": form.dates,
                "groups": [(choice, [partnership for partnership, its in chosen if its == choice]) for choice in Carry],
                "early": starting.copied_early(self.programme, list(choices.values()).count(Carry.COMPLETED), today),
                "asked": sum(choice == Carry.AGAIN for _, choice in chosen),
                "standing": copying.standing_copy(self.programme, form.cleaned_data["name"], form.first_day),
            },
        )

    def write(self, form):
        try:
            copy, new = copying.copy_programme(
                self.request.user,
                self.programme,
                name=form.cleaned_data["name"],
                year=form.first_day,
                choices=form.choices,
            )
        except placing.NoTermDates:
            form.add_error("year", "The term dates of this year were taken away a moment ago. Enter them first.")
            return self.ask(form)
        if new:
            messages.success(self.request, f"{copy.title} is ready to be checked. Every date of it lies in term time.")
        else:
            messages.info(self.request, f"{copy.title} had been made already: this is it.")
        return redirect("programmes:set_up", slug=copy.slug)
