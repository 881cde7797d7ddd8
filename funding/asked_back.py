"""What the office reads of money that is asked back: how it stands and who acts next, how it was worked out, and
what may change it yet."""

from django.utils import timezone

from accounts.models import User
from funding.models import Recovery
from papers.templatetags.plain import listed
from programmes.models import Partnership
from visits.models import Visit

State = Recovery.State
NEXT = {  # state -> (action, what those who may do it do, and what is said where nobody may)
    State.PROPOSED: ("recoveries.request", "can ask for it", "Nobody can ask for it at present"),
    State.REQUESTED: ("recoveries.approve", "can approve it", "Nobody else can approve it at present"),
    State.APPROVED: ("recoveries.receive", "records it", "Nobody can record it at present"),
}


def who_acts(organisation) -> dict[str, list[User]]:
    """By state, who may take the next step, at present."""
    return {state: list(User.objects.holding(action, organisation)) for state, (action, *_) in NEXT.items()}


def next_in_words(recovery: Recovery, acting) -> str:
    """Who acts next; "" where nobody does. Whoever asked for it does not approve it."""
    if recovery.state not in NEXT or recovery.offset_in_id:
        return ""
    _, does, nobody = NEXT[recovery.state]
    people = [person for person in acting[recovery.state] if not is_barred(recovery, person)]
    return f"{listed([str(person) for person in people], 'or')} {does}" if people else nobody


def is_barred(recovery: Recovery, person) -> bool:
    return recovery.state == State.REQUESTED and recovery.requested_by_id == person.pk


def how_it_stands(recovery: Recovery, acting) -> str:
    following = next_in_words(recovery, acting)
    return f"{recovery.how_it_stands}. {following}" if following else recovery.how_it_stands


def working_to_show(recovery: Recovery) -> list[str]:
    """Line by line. Of a fold that was taken back the sum says nothing any more."""
    goes_on = recovery.partnership.status != Partnership.Status.FOLDED
    return recovery.working[:1] if goes_on and recovery.reason == Recovery.Reason.FOLDED else recovery.working


def unconfirmed(recovery: Recovery) -> list[Visit]:
    """Visits of the partnership whose day has gone by, and of which nobody has said whether they took place: what is
    asked back may come to less."""
    if recovery.state not in NEXT:
        return []
    past = Visit.objects.filter(partnership=recovery.partnership_id, status=Visit.Status.PLANNED)
    return list(past.filter(on__lt=timezone.localdate()).order_by("on", "half"))
