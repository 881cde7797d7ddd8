"""Looking at what would go, confirming it, and the job that does it: in batches, each of which leaves less to do."""

import time

from django.db import connection, transaction
from django.db.models import Count, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import audit
from jobs.work import CannotBeDone, publish
from programmes.models import Programme
from pupils.models import Erasure, FrozenFigures
from pupils.retention.registry import ERASE, FREEZE, STILL_OPEN

AT_ONCE = 300
AT_A_TIME = 200  # seconds, well within the time limit of a task; the sweeper rings again for the rest


class Refused(Exception):
    """Nothing is erased, and the sentence says why."""


class CountsChanged(Exception):
    """Since it was looked at something came or went: it has to be looked at again."""


def key(part):
    return part.model._meta.label_lower


def counted(programme) -> dict:
    """Kind of row -> how many rows and files it has, of those that have any: what a person is shown and confirms.

    One query, however many kinds there are.
    """
    asked = {}
    for number, part in enumerate(ERASE):
        asked[f"rows_{number}"] = number_of(part.rows(programme))
        for name in part.files:
            asked[f"files_{number}_{name}"] = number_of(part.rows(programme).exclude(**{name: ""}))
    counts = Programme.objects.filter(pk=programme.pk).values(**asked).get()
    return {
        key(part): {
            "rows": counts[f"rows_{number}"],
            "files": sum(counts[f"files_{number}_{name}"] for name in part.files),
        }
        for number, part in enumerate(ERASE)
        if counts[f"rows_{number}"]
    }


def number_of(rows):
    """How many rows there are, as a part of another query."""
    counted_ = rows.order_by().annotate(all_=Value(1)).values("all_").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted_), 0)


def parts_of(counts) -> list[tuple]:
    """(part, rows, files) of what was counted, in the order in which it goes."""
    return [(part, counts[key(part)]["rows"], counts[key(part)]["files"]) for part in ERASE if key(part) in counts]


def still_open(programme) -> list[tuple]:
    """What has to end before anything can go, each with the page that ends it."""
    found = []
    if not programme.is_past_its_date:
        day = f"{programme.pupils_kept_until:%-d %B %Y}"
        found.append((f"The pupil data is kept until {day}.", ""))
    for look in STILL_OPEN:
        found += look(programme)
    return found


@transaction.atomic
def order_erasure(person, programme, how, counts) -> Erasure:
    """The erasure is on its way, of exactly what was counted. Of two who confirm it at once one does."""
    programme = Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    if programme.erased_at or programme.erasures.in_hand().exists():
        raise Refused("The pupil data is gone, or going, already.")
    if open_things := still_open(programme):
        raise Refused(open_things[0][0])
    if counted(programme) != counts:
        raise CountsChanged(f"programme {programme.pk}")
    erasure = Erasure.objects.create(programme=programme, how=how, asked_by=person, counted=counts)
    audit.record(person, "pupils.erasure confirmed", programme, about=how)
    publish(erasure)
    return erasure


@transaction.atomic
def go_on(person, erasure):
    """One that failed goes on from where it stopped; before it began, it is to be confirmed anew."""
    failed = Erasure.objects.filter(pk=erasure.pk, state=Erasure.State.FAILED, begun_at__isnull=False)
    if not failed.update(state=Erasure.State.QUEUED, attempt=0, due_at=timezone.now(), failure="", refused=False):
        raise Refused("It is going on already.")
    audit.record(person, "pupils.erasure continued", erasure.programme)
    erasure.refresh_from_db()
    publish(erasure)


def erase(erasure):
    """Everything of the claimed erasure goes. Killed anywhere and begun again it ends in the same."""
    began, programme, how = time.monotonic(), erasure.programme, erasure.how
    if erasure.begun_at is None:
        begin(erasure)
    total = sum(of["rows"] for of in erasure.counted.values())
    gone = 0
    for part in ERASE:
        before = part.left(programme, how).count()
        gone += max(0, erasure.counted.get(key(part), {}).get("rows", 0) - before)
        while some := erase_some(erasure, part):
            gone += some
            erasure.progress(min(gone, total), total)
            if time.monotonic() - began > AT_A_TIME:
                erasure.put_off(timezone.now(), "The rest follows.")
                return
    end(erasure, total)


@transaction.atomic
def begin(erasure):
    """The figures are frozen and the programme is closed, in one go with the mark that rows may go now."""
    programme = Programme.objects.select_for_update(no_key=True).get(pk=erasure.programme_id)
    if counted(programme) != erasure.counted:
        raise CannotBeDone("Something came or went since you looked at it, so nothing was erased. Look at it again.")
    Programme.objects.filter(pk=programme.pk).update(status=Programme.Status.CLOSED)
    programme.refresh_from_db()
    now, figures = timezone.now(), {}
    for freeze in FREEZE:
        figures |= freeze(programme)
    FrozenFigures.objects.update_or_create(programme=programme, defaults={"figures": figures, "frozen_at": now})
    if not erasure.mine().update(begun_at=now):
        raise CannotBeDone("Somebody else took it over.")
    erasure.begun_at = now
    audit.record(erasure.asked_by, "pupils.erasure begun", programme, about=erasure.how)


@transaction.atomic
def erase_some(erasure, part) -> int:
    """A batch of what is left of this part goes, with the leave that only a running erasure gives: how many rows."""
    allow(erasure)
    left = part.left(erasure.programme, erasure.how).order_by("pk")
    pks = list(left.values_list("pk", flat=True)[:AT_ONCE])
    if pks:
        part.erase(pks, erasure.how)
    return len(pks)


def allow(erasure):
    """Rows that are only ever added may go until the end of this transaction: their triggers look for the erasure, and
    whether it runs and is of their programme."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lessonstudy.erasure', %s, true)", [str(erasure.pk)])


@transaction.atomic
def end(erasure, total):
    Programme.objects.filter(pk=erasure.programme_id).update(erased_at=timezone.now())
    audit.record(erasure.asked_by, "pupils.erased", erasure.programme, about=erasure.how)
    erasure.finish(done=total, total=total)
