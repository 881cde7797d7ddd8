"""A series goes on as wished, all of it or nothing, and whoever was invited hears of all of it in one mail."""

from django.db import transaction

from accounts import audit
from visits.events import running_order
from visits.events.arranging import funded_otherwise, write_change
from visits.events.course import Course, course, leaves_a_trace
from visits.events.series import lay_out
from visits.events.series_mail import News, invited_to
from visits.models import Event, EventSeries, WrongState


@transaction.atomic
def change_series(person, series, wish, *, keep=frozenset(), also=frozenset(), seen) -> tuple[Course, int]:
    """From a day on the series goes as wished; what became of it, and how many people are told.

    `seen` is the digest of what the person was shown: whatever changed since then is shown first. Meetings in `keep`
    do not give way, and those in `also` change like the rest even where someone had changed them by hand.
    """
    series = EventSeries.objects.select_for_update().select_related("programme__organisation").get(pk=series.pk)
    list(Event.objects.select_for_update().filter(series=series).order_by("pk"))
    if course(series, wish).digest != seen:
        raise WrongState(f"series {series.pk} was changed meanwhile")
    found = course(series, wish, keep=keep, also=also)
    news = News(series, invited_to([fate.event for fate in found.going_on] + found.give_way))
    for event in found.give_way:
        give_way(person, event, reason_of(wish), news)
    for fate in found.changing:
        go_on(person, fate, wish, news)
    series.rhythm, series.until, series.rotates = wish.rhythm, wish.until, wish.rotates
    series.first_on = wish.first_on or series.first_on
    series.save(update_fields=["rhythm", "first_on", "until", "rotates"])
    days, hosts = [on for on, _ in found.new], [host for _, host in found.new]
    for event in lay_out(series, wish.like, days, hosts, at_host=wish.at_host):
        if wish.order_of:
            running_order.copy_order(wish.order_of, event)
        news.new(event)
    audit.record(person, "events.series changed", series)
    funded_otherwise(person, [*found.give_way, *(fate.event for fate in found.changing)], "was changed")
    return found, news.tell(person)


def reason_of(wish):
    """What those who were invited read beside a meeting that gives way."""
    if wish.first_on:
        rhythm = EventSeries.Rhythm(wish.rhythm).label.lower()
        return f"From {wish.from_on:%-d %B %Y} on we meet in another rhythm: {rhythm}."
    return f"The meetings go on until {wish.until:%-d %B %Y} only."


def give_way(person, event, reason, news):
    """A meeting of which nobody knows leaves nothing behind."""
    if not leaves_a_trace(event):
        event.delete()
        return
    event.move_to_cancelled(reason)
    audit.record(person, "events.cancelled", event)
    news.cancelled(event)


def go_on(person, fate, wish, news):
    what, asks_again = write_change(person, fate.new, fate.event.sequence, by_hand=False)
    if what:
        news.changed(fate.new, what, asks_again=asks_again)
    if fate.gets_order:
        running_order.copy_order(wish.order_of, fate.new)
