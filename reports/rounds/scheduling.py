"""After every data point: whose turn it is today, once for each schedule and data point."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from programmes.models import DataReturn, Programme
from reports.models import Report, ReportRound, ReportSchedule, ScheduledRound
from reports.rounds.services import PROGRESS, order_round, schools_of


def order_scheduled(today):
    """Order what is due by now, each once: asked for twice on a day, nothing more comes of it."""
    running = ReportSchedule.objects.filter(is_on=True, programme__status=Programme.Status.ACTIVE)
    for schedule in running.select_related("programme", "set_by"):
        for data_point in data_points_due(schedule, today):
            order_turn(schedule, data_point)


def data_points_due(schedule, today):
    """Those that are past, or complete, and have not had their turn."""
    had = schedule.turns.values("data_point")
    points = schedule.programme.data_points.filter(due_on__lte=today).exclude(pk__in=had)
    return [point for point in points if is_due(schedule, point, today)]


def is_due(schedule, data_point, today):
    if schedule.when == ReportSchedule.When.DAYS:
        return data_point.due_on + dt.timedelta(days=schedule.days) <= today
    returns = DataReturn.objects.filter(data_point=data_point, expected__gt=0)
    return returns.exists() and not DataReturn.objects.filter(data_point=data_point).owing().exists()


def kind_after(schedule, data_point, points) -> Report.Kind:
    """What the heads are sent after this one of the programme's data points. An impact report compares the first with
    the last grades, so in the middle of the year the progress report says what has changed by then."""
    kind = Report.Kind(schedule.kind)
    return PROGRESS if kind == Report.Kind.SCHOOL and data_point in list(points)[1:-1] else kind


def turns_of(schedule, today) -> list[dict]:
    """Each data point of the programme with when its turn is, or was. `schedule` need not be saved."""
    had = {turn.data_point_id: turn for turn in schedule.turns.select_related("round")} if schedule.pk else {}
    points = list(schedule.programme.data_points.order_by("due_on", "pk"))
    return [
        {"point": point, "round": had[point.pk].round if point.pk in had else None}
        | {"kind": kind_after(schedule, point, points), "said": turn_words(schedule, point, had.get(point.pk), today)}
        for point in points
    ]


def turn_words(schedule, point, turn, today) -> str:
    if turn and turn.round:
        return f"Ordered on {timezone.localtime(turn.round.queued_at):%-d %B %Y}"
    if turn:
        return "Left out: it was past when this was switched on"
    if not schedule.is_on or not schedule.pk:
        return "Past" if point.due_on <= today else "To come"
    if schedule.when == ReportSchedule.When.DAYS:
        return f"On {point.due_on + dt.timedelta(days=schedule.days):%-d %B %Y}"
    return (
        "Once its last grades are submitted" if point.due_on <= today else "On its day, or once all its grades are in"
    )


@transaction.atomic
def order_turn(schedule, data_point):
    """The turn and its round, or neither. Nobody's reports are ordered by somebody who may not order them any more."""
    person, programme = schedule.set_by, schedule.programme
    still = ReportSchedule.objects.allowed(person, "reports.rounds").filter(pk=schedule.pk).exists()
    if not person.is_active or not still or not schools_of(programme).exists():
        return
    kind = kind_after(schedule, data_point, programme.data_points.order_by("due_on", "pk"))
    others = ReportRound.objects.filter(programme=programme, kind=kind).exclude(data_point=data_point)
    if kind == PROGRESS and others.in_hand().exists():
        return  # its turn comes once those of another data point are made
    turn, new = ScheduledRound.objects.get_or_create(schedule=schedule, data_point=data_point)
    if new:
        turn.round, _ = order_round(person, programme, kind, data_point=data_point, tells_heads=True)
        turn.save(update_fields=["round"])


@transaction.atomic
def set_schedule(person, schedule):
    """The schedule is kept. What lies behind it when it is switched on has no turn any more."""
    schedule.set_by, schedule.set_at = person, timezone.now()
    schedule.save()
    audit.record(person, "reports.schedule set", schedule, about="on" if schedule.is_on else "off")
    if schedule.is_on:
        past = data_points_due(schedule, timezone.localdate())
        ScheduledRound.objects.bulk_create(
            [ScheduledRound(schedule=schedule, data_point=point) for point in past], ignore_conflicts=True
        )
    return schedule
