"""The file on one pupil or person: ordered by who may have it, made by the worker, opened as long as they may."""

import json

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import Membership, Organisation, User
from jobs.work import CannotBeDone, publish
from papers.pdf import render_pdf
from programmes.models import PartnerTeacher, SpecialistTeacher
from pupils.models import TargetPupil
from reports.access.person import person_file
from reports.access.pupil import pupil_file
from reports.build import STEPS, keep
from reports.models import AccessFile


@transaction.atomic
def order_file(asker, *, pupil=None, person=None, organisation=None) -> AccessFile:
    """The file is being made for this person; asking twice gives the one in hand."""
    about = {"pupil": pupil, "person": person, "organisation": organisation, "ordered_by": asker}
    file, new = AccessFile.objects.in_hand().get_or_create(**about)
    if new:
        audit.record(asker, "access.ordered", pupil or person)
        publish(file)
    return file


def newest(asker, *, pupil=None, person=None, organisation=None) -> AccessFile | None:
    return AccessFile.objects.filter(pupil=pupil, person=person, organisation=organisation, ordered_by=asker).first()


def files_for(asker):
    """All that this person asked for and may still open."""
    allowed = AccessFile.objects.allowed(asker, "access.open")
    return AccessFile.objects.filter(Q(pk__in=allowed.values("pk")) | Q(pk__in=own(asker).values("pk")))


def own(asker):
    return AccessFile.objects.about_oneself(asker)


def organisation_asked_by(asker, person) -> Organisation | None:
    """For which of their organisations a coordinator asks: one in which this person has or had a part."""
    for m in asker.memberships_granting("access.person"):
        roles = Membership.objects.filter(user=person, organisation=m.organisation_id)
        taught = PartnerTeacher.objects.filter(user=person, partnership__programme__organisation=m.organisation_id)
        led = SpecialistTeacher.objects.filter(user=person, programme__organisation=m.organisation_id)
        if roles.exists() or taught.exists() or led.exists():
            return m.organisation
    return None


def person_asked_for(asker, pk) -> tuple[User, Organisation] | None:
    person = User.objects.filter(pk=pk).first()
    organisation = person and organisation_asked_by(asker, person)
    return (person, organisation) if organisation else None


def build_file(file):
    """Write the PDF and the figures of a claimed file, as whoever asked for it may see them at this moment."""
    asker = file.ordered_by
    if not asker.is_active or not files_for(asker).filter(pk=file.pk).exists():
        raise CannotBeDone("You cannot ask for this any more.")
    if file.pupil_id:
        figures = pupil_file(TargetPupil.objects.get(pk=file.pupil_id), asker)
    else:
        figures = person_file(file.person, file.organisation)
    file.progress(1, STEPS)
    made_at = timezone.localtime(file.queued_at)
    keep(file, render_file(figures, made_at), figures=figures)


def render_file(figures, made_at) -> bytes:
    """The PDF of these figures. Asks the database nothing."""
    return render_pdf(
        "reports/access/paper.html",
        {"f": figures, "made_at": made_at},
        made_at=made_at,
        stylesheets=("pdf/report.css", "pdf/handover.css"),
    )


def as_json(file) -> bytes:
    return json.dumps(file.figures, indent=1, ensure_ascii=False).encode()


def file_name(file, ending) -> str:
    """By numbers: a name must not stand in the name of a file."""
    return f"everything-on-{'pupil' if file.pupil_id else 'person'}-{file.pk}.{ending}"
