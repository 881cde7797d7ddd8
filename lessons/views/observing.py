"""Observing a research lesson: from a phone in the classroom, with and without scripts, with and without a network."""

import uuid
from functools import partial

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.access import require
from accounts.middleware import login_not_required
from desks import cells
from desks.boxes import SAFEGUARDING
from desks.desk import Desk
from desks.writing import keep_form, not_signed_in, problem, save
from lessons import services
from lessons.forms import observing
from lessons.models import Observation, ResearchLesson
from lessons.pages.observing import JUDGED, classroom_of, how_it_stands
from lessons.pages.timeline import reads_apart
from lessons.services.observing import keep_observations, keep_photo, lesson_once_observed_by
from lessons.words import why_closed
from papers.pictures import NotAPicture, picture_of

ENDED = (
    "You cannot observe this lesson any more, so this is not among its notes. What you sent is kept for the chair of "
    "the group: ask them."
)


class Place:
    """Where a person observes: the lesson, whether they are of its group, and why what they send is kept apart."""

    def __init__(self, person, pk):
        self.person = person
        self.lesson = self.reached(pk)
        self.is_open = self.lesson is not None
        if not self.is_open:
            self.lesson = lesson_once_observed_by(person, pk)
        if self.lesson is None:
            require(person, "lessons.observe")
            raise Http404
        self.is_member = self.is_open and person.may("studies.write") and self.writes(pk)

    def reached(self, pk):
        if not self.person.may("lessons.observe"):
            return None
        rows = ResearchLesson.objects.allowed(self.person, "lessons.observe").with_study()
        return rows.prefetch_related("study__case_pupils").filter(pk=pk).first()

    def writes(self, pk):
        return ResearchLesson.objects.allowed(self.person, "studies.write").filter(pk=pk).exists()

    @property
    def apart(self):
        if not self.is_open or self.lesson.taken_out_at:
            return self.lesson.why_taken_out or ENDED
        return f"{self.why_closed} What you sent is kept for the chair of the group." if self.why_closed else ""

    def why_apart_now(self):
        """The same, as the lesson and its study stand by now."""
        self.lesson.refresh_from_db(fields=["cancelled_at", "cancelled_because", "taken_out_at"])
        self.lesson.study.refresh_from_db(fields=["finished_at"])
        return self.apart

    @property
    def why_closed(self):
        """Why nothing that is seen goes into the lesson any more."""
        why = self.lesson.why_cancelled
        return f"This lesson is cancelled: {why}" if why else why_closed(self.lesson.study)

    def keep(self, kept, **more):
        return keep_observations(
            self.person, self.lesson, kept, is_member=self.is_member, apart=self.why_apart_now, **more
        )

    def keep_photo(self, item, picture):
        return keep_photo(self.person, self.lesson, item, picture, apart=self.why_apart_now)

    @property
    def stands(self):
        """How far the lesson has come by now, by whomever; nothing for somebody who cannot observe it any more."""
        if not self.is_open:
            return None
        self.lesson.refresh_from_db(fields=["started_at", "ended_at"])
        return how_it_stands(self.lesson, is_closed=bool(self.why_closed))

    @property
    def name(self):
        return f"notes of lesson {self.lesson.number}"


# In the classroom -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def observe(request, pk):
    place = Place(request.user, pk)
    if request.method == "POST":
        return kept_by_form(request, place)
    if not place.is_open:
        raise Http404
    classroom = classroom_of(request.user, place.lesson, place.is_member)
    context = {
        "classroom": classroom,
        "lesson": place.lesson,
        "closed": place.why_closed,
        "stands": place.stands,
        "chosen": request.GET.get("pupil", classroom.pupils[0].letter if classroom.pupils else ""),
        "grouping": request.GET.get("grouping", ""),
        "kinds": [("action", "Did"), ("words", "Said"), ("teacher", "Teacher")],
        "groupings": [("alone", "Alone"), ("pair", "Pair"), ("group", "Group"), ("class", "Class")],
        "client": uuid.uuid4(),
        "page_client": uuid.uuid4(),
        "safeguarding": SAFEGUARDING,
        "person_id": request.user.pk,
    }
    return render(request, "lessons/observing/observe.html", context)


