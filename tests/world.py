"""Two organisations; in ours two partnerships: "not yours" always has a real row that could leak.

Every name of every row carries the word of its corner (Ourside, Nextdoor, Elsewhere), so that a leak can be searched
for in any page.
"""

import datetime as dt
import uuid
from types import SimpleNamespace

from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.adapters import EncryptedSecrets
from accounts.models import Invitation, InvitationMail, OutgoingMail, RegisterChange, RegisterFile, User
from accounts.roles import IN_ORGANISATION, SECOND_FACTOR, Role
from desks.models import WHOLE
from lessons.models import (
    Booklet,
    Finding,
    FindingCitation,
    FindingFile,
    GapTask,
    HeadReply,
    Note,
    NoteRevision,
    Presence,
    RecordAction,
    Side,
)
from programmes.models import (
    AgreementText,
    Area,
    AreaConsultant,
    ConflictOfInterest,
    DataPoint,
    HeadContact,
    HeadsLetter,
    Objection,
    SchoolClosure,
    TemplateStep,
    TimetableStep,
    TimetableTemplate,
)
from programmes.services.agreements import write_agreements
from programmes.services.agreements.words import shipped
from pupils import scales
from pupils.choosing.reading import read_pasted
from pupils.choosing.services import digest_of
from pupils.models import Erasure, FormerDetails, GradesFile, PupilList, ReturnNote, ReturnRevision, ReturnSheet
from pupils.returns.counting import count_returns
from pupils.upn import check_letter
from reports.models import ABOUT, AccessFile, HandOverPack, OrganisationExport, ProgrammeCopy, Report, SavedView
from tests.factories import (
    ActionItemFactory,
    AssessmentFactory,
    AttendanceFactory,
    BookingFactory,
    EventFactory,
    EventSeriesFactory,
    FindingFactory,
    HeadsLetterFactory,
    MembershipFactory,
    NominationFactory,
    OrganisationFactory,
    PairingRunFactory,
    PartnerSchoolFactory,
    PartnershipFactory,
    PlaceFactory,
    PlanFactory,
    ProgrammeFactory,
    ReportFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
    UserFactory,
    VisitFactory,
    VisitRecordFactory,
)
from tests.money.world import build_money, build_plan
from tests.notebook import lesson_of_corner
from tests.remembering import remembered
from tests.rounds.access_rows import build_round
from tests.term_dates import YEAR_2026, give_term_dates
from visits.models import Away, CalendarFeed

OFFICE_STAFF = [Role.COORDINATOR, Role.BUDGET_HOLDER, Role.FINANCE]


def person(corner, role):
    name = f"{corner}{role.value.title().replace('_', '')}"
    user = UserFactory(first_name=corner, last_name=name, email=f"{name.lower()}@schools.example")
    if role in SECOND_FACTOR:
        Authenticator.objects.create(
            user=user, type=Authenticator.Type.TOTP, data={"secret": EncryptedSecrets().encrypt("JBSWY3DPEHPK3PXP")}
        )
    return user


def upn_of(serial):
    digits = f"19900{serial:07}"
    return check_letter(digits) + digits


def suggest(run, partner_school, specialist):
    """A suggestion of the run as the worker writes one, accepted already."""
    pair = {"wish": partner_school.pk, "specialist": specialist.pk, "metres": 3200, "for": ["3.2 km"], "against": []}
    run.result["pairs"].append(pair)
    run.choices[f"{partner_school.pk}-{specialist.pk}"] = {"is": "accepted", "specialist": specialist.pk}
    run.save()


def plans_for(partnership, coordinator):
    """Two plans of the programme: the first gives a visit of the partnership a half-day, the other finds none."""
    programme = partnership.programme
    plans = list(programme.plans.order_by("pk")[:2]) or [
        PlanFactory(programme=programme, ordered_by=coordinator) for _ in range(2)
    ]
    slug = f"{partnership.pk}-{programme.timetable.get(order=90).pk}-1"
    row = {"slug": slug, "partnership": partnership.pk, "visit": None, "stands": None, "tried": True}
    for plan, to in zip(plans, (2 * dt.date(2027, 2, 10).toordinal(), None), strict=True):
        plan.result["visits"].append(row | {"to": to})
        plan.result["wishes"]["partnerships"] += 1
        plan.result["counts"] = {"placed" if to else "missing": len(plan.result["visits"])}
        if to is None:
            counts = [["away", partnership.specialist.user_id, "", 4], ["closed", partnership.partner_school_id, "", 2]]
            plan.result["reasons"][slug] = {"counts": counts, "culprits": [], "yields": None}
        plan.save()
    return plans


