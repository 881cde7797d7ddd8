"""The steps of a place, for the teachers of its partnership; and the pupils who have moved, for the coordinator too."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.access import allowed_rows, get_allowed
from papers.templatetags.plain import listed, longdate
from programmes.models import Partnership, Programme
from programmes.models.partnerships import NOT_AGREED
from pupils.choosing.joining import waiting_again, what_waits_now
from pupils.choosing.services import NotNow, why_closed
from pupils.life import forms, services
from pupils.models import Place, TargetPupil

ACTION, MOVE = "pupils.edit", "pupils.move"
form_page = require_http_methods(["GET", "HEAD", "POST"])


def place_of(request, pk):
    rows = allowed_rows(Place, request.user, ACTION).select_related("pupil")
    return get_object_or_404(rows.select_related("partnership__programme", "partnership__partner_school"), pk=pk)


@transaction.atomic
def step(request, pk, form_class, title, lead, after, follows=lambda place: ""):
    """One step of a place: the form, what follows from it, and where it leads.

    Of two who save at one moment the second compares with what the first has written.
    """
    place = place_of(request, pk)
    if request.method == "POST":
        services.hold(place)
        place = place_of(request, pk)
    if why := services.why_fixed(place.partnership):
        messages.warning(request, f"Nothing has changed. {why}")
        return redirect(place.pupil)
    form = form_class(request.POST or None, place=place)
    if request.method == "POST" and form.is_valid():
        try:
            done = after(request, form.save(request.user))
        except NotNow as why:
            form.add_error(None, str(why))
        else:
            if told := getattr(form, "told", ""):
                messages.warning(request, told)
            return done
    audit.record(request.user, "pupils.viewed", place.pupil)
    context = {"place": place, "form": form, "title": title.format(place.pupil.full_name), "lead": lead}
    context["warning"] = follows(place)
    return render(request, "pupils/life/step.html", context)


@form_page
def end(request, pk):
    lead = "The place stays with its grades. Results count it with the reason, where a grade is missing."
    return step(request, pk, forms.EndForm, "{} leaves or is replaced", lead, after_end)


def after_end(request, place):
    messages.success(
        request, f"The place ends on {place.last_on:%-d %B %Y}: {place.get_ended_because_display().lower()}."
    )
    if place.ended_too:
        also = listed([one.partnership.label for one in place.ended_too])
        messages.success(request, f"The place of {place.pupil.full_name} in {also} ends on the same day.")
    if place.ended_because == Place.Ended.REPLACED:
        return redirect(f"{reverse('pupils:add', args=[place.partnership_id])}?after={place.pk}")
    return redirect(place.pupil)


@form_page
def back(request, pk):
    lead = "Grades are asked for again from the day on which the place had ended."
    place = place_of(request, pk)
    if request.method != "POST" and place.until and (why := services.why_not_back(place)):
        messages.warning(request, f"Nothing has changed. {why}")
        return redirect(place.pupil)
    return step(request, pk, forms.BackForm, "{} goes on as a target pupil", lead, after_change, services.after_back)


@form_page
def change(request, pk):
    lead = (
        "What it was before stays in the history of the pupil. All grades of the pupil, those of before too, stand "
        "beside the level for the year group that stands here."
    )
    return step(
        request,
        pk,
        forms.ChangeForm,
        "Class, year group and first day of {}",
        lead,
        after_change,
        services.after_change,
    )


def after_change(request, place):
    messages.success(request, "It is saved, and stands in the history of the pupil.")
    tell_what_waits(request, place)
    return redirect(place.pupil)


def tell_what_waits(request, place, who=""):
    """The submitted grades that are incomplete since the place was changed."""
    if place.until is None:
        rows = waiting_again(place.partnership, place.since, place)
        if said := what_waits_now(rows, who or place.pupil.full_name):
            messages.warning(request, said)


@form_page
def take_over(request, pk):
    """A pupil who has moved to this partner school, by reference and initials."""
    rows = allowed_rows(Partnership, request.user, ACTION).select_related("programme", "partner_school")
    partnership = get_object_or_404(rows, pk=pk)
    if why_closed(partnership):
        return redirect("pupils:choose", pk=pk)
    form = forms.TakeOverForm(request.POST or None, partnership=partnership)
    if request.method == "POST" and form.is_valid():
        try:
            place = form.save(request.user)
        except NotNow as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, f"{place.pupil.full_name} is a target pupil here now.")
            tell_what_waits(request, place)
            return redirect("pupils:choose", pk=pk)
    context = {"partnership": partnership, "form": form, "submitted": waiting_again(partnership)}
    return render(request, "pupils/life/take_over.html", context)


@require_safe
def moved(request, slug):
    """Pupils who have moved and have no place at present, by reference, initials and year."""
    programme = get_allowed(Programme, request.user, MOVE, slug=slug)
    pupils = services.moved(programme).prefetch_related("places__partnership__partner_school")
    rows = [{"pupil": pupil, "left": latest(pupil)} for pupil in pupils]
    audit.record(request.user, "pupils.listed", programme)
    return render(request, "pupils/life/moved.html", {"programme": programme, "rows": rows})


@form_page
def move_on(request, slug, pk):
    """Where one of them goes on, since when and how that is known; what follows is shown before it is done."""
    rows = allowed_rows(TargetPupil, request.user, MOVE).filter(programme__slug=slug).select_related("programme")
    pupil = get_object_or_404(rows, pk=pk)
    if not services.moved(pupil.programme).filter(pk=pk).exists():
        messages.info(request, f"Pupil {pupil.ref} has a place by now, or is not marked as moved any more.")
        return redirect("pupils:moved", slug=slug)
    audit.record(request.user, "pupils.viewed", pupil)
    context = {"pupil": pupil, "left": latest(pupil)}
    context["may_go_on"] = context["left"].partnership.is_open_to_entries
    form = forms.MoveOnForm(request.GET or None, pupil=pupil, partnerships=offered_to(request.user, pupil))
    if not form.is_valid():
        return render(request, "pupils/life/move_on.html", context | {"form": form})
    why, since = forms.MoveOnReasonForm(request.POST or None), form.cleaned_data["since"]
    if request.method == "POST" and why.is_valid():
        try:
            return after_move(
                request, services.take_over(request.user, form.chosen, pupil, since, why.cleaned_data["reason"])
            )
        except NotNow as refused:
            why.add_error(None, str(refused))
    context |= {"form": why, "chosen": form.chosen, "since": since}
    context["follows"] = services.after_take_over(form.chosen, since, pupil)
    return render(request, "pupils/life/move_check.html", context)


def offered_to(person, pupil):
    """The partnerships in which the pupil may go on: one that is not agreed yet reads nothing of another school's."""
    rows = Partnership.objects.allowed(person, MOVE).filter(programme=pupil.programme).open_to_entries()
    rows = rows.exclude(status__in=[*NOT_AGREED, Partnership.Status.COMPLETED])
    rows = rows.exclude(pk__in=pupil.places.values("partnership"))
    return rows.with_people().order_by("partner_school__name", "ref")


def after_move(request, place):
    ref, where = place.pupil.ref, f"{place.partnership.label} at {place.partnership.partner_school}"
    messages.success(request, f"Pupil {ref} has a place in {where} from {longdate(place.since)} on. Tell the teachers.")
    tell_what_waits(request, place, f"pupil {ref}")
    return redirect("pupils:moved", slug=place.partnership.programme.slug)


def latest(pupil):
    return max((place for place in pupil.places.all() if place.until), key=lambda place: place.until)
