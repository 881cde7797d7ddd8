from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from accounts import audit
from accounts.models import Membership, User
from accounts.roles import TEACHERS, Role
from programmes.models import ActionItem, ActionNote
from programmes.services.earlier import of_earlier_programmes

# The groups in which owners are offered. Whoever has roles in several stands in the first.
GROUPS = {
    "Coordinators and other staff": {Role.COORDINATOR, Role.BUDGET_HOLDER, Role.FINANCE},
    "Headteachers": {Role.HEADTEACHER},
    "Area consultants": {Role.CONSULTANT},
    "Teachers": TEACHERS,
    "School offices": {Role.OFFICE},
}


def possible_owners(programme, owner=None):
    """Everyone who has a role in the organisation today; an action belongs to a person, never to a team.

    Whoever cannot sign in yet and took part in earlier programmes alone is left out, unless they are the owner, by id.
    """
    live = Membership.objects.live().filter(organisation=programme.organisation_id)
    live = live.exclude(role=Role.GUEST)  # a guest sees one lesson, and no action
    here = Prefetch("memberships", live.select_related("school"), to_attr="roles_here")
    gone = of_earlier_programmes(live.filter(user__is_active=False).values("user")) - {owner}
    rows = User.objects.filter(pk__in=live.values("user")).exclude(pk__in=gone).prefetch_related(here)
    return rows.order_by("last_name", "first_name", "pk")


def in_groups(owners) -> list[tuple[str, list]]:
    """The groups of which somebody is there, each with what its people are called by id."""
    found = {label: [] for label in GROUPS}
    for owner in owners:
        roles = {membership.role for membership in owner.roles_here}
        label = next(label for label, of_group in GROUPS.items() if roles & of_group)
        found[label].append((owner.pk, called(owner)))
    return [(label, people) for label, people in found.items() if people]


def called(owner):
    """Their name with what they do here, since two of one name work for one county."""
    roles = [f"{m.role_label}, {m.school}" if m.school else m.role_label for m in owner.roles_here]
    return f"{owner} ({'; '.join(roles)})"


@transaction.atomic
def keep_action(person, action):
    new = action.pk is None
    if new:
        action.made_by = person
    action.save()
    audit.record(person, "actions.added" if new else "actions.changed", action)
    return action


@transaction.atomic
def add_note(person, action, text):
    note = ActionNote.objects.create(action=action, text=text, by=person)
    audit.record(person, "actions.noted", action)
    return note


@transaction.atomic
def finish(person, action) -> bool:
    """The action is done from today on. False when it was done before."""
    done = ActionItem.objects.filter(pk=action.pk, done_on=None).update(done_on=timezone.localdate())
    if done:
        audit.record(person, "actions.done", action)
    return bool(done)


@transaction.atomic
def take_up_again(person, action) -> bool:
    """The action is open again. False when it was open already."""
    opened = ActionItem.objects.filter(pk=action.pk, done_on__isnull=False).update(done_on=None)
    if opened:
        audit.record(person, "actions.taken up again", action)
    return bool(opened)


COLUMNS = ["Action", "Who", "Due", "How we see that it worked", "Done on", "Partnership", "Latest note", "Noted on"]


def table_of(actions):
    """The plan for a steering group: columns and rows."""
    rows = []
    for action in actions:
        latest = action.latest_note
        rows.append(
            [
                action.what,
                str(action.owner),
                action.due_on,
                action.success_measure,
                action.done_on,
                action.partnership.ref if action.partnership else "",
                latest.text if latest else "",
                timezone.localdate(latest.at) if latest else None,
            ]
        )
    return COLUMNS, rows
