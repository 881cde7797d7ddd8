"""Money on Today: what waits for whoever approves, whoever pays, and the head whose school waits for it."""

from collections import defaultdict

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone

from accounts.roles import GRANTS
from funding.figures import ZERO
from funding.models import FundingPlan, Payee, PaymentBatch, Release
from funding.owing import held_of_school, owed_by_teacher, perhaps_paid_ahead
from funding.services import paying
from funding.services.payees import NOBODY, others, who_can
from funding.services.releasing import why_not
from funding.standing import is_nothing, standing_of
from funding.stopped import REJECTED, stops_of
from papers.templatetags.plain import listed, money
from programmes.models import Partnership, Programme
from reports.dashboards.rows import mine

WAITING = Q(payments__answer="")
MOST = 20  # plans that are looked at; of the newest one Today says what waits


def plans_of(user, acting, action):
    rows = mine(FundingPlan, user, acting, action).in_force().exclude(programme__status=Programme.Status.CLOSED)
    return rows.select_related("programme__organisation")


def approving_items(user, acting, today):
    """A line for each stage of which something is ready, for whoever may approve it."""
    if acting.role not in GRANTS["releases.approve"]:
        return []
    first, *others = plans_of(user, acting, "releases.approve").order_by("-programme__starts_on", "pk")[:MOST] or [None]
    items = ready_items(user, first) if first else []
    return items + [
        {
            "title": "See which releases wait for your approval",
            "url": reverse("funding:programme", args=[plan.programme.slug]),
            "programmes": [plan.programme],
        }
        for plan in others
    ]


SETTLES = "It comes to nothing, and settles what stands in its lines: nothing goes to finance."


def ready_items(user, plan):
    ready = defaultdict(list)
    for row in standing_of(plan).rows:
        if row.is_ready and not is_nothing(row) and not why_not(user, row):
            ready[row.stage].append(row)
    return [
        {
            "title": f"{number_of(rows)} of the {stage} stage wait{'s' if len(rows) == 1 else ''} for your approval",
            "text": f"{money(sum_of(rows))} in all." if sum_of(rows) else SETTLES,
            "url": f"{reverse('funding:stage', args=[plan.programme.slug, stage.pk])}?only=approval",
            "when": f"Due since {stage.due_on:%-d %B}",
            "programmes": [plan.programme],
        }
        for stage, rows in ready.items()
    ]


def by_stage(programmes):
    """The programme of which Today shows the money by stage: the newest that runs and has a plan in force, or None."""
    running = [p for p in programmes if p.status == Programme.Status.ACTIVE and is_in_force(p)]
    return max(running, key=lambda programme: programme.starts_on, default=None)


def is_in_force(programme):
    return hasattr(programme, "funding_plan") and programme.funding_plan.is_in_force


def number_of(rows):
    return "1 release" if len(rows) == 1 else f"{len(rows)} releases"


def sum_of(rows):
    return sum((row.amount for row in rows), ZERO)


def paying_items(user, acting, today):
    """What is approved and can be paid by this person, and batches that finance has not answered."""
    if acting.role not in GRANTS["payments.authorise"]:
        return []
    items, choice = [], paying.choose(user, acting.organisation)
    if rejected := choice.rejected:
        first = min(rejected, key=lambda release: release.rejection.answered_at)
        items.append(
            {
                "title": f"Finance rejected {number_of(rejected)}, {money(sum_of(rejected))}",
                "text": rejected_in_words(rejected),
                "url": reverse("funding:payments"),
                "when": f"Since {first.rejection.answered_at:%-d %B}",
            }
        )
    if ticked := choice.ticked:
        payees = len({release.school_id for release in ticked})
        items.append(
            {
                "title": f"{number_of(ticked)}, {money(sum_of(ticked))}, can be paid",
                "text": f"To {payees} payee{'' if payees == 1 else 's'}, due since {due_of(ticked):%-d %B}.",
                "url": reverse("funding:payments"),
                "when": f"Approved since {timezone.localdate(min(row.approved_at for row in ticked)):%-d %B}",
            }
        )
    for is_own in (True, False):
        left = {
            release: words
            for release, words in choice.left
            if release.can_be_mended == is_own and not hasattr(release, "payee_waits")  # said with the payee
        }
        if left:
            first, *others = dict.fromkeys(left.values())
            more = f" And for {len(others)} other reason{'' if len(others) == 1 else 's'}." if others else ""
            items.append(
                {
                    "title": f"{number_of(left)}, {money(sum_of(left))}, cannot be paid yet",
                    "text": f"{first}{more}",
                    "url": reverse("funding:payments"),
                    "when": f"Due since {due_of(left):%-d %B}",
                    "is_for_others": not is_own,
                }
            )
    return items + [batch_item(batch) for batch in waiting_batches(user, acting)]


