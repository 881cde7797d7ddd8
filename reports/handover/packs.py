"""The pack on paper: ordered by one person for themselves, made by the worker, opened as long as they may."""

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts import audit
from jobs.work import CannotBeDone, publish
from papers.pdf import render_pdf
from reports.build import STEPS, keep
from reports.handover.sections import handover
from reports.models import HandOverPack


@transaction.atomic
def order_handover(person, partnership) -> HandOverPack:
    """The pack is being made for this person; asking twice gives the one in hand."""
    about = HandOverPack.objects.filter(partnership=partnership, ordered_by=person)
    pack, new = about.in_hand().get_or_create(defaults={"partnership": partnership, "ordered_by": person})
    if new:
        audit.record(person, "handover.ordered", pack)
        publish(pack)
    return pack


def newest_pack(person, partnership) -> HandOverPack | None:
    """The last one that this person asked for and may still open."""
    rows = HandOverPack.objects.allowed(person, "handover.view").filter(partnership=partnership, ordered_by=person)
    return rows.first()


def pack_name(pack) -> str:
    """Names the programme and the reference, never a person."""
    return f"hand-over-{pack.partnership.programme.slug}-{slugify(pack.partnership.ref) or pack.partnership_id}.pdf"


def build_handover(pack):
    """Write the PDF of a claimed pack, as whoever asked for it may see the partnership at this moment."""
    reader = pack.ordered_by
    if not reader.is_active or not HandOverPack.objects.allowed(reader, "handover.view").filter(pk=pack.pk).exists():
        raise CannotBeDone("You cannot open this partnership any more, so there is no pack of it for you.")
    figures = handover(pack.partnership, reader)
    pack.progress(1, STEPS)
    keep(pack, render_handover(figures, timezone.localtime(pack.queued_at)), names_pupils=figures["names_pupils"])


def render_handover(figures, made_at) -> bytes:
    """The PDF of these figures. Asks the database nothing."""
    context = {"f": figures, "made_at": made_at, "on_paper": True}
    return render_pdf(
        "reports/handover/paper.html", context, made_at=made_at, stylesheets=("pdf/report.css", "pdf/handover.css")
    )
