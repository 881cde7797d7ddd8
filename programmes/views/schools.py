from django.contrib import messages
from django.db.models import Count
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import DetailView, ListView

from accounts.access import Allowed, get_allowed
from accounts.models import School
from programmes.forms.schools import AddSchoolForm, CarryForm, ContactForm, SchoolFilter, SchoolForm, SchoolMoveForm
from programmes.models import HeadContact, PartnerSchool, Partnership, Programme
from programmes.services import letters, schools
from programmes.services.areas import in_other_areas
from programmes.views.telling import tell_of_area

form_page = require_http_methods(["GET", "HEAD", "POST"])


class SchoolList(Allowed, ListView):
    action = "recruiting.manage"
    model = PartnerSchool
    paginate_by = 100
    template_name = "programmes/schools.html"

    def get_queryset(self):
        person = self.request.user
        self.programme = get_allowed(Programme, person, self.action, slug=self.kwargs["slug"])
        rows = super().get_queryset().filter(programme=self.programme)
        self.counts = dict(rows.order_by().values_list("stage").annotate(Count("pk")))
        self.filter = SchoolFilter(self.request.GET or None, user=person, programme=self.programme)
        rows = self.filter.narrowed(rows).with_last_contact().select_related("school", "area", "programme")
        return rows.in_pipeline()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        query = self.request.GET.copy()
        query.pop("page", None)
        shown = list(context["object_list"])
        beside = schools.other_programmes(self.programme, [row.school_id for row in shown])
        return context | {
            "programme": self.programme,
            "filter": self.filter,
            "rows": [(row, schools.projects_of(row, beside)) for row in shown],
            "total": sum(self.counts.values()),
            "stages": [(stage, n := self.counts.get(stage, 0), counted(stage, n)) for stage in PartnerSchool.Stage],
            "query": query.urlencode(),
        }


MANY = {
    PartnerSchool.Stage.ENQUIRY: "enquiries",
    PartnerSchool.Stage.JOINED: "take part",
    PartnerSchool.Stage.NEXT_YEAR: "ask again next year",
}


def counted(stage, n):
    """The stage as it is said of so many schools: 1 takes part, 12 take part."""
    one = stage.label.lower()
    return one if n == 1 else MANY.get(stage, one)


class SchoolDetail(Allowed, DetailView):
    action = "recruiting.manage"
    model = PartnerSchool
    template_name = "programmes/school.html"

    def get_queryset(self):
        return super().get_queryset().select_related("school", "area", "programme__organisation", "carried_from")

    def get_context_data(self, **kwargs):
        person, row = self.request.user, self.object
        contact = ContactForm(instance=HeadContact(partner_school=row), user=person)
        return super().get_context_data(contact=contact, **about(person, row), **kwargs)


def about(person, row):
    """What the page of a partner school says besides the row itself."""
    partnerships = Partnership.objects.allowed(person, "partnerships.view").filter(
        programme=row.programme_id, partner_school=row.school_id
    )
    beside = schools.other_programmes(row.programme, [row.school_id])
    earlier = [row.carried_from_id] if row.carried_from_id else []
    return {
        "why_not": schools.why_not(row.programme, row.school),
        "projects": schools.projects_of(row, beside),
        "partnerships": partnerships.with_people().with_acceptances(),
        "contacts": row.contacts.select_related("by"),
        "contacts_before": HeadContact.objects.none()
        if not earlier
        else row.carried_from.contacts.select_related("by", "partner_school__programme"),
        "may_keep_calendar": School.objects.allowed(person, "closures.keep").filter(pk=row.school_id).exists(),
        "letter": letters.standings(row.programme, [row])[0] if row.takes_part else None,
    }


@form_page
def school_add(request, slug):
    programme = get_allowed(Programme, request.user, "recruiting.manage", slug=slug)
    form = AddSchoolForm(request.POST or None, user=request.user, programme=programme)
    if form.is_valid():
        form.save()
        row = form.instance
        messages.success(request, f"{row} is in the list: {row.get_stage_display().lower()}.")
        return redirect(request.path if "another" in request.POST else row)
    return render(request, "programmes/form.html", of_programme(programme, form, "Add a school"))


def of_programme(programme, form, title):
    """What a page with one form about the schools of a programme shows."""
    back = {"back": reverse("programmes:schools", args=[programme.slug]), "back_text": "Back to partner schools"}
    return {"programme": programme, "form": form, "title": title, "caption": programme.title, **back}


def of_row(row, form, title):
    back = {"back": row.get_absolute_url(), "back_text": f"Back to {row}"}
    return {"row": row, "form": form, "title": title, "caption": str(row), **back}


def managed(request, pk):
    row = get_allowed(PartnerSchool, request.user, "recruiting.manage", pk=pk)
    rows = PartnerSchool.objects.allowed(request.user, "recruiting.manage")
    return rows.select_related("school", "area", "programme__organisation", "carried_from").get(pk=row.pk)


@form_page
def school_change(request, pk):
    row = managed(request, pk)
    form = SchoolForm(request.POST or None, instance=row, user=request.user, programme=row.programme)
    if form.is_valid():
        given = form.save()
        messages.success(request, f"What stands about {row} is saved.")
        if "area" in form.changed_data and row.area:
            tell_of_area(request, row, given, in_other_areas(row))
        return redirect(row)
    return render(request, "programmes/form.html", of_row(row, form, "What you know of this school"))


@form_page
def school_move(request, pk):
    row = managed(request, pk)
    form = SchoolMoveForm(request.POST or None, row=row)
    if form.is_valid() and form.save(request.user):
        messages.success(request, f"{row}: {row.get_stage_display().lower()}.")
        return redirect(row)
    return render(request, "programmes/school_move.html", of_row(row, form, "How far are the talks?"))


@require_POST
def contact_add(request, pk):
    row = managed(request, pk)
    form = ContactForm(request.POST, instance=HeadContact(partner_school=row), user=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, f"The talk of {form.instance.on:%-d %B %Y} is in the log.")
        return redirect(f"{row.get_absolute_url()}#talks")
    context = {"object": row, "contact": form, "form": form, **about(request.user, row)}
    return render(request, "programmes/school.html", context)


@form_page
def schools_carry(request, slug):
    """Enquiries of schools that ask again go into another programme of the organisation."""
    programme = get_allowed(Programme, request.user, "recruiting.manage", slug=slug)
    form = CarryForm(request.POST or None, user=request.user, programme=programme)
    if form.is_valid():
        into = form.cleaned_data["programme"]
        carried, left = schools.carry(request.user, list(form.cleaned_data["schools"]), into)
        if carried:
            messages.success(request, f"In {into.title} as enquiries: {', '.join(str(row) for row in carried)}.")
        if left:
            messages.warning(
                request,
                f"Not carried, because they stand in {into.title} already or may not take part: "
                f"{', '.join(str(row) for row in left)}.",
            )
        return redirect("programmes:schools", into.slug)
    context = of_programme(programme, form, "Carry schools over to another programme")
    return render(request, "programmes/schools_carry.html", context)