def build_corner(corner, programme, staff, serial):
    """One partnership with a row of everything, and its people, beside the staff it shares."""
    organisation = programme.organisation
    area = Area.objects.create(programme=programme, name=f"{corner} area")
    people = staff | {
        role: person(corner, role)
        for role in (Role.CONSULTANT, Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER, Role.OFFICE, Role.GUEST)
    }
    partnership = PartnershipFactory(
        programme=programme,
        area=area,
        ref=f"{corner}-P",
        specialist=SpecialistTeacherFactory(
            programme=programme,
            ref=f"{corner}-S",
            user=people[Role.SPECIALIST],
            subjects=["maths"],
            year_groups=[5],
            partnerships_wanted=2,
            home_school=SchoolFactory(name=f"{corner} Home School", la_code=organisation.la_code),
        ),
        partner_school=SchoolFactory(name=f"{corner} Partner School", la_code=organisation.la_code),
        partner_teacher=people[Role.PARTNER],
    )
    AreaConsultant.objects.create(area=area, user=people[Role.CONSULTANT])
    memberships = {
        role: MembershipFactory(
            user=people[role],
            role=role,
            organisation=organisation,
            school=None if role in IN_ORGANISATION else partnership.partner_school,
        )
        for role in (Role.CONSULTANT, Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER, Role.OFFICE, Role.GUEST)
    }
    waiting = PartnerSchoolFactory(
        programme=programme,
        area=area,
        school=SchoolFactory(name=f"{corner} Waiting School", la_code=organisation.la_code),
    )
    specialist = partnership.specialist
    NominationFactory(specialist=specialist, nominated_by=f"{corner} nominator", note=f"{corner} nomination note")
    conflict = ConflictOfInterest.objects.create(
        specialist=specialist, school=SchoolFactory(name=f"{corner} Conflict School"), declared_by=f"{corner} declarer"
    )
    own = PartnerSchoolFactory(
        programme=programme,
        area=area,
        school=partnership.partner_school,
        chosen_because=f"{corner} chosen because",
        capacity_note=f"{corner} capacity note",
    )
    HeadContact.objects.create(
        partner_school=own,
        on=dt.date(2026, 9, 2),
        how=HeadContact.How.PHONE,
        with_whom=f"{corner} head",
        note=f"{corner} talk",
        by=people[Role.COORDINATOR],
    )
    letter = HeadsLetterFactory(
        partner_school=own,
        ordered_by=people[Role.COORDINATOR],
        state=HeadsLetter.State.DONE,
        sent_at=dt.datetime(2026, 9, 3, tzinfo=dt.UTC),
        file=ContentFile(b"%PDF-1.7 letter", "letter.pdf"),
    )
    run = programme.pairing_runs.first() or PairingRunFactory(programme=programme, asked_by=people[Role.COORDINATOR])
    suggest(run, waiting, partnership.specialist)
    give_term_dates(
        organisation, [(f"{corner} {name}", *days) for name, *days in YEAR_2026], school=partnership.partner_school
    )
    plan, other_plan = plans_for(partnership, people[Role.COORDINATOR])
    objection = Objection.objects.create(
        partnership=partnership,
        school=partnership.partner_school,
        kind=Objection.Kind.DISPUTE,
        reason=f"{corner} reason",
        note=f"{corner} note",
        by=people[Role.HEADTEACHER],
    )
    visit = VisitFactory(partnership=partnership)
    action = ActionItemFactory(programme=programme, what=f"{corner} action", owner=people[Role.PARTNER])
    event = build_event(corner, partnership, people, action)
    for role in (Role.SPECIALIST, Role.PARTNER):
        BookingFactory(visit=visit, person=people[role])
    proposal = visit.proposed_times.create(
        on=dt.date(2027, 2, 10), half="pm", reason=f"{corner} trip", by=people[Role.PARTNER]
    )
    feed = CalendarFeed.objects.create(
        school=partnership.partner_school, made_by=people[Role.HEADTEACHER], secret_hash=f"hash of {corner}"
    )
    place = PlaceFactory(
        partnership=partnership,
        pupil__ref=f"{corner}-C",
        pupil__first_name=f"{corner}Forename",
        pupil__last_name=f"{corner}Family",
        pupil__upn=upn_of(serial),
    )
    pupil_list = build_pupil_list(corner, partnership, people)
    build_grades_file(programme, place, people)
    place.changes.create(pupil=place.pupil, what="chosen", on=dt.date(2026, 9, 14), by=people[Role.PARTNER])
    FormerDetails.objects.create(place=place, first_name=f"{corner}Forename", year_group=place.pupil.year_group)
    record = build_record(corner, visit, people, place)
    lesson = lesson_of_corner(corner, partnership, people, place)
    finding = build_finding(corner, lesson.study, people)
    grades = list(scales.load_scale(programme.scale).grades.all())
    for number, point in enumerate(programme.data_points.all()):
        AssessmentFactory(place=place, data_point=point, grade=grades[6 + number])
    place.targets.create(grade=grades[9], side="specialist", proposed_by=people[Role.SPECIALIST])
    count_returns(programme)
    data_return = build_return(corner, partnership, place, people)
    moderation = build_moderation(corner, partnership, place, people)
    (agreement,) = write_agreements(staff[Role.COORDINATOR], agreement_text(programme), [partnership])
    school_report = ReportFactory(
        kind=Report.Kind.SCHOOL,
        programme=programme,
        school=partnership.partner_school,
        ordered_by=people[Role.HEADTEACHER],
        state=Report.State.DONE,
        file=ContentFile(b"%PDF-1.7 school", "school.pdf"),
        frozen=True,
    )
    reports = build_reports(corner, partnership, people)
    for role in (Role.COORDINATOR, Role.CONSULTANT, Role.SPECIALIST, Role.PARTNER):
        HandOverPack.objects.create(
            partnership=partnership,
            ordered_by=people[role],
            state=HandOverPack.State.DONE,
            file=ContentFile(b"%PDF-1.7 pack", "pack.pdf"),
        )
    invitation = Invitation.objects.create(
        email=f"{corner.lower()}new@schools.example",
        first_name=corner,
        last_name="Invited",
        role=Role.OFFICE,
        organisation=organisation,
        school=partnership.partner_school,
        invited_by=people[Role.HEADTEACHER],
        expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC),
        digest=f"digest of {corner}".encode(),
    )
    closure = SchoolClosure.objects.create(
        school=partnership.partner_school,
        kind=SchoolClosure.Kind.INSET,
        first_on=dt.date(2027, 2, 22),
        last_on=dt.date(2027, 2, 22),
        words=f"{corner} training",
        entered_by=people[Role.OFFICE],
    )
    days = {"first_on": dt.date(2027, 3, 1), "last_on": dt.date(2027, 3, 1)}
    away = Away.objects.create(person=people[Role.PARTNER], entered_by=people[Role.PARTNER], **days)
    return SimpleNamespace(
        corner=corner,
        people=people,
        memberships=memberships,
        programme=programme,
        organisation=organisation,
        partnership=partnership,
        template=organisation.timetable_templates.get(),
        step=programme.timetable.get(),
        partner_school=waiting,
        run=run,
        objection=objection,
        visit=visit,
        proposal=proposal,
        feed=feed,
        record=record,
        study=lesson.study,
        lesson=lesson,
        finding=finding,
        booklet=Booklet.objects.get(ordered_by=people[Role.PARTNER]),
        plan=plan,
        other_plan=other_plan,
        action=action,
        agreement=agreement,
        event=event,
        place=place,
        data_return=data_return,
        moderation=moderation,
        pupil=place.pupil,
        pupil_list=pupil_list,
        upn=upn_of(serial),
        school=partnership.partner_school,
        closure=closure,
        away=away,
        specialist=specialist,
        conflict=conflict,
        listed_school=own,
        letter=letter,
        school_report=school_report,
        report_round=build_round(programme, people[Role.COORDINATOR], school_report),
        reports=reports,
        programme_report=programme.reports.filter(kind=Report.Kind.PROGRAMME).first(),
        invitation=invitation,
        invitation_mail=InvitationMail.objects.create(
            invitation=invitation, by=people[Role.HEADTEACHER], batch=uuid.uuid4(), state="done"
        ),
        mail=OutgoingMail.objects.create(
            organisation=organisation,
            kind="weekly_digest",
            to=people[Role.PARTNER],
            address=people[Role.PARTNER].email,
            subject=f"{corner} subject",
            text=f"{corner} text",
            message_id=f"<{corner}@schools.example>",
            state=OutgoingMail.State.FAILED,
            failure="The mail server does not take this address.",
            refused=True,
        ),
        access_file=AccessFile.objects.create(
            pupil=place.pupil,
            ordered_by=people[Role.HEADTEACHER],
            state=AccessFile.State.DONE,
            figures={"subject": f"{corner} figures"},
            file=ContentFile(b"%PDF-1.7 everything", "everything.pdf"),
        ),
        saved_view=SavedView.objects.create(owner=people[Role.CONSULTANT], name=f"{corner} view", query="sort=school"),
        register_file=RegisterFile.objects.get(organisation=organisation),
    )


