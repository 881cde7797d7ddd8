"""What becomes of what is read out: what may name a pupil goes with them; figures without one stay."""

from django.db.models import Q

from accounts.models import OutgoingMail
from lessons.models import Finding, Note, ResearchLesson, Study, VisitRecord
from programmes.models import ActionItem, Agreement, Partnership
from pupils.retention.parts import Part
from reports.kinds import KINDS
from reports.models import (
    AccessFile,
    Digest,
    DigestRun,
    HandOverPack,
    HeadlinePercentage,
    OrganisationExport,
    ProgrammeCopy,
    Report,
    ReportRound,
    ReportSchedule,
    RoundReport,
    SavedView,
    ScheduledRound,
)
from visits.models import Event, EventSeries, Visit

# Model -> the path from it to its programme: a mail about one of these may hold words that people typed.
WRITTEN_ABOUT = {
    Partnership: "programme",
    Agreement: "partnership__programme",
    ActionItem: "programme",
    Visit: "partnership__programme",
    Event: "programme",
    EventSeries: "programme",
    VisitRecord: "visit__partnership__programme",
    Study: "partnership__programme",
    ResearchLesson: "study__partnership__programme",
    Finding: "study__partnership__programme",
}


class AccessFiles(Part):
    """Of its pupils, and of whoever wrote in it: what they wrote may stand in theirs."""

    def rows(self, programme):
        writers = Note.objects.filter(sheet__programme=programme).values("written_by")
        return AccessFile.objects.filter(Q(pupil__programme=programme) | Q(person__in=writers))


class Mails(Part):
    """A mail is about a row by its kind and key."""

    def rows(self, programme):
        about = Q(pk__in=[])
        for model, path in WRITTEN_ABOUT.items():
            rows = model.objects.filter(**{path: programme}).values("pk")
            about |= Q(about_model=model._meta.label_lower, about_row__in=rows)
        return OutgoingMail.objects.filter(about)


class Exports(Part):
    """Of its organisation: they hold its pupils by reference among the others."""

    def rows(self, programme):
        return OrganisationExport.objects.filter(organisation=programme.organisation)


PARTS = [
    Mails(OutgoingMail, "", "mail about a visit, event, record or finding", "mails about visits, events and records"),
    AccessFiles(AccessFile, "", "file on one pupil or colleague", "files on one pupil or colleague each"),
    Exports(OrganisationExport, "", "file of everything (ZIP)", "files of everything (ZIP)"),
    Part(ProgrammeCopy, "programme", "copy of the programme (ZIP)", "copies of the programme (ZIP)"),
    Part(HandOverPack, "partnership__programme", "hand-over pack", "hand-over packs"),
    Part(
        Report,
        "programme",
        "report with names",
        "reports with names",
        only=Q(kind__in=[kind.value for kind in KINDS.values() if kind.names_pupils])
        | Q(parts__contains=["findings"]),  # it quotes what goes
    ),
]
# What names no pupil, and why it stays. Programme results are the figures that are frozen.
STAYS = {
    SavedView: "a question to the roster, of the person who asks it",
    DigestRun: "that the digests of a week were written",
    Digest: "goes with its mail, after KEEP_MAIL_DAYS",
    ReportRound: "its file holds reports without names only, and goes after KEEP_PACKS_DAYS",
    RoundReport: "which school had a report made; goes with its round",
    HeadlinePercentage: "of whole year groups, as the school has published it; it is the school's own",
    ReportSchedule: "when the coordinator has reports made",
    ScheduledRound: "that reports were made after a data point",
}


def in_hand(programme):
    reports = Report.objects.in_hand().filter(programme=programme).count()
    packs = HandOverPack.objects.in_hand().filter(partnership__programme=programme).count()
    rounds = ReportRound.objects.in_hand().filter(programme=programme).count()
    rows = reports + packs + rounds + ProgrammeCopy.objects.in_hand().filter(programme=programme).count()
    rows += OrganisationExport.objects.in_hand().filter(organisation=programme.organisation_id).count()
    what = "1 report, pack or copy is" if rows == 1 else f"{rows} reports, packs or copies are"
    return [(f"{what} being made. Look again in a minute.", "")] if rows else []
