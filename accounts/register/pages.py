"""What the pages of the register show."""

import datetime as dt

from django.db.models import Count, F, Func

from accounts.models import RegisterChange, RegisterUpdate, School
from accounts.register.columns import COLUMNS
from accounts.register.services import overtaken_by
from accounts.register.succession import left_behind, what_moves
from jobs.models import Job
from papers.templatetags.plain import longdate

Kind = RegisterChange.Kind
LABELS = {
    "la_code": "LA code",
    "la_name": "Authority",
    "name": "Name",
    "type": "Type",
    "status": "Status",
    "opened_on": "Opened on",
    "closed_on": "Closed on",
    "establishment_number": "Establishment number",
    "low_age": "Youngest pupils",
    "high_age": "Oldest pupils",
    "number_of_pupils": "Pupils",
    "percentage_fsm": "Free school meals, %",
    "head_title": "Head, title",
    "head_first_name": "Head, first name",
    "head_last_name": "Head, last name",
    "successor": "Followed by",
}
STATUS = dict(School.Status.choices)


def acting_organisation(request, action):
    """For whom a person who may do this works at the moment; None for the installation."""
    granting = request.user.memberships_granting(action)
    acting = next((m for m in granting if m.pk == getattr(request.acting, "pk", None)), granting[0])
    return acting.organisation


def own_schools(person, action):
    """The schools that take part in what the person's organisations run."""
    return School.objects.of_memberships(person.memberships_granting(action))


def standing(person, files):
    """The register at present: how many schools, and the last time that a file changed it, by whom if one may know."""
    last = RegisterUpdate.objects.filter(state=Job.State.DONE).order_by("-finished_at")
    last = last.select_related("register_file", "confirmed_by").first()
    known = last is not None and files.filter(pk=last.register_file_id).exists()
    mine = files.standing().select_related("uploaded_by", "organisation").prefetch_related("updates")[:10]
    return {
        "schools": School.objects.count(),
        "open": School.objects.exclude(status=School.Status.CLOSED).count(),
        "last": last,
        "last_is_known": known,
        "files": [(file, state_of(file)) for file in mine],
    }


def state_of(file):
    """How a file stands, in a word and in a sentence that says who acts."""
    update = last_update(file)
    if update and update.is_done:
        return "green", "The register was brought up to date"
    if update and update.in_hand:
        return "blue", "Being written"
    if file.in_hand:
        return "blue", "Being read"
    if file.refused:
        return "red", "Cannot be used: send another file"
    if file.has_failed:
        return "orange", "Was not read: have it read again"
    if update and update.has_failed:
        return "orange", "Was not written: look at it again"
    return "grey", "Nothing changes" if file.changes_nothing else "Waiting for you to confirm"


def last_update(file):
    return max(file.updates.all(), key=lambda update: update.pk, default=None)


def job_in_hand(file):
    """What a worker is doing with the file, or will do next."""
    if file.in_hand:
        return file
    update = last_update(file)
    return update if update and update.in_hand else None


def asked(given):
    kind = given.get("kind", "")
    return {
        "kind": kind if kind in Kind.values else "",
        "mine": "yes" if given.get("mine") == "yes" else "",
        "q": " ".join(given.get("q", "").replace("\0", "").split())[:100],
    }


def changes_of(file, own, wanted):
    rows = file.changes.search(wanted["q"])
    rows = rows.filter(kinds__contains=[wanted["kind"]]) if wanted["kind"] else rows.real()
    if wanted["mine"]:
        rows = rows.filter(school__in=own.values("pk"))
    return rows.own_first(own).select_related("school")


def about(file, own, organisation):
    """The numbers of the page: schools by kind of change, all and the own ones; what waits, what must follow."""
    update, job = last_update(file), job_in_hand(file)
    is_written = bool(update and update.is_done)
    overtaken = not is_written and file.is_done and overtaken_by(file) is not None
    mine = file.changes.filter(school__in=own.values("pk"))
    own_counts = dict(
        mine.annotate(kind=Func(F("kinds"), function="unnest")).values_list("kind").annotate(Count("pk")).order_by()
    )
    return {
        "update": update,
        "job": job,
        "kinds": [
            {"value": kind.value, "label": kind.label, "all": file.counts[kind], "own": own_counts.get(kind.value, 0)}
            for kind in Kind
            if file.counts.get(kind)
        ],
        "own_count": mine.real().count(),
        "own_missing": own_counts.get(Kind.ABSENT, 0),
        "is_written": is_written,
        "waits": file.is_done and not (file.discarded_at or is_written or job),
        "overtaken": overtaken,
        "must_read_again": overtaken or bool(update and update.overtaken),
        "must_follow": left_behind(organisation) if is_written and organisation else [],
    }


def tell_changes(changes):
    """Each change gets its kinds in words and what it was and is, the kinds that say it all left out."""
    for change in changes:
        change.labels = [Kind(kind).label for kind in change.kinds if kind != Kind.DETAILS]
        change.told = [
            {"what": LABELS.get(name, COLUMNS.get(name, name)), "was": said(name, was), "now": said(name, now)}
            for name, (was, now) in change.fields.items()
        ]


def said(name, value):
    if value is None or value == "":
        return "blank"
    if name == "status":
        return STATUS.get(value, value)
    return longdate(dt.date.fromisoformat(value)) if name in {"opened_on", "closed_on"} else str(value)


def school_page(request, school):
    """Its neighbours in time, and, for whoever may move it, what hangs on a school that has closed."""
    moving = []
    if school.status == School.Status.CLOSED and request.user.may("schools.succeed"):
        moving = what_moves(acting_organisation(request, "schools.succeed"), school)
    return {
        "before": school.predecessor_links.select_related("predecessor"),
        "after": school.successor_links.select_related("successor"),
        "moving": moving,
        "may_see_headlines": School.objects.allowed(request.user, "headlines.view").filter(pk=school.pk).exists(),
        "may_keep_calendar": School.objects.allowed(request.user, "closures.keep").filter(pk=school.pk).exists(),
    }
