"""The turns of a cluster's schools to host: who has hosted least, and of those who did so longest ago."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max

from accounts.models import School
from visits.events.audience import people_of, schools_of
from visits.models import Event, Group


@dataclass
class Turn:
    """How often a school has hosted the events of its area, and when last."""

    school: School
    times: int
    last_on: dt.date | None

    @property
    def words(self):
        if not self.times:
            return "has not hosted yet"
        often = {1: "once", 2: "twice"}.get(self.times, f"{self.times} times")
        return f"has hosted {often}, last on {self.last_on:%-d %B %Y}"


def turns(area, without=()) -> list[Turn]:
    """The schools of an area, the next host first, as if the events in `without` were not there."""
    hosted = Event.objects.standing().filter(area=area, host__isnull=False)
    hosted = hosted.exclude(pk__in=[event.pk for event in without if event.pk])
    counts = {
        school: (times, last)
        for school, times, last in hosted.order_by().values_list("host").annotate(Count("pk"), Max("on"))
    }
    found = [Turn(school, *counts.get(school.pk, (0, None))) for school in schools_of(area.programme, area)]
    return sorted(found, key=in_turn)


def in_turn(turn):
    return (turn.times, turn.last_on or dt.date.min, turn.school.name, turn.school.pk)


def rota(area, days, first=None, without=()) -> list[School | None]:
    """A host for each day in order, as the turns go on from where they stand; `first` hosts on the first day."""
    standing, hosts = turns(area, without), []
    if not standing:
        return [first] * len(days)
    for on in days:
        following = next((turn for turn in standing if not hosts and turn.school == first), standing[0])
        hosts.append(following.school)
        following.times, following.last_on = following.times + 1, max(on, following.last_on or on)
        standing.sort(key=in_turn)
    return hosts


def who_runs_it(programme, host, people=None):
    """The host school's head chairs and one of its teachers takes the minutes, as far as it has them."""
    people = people_of(programme) if people is None else people
    there = [known for known in people if known.school == host]
    heads = [known.person for known in there if known.role == Group.HEAD]
    teachers = [known.person for known in there if known.role != Group.HEAD]
    chair = next(iter(heads + teachers), None)
    return chair, next((someone for someone in teachers + heads if someone != chair), None)
