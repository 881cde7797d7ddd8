"""More rows of everything that a list shows, in the world of the tests: what a list costs must not grow with them."""

import datetime as dt
import itertools
import uuid

from django.utils import timezone

from accounts.models import Invitation, InvitationMail, OutgoingMail, RegisterChange, RegisterFile, School
from accounts.roles import Role
from jobs.models import Job
from lessons.models import (
    GapTask,
    HeadReply,
    LessonGuest,
    Note,
    NoteRevision,
    Observation,
    PrivateNote,
    RecordAction,
    RecordCorrection,
    Sheet,
    Side,
    StudyReader,
)
from programmes.models import HeadContact, PartnerSchool, SchoolClosure
from programmes.services.agreements import write_agreements
from pupils.returns.counting import count_returns
from reports.models import ReportRound
from tests import set_up_pages
from tests.factories import (
    ActionItemFactory,
    AssessmentFactory,
    AttendanceFactory,
    BookingFactory,
    EventFactory,
    FindingFactory,
    HeadsLetterFactory,
    MembershipFactory,
    PartnerSchoolFactory,
    PartnershipFactory,
    PlaceFactory,
    PlanFactory,
    ReportFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
    StudyFactory,
    UserFactory,
    VisitFactory,
    VisitRecordFactory,
)
from tests.notebook import a_lesson, a_study, write_boxes
from tests.world import plans_for, suggest
from visits.models import Away


def more_partnerships(ours, count):
    """Partnerships in reach of everyone in the corner: same school, same people, same area, each with a row of all."""
    points = list(ours.programme.data_points.all())
    grade = ours.place.assessments.first().grade
    today = timezone.localdate()
    specialist = ours.partnership.specialist
    for number in range(count):
        partnership = PartnershipFactory(
            programme=ours.programme,
            area=ours.partnership.area,
            specialist=specialist,
            partner_school=ours.school,
            partner_teacher=ours.people[Role.PARTNER],
        )
        if number % 3:
            write_agreements(None, ours.agreement.text, [partnership])
        place = PlaceFactory(partnership=partnership)
        AssessmentFactory(place=place, data_point=points[0], grade=grade)
        for on in (today + dt.timedelta(days=number % 14), today - dt.timedelta(days=1 + number)):
            visit = VisitFactory(partnership=partnership, on=on, half="pm")
            BookingFactory(visit=visit)
    count_returns(ours.programme)


def more_studies(ours, count):
    """Of the same partnership, each with a lesson; and of ours more observations, late words and readers."""
    partner, specialist = ours.people[Role.PARTNER], ours.people[Role.SPECIALIST]
    pupil, stage = ours.study.case_pupils.first(), ours.lesson.stages.first()
    for _ in range(count):
        a_lesson(a_study(ours.partnership, [partner, specialist], [ours.place]))
        until = timezone.localdate() + dt.timedelta(days=9)
        StudyReader.objects.create(study=ours.study, person=UserFactory(), added_by=partner, until=until)
        LessonGuest.objects.create(lesson=ours.lesson, person=UserFactory(), invited_by=partner, until=until)
        own = Sheet.objects.create(programme=ours.programme)
        write_boxes(own, partner, private="Too fast?")
        PrivateNote.objects.create(lesson=ours.lesson, author=UserFactory(), sheet=own, shared_at=timezone.now())
        seen = {"lesson": ours.lesson, "stage": stage, "at": timezone.now()}
        Observation.objects.create(**seen, person=specialist, case_pupil=pupil, text="Starts to write")
        Observation.objects.create(**seen, person=UserFactory(), text="Everyone looks up")
        for field in (f"predicted-{stage.pk}-A", "intention"):
            NoteRevision.objects.create(
                sheet=ours.lesson.sheet, field=field, client=uuid.uuid4(), seq=1, base=0, text="Late", by=partner
            )


