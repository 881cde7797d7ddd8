from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django.views.generic import DetailView, ListView, UpdateView

from accounts import audit
from accounts.access import Allowed, allowed_rows
from papers.templatetags.plain import listed
from programmes.models import Partnership, Programme
from programmes.setting_up import back_words
from pupils import expectations as expectation_services
from pupils import scales, services
from pupils.choosing.services import where_to_choose
from pupils.forms import ChangePupilForm, ExpectationsForm, ScaleForm
from pupils.life.services import history, moved, open_to_entries, successor, why_not_back
from pupils.models import Place, TargetPupil
from pupils.preview import preview, rescaling_words, what_moves
from pupils.returns.page import comments_of
from pupils.targets.services import targets_of
from pupils.upn import INSTEAD, NOT_HERE


class PlaceList(Allowed, ListView):
    """Target pupils by partnership, with their names: for their own teachers and their own head."""

    action = "pupils.view"
    model = Place
    paginate_by = 100
    template_name = "pupils/list.html"

    def get_queryset(self):
        rows = (
            super()
            .get_queryset()
            .select_related(
                "pupil",
                "former",
                "partnership__programme",
                "partnership__partner_school",
                "partnership__specialist__user",
            )
            .prefetch_related("partnership__partner_teachers__user")
        )
        return rows.order_by(
            "-partnership__programme__starts_on", "partnership__ref", "pupil__last_name", "pupil__first_name", "pk"
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        services.show_grades(context["object_list"])
        audit.record(self.request.user, "pupils.listed")
        return context | {
            "number_of_pupils": self.object_list.order_by().values("pupil").distinct().count(),
            **partnerships_to_choose_in(self.request.user),
        }


def partnerships_to_choose_in(person):
    """Where the person may add target pupils, and where there are none yet."""
    if not person.may("pupils.edit"):
        return {}
    return where_to_choose(Partnership.objects.allowed(person, "pupils.edit"))


class PupilDetail(Allowed, DetailView):
    action = "pupils.view"
    model = TargetPupil
    template_name = "pupils/detail.html"

    def get_queryset(self):
        return super().get_queryset().select_related("programme")

    def get_object(self, queryset=None):
        pupil = super().get_object(queryset)
        audit.record(self.request.user, "pupils.viewed", pupil)
        return pupil

    def get_context_data(self, **kwargs):
        person = self.request.user
        places = Place.objects.allowed(person, "pupils.view").filter(pupil=self.object)
        places = places.select_related(
            "pupil", "former", "partnership__programme", "partnership__partner_school", "partnership__specialist__user"
        ).prefetch_related("partnership__partner_teachers__user")
        may_change = person.may("pupils.edit") and (
            TargetPupil.objects.allowed(person, "pupils.edit")
            .followed_by(person, "pupils.edit")
            .open_to_change()
            .filter(pk=self.object.pk)
            .exists()
        )
        changeable = Place.objects.allowed(person, "pupils.edit") if person.may("pupils.edit") else Place.objects.none()
        places = with_ways_back(with_aims(places))
        comments = comments_of(places)
        known = services.as_known(places)
        return super().get_context_data(
            known=known or self.object,
            is_former=known is not None,
            places=[
                (place, services.with_excuses(place, given, comments))
                for place, given in services.with_grades(with_successors(places))
            ],
            may_change=may_change,
            changeable=set(open_to_entries(changeable.filter(pupil=self.object))),
            history=history(places),
            waits_for_place=moved(self.object.programme).filter(pk=self.object.pk).exists(),
            may_gather=TargetPupil.objects.allowed(person, "pupils.everything").filter(pk=self.object.pk).exists(),
            today=timezone.localdate(),
            **kwargs,
        )


def with_aims(places):
    """Puts on each place the target grade that is agreed; None without one."""
    places = list(places)
    found = targets_of(places)
    for place in places:
        place.aim = found.get(place.pk, {}).get("agreed")
    return places


def with_ways_back(places):
    """Puts on each place whether it may go on after all, where something may be changed of it."""
    for place in places:
        place.may_go_on = bool(place.until) and not why_not_back(place)
    return places


def with_successors(places):
    """Puts on each place who has taken it over; None while nobody has."""
    for place in places:
        place.successor = successor(place) if place.ended_because == Place.Ended.REPLACED else None
    return places


class PupilUpdate(Allowed, UpdateView):
    action = "pupils.edit"
    model = TargetPupil
    form_class = ChangePupilForm
    template_name = "pupils/form.html"

    def get_queryset(self):
        rows = super().get_queryset().followed_by(self.request.user, self.action)
        rows = rows.open_to_change().select_related("programme")
        return rows.select_for_update(of=["self"], no_key=True) if self.request.method == "POST" else rows

    def get_object(self, queryset=None):
        pupil = super().get_object(queryset)
        audit.record(self.request.user, "pupils.viewed", pupil)
        return pupil

    @transaction.atomic
    def post(self, *args, **kwargs):
        """Of two who save at one moment the second compares with what the first has written."""
        return super().post(*args, **kwargs)

    def form_valid(self, form):
        try:
            services.save_pupil(self.request.user, form.instance)
        except IntegrityError:
            form.add_error("upn", f"{NOT_HERE} {INSTEAD}")
            return self.form_invalid(form)
        messages.success(self.request, "The pupil's details are saved.")
        if form.told:
            messages.warning(self.request, form.told)
        return redirect(self.object)


def being_set_up(request, slug):
    return get_object_or_404(allowed_rows(Programme, request.user, "programmes.set_up").open(), slug=slug)


def page_of(programme, form, title, **more):
    """What the page of a task of setting up needs."""
    return {
        "form": form,
        "title": title,
        "caption": programme.title,
        "back": reverse("programmes:set_up", args=[programme.slug]),
        "back_text": back_words(programme),
    } | more


@require_http_methods(["GET", "HEAD", "POST"])
def assessment(request, slug):
    """The scale is chosen here, and saved with what is expected on it on the next page."""
    programme = being_set_up(request, slug)
    form = ScaleForm(request.POST or None, programme=programme)
    if request.method == "POST" and form.is_valid():
        return redirect("pupils:expectations", slug=slug, scale=form.name)
    return render(
        request, "programmes/set_up_form.html", page_of(programme, form, "Assessment", lead=scale_lead(programme))
    )


def scale_lead(programme):
    """Once grades are in: what another scale means; nothing before."""
    by_scale = expectation_services.grades_by_scale(programme)
    if not by_scale:
        return ""
    preview_words = "You see what changes in every figure before anything is saved."
    now = scales.description(programme.scale)["title"]
    if [title for title, _ in by_scale] == [now]:
        return (
            f"{grades_words(by_scale[0][1])} in on {now}. On another scale they count no more, as a gain across two "
            f"scales is no number: they have to be given anew. {preview_words}"
        )
    standing = listed([f"{number:,} on {title}" for title, number in by_scale])
    return (
        f"The teachers assess on {now}. {grades_words(sum(number for _, number in by_scale))} in: {standing}. Those on "
        "the scale that you choose count, the others do not, as a gain across two scales is no number. "
        f"{preview_words}"
    )


def grades_words(grades):
    return "1 grade is" if grades == 1 else f"{grades:,} grades are"


@require_http_methods(["GET", "HEAD", "POST"])
def expectations(request, slug, scale):
    programme = being_set_up(request, slug)
    try:
        title = scales.description(scale)["title"]
    except scales.UnknownScale:
        raise Http404 from None
    form = ExpectationsForm(request.POST or None, programme=programme, scale=scale)
    warnings, figures = [], []
    if request.method == "POST" and form.is_valid():
        if form.wants_preview:
            warnings = what_changes(programme, scale)
            if form.cleaned_data["previewed"]:
                warnings.append("This or what stands was changed since the figures were shown: here they are anew.")
            figures = preview(programme, scale, form.cleaned_data.get("expected_points"), form.levels)
            form.show_preview()
        elif save_expectations(request, programme, scale, form):
            return redirect("programmes:set_up", slug=slug)
    lead = (
        "" if form.has_points else "This scale has no points: no mean and no expected rate can be worked out from it."
    )
    page = page_of(programme, form, f"What is expected: {title}", lead=lead, warnings=warnings, preview=figures)
    page |= {"moves": what_moves(figures)}
    page |= {"from_scale": scales.description(programme.scale)["title"] if scale != programme.scale else ""}
    changes = programme.expectation_changes.select_related("by")
    return render(request, "pupils/expectations.html", page | {"changes": changes, "to_scale": title})


SAVED = "What is expected is saved."
SAVED_ANEW = (
    "What is expected is changed, and results are worked out from it from now on. What it was before is kept with your "
    "reason."
)


def what_changes(programme, scale):
    """What a change means once grades are in."""
    grades = expectation_services.grades_in(programme)
    words = [
        f"{grades_words(grades)} in. All results of the programme are worked out anew from what is expected here; "
        "reports that are made already stay as they are."
    ]
    return words if scale == programme.scale else words + rescaling_words(programme, scale)


def save_expectations(request, programme, scale, form):
    said = SAVED_ANEW if form.asks_why and form.changes else SAVED
    try:
        expectation_services.save_assessment(
            request.user,
            programme,
            scale,
            form.cleaned_data.get("expected_points"),
            form.levels,
            form.cleaned_data.get("reason", ""),
        )
    except expectation_services.ScaleInUse:
        form.add_error(None, "Grades have come in since you opened this page. Load it again to see what would change.")
        return False
    messages.success(request, said)
    return True
