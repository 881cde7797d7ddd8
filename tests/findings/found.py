"""A study whose two members found something, and people around it: of their schools, of the programme, of elsewhere."""

import uuid
from types import SimpleNamespace

from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.adapters import EncryptedSecrets
from accounts.roles import SECOND_FACTOR, Role
from lessons.models import Finding, Sheet, Study, StudyMember
from lessons.services import Cell, write_cells
from lessons.services.findings import consent
from programmes.models import AreaConsultant
from tests.factories import (
    MembershipFactory,
    PartnershipFactory,
    PlaceFactory,
    ProgrammeFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
    UserFactory,
)

WORDS = {
    "headline": "Saying a sentence aloud first helps those who stop at an empty page",
    "technique": "Oral rehearsal",
    "themes": "talk for writing, working in pairs",
    "context": "A, B and C are in Year 5 and rarely write more than two lines.",
    "did": "Pairs said each sentence three times before writing it.",
    "saw": "A told the whole story to her partner and then wrote eight lines.",
    "know": "Three times aloud is enough; more bores them.",
    "surprises": "B corrected grammar while speaking.",
    "next": "Try it with instructions.",
}


def with_role(role, organisation, school=None, **fields):
    user = UserFactory(**fields)
    MembershipFactory(user=user, role=role, organisation=organisation, school=school)
    if role in SECOND_FACTOR:
        secret = EncryptedSecrets().encrypt("JBSWY3DPEHPK3PXP")
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    return user


def partnership_in(programme, names=("Ada", "Moss", "Dele", "Marsh"), schools=("Elm Park School", "Oakfield Primary")):
    """A partnership and its two teachers, each with their role."""
    home, partner_school = (SchoolFactory(name=name) for name in schools)
    sara = with_role(Role.SPECIALIST, programme.organisation, first_name=names[0], last_name=names[1])
    pat = with_role(Role.PARTNER, programme.organisation, partner_school, first_name=names[2], last_name=names[3])
    specialist = SpecialistTeacherFactory(programme=programme, user=sara, home_school=home)
    partnership = PartnershipFactory(
        programme=programme, specialist=specialist, partner_school=partner_school, partner_teacher=pat
    )
    return SimpleNamespace(partnership=partnership, sara=sara, pat=pat, home=home, school=partner_school)


def study_of(group):
    study = Study.objects.create(
        partnership=group.partnership,
        sheet=Sheet.objects.create(programme=group.partnership.programme),
        begun_by=group.sara,
    )
    for person in (group.sara, group.pat):
        StudyMember.objects.create(study=study, person=person, added_by=group.sara)
    return study


def found_by(group, **words):
    """A draft with words in each box, written by the specialist teacher."""
    study = study_of(group)
    sheet = Sheet.objects.create(programme=group.partnership.programme)
    finding = Finding.objects.create(study=study, sheet=sheet, begun_by=group.sara)
    write(group.sara, finding, **WORDS | words)
    return finding


def write(person, finding, **words):
    versions = {note.field: note.version for note in finding.sheet.notes.all()}
    cells = [Cell(field, text, versions.get(field, 0), seq) for seq, (field, text) in enumerate(words.items(), 1)]
    write_cells(person, finding.sheet, cells, uuid.uuid4())
    finding.refresh_from_db()


def shown_to(group, audience, **words):
    """A finding to which both of its authors have agreed."""
    finding = found_by(group, **words)
    for person in (group.sara, group.pat):
        consent(person, finding, audience, finding.sheet.version)
    finding.refresh_from_db()
    return finding


def everybody():
    """Two teachers with a study; and by name those who stand around it."""
    programme = ProgrammeFactory()
    group = partnership_in(programme)
    organisation, elsewhere = programme.organisation, ProgrammeFactory()
    beside = partnership_in(programme, ("Bea", "Holt", "Cam", "Reed"), ("Brook School", "Hill School"))
    later = ProgrammeFactory(organisation=organisation)
    area = programme.areas.create(name="North")
    consultant = with_role(Role.CONSULTANT, organisation)
    AreaConsultant.objects.create(area=area, user=consultant)
    group.people = {
        "specialist": group.sara,
        "partner": group.pat,
        "head of partner school": with_role(Role.HEADTEACHER, organisation, group.school),
        "head of home school": with_role(Role.HEADTEACHER, organisation, group.home),
        "colleague": colleague_of(group, programme),
        "coordinator": with_role(Role.COORDINATOR, organisation),
        "consultant": consultant,
        "teacher beside": beside.pat,
        "head beside": with_role(Role.HEADTEACHER, organisation, beside.school),
        "teacher of another programme": partnership_in(later, ("Eve", "Fox", "Guy", "Hart"), ("X School", "Y")).pat,
        "teacher elsewhere": partnership_in(elsewhere, ("Ivy", "Jay", "Kit", "Lane"), ("V School", "W School")).pat,
        "office": with_role(Role.OFFICE, organisation, group.school),
    }
    group.programme, group.beside = programme, beside
    return group


def colleague_of(group, programme):
    """A partner teacher of the same school, in a partnership with somebody else."""
    user = with_role(Role.PARTNER, programme.organisation, group.school)
    PartnershipFactory(programme=programme, partner_school=group.school, partner_teacher=user)
    return user


def pupil_at(group, first_name, last_name):
    return PlaceFactory(partnership=group.partnership, pupil__first_name=first_name, pupil__last_name=last_name)


def leave(study, person):
    study.members.filter(person=person).update(until=timezone.localdate())