def more_records(ours, count):
    """Of every kind: being written, signed by one side, signed by both and answered or not; each with what is to do."""
    partner, specialist = ours.people[Role.PARTNER], ours.people[Role.SPECIALIST]
    for number in range(count):
        partnership = PartnershipFactory(
            programme=ours.programme,
            area=ours.partnership.area,
            specialist=ours.partnership.specialist,
            partner_school=ours.school,
            partner_teacher=partner,
        )
        visit = VisitFactory(partnership=partnership, on=timezone.localdate(), status="took place")
        record = VisitRecordFactory(visit=visit)
        for row, text in ((record, "Talk"), (ours.record, "It was Year 4.")):
            RecordCorrection.objects.create(record=row, text=text, by=partner)
        Note.objects.create(sheet=record.sheet, field="section-focus", text="Talk", version=1, written_by=partner)
        RecordAction.objects.create(record=record, number=1, what="Lend the wall", owner=partner)
        RecordAction.objects.create(record=ours.record, number=2 + next(NUMBERS), what="Lend the wall", owner=partner)
        for side in Side:
            GapTask.objects.create(record=record, side=side, what="Find questions")
        for side, person in [(Side.PARTNER, partner), (Side.SPECIALIST, specialist)][: number % 3]:
            record.signatures.create(side=side, person=person, version=0)
        record.status = ["draft", "part signed", "signed off"][number % 3]
        record.save()
        if number % 2:
            HeadReply.objects.create(record=record, is_accurate=False, comment="No", by=ours.people[Role.HEADTEACHER])


def more_to_see(ours, count):
    """In our lesson: stages, and what both observers noted and photographed at each of them."""
    pupil = ours.study.case_pupils.first()
    for number in range(count):
        stage = ours.lesson.stages.create(position=10 + number)
        for role in (Role.SPECIALIST, Role.PARTNER):
            seen = {"person": ours.people[role], "case_pupil": pupil, "stage": stage, "at": timezone.now()}
            for kind in ("stage", "words", "teacher"):
                ours.lesson.observations.create(kind=kind, text="Put because.", **seen)
            ours.lesson.photos.create(file="photos/none.jpg", width=40, height=30, **seen)


NUMBERS = itertools.count()


def more_findings(ours, count):
    """Shown to the programme and to the schools, drafts, and studies that build on ours; names and files in ours."""
    for number in itertools.islice(NUMBERS, count):
        study = StudyFactory(partnership=ours.partnership)
        members = (ours.people[Role.PARTNER], UserFactory())
        for person in members:
            study.members.create(person=person, added_by=person)
        shown = {"published_at": timezone.now(), "version": 0, "headline": f"Talk {number}", "themes": [f"t{number}"]}
        shown |= {"subject": f"s{number}", "year_group": 5, "words": {"know": "Talk first."}, "technique": f"T{number}"}
        for audience in ("school", "programme"):
            finding = FindingFactory(study=study, slug=f"{audience}-{number}", audience=audience, **shown)
            finding.consents.create(person=members[0], audience=audience, version=0)
            study.citations.create(finding=ours.finding, added_by=members[0]) if audience == "school" else None
        FindingFactory(study=study).consents.create(person=members[1], audience="group", version=0)
        ours.finding.name_answers.create(word=f"word{number}", by=members[0])
        ours.finding.files.create(kind="pdf", label="Slides", file="x.pdf", size=1, added_by=members[0], is_shown=True)


def more_visits(ours, count):
    """To come, for both teachers: to be confirmed, with other times proposed, and history."""
    for number in itertools.islice(NUMBERS, count):
        on = timezone.localdate() + dt.timedelta(days=1 + number)
        visit = VisitFactory(partnership=ours.partnership, on=on)
        for role in (Role.SPECIALIST, Role.PARTNER):
            BookingFactory(visit=visit, person=ours.people[role], school=ours.school)
        visit.proposed_times.create(on=on, half="pm", by=UserFactory())
        for one in (visit, ours.visit):
            one.changes.create(what="moved", by=UserFactory(), before_on=on, after_on=on, before_host=SchoolFactory())


def more_people(ours, count):
    for number in itertools.islice(NUMBERS, count):
        MembershipFactory(role=Role.OFFICE, organisation=ours.organisation, school=ours.school)
        new = {"organisation": ours.organisation, "user__is_active": False}
        MembershipFactory(role=Role.OFFICE, school=ours.school, **new)
        MembershipFactory(role=Role.COORDINATOR, **new)
        invitation = Invitation.objects.create(
            email=f"new{number}@schools.example",
            first_name="New",
            last_name="Person",
            role=Role.PARTNER,
            organisation=ours.organisation,
            school=ours.school,
            invited_by=ours.people[Role.HEADTEACHER],
            expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC),
            digest=f"{number}".encode(),
        )
        batch = ours.invitation_mail.batch
        InvitationMail.objects.create(invitation=invitation, by=ours.people[Role.HEADTEACHER], batch=batch)


