import json

from django.core.files.storage import default_storage
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts import audit
from jobs.work import publish
from reports.figures.found import still_shown
from reports.figures.words import HIDDEN, NOT_APPLICABLE, NOT_AVAILABLE
from reports.kinds import KINDS, digest_of, figures_of
from reports.models import ABOUT, SUBJECTS, Report


@transaction.atomic
def order_report(person, kind, programme, school=None, *, tell=publish, **about) -> tuple[Report, bool]:
    """The report on today's figures, and whether it is a new one, of which the workers are told; `about` are further
    columns of its kind.

    One that is in hand, or was made from the very same figures, is offered again; a failed one is not.
    """
    report = Report(kind=kind, programme=programme, school=school, **about)
    figures = figures_of(report)
    digest = digest_of(kind, figures)
    same_subject = Report.objects.filter(kind=kind, programme=programme, **report.about)
    same = same_subject.filter(state=Report.State.DONE, digest=digest).exclude(file="").first()
    if same and default_storage.exists(same.file.name):
        return same, False
    report, new = same_subject.in_hand().get_or_create(
        defaults={
            "kind": kind,
            "programme": programme,
            "ordered_by": person,
            "digest": digest,
            "figures": figures,
            **report.about,
        }
    )
    if new:
        audit.record(person, "reports.ordered", report)
        tell(report)
    return report, new


def order_again(person, report) -> Report:
    """The report anew, on today's figures: after a failure, or because newer figures exist."""
    return order_report(person, report.kind, report.programme, **report.about)[0]


def asked_for(person, asked) -> Report:
    """The report, not saved, that the buttons of a page ask for; 404 where there is none such or it is not for them."""
    try:
        keys = {name: int(asked[name]) for name in ("programme", *SUBJECTS) if asked.get(name)}
    except ValueError:
        raise Http404 from None
    kind = KINDS.get(asked.get("kind"))
    if kind is None or keys.keys() - {"programme"} != ABOUT[kind.value]:
        raise Http404
    parts = asked.getlist("parts")
    if len(set(parts)) != len(parts) or set(parts) - kind.parts:
        raise Http404
    rows = {name: get_object_or_404(Report._meta.get_field(name).related_model, pk=key) for name, key in keys.items()}
    report = Report(kind=kind.value, parts=parts, **rows)
    if report.programme_id is None or not kind.may_order(person, report):
        raise Http404
    return report


def newer_figures_exist(report) -> bool:
    """Whether the figures have changed since the report froze them. That reports look otherwise now is no news."""
    return report.figures != json.loads(json.dumps(figures_of(report)))


def file_name(report) -> str:
    """Names the kind, the programme and by number what it is about, never a person. Without an ending."""
    numbers = [report.school.urn] if report.school_id else []
    numbers += [str(getattr(report, f"{name}_id")) for name in SUBJECTS[1:] if getattr(report, f"{name}_id")]
    return "-".join([report.kind.replace(" ", "-"), report.programme.slug, *numbers])


def told_about(report) -> dict:
    """What the tables of its file are about; like its name they leave out every person."""
    named = [name for name in SUBJECTS if name != "specialist" and getattr(report, name)]
    return {
        "report": report.get_kind_display(),
        "programme": report.programme.name,
        **{name.replace("_", " "): str(getattr(report, name)) for name in named},
        "made": timezone.localtime(report.queued_at).isoformat(timespec="seconds"),
        "signs": {
            HIDDEN: "hidden, because it is a small number",
            NOT_APPLICABLE: "not applicable",
            NOT_AVAILABLE: "not available",
        },
    }


def orderable(person) -> list[Report]:
    """What this person may order, not saved, newest year first."""
    offers = [offer for kind in KINDS.values() for offer in kind.offers(person)]
    return sorted(offers, key=lambda offer: (-offer.programme.starts_on.toordinal(), offer.subject_of))


def may_be_read(report) -> bool:
    """Whether all that a report quotes is still shown. Where an author has taken a finding back, nobody opens what was
    made before; a new one is made without it."""
    return still_shown(report.figures)