def build_register_file(corner, organisation, coordinator):
    """A register that is read and waits for someone to confirm it."""
    file = RegisterFile.objects.create(
        organisation=organisation,
        uploaded_by=coordinator,
        name=f"{corner} register.csv",
        size=1000,
        file=f"accounts.registerfile/{corner}.csv",
        state=RegisterFile.State.DONE,
        finished_at=timezone.now(),
        schools=2,
        changes_count=1,
        counts={"new": 1},
    )
    RegisterChange.objects.create(
        register_file=file,
        urn="999999",
        name=f"{corner} New School",
        la_name=f"{corner} Council",
        kinds=["new"],
        fields={"status": [None, "open"]},
    )


def build_pupil_list(corner, partnership, people):
    """A list that waits: somebody who is right, somebody with cells to mend, and the pupil who is there already."""
    rows = [f"New,{corner}Pupil,5,K,,2/11/2026", f"Odd,{corner}Pupil,x,maybe,A1,", f"Forename,{corner}Family,5,,,"]
    content = read_pasted("\n".join(["Forename,Surname,Year,SEN,UPN,Joined", *(f"{corner}{row}" for row in rows)]))
    return PupilList.objects.create(
        partnership=partnership,
        sent_by=people[Role.PARTNER],
        pasted=True,
        digest=digest_of(content),
        content=content,
    )


