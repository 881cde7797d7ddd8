from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.generic import DetailView

from accounts import audit
from accounts.access import Allowed, allowed_rows, get_allowed
from programmes.forms.letters import WordsForm
from programmes.letters.facts import facts_of
from programmes.models import HeadsLetter, PartnerSchool, Programme
from programmes.services import letters

form_page = require_http_methods(["GET", "HEAD", "POST"])


def taking_part(request, programme):
    """The partner schools that get a letter: all that take part, or the one that is asked for."""
    rows = PartnerSchool.objects.allowed(request.user, "recruiting.manage").filter(programme=programme).taking_part()
    asked = request.POST.get("school") or request.GET.get("school") or ""
    return rows.filter(pk=asked) if asked.isdecimal() and len(asked) < 19 else rows


@form_page
def letters_page(request, slug):
    """How the letters of a programme stand, and the coordinator's own words in them."""
    programme = get_allowed(Programme, request.user, "recruiting.manage", slug=slug)
    form = WordsForm(request.POST or None, instance=programme, user=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, "Your words are saved. Letters made from now on have them.")
        return redirect("programmes:letters", slug)
    found = letters.standings(programme, taking_part(request, programme))
    context = {
        "to_make": sum(not s.current and not (s.letter and s.letter.in_hand) for s in found),
        "making": sum(bool(s.letter and s.letter.in_hand) for s in found),
        "to_send": sum(len(s.recipients()) for s in found),
        "headless": sum(not s.heads for s in found),
    }
    return render(
        request, "programmes/letters.html", {"programme": programme, "standings": found, "form": form, **context}
    )


@require_POST
def letters_make(request, slug):
    programme = get_allowed(Programme, request.user, "recruiting.manage", slug=slug)
    rows = taking_part(request, programme)
    ordered = letters.order_letters(request.user, programme, rows)
    if not ordered:
        messages.info(request, "Nothing has changed since these letters were made, so they are the newest there are.")
    if request.POST.get("school") and (newest := letters.newest_letters(rows)):
        return redirect(next(iter(newest.values())))
    return redirect("programmes:letters", slug)


@form_page
def letters_send(request, slug):
    """Check who gets it, who does not and why; then it goes out."""
    programme = get_allowed(Programme, request.user, "recruiting.manage", slug=slug)
    rows = taking_part(request, programme)
    again = "again" in (request.POST or request.GET)
    if request.method == "POST":
        before = parse_datetime(request.POST.get("asked_at", "")) if again else None
        if again and (before is None or timezone.is_naive(before)):
            raise Http404
        sent = letters.send_letters(request.user, programme, rows, again=again, before=before)
        if sent:
            many = "1 head gets" if len(sent) == 1 else f"{len(sent)} heads get"
            messages.success(request, f"{many} a mail with a link to the letter.")
        else:
            messages.info(request, "Nothing was sent: whoever can get a letter has it already.")
        return redirect("programmes:letters", slug)
    found = letters.standings(programme, rows)
    going = [(s, users) for s in found if (users := s.recipients(again))]
    reached = {s.row.pk for s, _ in going}
    context = {
        "going": going,
        "count": sum(len(users) for _, users in going),
        "had": [s for s in found if s.sendable and s.row.pk not in reached],
        "not_going": [s for s in found if not s.sendable],
        "one": found[0] if len(found) == 1 and request.GET.get("school") else None,
        "again": again,
        "asked_at": timezone.now().isoformat(),
    }
    return render(request, "programmes/letters_send.html", {"programme": programme, **context})


@require_safe
def letter_preview(request, pk):
    """What the letter to one school says today. Nothing is made of it yet."""
    row = get_allowed(PartnerSchool, request.user, "recruiting.manage", pk=pk)
    return render(request, "programmes/letter_preview.html", {"row": row, "f": facts_of(row)})


class LetterDetail(Allowed, DetailView):
    action = "offer.view"
    model = HeadsLetter
    context_object_name = "letter"
    template_name = "programmes/letter.html"

    def get_queryset(self):
        return super().get_queryset().select_related("partner_school__school", "partner_school__programme")

    def get_context_data(self, **kwargs):
        person, letter = self.request.user, self.object
        managing = HeadsLetter.objects.allowed(person, "recruiting.manage").filter(pk=letter.pk).exists()
        newest = letters.newest_letters([letter.partner_school])[letter.partner_school_id]
        return super().get_context_data(
            f=letter.facts,
            managing=managing,
            newer=newest if newest.pk != letter.pk and newest.is_done else None,
            standing=letters.standings(letter.partner_school.programme, [letter.partner_school])[0]
            if managing
            else None,
            **kwargs,
        )


@require_safe
def letter_progress(request, pk):
    """The line that asks again by itself as long as there is something to wait for; nothing while nothing changed."""
    rows = allowed_rows(HeadsLetter, request.user, "offer.view").select_related("partner_school__programme")
    letter = get_object_or_404(rows.defer("facts"), pk=pk)
    if not request.htmx:
        return redirect(letter)
    if request.GET.get("seen") == letter.stage:
        return HttpResponse(status=204)
    managing = HeadsLetter.objects.allowed(request.user, "recruiting.manage").filter(pk=pk).exists()
    return render(request, "programmes/_letter_progress.html", {"letter": letter, "managing": managing})


@require_safe
def letter_download(request, pk):
    """The file, for the coordinator and for the school's head at this moment."""
    rows = allowed_rows(HeadsLetter, request.user, "offer.view")
    letter = get_object_or_404(rows.select_related("partner_school__school", "partner_school__programme"), pk=pk)
    if not letter.is_done or not letter.file:
        raise Http404
    audit.record(request.user, "heads letter downloaded", letter)
    row = letter.partner_school
    name = f"heads-letter-{row.programme.slug}-{row.school.urn}.pdf"
    return FileResponse(letter.file.open(), as_attachment=True, filename=name)
