"""A finding in the hands of its authors: drafted, checked for names, agreed to, taken back."""

import uuid
from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import allowed_rows, get_allowed, require
from accounts.middleware import login_not_required
from desks.desk import Desk
from desks.writing import keep_form, not_signed_in, save, tell_saved
from lessons import services
from lessons.forms.findings import AgreeForm, FileForm
from lessons.library.boxes import FIELD, boxes_of, what_is_lacking, why_not_shown
from lessons.library.names import checked
from lessons.library.standing import READERS, standing_of
from lessons.models import Finding, FindingFile, Study
from lessons.pages.findings import kept_apart, preview_of, title_of
from lessons.services import finding_files, findings

SAFEGUARDING = (
    "Do not record safeguarding concerns here: tell your designated safeguarding lead. Pupils are A, B and C, without "
    "initials or anything else by which they are known."
)
LEFT = (
    "You are not a member of this study any more, so this did not go into the finding. Your words are kept: ask those "
    "who are in the study now."
)
PUT_ASIDE = (
    "The finding was set aside meanwhile, so this did not go into it. Your words are kept beside it. Take it up again, "
    "and put them in."
)
TAKE_UP_FIRST = "It is set aside. Take it up again first."
MEANWHILE = "The text was changed while you were reading. Read it as it stands now, and say it again."


@require_POST
def begin(request, pk):
    study = get_allowed(Study, request.user, "studies.write", pk=pk)
    return redirect("lessons:finding_write", findings.begin_finding(request.user, study).pk)


# Writing --------------------------------------------------------------------------------------------------------------


def finding_to_write(person, pk):
    """The finding, and whether the person is one of its authors still; 403 and 404 as everywhere for anyone else."""
    if person.may("studies.write"):
        finding = Finding.objects.allowed(person, "studies.write").with_study().filter(pk=pk).first()
        if finding is not None:
            return finding, True
    left = findings.left_by(person, pk)
    if left is None:
        require(person, "studies.write")
        raise Http404
    return left, False