def more_reports(ours, count):
    for _ in range(count):
        ReportFactory(
            kind="school impact", programme=ours.programme, school=ours.school, state=Job.State.DONE, file="x.pdf"
        )
        ReportFactory(programme=ours.programme, state=Job.State.DONE, file="x.pdf")
        fields = {"ordered_by": ours.people[Role.COORDINATOR], "state": Job.State.DONE, "finished_at": timezone.now()}
        done = ReportRound.objects.create(kind="school impact", programme=ours.programme, **fields)
        school = SchoolFactory()
        report = ReportFactory(
            kind="school impact", programme=ours.programme, school=school, state=Job.State.DONE, file="x.pdf"
        )
        for found in (done, ours.report_round):
            found.parts.create(school=school, report=report, state=Job.State.DONE, stood={"grades": "x"})
        made = {"programme": ours.programme, "state": Job.State.DONE, "file": "x.pdf"}
        made |= {"data_point": ours.programme.data_points.last()}
        ReportFactory(kind="partnership progress", partnership=ours.partnership, **made)
        ReportFactory(kind="area progress", area=ours.partnership.area, **made)


def more_to_pair(ours, count):
    """Schools that wait, specialist teachers with room, and suggestions for them; some schools stay without."""
    for number in range(count):
        specialist = SpecialistTeacherFactory(programme=ours.programme, subjects=["maths"], year_groups=[5])
        row = PartnerSchoolFactory(programme=ours.programme, area=ours.partnership.area)
        if number % 3:
            suggest(ours.run, row, specialist)
        else:
            ours.run.result["unplaced"].append(
                {
                    "wish": row.pk,
                    "missing": 1,
                    "why": "Nobody is there.",
                    "others": [{"rule": "room", "count": 3, "words": "are full"}],
                    "relax": {"rule": "room", "specialist": specialist.pk, "metres": 1, "words": "is full"},
                }
            )
    ours.run.save()


def more_plans(ours, count):
    """Plans, some around an absence; and visits of other partnerships in those that are there."""
    for number in itertools.islice(NUMBERS, count):
        partnership = PartnershipFactory(programme=ours.programme)
        plans_for(partnership, ours.people[Role.COORDINATOR])
        on = dt.date(2027, 2, 1) + dt.timedelta(days=number)
        away = Away.objects.create(person=partnership.specialist.user, first_on=on, last_on=on)
        PlanFactory(programme=ours.programme, ordered_by=partnership.specialist.user, asking={"away": away.pk})


def more_mails(ours, count):
    for number in itertools.islice(NUMBERS, count):
        OutgoingMail.objects.create(
            organisation=ours.organisation,
            kind="weekly_digest",
            to=UserFactory(),
            by=UserFactory(),
            address="someone@schools.example",
            subject="Your week",
            text="Nothing",
            message_id=f"<{number}@schools.example>",
        )


def more_actions(ours, count):
    for action in ActionItemFactory.create_batch(count, programme=ours.programme, owner=ours.people[Role.PARTNER]):
        action.notes.create(text="Rang twice", by=action.owner)


def more_schools(ours, count):
    """In the list of the programme, each with a head, a talk and a letter; a specialist teacher for each."""
    coordinator = ours.people[Role.COORDINATOR]
    for number in range(count):
        row = PartnerSchoolFactory(
            programme=ours.programme, stage=list(PartnerSchool.Stage)[number % 5], tags=[f"tag {number}"]
        )
        MembershipFactory(role=Role.HEADTEACHER, organisation=ours.organisation, school=row.school)
        HeadContact.objects.create(partner_school=row, on=dt.date(2026, 9, 2), how="phone", note="x", by=coordinator)
        HeadContact.objects.create(
            partner_school=ours.listed_school, on=dt.date(2026, 9, 2), how="phone", note="x", by=coordinator
        )
        HeadsLetterFactory(partner_school=row, state=Job.State.DONE, file="x.pdf")
        SpecialistTeacherFactory(programme=ours.programme, consultant=ours.people[Role.CONSULTANT])