def waiting_batches(user, acting):
    """Batches that finance has not answered whole, each with how much and how many payments wait."""
    rows = mine(PaymentBatch, user, acting, "payments.authorise").annotate(
        whole=Count("payments"),
        waiting=Count("payments", filter=WAITING),
        waits=Sum("payments__amount", filter=WAITING),
    )
    return rows.filter(waiting__gt=0).order_by("number")[:10]


def batch_item(batch):
    is_partly = batch.waiting < batch.whole
    sums = f"{money(batch.waits)} of {money(batch.total)}, {batch.waiting} of {batch.whole} payments"
    return {
        "title": f"Batch {batch} waits for finance\u2019s answer",
        "text": f"{sums if is_partly else money(batch.total)}, authorised on {batch.authorised_at:%-d %B}.",
        "url": batch.get_absolute_url(),
    }


def due_of(releases):
    """Since when the first of them is due."""
    return min(release.stage.due_on for release in releases)


NAMED = 3


def rejected_in_words(rejected) -> str:
    """Each payment that came back with its school and its reason; of many the first, and how many more there are."""
    payments = {}
    for release in rejected:
        payments.setdefault(release.rejection.pk, []).append(release)
    said = [
        f"{rows[0].school}, {listed(list(dict.fromkeys(str(row.stage) for row in rows)))}: "
        f"{rows[0].rejection.because.rstrip('.')}"
        for rows in payments.values()
    ]
    more = f"; and {len(said) - NAMED} more" if len(said) > NAMED else ""
    see = "See how the school is paid." if len(said) == 1 else "See how these schools are paid."
    return f"{'; '.join(said[:NAMED])}{more}. {see}"


def confirming_items(user, acting, today):
    """How schools are paid, as somebody has entered it: for the others who may confirm it, and apart for whoever
    entered it and waits for them, with what is approved and not paid before. Three queries where any waits."""
    if acting.role not in GRANTS["payees.confirm"]:
        return []
    rows = mine(Payee, user, acting, "payees.confirm").waiting(today)
    rows = list(rows.select_related("school", "entered_by").order_by("entered_at", "pk"))
    theirs, own = ([row for row in rows if (row.entered_by_id == user.pk) == is_own] for is_own in (False, True))
    if not rows:
        return []
    items, people, stopped = [], who_can(acting.organisation), stopped_by(rows, acting.organisation)
    if theirs:
        schools = "1 school\u2019s payee waits" if is_one(theirs) else f"{schools_of(theirs)} schools\u2019 payees wait"
        by = listed(list(dict.fromkeys(row.entered_by for row in theirs)))
        said = f"entered by {by}, so {also(theirs, people, user)} can confirm {'it' if is_one(theirs) else 'them'}"
        items.append(waiting_item(f"{schools} for a second person", said, theirs, stopped))
    if own:
        what = "1 payee that you entered waits" if is_one(own) else f"{schools_of(own)} payees that you entered wait"
        names = others(own[0], people)
        said = f"{names} can confirm {'it' if is_one(own) else 'them'}" if names else NOBODY.removesuffix(".")
        items.append(waiting_item(f"{what} for a second person", said, own, stopped) | {"is_for_others": True})
    return items


def schools_of(rows) -> int:
    return len({row.school_id for row in rows})


def is_one(rows) -> bool:
    return schools_of(rows) == 1


def also(rows, people, user) -> str:
    """You, and who else can confirm all of these."""
    entered = {row.entered_by_id for row in rows}
    names = [str(person) for person in people if person != user and person.pk not in entered]
    return listed(["you", *names], "or")


def stopped_by(rows, organisation) -> list[Release]:
    """What is approved for the schools of these payees, as far as nothing is paid to them before."""
    schools = {row.school_id for row in rows if row.has_begun}
    if not schools:
        return []
    approved = Release.objects.filter(stage__plan__programme__organisation=organisation, school__in=schools)
    return list(approved.filter(state=Release.State.APPROVED).only("school", "amount"))


def waiting_item(title, said, rows, stopped):
    first, more = rows[0], schools_of(rows) - 1
    return {
        "title": title,
        "text": f"{first.school}{f' and {more} more' if more else ''}: {said}. {until_confirmed(rows, stopped)}",
        "url": reverse("funding:payees") if more else reverse("funding:payee", args=[first.school.urn]),
        "when": f"Since {timezone.localdate(first.entered_at):%-d %B}",
    }