def desk_of(person, finding, writes):
    return Desk(
        name="finding",
        sheet=lambda: finding.sheet if writes else None,
        known=FIELD,
        write=partial(
            services.write_cells,
            person,
            finding.sheet,
            closed=lambda: PUT_ASIDE if findings.is_set_aside_now(finding) else "",
        ),
        keep_apart=partial(services.keep_apart, person, finding.sheet),
        boxes=lambda: boxes_of(finding),
        write_url=reverse("lessons:finding_write", args=[finding.pk]),
        read_url=reverse("lessons:finding_agree", args=[finding.pk]),
        apart=(PUT_ASIDE if finding.is_set_aside else "") if writes else LEFT,
        problem=why_not_shown,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def write(request, pk):
    finding, writes = finding_to_write(request.user, pk)
    if request.method == "POST":
        desk = desk_of(request.user, finding, writes)
        cells, answer = keep_form(request, desk)
        if answer is not None:
            return answer
        tell_saved(request, desk, cells)
        return redirect(desk.read_url)
    if not writes:
        raise Http404
    if finding.is_set_aside:
        return redirect("lessons:finding_agree", finding.pk)
    context = {
        "finding": finding,
        "boxes": boxes_of(finding),
        "lacking": what_is_lacking(finding.sheet.texts) if "lacking" in request.GET else [],
        "standing": standing_of(finding),
        "client": uuid.uuid4(),
        "person_id": request.user.pk,
        "safeguarding": SAFEGUARDING,
    }
    return render(request, "lessons/findings/write.html", context)


@login_not_required
@require_http_methods(["GET", "POST"])
def autosave(request, pk):
    if answer := not_signed_in(request):
        return answer
    finding, writes = finding_to_write(request.user, pk)
    return save(request, desk_of(request.user, finding, writes))


# Agreeing -------------------------------------------------------------------------------------------------------------


def own_finding(request, pk, action="studies.write"):
    return get_object_or_404(allowed_rows(Finding, request.user, action).with_study(), pk=pk)


def while_set_aside(request, finding):
    """The answer to whoever has an older page open; None while it is a draft or shown."""
    if not finding.is_set_aside:
        return None
    messages.warning(request, TAKE_UP_FIRST)
    return redirect("lessons:finding_agree", finding.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def agree(request, pk):
    """The finding as others will see it, what the check for names says, and who may read it."""
    finding = own_finding(request, pk)
    if request.method != "POST":
        return agree_page(request, finding)
    if answer := while_set_aside(request, finding):
        return answer
    form = AgreeForm(request.POST)
    if not form.is_valid():
        return agree_page(request, finding, form, status=422)
    said = form.cleaned_data
    if words := names_to_answer(finding, said["audience"]):
        form.add_error("audience", f"First say of each of these words that it is no name, or change the text: {words}.")
        return agree_page(request, finding, form, status=422)
    try:
        shown = findings.consent(request.user, finding, said["audience"], said["version"])
    except services.NotAsSeen:
        messages.warning(request, MEANWHILE)
        return redirect("lessons:finding_agree", finding.pk)
    except findings.IsSetAside:
        return while_set_aside(request, own_finding(request, pk))
    except services.NotReady:
        return redirect(f"{reverse('lessons:finding_write', args=[finding.pk])}?lacking")
    tell_agreed(request, finding, shown, said["audience"])
    return redirect("lessons:finding_agree", finding.pk)


def names_to_answer(finding, audience):
    """The words that may be names and that nobody has answered, where others than the group are to read them."""
    found = checked(finding, finding.sheet.texts)
    rows = [] if audience == Finding.Audience.GROUP else found.pupils
    rows = [*rows, *found.initials, *found.others] if audience == Finding.Audience.PUBLIC else rows
    return ", ".join(f"“{row.word}”" for row in rows)


def tell_agreed(request, finding, shown, audience):
    if shown:
        messages.success(request, f"All of you agree. {READERS[audience]} can read it now.")
    else:
        messages.success(request, f"Kept. {standing_of(own_finding(request, finding.pk)).pending}.")


def agree_page(request, finding, form=None, file_form=None, status=200):
    texts = finding.sheet.texts
    standing = standing_of(finding)
    said = next((row for row in standing.consents if row.person_id == request.user.pk), None)
    initial = {"audience": said.audience if said else standing.asked, "version": finding.sheet.version}
    context = {
        "finding": finding,
        "standing": standing,
        "said": said,
        "title": title_of(finding),
        "reading": preview_of(finding, standing.authors),
        "lacking": what_is_lacking(texts),
        "checked": checked(finding, texts),
        "kept": kept_apart(finding),
        "agree_form": form or AgreeForm(initial=initial),
        "file_form": file_form or FileForm(action=reverse("lessons:finding_file_add", args=[finding.pk])),
        "form": file_form or form,
    }
    return render(request, "lessons/findings/agree.html", context, status=status)


@require_POST
def answer_name(request, pk):
    """A word in which a name was suspected is none: an author has looked."""
    finding = own_finding(request, pk)
    if answer := while_set_aside(request, finding):
        return answer
    word = request.POST.get("word", "")[:120]
    found = checked(finding, finding.sheet.texts)
    rows = [row for row in [*found.pupils, *found.initials, *found.others] if row.key == word]
    if rows:
        findings.answer_name(request.user, finding, word, {pk for row in rows for pk in row.owners})
    return redirect(f"{reverse('lessons:finding_agree', args=[finding.pk])}#names")


@require_POST
def withdraw(request, pk):
    """By any of its authors, and by whoever has left and agreed to what is shown."""
    finding = own_finding(request, pk, "findings.withdraw")
    was_shown = finding.is_published
    if not findings.withdraw(request.user, finding):
        messages.info(request, "There was nothing to take back: you have not agreed to anything that stands.")
    elif was_shown:
        messages.success(request, "Withdrawn. Nobody else can read it any more; the text stays with the group.")
    else:
        messages.success(request, "Taken back. It is not shown to anybody before you agree again.")
    writes = request.user.may("studies.write")
    if writes and Finding.objects.allowed(request.user, "studies.write").filter(pk=pk).exists():
        return redirect("lessons:finding_agree", finding.pk)
    return redirect("lessons:findings")


@require_POST
def set_aside(request, pk):
    """By any of its authors, while nobody else reads it."""
    finding = own_finding(request, pk)
    try:
        findings.set_aside(request.user, finding)
    except findings.StillShown:
        readers = READERS[finding.audience]
        messages.warning(request, f"{readers} can read it. Withdraw the finding first, then set it aside.")
        return redirect("lessons:finding_agree", finding.pk)
    messages.success(request, "Set aside. Its words are kept in the list “Set aside” on this page.")
    return redirect(f"{finding.study.get_absolute_url()}#findings")


@require_POST
def take_up(request, pk):
    finding = own_finding(request, pk)
    if findings.take_up(request.user, finding):
        messages.success(request, "It is a draft again. Everybody is asked anew before others can read it.")
    return redirect("lessons:finding_agree", finding.pk)


# Files ----------------------------------------------------------------------------------------------------------------


@require_POST
def add_file(request, pk):
    finding = own_finding(request, pk)
    if answer := while_set_aside(request, finding):
        return answer
    form = FileForm(request.POST, request.FILES, action=reverse("lessons:finding_file_add", args=[finding.pk]))
    if not form.is_valid():
        return agree_page(request, finding, file_form=form, status=422)
    said = form.cleaned_data
    if finding_files.add_file(request.user, finding, form.kind, said["file"], said["label"]) is None:
        form.add_error(None, f"There are {finding_files.MOST_FILES} files already. Take one away first.")
        return agree_page(request, finding, file_form=form, status=422)
    messages.success(request, "The file is added. Whoever had agreed is asked again.")
    return redirect(f"{reverse('lessons:finding_agree', args=[finding.pk])}#files")


@require_POST
def remove_file(request, pk):
    rows = allowed_rows(FindingFile, request.user, "studies.write").select_related("finding")
    file = get_object_or_404(rows, pk=pk)
    if answer := while_set_aside(request, file.finding):
        return answer
    if finding_files.remove_file(request.user, file):
        messages.success(request, "The file is taken away. Whoever had agreed is asked again.")
    return redirect(f"{reverse('lessons:finding_agree', args=[file.finding_id])}#files")