def kept_by_form(request, place):
    """Without scripts: what was kept is there, and the page opens again with the same pupil chosen."""
    item = observing.kept_of_form(request.POST)
    try:
        picture = picture_of(request.FILES["file"]) if "file" in request.FILES else None
    except NotAPicture as error:
        picture = None
        messages.error(request, str(error))
    if picture:
        place.keep_photo(item, picture)
    else:
        place.keep([item])
    if place.apart:
        typed = [("What you kept", item.text)] if item.text else []
        return render(request, "desks/kept.html", {"desk": place, "typed": typed}, status=409)
    if not picture and not item.text and item.kind in {"", *Observation.Kind} - {"stage"}:
        messages.warning(request, "Write what was said or done, then keep it.")
    chosen = {"pupil": item.letter, "grouping": item.grouping}
    return redirect(f"{reverse('lessons:observe', args=[place.lesson.pk])}?{urlencode(chosen)}#note")


# From a device --------------------------------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "POST"])
def observations(request, pk):
    """What a device kept, in the order in which it kept it; the same may come again. GET: a new token.

    Both tell how far the lesson has come.
    """
    if answer := not_signed_in(request):
        return answer
    place = Place(request.user, pk)
    if request.method == "GET":
        return JsonResponse({"who": request.user.pk, "token": get_token(request), "lesson": place.stands})
    try:
        who, kept = observing.kept_of_json(request.body)
    except cells.NotOurs:
        return problem(400, "not ours", "This cannot be read: the page is out of date. Copy what you typed.")
    if who != request.user.pk:
        return problem(403, "someone else", "Someone else is signed in in this browser.")
    place.keep(kept)
    if place.apart:
        return problem(410, "kept apart", place.apart)
    return JsonResponse({"kept": len(kept), "lesson": place.stands})


@login_not_required
@require_http_methods(["GET", "POST"])
def photos(request, pk):
    """A photo that a device kept, once. One that is no photo is refused in a sentence, and stays on the device."""
    if answer := not_signed_in(request):
        return answer
    place = Place(request.user, pk)
    if request.method == "GET":
        return JsonResponse({"who": request.user.pk, "token": get_token(request)})
    try:
        item, file = observing.kept_of(request.POST, request.POST.get("now")), request.FILES["file"]
    except (KeyError, ValueError):
        return problem(400, "not ours", "This cannot be read: the page is out of date.")
    if cells.number(request.POST.get("who")) != request.user.pk:
        return problem(403, "someone else", "Someone else is signed in in this browser.")
    try:
        picture = picture_of(file)
    except NotAPicture as error:
        return problem(422, "no picture", str(error))
    place.keep_photo(item, picture)
    return problem(410, "kept apart", place.apart) if place.apart else JsonResponse({"kept": 1})


@require_safe
def photo(request, pk, photo):
    """The picture itself, for the group, whom it shows the study, and whoever took it."""
    require(request.user, "lessons.see")
    lesson = get_object_or_404(ResearchLesson.objects.allowed(request.user, "lessons.see"), pk=pk)
    rows = lesson.photos.all()
    if not ResearchLesson.objects.allowed(request.user, "studies.read").filter(pk=pk).exists():
        rows = rows.filter(person=request.user)
    elif not reads_apart(request.user, lesson):
        rows = rows.filter(Q(apart="") | Q(person=request.user))
    row = get_object_or_404(rows, pk=photo)
    audit.record(request.user, "lessons.photo_viewed", row)
    return FileResponse(row.file.open(), content_type="image/jpeg", filename=f"photo-{row.pk}.jpg")


# At the end: whether each pupil met the success criterion -------------------------------------------------------------


def desk_of(person, place):
    apart = place.apart if place.is_member or place.apart else ENDED
    return Desk(
        name=place.name,
        sheet=lambda: place.lesson.sheet if place.is_member else None,
        known=JUDGED,
        write=partial(
            services.write_cells,
            person,
            place.lesson.sheet,
            closed=place.why_apart_now,
            without_place=partial(services.without_place, place.lesson),
        ),
        keep_apart=partial(services.keep_apart, person, place.lesson.sheet),
        boxes=lambda: classroom_of(person, place.lesson, place.is_member).boxes,
        write_url=reverse("lessons:judge", args=[place.lesson.pk]),
        read_url=reverse("lessons:observe", args=[place.lesson.pk]),
        apart=apart,
    )


@require_http_methods(["POST"])
def judge(request, pk):
    place = Place(request.user, pk)
    desk = desk_of(request.user, place)
    _, answer = keep_form(request, desk)
    if answer is not None:
        return answer
    messages.success(request, "Saved.")
    return redirect(desk.read_url)


@login_not_required
@require_http_methods(["GET", "POST"])
def judge_save(request, pk):
    if answer := not_signed_in(request):
        return answer
    return save(request, desk_of(request.user, Place(request.user, pk)))
