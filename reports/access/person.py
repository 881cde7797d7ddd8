"""Everything that is kept on one colleague: for themselves, or for the coordinator whom they have asked for it."""

from accounts.models import AuditEvent, Membership, OutgoingMail
from lessons.models import FindingConsent, Note, StudyMember, VisitRecord
from programmes.models import (
    Acceptance,
    ActionItem,
    Nomination,
    PartnerTeacher,
    PastSpecialist,
    Programme,
    Signature,
    SpecialistTeacher,
)
from programmes.models.recruiting import SpecialistStep
from reports.access.doings import in_words
from reports.access.grades import grades
from reports.access.redacting import everybody
from reports.access.sections import day, minute, section
from visits.models import Attendance, Away, Booking

MOST = 2000  # of a long list the newest are shown


def person_file(person, organisation=None) -> dict:
    """The figures of the file. For the person themself all of it; for a coordinator what belongs to the organisation,
    and of what the person wrote only when and where: the notebook is read by its group."""
    own = organisation is None

    def here(path):
        return {} if own else {path: organisation}

    children = everybody(programmes_of(person))
    only_here = own or not works_elsewhere(person, organisation)
    return {
        "kind": "Everything on one person",
        "subject": str(person),
        "names_pupil": False,
        "sections": [
            account(person),
            roles(person, here),
            specialist(person, here),
            partnerships(person, here),
            usual_week(person, here),
            half_days(person, here, only_here),
            events(person, here),
            signed(person, here),
            actions(person, here),
            records(person, here, children if own else None),
            studies(person, here),
            grades(person, here, programmes_of(person)),
            *([words(person, children)] if own else []),
            mails(person, here),
            signing_in(person, only_here),
        ],
    }


def works_elsewhere(person, organisation) -> bool:
    """Whether another organisation's doings would be in what is kept without saying of which."""
    return Membership.objects.filter(user=person).exclude(organisation=organisation).exists()


def programmes_of(person):
    taught = PartnerTeacher.objects.filter(user=person).values("partnership__programme")
    return Programme.objects.filter(pk__in=taught) | Programme.objects.filter(specialists__user=person)


def account(person):
    facts = [
        ("Name", person.get_full_name()),
        ("Email address", person.email),
        ("Can sign in", "Yes" if person.is_active else "Not yet, or not any more"),
        ("Last signed in", minute(person.last_login) or "Never"),
    ]
    return section("Account", facts=facts)


def roles(person, here):
    rows = Membership.objects.filter(user=person, **here("organisation")).select_related("organisation", "school")
    return section(
        "Roles",
        head=["Role", "Where", "From", "Until"],
        rows=[
            [m.role_label, m.place_label, day(m.starts_on), day(m.ended_at) or day(m.ends_on) or "It goes on"]
            for m in rows.order_by("starts_on", "pk")
        ],
    )


def specialist(person, here):
    rows = SpecialistTeacher.objects.filter(user=person, **here("programme__organisation"))
    facts = []
    for row in rows.select_related("programme", "home_school").order_by("programme__starts_on", "pk"):
        facts += [(row.programme.title, f"Specialist teacher {row.ref}, {row.home_school}")]
        if nomination := Nomination.objects.filter(specialist=row).first():
            met = [
                words
                for words, held in (
                    ("excellent practice", nomination.excellent_practice),
                    ("communication skills", nomination.communication_skills),
                )
                if held
            ]
            facts += [
                ("Nominated", f"by {nomination.nominated_by} on {day(nomination.nominated_on)}"),
                ("Criteria met", ", ".join(met) or "None is marked"),
                ("Factual note", nomination.note or "None"),
            ]
        facts += [
            (day(step.on), f"{step.get_status_display()}{f': {step.reason}' if step.reason else ''}")
            for step in SpecialistStep.objects.filter(specialist=row)
        ]
    return section(
        "As a specialist teacher",
        lead="No grade, rating or judgement of a lesson is kept anywhere.",
        facts=facts,
        none="Never a specialist teacher here.",
    )


def partnerships(person, here):
    rows = []
    taught = PartnerTeacher.objects.filter(user=person, **here("partnership__programme__organisation"))
    for row in taught.select_related("partnership__programme", "partnership__partner_school"):
        rows.append([row.partnership, "Partner teacher", day(row.since), day(row.until) or "It goes on"])
    led = SpecialistTeacher.objects.filter(user=person, **here("programme__organisation"))
    for row in led:
        for partnership in row.partnerships.select_related("programme", "partner_school"):
            rows.append([partnership, "Specialist teacher", "", ""])
    past = PastSpecialist.objects.filter(specialist__user=person, **here("partnership__programme__organisation"))
    for row in past.select_related("partnership__programme", "partnership__partner_school"):
        rows.append([row.partnership, "Specialist teacher", day(row.since), day(row.until)])
    return section(
        "Partnerships",
        head=["Partnership", "School", "As", "From", "Until"],
        rows=[[f"{p.label}, {p.programme.title}", p.partner_school, *rest] for p, *rest in rows],
    )


def usual_week(person, here):
    """When the person can usually be out of class, as each programme has it."""
    rows = []
    led = SpecialistTeacher.objects.filter(user=person, **here("programme__organisation")).select_related("programme")
    taught = PartnerTeacher.objects.filter(user=person, **here("partnership__programme__organisation"))
    for row in led.order_by("programme__starts_on", "pk"):
        rows.append([row.programme.title, row])
    for row in taught.select_related("partnership__programme", "partnership__partner_school").order_by("pk"):
        rows.append([f"{row.partnership.label}, {row.partnership.programme.title}", row])
    return section(
        "Usual week",
        head=["Of", "Can be out of class", "Likes best", "PPA"],
        rows=[
            [what, row.release_in_words or "Not known", row.preferred_in_words, row.ppa_in_words] for what, row in rows
        ],
    )


