"""What was paid beside the shares for a visit or for somebody at an event, and is not recorded any more."""

from collections import defaultdict

from visits.models import Attendance, Event, Visit


def read_untrue(facts):
    """Its lines, by (partnership, side): the stages that are open pay so much less, or it is asked back. It is paid
    again once it is recorded again."""
    lines = defaultdict(dict)  # what the source is, its key -> (partnership, side), line
    for (_, partnership, side), release in facts.releases.items():
        for line in facts.paid_for.get(release.pk, ()):
            what, _, rest = line.source.partition(" ")
            if what in {"visit", "attendance"}:
                lines[what].setdefault(int(rest.split()[0]), []).append(((partnership, side), line))
    true = {"visit": Visit.objects.standing().exclude(recorded_at=None), "attendance": here()}
    for what, own in lines.items():
        gone = own.keys() - set(true[what].filter(pk__in=own).values_list("pk", flat=True))
        for key in sorted(gone):
            for whose, line in own[key]:
                facts.untrue[whose].append(line)


def here():
    return Attendance.objects.filter(present=True, event__status=Event.Status.PLANNED)