def build_grades_file(programme, place, people):
    """The coordinator has sent a grade that is right, and one that is to be mended."""
    rows = [[place.partnership.ref, place.pupil.ref, "Summer", grade] for grade in ("3b", "no grade")]
    lines = ["\t".join(row) for row in (["Partnership", "Pupil", "Data point", "Grade"], *rows)]
    content = {"text": "\n".join(lines), "ignored": []}
    said = {"defaults": {"content": content}}  # the school next door has the same coordinator
    GradesFile.objects.get_or_create(programme=programme, by=people[Role.COORDINATOR], **said)


def agreement_text(programme):
    """The text we ship, with the name of the programme in it."""
    words = shipped() | {"targets": "[programme]"}
    return AgreementText.objects.get_or_create(programme=programme, version=1, defaults=words)[0]


def build_event(corner, partnership, people, action):
    """Today's twilight of the area, whose minutes the partner teacher takes; and who was at the training before."""
    event = EventFactory(
        programme=partnership.programme,
        area=partnership.area,
        series=EventSeriesFactory(programme=partnership.programme),
        name=f"{corner} twilight",
        on=timezone.localdate(),
        host=partnership.partner_school,
        place=partnership.partner_school,
        minute_taker=people[Role.PARTNER],
        audience=["specialist", "partner", "head"],
        minutes=f"{corner} minutes",
    )
    event.slots.create(order=1, minutes=5, what=f"{corner} findings", school=partnership.partner_school)
    event.actions.add(action)
    AttendanceFactory(event=event, person=people[Role.SPECIALIST], answer="accepted", invited_at=timezone.now())
    recorded = {"present": True, "recorded_by": people[Role.COORDINATOR], "recorded_at": timezone.now()}
    AttendanceFactory(event=event, person=None, guest_name=f"{corner} guest", walk_in=True, **recorded)
    training = partnership.programme.events.get(kind="training")
    for role in (Role.SPECIALIST, Role.PARTNER):
        AttendanceFactory(event=training, person=people[role], role=role, **recorded)
    return event