def more_closures(ours, count):
    """Of the own school, with a visit on each; and schools with one, which take part as home schools."""
    for number in itertools.islice(NUMBERS, count):
        day = dt.date(2027, 3, 1) + dt.timedelta(days=number)
        taking_part = SpecialistTeacherFactory(programme=ours.programme).home_school
        for school in (ours.school, taking_part):
            SchoolClosure.objects.create(school=school, kind="no-go", first_on=day, last_on=day, words=f"Trip {number}")
        BookingFactory(visit=VisitFactory(partnership=ours.partnership, on=day), person=UserFactory(), on=day)
        Away.objects.create(person=ours.people[Role.PARTNER], first_on=day, last_on=day)


def more_registers(ours, count):
    own = SchoolFactory.create_batch(count, la_code=ours.organisation.la_code)
    for school in own:
        kept = {"organisation": ours.organisation, "uploaded_by": ours.people[Role.COORDINATOR]}
        RegisterFile.objects.create(name="r.csv", size=1, file="r.csv", state=Job.State.DONE, **kept)
        RegisterChange.objects.create(
            register_file=ours.register_file, school=school, urn=school.urn, name="X", la_name="Y", kinds=["renamed"]
        )
    if ours.school.status != School.Status.CLOSED:
        School.objects.filter(pk=ours.school.pk).update(status=School.Status.CLOSED)


def more_events(ours, count):
    """Events for everyone in the corner, with answers, guests, slots and actions; and past ones with a register."""
    today, people = timezone.localdate(), ours.people
    for _ in range(count):
        number = next(NUMBERS)
        for event in (
            EventFactory(
                programme=ours.programme,
                area=ours.partnership.area,
                series=ours.event.series,
                name=f"Meeting {number}",
                on=today + dt.timedelta(days=1 + number),
                audience=["specialist", "partner", "head"],
                chair=people[Role.HEADTEACHER],
                place=SchoolFactory(),
                host=SchoolFactory(),
            ),
            ours.event,
        ):
            someone = UserFactory()
            AttendanceFactory(event=event, person=someone, by_hand="added", school=SchoolFactory())
            AttendanceFactory(event=event, person=None, guest_name=f"Guest {number}", walk_in=True)
            event.slots.create(order=100 + number, minutes=5, what="Findings", school=SchoolFactory())
            event.actions.create(programme=event.programme, what="Act", owner=someone, due_on=event.on, made_by=someone)
        AttendanceFactory(event=event, person=UserFactory(), by_hand="removed", school=SchoolFactory())
        held = EventFactory(
            programme=ours.programme, on=today - dt.timedelta(days=1 + number), register_closed_at=timezone.now()
        )
        for person in (people[Role.PARTNER], UserFactory()):
            AttendanceFactory(
                event=held,
                person=person,
                school=SchoolFactory(),
                present=True,
                recorded_by=people[Role.COORDINATOR],
                recorded_at=timezone.now(),
            )
        EventFactory(programme=ours.programme, area=ours.partnership.area, on=held.on)
        near = EventFactory(
            programme=ours.programme, area=ours.partnership.area, on=today + dt.timedelta(days=number % 13)
        )
        for role in (Role.SPECIALIST, Role.PARTNER):
            AttendanceFactory(event=near, person=people[role], invited_at=timezone.now())
        ours.programme.timetable.create(
            order=ours.programme.timetable.count() + 1,
            type="event",
            name="Launch",
            window_start=today,
            window_end=today,
            half_days=1,
            funded_specialist_half_days=1,
            funded_partner_half_days=1,
        )


# What the lists show, each added by its own function: (ours, count).
EVERYTHING = [
    more_findings,
    more_visits,
    set_up_pages.more,
    more_schools,
    more_closures,
    more_events,
    more_actions,
    more_mails,
    more_registers,
    more_to_pair,
    more_partnerships,
    more_people,
    more_reports,
    more_plans,
    more_records,
    more_studies,
    more_to_see,
]


def more_of_everything(ours, count):
    for more in EVERYTHING:
        more(ours, count)
