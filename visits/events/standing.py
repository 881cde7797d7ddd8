"""How an event stands, in numbers and in words that say who has to act."""

from visits.models import Attendance, Event

COMES, CANNOT = Attendance.Answer.ACCEPTED, Attendance.Answer.DECLINED


def numbers(expected) -> dict:
    """Counts of a list. Guests count among those who were there, and not among those expected.

    Those who come, cannot, are silent, uninvited and out of reach of any mail are together those expected.
    """
    people = [one for one in expected if one.person]
    awaited = [one for one in people if not (one.row and one.row.walk_in)]
    unanswered = [one for one in awaited if not one.answer]
    return {
        "expected": len(awaited),
        "invited": sum(one.is_invited for one in people),
        "to_invite": sum(one.can_sign_in and not one.is_invited for one in people),
        "come": sum(one.answer == COMES for one in awaited),
        "cannot": sum(one.answer == CANNOT for one in awaited),
        "silent": sum(one.is_invited for one in unanswered),
        "uninvited": sum(one.can_sign_in and not one.is_invited for one in unanswered),
        "out_of_reach": sum(not one.can_sign_in and not one.is_invited for one in unanswered),
        "present": sum(one.present is True for one in expected),
        "present_of_expected": sum(one.present is True for one in awaited),
        "walk_ins": sum(one.present is True and bool(one.row and one.row.walk_in) for one in expected),
    }


def without(event, expected) -> list[tuple]:
    """Those who were to run the event and have said that they cannot come, and what they were to do."""
    runs = [(event.chair_id, "chairs"), (event.minute_taker_id, "takes the minutes")]
    cannot = {one.person.pk: one.person for one in expected if one.person and one.answer == CANNOT}
    return [(cannot[person], does) for person, does in runs if person in cannot]


def unlike(expected, shown) -> tuple[list, list, list]:
    """What a page that shows these marks lacks: entries marked otherwise, entries it has not, and keys to take out."""
    keys = [mark.partition(" ")[0] for mark in shown]
    other = [one for one in expected if one.key in keys and one.mark not in shown]
    return other, [one for one in expected if one.key not in keys], sorted(set(keys) - {one.key for one in expected})


def in_words(event, counts, today) -> tuple[str, bool]:
    """How it stands for whoever looks after it, and whether someone must act now."""
    if event.status == Event.Status.CANCELLED:
        return f"Cancelled: {event.cancelled_because}", False
    if event.register_closed_at:
        return f"{counts['present']} were there", False
    if event.on < today:
        return "The register is not closed", True
    if event.on == today:
        return f"Today: {counts['present']} here so far", True
    if not counts["expected"]:
        return "Nobody is on the list yet", False
    if not counts["invited"]:
        return f"No invitation is sent yet to {counts['expected']}", False
    answered = counts["come"] + counts["cannot"]
    return f"{answered} of {counts['invited']} have answered, {counts['come']} come", False


def in_words_for(event, one, today) -> tuple[str, bool]:
    """How it stands for someone who is expected; `one` is their entry, or None."""
    if event.status == Event.Status.CANCELLED:
        return f"Cancelled: {event.cancelled_because}", False
    if one is None:
        return "", False
    if one.present is not None:
        return ("You were there" if one.present else "You were not there"), False
    if event.on < today:
        return "", False
    if one.answer:
        return ("You come" if one.answer == COMES else "You cannot come"), False
    return ("Waiting for your answer", True) if one.is_invited else ("", False)