def build_record(corner, visit, people, place):
    """What both teachers wrote and signed; all of it is done, and the head has called it accurate."""
    record, now = VisitRecordFactory(visit=visit), timezone.now()
    writer, words = people[Role.PARTNER], f"{corner} words of a record"
    Note.objects.create(sheet=record.sheet, field="section-focus", text=words, version=1, written_by=writer)
    NoteRevision.objects.create(
        sheet=record.sheet, field="section-focus", client=uuid.uuid4(), seq=1, base=0, made=1, text=words, by=writer
    )
    Presence.objects.create(record=record, place=place, is_present=True)
    done = {"done_at": now, "done_by": writer}
    RecordAction.objects.create(record=record, number=1, what=f"{corner} what", owner=writer, **done)
    GapTask.objects.create(record=record, side=Side.PARTNER, what=f"{corner} task", **done)
    for side, role in ((Side.SPECIALIST, Role.SPECIALIST), (Side.PARTNER, Role.PARTNER)):
        record.signatures.create(side=side, person=people[role], version=0)
    record.status = "signed off"
    record.save()
    HeadReply.objects.create(record=record, is_accurate=True, comment=f"{corner} comment", by=people[Role.HEADTEACHER])
    return record


def build_reports(corner, partnership, people):
    """One report of each kind that the two teachers and the consultant have made, by kind, on the figures of today."""
    about = {"partnership": partnership, "area": partnership.area, "specialist": partnership.specialist}
    about |= {"data_point": partnership.programme.data_points.last()}
    return {
        kind: ReportFactory(
            kind=kind,
            programme=partnership.programme,
            ordered_by=people[role],
            state=Report.State.DONE,
            file=ContentFile(f"%PDF-1.7 {corner} report".encode(), "report.pdf"),
            frozen=True,
            **{name: about[name] for name in ABOUT[kind]},
        )
        for kind, role in {
            Report.Kind.PARTNERSHIP_PROGRESS: Role.PARTNER,
            Report.Kind.AREA_PROGRESS: Role.CONSULTANT,
            Report.Kind.RECORDS: Role.PARTNER,
            Report.Kind.SIGNED: Role.CONSULTANT,
            Report.Kind.YEAR: Role.SPECIALIST,
        }.items()
    }


def build_return(corner, partnership, place, people):
    """All returns are submitted, the last one by the partner teacher, twice: a comment on its grade was corrected."""
    partnership.returns.update(state="submitted")
    row, by, now = partnership.returns.order_by("data_point__due_on").last(), people[Role.PARTNER], timezone.now()
    sheet, comment = ReturnSheet.objects.create(data_return=row), f"{corner} comment on a grade"
    typed = {"field": f"comment-{place.pk}", "text": comment}
    ReturnNote.objects.create(sheet=sheet, version=1, written_by=by, **typed)
    ReturnRevision.objects.create(sheet=sheet, client=uuid.uuid4(), seq=1, base=0, made=1, by=by, **typed)
    ReturnSheet.objects.filter(pk=sheet.pk).update(locked=WHOLE)
    opened = {"opened_by": by, "opened_at": now, "opened_because": f"{corner} correction"}
    grade = place.assessments.get(data_point=row.data_point).grade
    for number, more in enumerate((opened, {}), start=1):
        version = row.versions.create(number=number, submitted_by=by, submitted_at=now, **more)
        version.grades.create(place=place, grade=grade, comment=comment)
    return row


def build_moderation(corner, partnership, place, people):
    """A session in the summer, to which the first grade of the place was brought and agreed."""
    event = EventFactory(
        programme=partnership.programme,
        area=partnership.area,
        kind="moderation",
        name=f"{corner} moderation",
        on=dt.date(2027, 6, 2),
        audience=["specialist", "partner"],
    )
    grade = place.assessments.earliest("data_point__due_on")
    event.moderated_grades.create(
        place=place, data_point=grade.data_point, brought=grade.grade, agreed=grade.grade, by=people[Role.PARTNER]
    )
    return event


def build_finding(corner, study, people):
    """What they found, shown to their two schools, with a file; their study builds on it, and there is a booklet."""
    author, now = people[Role.PARTNER], timezone.now()
    words = {"headline": f"{corner} headline", "know": f"{corner} knowledge", "themes": f"{corner} theme"}
    finding = FindingFactory(
        study=study,
        begun_by=author,
        published_at=now,
        version=1,
        sheet__version=1,
        audience=Finding.Audience.SCHOOL,
        slug=f"maths-{corner.lower()}",
        subject="maths",
        year_group=5,
        headline=words["headline"],
        technique=f"{corner} technique",
        themes=[f"{corner} theme"],
        words={"know": words["know"]},
    )
    for field, text in words.items():
        Note.objects.create(sheet=finding.sheet, field=field, text=text, version=1, written_by=author)
    for role in (Role.SPECIALIST, Role.PARTNER):
        finding.consents.create(person=people[role], audience="school", version=1)
    FindingFile.objects.create(
        finding=finding,
        kind="pdf",
        label=f"{corner} slides",
        file=ContentFile(b"%PDF-1.7 slides", "slides.pdf"),
        size=15,
        added_by=author,
        is_shown=True,
    )
    FindingCitation.objects.create(study=study, finding=finding, added_by=author)
    Booklet.objects.create(
        ordered_by=author,
        title=f"{corner} booklet",
        chosen=[finding.pk],
        versions={finding.pk: 1},
        state=Booklet.State.DONE,
        file=ContentFile(b"%PDF-1.7 booklet", "booklet.pdf"),
    )
    return finding


