import datetime as dt

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.views import View
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed_rows, get_allowed, require
from accounts.coming_from import came_from
from accounts.models import Organisation, School
from programmes import years
from programmes.calendar import Calendar, calendar_of
from programmes.forms.term_dates import PASTED_MOST, HalfTermsForm, OwnDatesForm, PastedForm, UploadForm
from programmes.models import academic_year
from programmes.services import term_dates

ACTION = "programmes.set_up"
WAYS = {"hand": "Type them in", "paste": "Paste them", "upload": "Upload a file"}


@require_safe
def term_dates_list(request):
    organisations = list(allowed_rows(Organisation, request.user, ACTION))
    given = term_dates.years_of(organisations)
    this_year = academic_year(timezone.localdate())[0]
    near = [this_year.replace(year=this_year.year + ahead) for ahead in (-1, 0, 1)]
    tables = []
    for organisation in organisations:
        own = given.get((organisation.pk, None), {})
        schools = [
            (school, year) for (pk, school), by in given.items() if pk == organisation.pk and school for year in by
        ]
        tables.append(
            (
                organisation,
                [
                    {
                        "year": year,
                        "written": years.written(year),
                        "calendar": summary(own.get(year, ()), year),
                        "schools": sorted({school.name for school, of in schools if of == year}),
                    }
                    for year in sorted({*near, *own, *(year for _, year in schools)}, reverse=True)
                ],
            )
        )
    return render(request, "programmes/term_dates.html", {"tables": tables})


def summary(rows, year):
    """The half terms of a year with their weeks and school days, and the sums."""
    calendar = Calendar((row.name, row.starts_on, row.ends_on) for row in rows)
    half_terms = calendar.half_terms(year)
    return {
        "half_terms": half_terms,
        "weeks": sum(len(half_term.weeks) for half_term in half_terms),
        "school_days": sum(half_term.school_days for half_term in half_terms),
        "complete": calendar.has_term_dates(year),
    }


class OfYear(View):
    """The term dates of one year, of an organisation or of one of its schools."""

    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request, *args, **kwargs):
        require(request.user, ACTION)
        self.organisation = get_allowed(Organisation, request.user, ACTION, pk=kwargs["pk"])
        given = request.POST.get("school") or request.GET.get("school") or ""
        self.school = get_allowed(School, request.user, ACTION, pk=given) if given.isdigit() else None
        self.year = kwargs["year"]
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def standing(self):
        return list(term_dates.of_year(self.organisation, self.school, self.year))

    def context(self, **more):
        return {
            "organisation": self.organisation,
            "school": self.school,
            "whose": self.school or self.organisation,
            "year": self.year,
            "written": years.written(self.year),
            "back": self.url("programmes:term_dates_year"),
            "next": self.next,
        } | more

    def url(self, name, **query):
        if self.school:
            query["school"] = self.school.pk
        address = reverse(name, args=[self.organisation.pk, self.year])
        return f"{address}?{urlencode(query)}" if query else address

    @property
    def next(self):
        return came_from(self.request)


class TermDatesOfYear(OfYear):
    def get(self, request, *args, **kwargs):
        calendar = calendar_of(self.organisation.pk, self.school and self.school.pk)
        own = term_dates.years_of([self.organisation])
        schools = [school for (_, school), by in own.items() if school and self.year in by]
        return render(
            request,
            "programmes/term_dates_year.html",
            self.context(
                summary=summary(self.standing, self.year),
                schools=sorted(schools, key=lambda school: school.name),
                trouble=[]
                if self.school
                else term_dates.programmes_with_trouble(self.organisation, self.year, calendar),
            ),
        )


class OwnDates(OfYear):
    """The school is chosen here; its dates are entered on the next page."""

    def get(self, request, *args, **kwargs):
        return self.ask(OwnDatesForm(user=request.user))

    def post(self, request, *args, **kwargs):
        form = OwnDatesForm(request.POST, user=request.user)
        if not form.is_valid():
            return self.ask(form)
        self.school = form.cleaned_data["school"]
        return redirect(self.url("programmes:term_dates_enter"))

    def ask(self, form):
        title = "Which school has its own term dates?"
        page = {"form": form, "title": title, "caption": f"{self.organisation}, {years.written(self.year)}"}
        back = {"back": self.url("programmes:term_dates_year"), "back_text": "Back to the year"}
        return render(self.request, "programmes/set_up_form.html", page | back)


