"""Target grades: one teacher proposes, a teacher of the other side agrees. Never a condition for anything."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from programmes.models import Partnership
from pupils.models import Grade, Place, TargetGrade

Side, Ended = TargetGrade.Side, TargetGrade.Ended


def sides_of(person, partnership: Partnership) -> set[str]:
    """On which side of the partnership this person teaches."""
    found = {Side.SPECIALIST} if partnership.specialist.user_id == person.pk else set()
    return found | ({Side.PARTNER} if person in partnership.current_partner_teachers else set())


def grades_of(programme):
    """Those of the programme's scale, the highest first."""
    return Grade.objects.filter(scale__name=programme.scale).order_by("-position")


def may_agree(person, target: TargetGrade, sides: set[str]) -> bool:
    """Somebody of the other side, and never whoever proposed it."""
    return target.proposed_by_id != person.pk and bool(sides - {target.side})


@transaction.atomic
def propose(person, partnership: Partnership, wanted: dict[int, Grade | None]) -> int:
    """Proposes these grades (place -> grade, or none any more) in this person's name; how many are new.

    One that stands already is not proposed again; a proposal that is open gives way to the new one.
    """
    side = sorted(sides_of(person, partnership), reverse=True)[0]  # who is on both sides proposes as specialist teacher
    places = Place.objects.select_for_update(of=["self"], no_key=True).filter(partnership=partnership, pk__in=wanted)
    standing = {row.place_id: row for row in open_rows(places).filter(agreed_at__isnull=False)}
    waiting = {row.place_id: row for row in open_rows(places).filter(agreed_at__isnull=True)}
    made = 0
    for place in places:
        grade = wanted[place.pk]
        aim, proposed = standing.get(place.pk), waiting.get(place.pk)
        if proposed and proposed.grade == grade:
            continue
        if proposed:
            end(person, proposed, Ended.SET_ASIDE)
        if grade == (aim.grade if aim and counts_on(aim, partnership.programme.scale) else None):
            continue
        target = TargetGrade.objects.create(place=place, grade=grade, side=side, proposed_by=person)
        audit.record(person, "targets.proposed", target)
        made += 1
    return made


def open_rows(places):
    return TargetGrade.objects.filter(place__in=places, ended_at=None).select_related("grade__scale")


def counts_on(target: TargetGrade, scale: str) -> bool:
    """A target grade on another scale than that of the programme stays as it is, and counts for nothing."""
    return target.grade is None or target.grade.scale.name == scale


@transaction.atomic
def agree(person, partnership: Partnership, pks) -> int:
    """Agrees to those of these proposals that are open and of the other side; how many there were."""
    sides, agreed = sides_of(person, partnership), 0
    rows = TargetGrade.objects.select_for_update(of=["self"]).filter(
        place__partnership=partnership, pk__in=pks, agreed_at=None, ended_at=None
    )
    for target in rows.select_related("grade__scale"):
        if not may_agree(person, target, sides) or not counts_on(target, partnership.programme.scale):
            continue
        for before in open_rows([target.place_id]).filter(agreed_at__isnull=False):
            end(person, before, Ended.REPLACED)
        target.agreed_by, target.agreed_at = person, timezone.now()
        target.save(update_fields=["agreed_by", "agreed_at"])
        audit.record(person, "targets.agreed", target)
        agreed += 1
    return agreed


def end(person, target, how):
    target.ended_by, target.ended_at, target.ended_how = person, timezone.now(), how
    target.save(update_fields=["ended_by", "ended_at", "ended_how"])


def targets_of(places) -> dict[int, dict]:
    """For each place what is agreed, what is proposed, and the whole history, earliest first. One query.

    What is on another scale than that of the programme (`is_off`) is history only.
    """
    found = {}
    rows = TargetGrade.objects.filter(place__in=places).select_related(
        "grade__scale", "proposed_by", "agreed_by", "ended_by", "place__partnership__programme"
    )
    for row in rows:
        row.is_off = not counts_on(row, row.place.partnership.programme.scale)
        entry = found.setdefault(row.place_id, {"agreed": None, "proposed": None, "history": []})
        entry["history"].append(row)
        if row.ended_at is None and not row.is_off:
            entry["proposed" if row.agreed_at is None else "agreed"] = row
    return found