def build_organisation(corner):
    organisation = OrganisationFactory(name=f"{corner} Council")
    programme = ProgrammeFactory(
        organisation=organisation, name=f"{corner} programme", slug=f"{corner.lower()}-programme"
    )
    for name, due_on in (("October", dt.date(2026, 10, 16)), ("Summer", dt.date(2027, 6, 25))):
        DataPoint.objects.create(programme=programme, name=name, due_on=due_on)
    give_term_dates(organisation)
    template = TimetableTemplate.objects.create(organisation=organisation, name=f"{corner} template")
    step = {"type": "visit", "name": f"{corner} step", "half_days": 1}
    TemplateStep.objects.create(template=template, order=1, half_term=1, first_week=6, last_week=7, **step)
    TimetableStep.objects.create(
        programme=programme,
        order=90,  # out of the way of those that tests enter
        window_start=dt.date(2026, 10, 5),
        window_end=dt.date(2026, 10, 16),
        funded_specialist_half_days=1,
        funded_partner_half_days=0,
        **step,
    )
    staff = {role: person(corner, role) for role in OFFICE_STAFF}
    before, after = ({"expected_points": points, "levels": {}} for points in ("4", "3"))
    programme.expectation_changes.create(
        by=staff[Role.COORDINATOR], reason=f"{corner} reason", before=before, after=after
    )
    for role, user in staff.items():
        MembershipFactory(user=user, role=role, organisation=organisation)
    build_register_file(corner, organisation, staff[Role.COORDINATOR])
    EventFactory(
        programme=programme,
        kind="training",
        name=f"{corner} training",
        on=timezone.localdate() - dt.timedelta(days=30),
        register_closed_at=timezone.now(),
    )
    Erasure.objects.create(
        programme=programme,
        how=Erasure.How.DELETE,
        asked_by=staff[Role.COORDINATOR],
        state=Erasure.State.FAILED,
        refused=True,
        failure="Something came since you looked.",
    )
    ProgrammeCopy.objects.create(
        programme=programme,
        ordered_by=staff[Role.COORDINATOR],
        state=ProgrammeCopy.State.DONE,
        file=ContentFile(b"PK", "copy.zip"),
    )
    OrganisationExport.objects.create(
        organisation=programme.organisation,
        ordered_by=staff[Role.COORDINATOR],
        state=OrganisationExport.State.DONE,
        finished_at=timezone.now(),
        file=ContentFile(b"PK", "everything.zip"),
    )
    ReportFactory(
        programme=programme,
        ordered_by=staff[Role.COORDINATOR],
        state=Report.State.DONE,
        file=ContentFile(b"%PDF-1.7 programme", "programme.pdf"),
        frozen=True,
    )
    return programme, staff


@remembered
def build_world():
    """(ours, next_door, elsewhere): the second shares our programme and its office, the third nothing."""
    administrator = person("Any", Role.ADMINISTRATOR)
    MembershipFactory(user=administrator, role=Role.ADMINISTRATOR, organisation=None)
    here, staff = build_organisation("Ourside")
    there, strangers = build_organisation("Elsewhere")
    staff[Role.ADMINISTRATOR] = strangers[Role.ADMINISTRATOR] = administrator
    ours = build_corner("Ourside", here, staff, 1)
    next_door = build_corner("Nextdoor", here, staff, 2)
    elsewhere = build_corner("Elsewhere", there, strangers, 3)
    for name, programme, office in (("Ourside", here, staff), ("Elsewhere", there, strangers)):
        build_plan(name, programme, office)
    for number, corner in enumerate((ours, next_door, elsewhere), 1):
        corner.money = build_money(corner.corner, corner.partnership, corner.people, number)
    return ours, next_door, elsewhere


def nobody():
    """Someone who signs in and has no role any more."""
    return User.objects.create_user("nobody@schools.example", first_name="No", last_name="Role", is_active=True)