def until_confirmed(rows, releases) -> str:
    """What is not paid before: nothing changes for a school before the day from which it was entered."""
    whole, stopped = schools_of(rows), schools_of([row for row in rows if row.has_begun])
    if not stopped:
        days = f"{rows[0].since:%-d %B %Y}" if len(rows) == 1 else "the days from which they hold"
        return f"Nothing changes before {days}."
    whom = ("it" if whole == 1 else "them") if stopped == whole else f"{stopped} of them"
    keys = {row.school_id for row in rows if row.has_begun}
    waiting = [release for release in releases if release.school_id in keys]
    wait = f" {number_of(waiting)}, {money(sum_of(waiting))}, wait{'s' if len(waiting) == 1 else ''} for it."
    return f"Nothing is paid to {whom} before somebody else has confirmed it.{wait if waiting else ''}"


def held_items(user, acting, today):
    """For a head: that something of the own school was due and is not paid; why stands one click away. One query, and
    those of what is approved where anything is.

    It is the school's own turn only where it owes evidence, or knows how it is paid. Signatures have a line of their
    own, and grades and visits are the teachers'.
    """
    if not acting.school_id or acting.role not in GRANTS["money.school"]:
        return []
    waiting = mine(Release, user, acting, "money.school")
    waiting = waiting.filter(Q(state=Release.State.OPEN, stage__due_on__lte=today) | Q(state=Release.State.APPROVED))
    waiting = waiting.filter(stage__plan__status=FundingPlan.Status.ACTIVE)
    waiting = waiting.select_related("stage__plan__programme", "school")
    waiting = waiting.annotate(perhaps_paid_ahead=perhaps_paid_ahead())
    found = list(waiting.with_evidence_owed().order_by("stage__due_on", "pk")[: 2 * MOST])
    rows = without_nothing([row for row in found if row.is_open])
    parts = [[row for row in rows if row.owes_evidence], [row for row in rows if not row.owes_evidence]]
    items = [held_item(own, acting.school) for own in parts if own]
    return stopped_items(acting, [row for row in found if row.is_fixed], today) + items


def without_nothing(releases):
    """Those of these that are open and come to something."""
    by_plan = defaultdict(set)
    for release in releases:
        if release.perhaps_paid_ahead:
            by_plan[release.stage.plan].add(release.partnership_id)
    nothing = {
        row.release.pk
        for plan, partnerships in by_plan.items()
        for row in standing_of(plan, partnerships).rows
        if is_nothing(row)
    }
    return [release for release in releases if release.pk not in nothing]


def stopped_items(acting, approved, today):
    """A line for each thing that stands in the way of paying what is approved."""
    found = defaultdict(list)
    stops = stops_of(acting.organisation, approved, today)
    for row in approved:
        if row.pk in stops and stops[row.pk].kind:
            found[stops[row.pk]].append(row)
    return [stopped_item(stop, rows, acting.school) for stop, rows in found.items()]


def stopped_item(stop, rows, school):
    is_rejected = stop.kind == REJECTED
    stages = listed(list(dict.fromkeys(row.stage.name for row in rows)))
    title = (
        f"Finance rejected the payment of {money(sum_of(rows))} to your school"
        if is_rejected
        else f"{money(sum_of(rows))} for your school is approved and cannot be paid yet"
    )
    said = f"{stop.rejection.because.rstrip('.')}. {stop.who} {stop.advice}" if is_rejected else stop.sentence
    return {
        "title": title,
        "text": f"{stages}: {said}",
        "url": reverse("funding:school", args=[school.urn]),
        "is_for_others": not is_rejected,
        "programmes": list(dict.fromkeys(row.stage.plan.programme for row in rows)),
    }


def held_item(rows, school):
    """Of releases that all wait for the school itself, or all for others: then it stands apart and is not late."""
    owes = rows[0].owes_evidence
    stages = listed(list(dict.fromkeys(row.stage.name for row in rows)))
    evidence = listed(list(dict.fromkeys(row.stage.evidence for row in rows)))
    return {
        "title": f"{number_of(rows)} for your school {'is' if len(rows) == 1 else 'are'} not paid yet",
        "text": f"Stage {stages}. {f'Your school owes: {evidence}.' if owes else 'See why, and who has to act.'}",
        "url": reverse("funding:school", args=[school.urn]),
        "when": f"Due since {rows[0].stage.due_on:%-d %B}",
        "late": owes,
        "is_for_others": not owes,
        "programmes": list(dict.fromkeys(row.stage.plan.programme for row in rows)),
    }


def money_lines(user, acting):
    """For the weekly mail, to heads and teachers: what holds money back, in the words of the page of the school."""
    if acting.role in GRANTS["money.school"] and acting.school_id:
        return held_of_school(acting.school, mine(Release, user, acting, "money.school"))
    if acting.role in GRANTS["returns.enter"]:
        partnerships = mine(Partnership, user, acting, "partnerships.view")
        return owed_by_teacher(user, partnerships.filter(programme__status=Programme.Status.ACTIVE))
    return []