class EnterTermDates(OfYear):
    """Typed in, pasted or uploaded; looked at; saved."""

    FORMS = {"paste": PastedForm, "upload": UploadForm}
    left_out = ()

    @property
    def way(self):
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        given = sent.get("way")
        return given if given in WAYS else "hand"

    def get(self, request, *args, **kwargs):
        if self.way == "hand":
            form = HalfTermsForm(year=self.year, standing=self.standing, proposed=self.proposed)
            return self.ask(form, "hand", proposed=bool(self.proposed))
        return self.ask(self.FORMS[self.way](year=self.year), self.way)

    def post(self, request, *args, **kwargs):
        if self.way in self.FORMS:
            given = self.FORMS[self.way](request.POST, request.FILES, year=self.year)
            if not given.is_valid():
                return self.mend(given) if self.way == "upload" else self.ask(given, "paste")
            self.left_out = given.reading.left_out
            form = HalfTermsForm.of(given.rows, year=self.year, standing=self.standing)
        else:
            form = HalfTermsForm(request.POST, year=self.year, standing=self.standing)
        if not form.is_valid() or "change" in request.POST:
            return self.ask(form, "hand")
        return self.save(form) if "save" in request.POST else self.look(form)

    def mend(self, given):
        """What was uploaded stands in the box of pasted rows, to be mended there; a file of no rows is asked for again.

        A row has the same number there as in its file.
        """
        form = PastedForm({"pasted": given.text}, year=self.year)
        if not given.text.strip() or form.is_valid() or len(given.text) > PASTED_MOST:
            return self.ask(given, "upload")
        return self.ask(form, "paste", uploaded=self.request.FILES["file"].name)

    def ask(self, form, way, **more):
        others = [(key, label) for key, label in WAYS.items() if key != way]
        links = [(label, self.url("programmes:term_dates_enter", way=key, **self.on_the_way)) for key, label in others]
        return render(
            self.request, f"programmes/term_dates_{way}.html", self.context(form=form, way=way, others=links, **more)
        )

    @cached_property
    def proposed(self):
        """For a school that has no dates of its own yet those of the organisation: most of them will be the same."""
        if self.school is None or self.standing:
            return []
        return list(term_dates.of_year(self.organisation, None, self.year))

    @property
    def on_the_way(self):
        return {"next": self.next} if self.next else {}

    def look(self, form):
        rows = summary(form.rows, self.year)
        page = self.context(form=form, summary=rows, left_out=self.left_out)
        return render(self.request, "programmes/term_dates_look.html", page)

    def save(self, form):
        try:
            term_dates.save_term_dates(
                self.request.user,
                self.organisation,
                self.school,
                self.year,
                form.rows,
                seen=form.cleaned_data["seen"],
            )
        except term_dates.ChangedMeanwhile:
            form.add_error(
                None,
                "Someone else saved other term dates for this year a moment ago, and yours are not saved. "
                "Look at theirs on the page of the year, then save yours again if they are right.",
            )
            form.data = form.data.copy()
            form.data["seen"] = term_dates.fingerprint(self.standing)
            return self.ask(form, "hand")
        messages.success(self.request, f"The term dates of {years.written(self.year)} are saved.")
        return redirect(self.next or self.url("programmes:term_dates_year"))


@require_POST
def own_dates_remove(request, pk, year: dt.date, school):
    organisation = get_allowed(Organisation, request.user, ACTION, pk=pk)
    school = get_allowed(School, request.user, ACTION, pk=school)
    if term_dates.remove_own_dates(request.user, organisation, school, year):
        messages.success(request, f"The dates of {organisation} hold for {school} again.")
    return redirect("programmes:term_dates_year", pk=organisation.pk, year=year)
