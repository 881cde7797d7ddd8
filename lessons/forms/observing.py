"""What arrives from the pages on which a lesson is observed. No words are refused; what names nothing is left out."""

import datetime as dt
import json
import re
import uuid

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from desks.cells import NotOurs, clean, client_of, number
from lessons.pages.observing import CLOCK
from lessons.services.observing import Kept

KEPT_FOR = dt.timedelta(days=7)  # on a device: nothing that comes from one is older
CLOCKS_DIFFER = dt.timedelta(minutes=2)  # less may be the time that the sending took
MOST_IN_ONE = 200
CELL = re.compile(r"seen-(\d{1,18})-([A-F]|class)")


def moment(value):
    try:
        at = parse_datetime(str(value))
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None


def by_our_clock(at, their_now):
    """When it was, by our clock: a device whose clock is wrong says what it takes for now. Never in the future.

    One whose clock was set right in between says a time at which it cannot have kept it: then it is now.
    """
    now = timezone.now()
    at, their_now = moment(at), moment(their_now)
    if at is None:
        return now
    wrong = now - their_now if their_now is not None else dt.timedelta(0)
    try:
        at = min(at + wrong if abs(wrong) > CLOCKS_DIFFER else at, now)
    except OverflowError:
        return now
    return at if now - at <= KEPT_FOR else now


def kept_of(item, their_now):
    stage = number(item.get("stage") or 0)
    return Kept(
        client=uuid.UUID(str(item["client"])),
        kind=str(item.get("kind") or ""),
        text=clean(str(item.get("text") or "")).strip(),
        letter=str(item.get("pupil") or "")[:1],
        stage=stage or None,
        grouping=str(item.get("grouping") or ""),
        at=by_our_clock(item.get("at"), their_now),
    )


def kept_of_json(body) -> tuple[int, list[Kept]]:
    """Who kept it, and what, from a device."""
    try:
        sent = json.loads(body)
        items = [kept_of(item, sent.get("now")) for item in sent["items"]]
        who = number(sent["who"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotOurs from error
    if len(items) > MOST_IN_ONE:
        raise NotOurs
    return who, items


def kept_of_form(data) -> Kept:
    """One thing from a posted page: its button says what it is. The page was opened with an id for it."""
    named = data.get("mark") or data.get("stage")
    kind = data["do"] if "do" in data else "stage" if "mark" in data else data.get("kind")
    item = {"client": client_of(data.get("client")), "stage": named, "kind": kind, "at": timezone.now().isoformat()}
    return kept_of(data.dict() | item, None)


def kept_of_paper(data, day) -> list[Kept]:
    """The filled-in cells of a table of stages and pupils, with the time of the row where one is given."""
    page, kept = client_of(data.get("client")), []
    for name in data:
        if (cell := CELL.fullmatch(name)) and (text := clean(data[name]).strip()):
            stage, pupil = cell.groups()
            letter = "" if pupil == "class" else pupil
            at = time_of(data.get(f"time-{stage}", ""), day)
            # Another text in the same cell is another observation: nothing that came first is written over.
            kept.append(Kept(uuid.uuid5(page, f"{name} {text}"), "", text, letter, int(stage), at=at))
    return kept


def time_of(text, day):
    """The moment on the day of the lesson; None where no time can be read."""
    clock = CLOCK.fullmatch(text.strip())
    if clock is None or day is None:
        return None
    at = dt.time(int(clock[1]), int(clock[2]))
    return timezone.make_aware(dt.datetime.combine(day, at))