def half_days(person, here, only_here):
    rows = Booking.objects.filter(person=person, **here("visit__partnership__programme__organisation"))
    rows = rows.select_related("visit__host").order_by("-on", "-pk")[:MOST]
    away = Away.objects.filter(person=person).order_by("-first_on") if only_here else []
    found = [
        [
            day(b.on),
            b.get_half_display(),
            b.visit.get_kind_display(),
            b.visit.host,
        ]
        for b in rows
    ]
    found += [[f"{day(a.first_on)} to {day(a.last_on)}", "", "Away", ""] for a in away]
    return section(
        "Half-days", lead="" if only_here else ELSEWHERE, head=["Day", "Half-day", "What", "Where"], rows=found
    )


def events(person, here):
    rows = Attendance.objects.filter(person=person, **here("event__programme__organisation"))
    rows = rows.select_related("event__area").order_by("-event__on", "-pk")[:MOST]
    there = {True: "Was there", False: "Was not there", None: "Not recorded"}
    return section(
        "Events",
        head=["Day", "Event", "Answer", "Attendance"],
        rows=[[day(a.event.on), a.event.title, a.get_answer_display(), there[a.present]] for a in rows],
    )


def signed(person, here):
    rows = [
        [day(s.signed_at), "Signed the agreement", s.agreement.partnership.label, s.get_capacity_display()]
        for s in Signature.objects.filter(
            signed_by=person, **here("agreement__partnership__programme__organisation")
        ).select_related("agreement__partnership__specialist", "agreement__partnership__programme")
        if s.signed_at
    ]
    agreed = Acceptance.objects.filter(by=person, **here("partnership__programme__organisation"))
    rows += [
        [day(a.at), "Agreed to the pairing", a.partnership.label, a.school]
        for a in agreed.select_related("partnership__specialist", "partnership__programme", "school")
    ]
    return section("Agreed and signed", head=["Day", "What", "Partnership", "As, or for"], rows=rows)


def actions(person, here):
    rows = ActionItem.objects.filter(owner=person, **here("programme__organisation")).select_related("programme")
    return section(
        "Actions",
        head=["What", "Programme", "By when"],
        rows=[[row.what, row.programme.title, day(row.due_on)] for row in rows],
    )


def records(person, here, children):
    """Those the person began, and in their own file what they wrote in any of them."""
    rows = VisitRecord.objects.filter(written_by=person, **here("visit__partnership__programme__organisation"))
    table = [
        [day(r.visit.on), r.visit.get_kind_display(), r.visit.host, r.get_status_display()]
        for r in rows.select_related("visit__host").order_by("visit__on")
    ]
    quotes = []
    if children:
        notes = Note.objects.filter(written_by=person, sheet__record__isnull=False)
        quotes = [
            (f"Record of {day(note.sheet.record.visit.on)}", children.redact(note.text))
            for note in notes.select_related("sheet__record__visit").order_by("sheet__record__visit__on", "pk")[:MOST]
        ]
    return section("Records of visits", head=["Day", "Visit", "School", "How it stands"], rows=table, quotes=quotes)


def studies(person, here):
    rows = StudyMember.objects.filter(person=person, **here("study__partnership__programme__organisation"))
    table = [
        [m.study.label, "Member", day(m.since), day(m.until) or "It goes on"]
        for m in rows.select_related("study__partnership__partner_school", "study__partnership__specialist")
    ]
    consents = FindingConsent.objects.filter(
        person=person, **here("finding__study__partnership__programme__organisation")
    )
    table += [
        [
            f"Finding of {c.finding.study.label}",
            f"Agreed to show it: {c.get_audience_display().lower()}",
            day(c.at),
            day(c.withdrawn_at),
        ]
        for c in consents.select_related(
            "finding__study__partnership__partner_school", "finding__study__partnership__specialist"
        )
    ]
    return section("Lesson studies", head=["Study", "As", "From", "Until"], rows=table)


def words(person, children):
    """What the person wrote in studies, lessons and findings, without what names a child."""
    notes = Note.objects.filter(written_by=person, sheet__record__isnull=True).order_by("written_at", "pk")[:MOST]
    return section(
        "What you wrote in lesson studies",
        lead="As it stands now. Names and initials of pupils are taken out.",
        quotes=[(day(note.written_at), children.redact(note.text)) for note in notes],
    )


def mails(person, here):
    rows = OutgoingMail.objects.filter(to=person, **here("organisation")).order_by("-queued_at", "-pk")[:MOST]
    return section(
        "Mails sent",
        lead="Kept for a year. Codes and links for signing in are kept nowhere.",
        head=["When", "To", "Subject", "What became of it"],
        rows=[[minute(m.queued_at), m.address, m.subject, m.SHOWN.get(SENT.get(m.state), "")] for m in rows],
    )


SENT = {"queued": "waiting", "running": "waiting", "done": "sent", "failed": "failed"}


ELSEWHERE = (
    "This colleague works with another organisation too. Days away and what is recorded of signing in do not say for "
    "which of the two they are, so they stand only in the file that the colleague makes under Your account."
)


def signing_in(person, only_here):
    rows = AuditEvent.objects.filter(who=person).order_by("-at", "-pk")[:MOST] if only_here else []
    return section(
        "Signing in, and what is recorded of it",
        lead=ELSEWHERE if not only_here else "Who did what when, by numbers: nothing here names anyone else.",
        head=["When", "What"],
        rows=[[minute(event.at), in_words(event.did)] for event in rows],
    )
