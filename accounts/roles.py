"""Who may do what. This table is the whole role policy; nothing else decides by a role's name."""

from django.db.models import TextChoices


class Role(TextChoices):
    COORDINATOR = "coordinator", "Coordinator"
    BUDGET_HOLDER = "budget_holder", "Budget holder"
    CONSULTANT = "consultant", "Area consultant"
    FINANCE = "finance", "Finance officer"
    SPECIALIST = "specialist", "Specialist teacher"
    PARTNER = "partner", "Partner teacher"
    HEADTEACHER = "headteacher", "Headteacher"
    OFFICE = "office", "School office"
    GUEST = "guest", "Guest observer"
    ADMINISTRATOR = "administrator", "System administrator"


# A role is held in an organisation, in a school, or (the administrator) in the installation.
IN_ORGANISATION = frozenset({Role.COORDINATOR, Role.BUDGET_HOLDER, Role.CONSULTANT, Role.FINANCE, Role.SPECIALIST})
IN_SCHOOL = frozenset({Role.PARTNER, Role.HEADTEACHER, Role.OFFICE, Role.GUEST})

# These sign in with a second factor, always: they reach many schools, or money, or everybody's account.
SECOND_FACTOR = frozenset({Role.COORDINATOR, Role.BUDGET_HOLDER, Role.FINANCE, Role.ADMINISTRATOR})

TEACHERS = {Role.SPECIALIST, Role.PARTNER}

# Whoever works at a school meets a programme once it has started; the office prepares it before.
FROM_THE_START = frozenset({*TEACHERS, Role.HEADTEACHER, Role.OFFICE, Role.GUEST})

GRANTS = {
    "programmes.view": {
        Role.COORDINATOR,
        Role.BUDGET_HOLDER,
        Role.CONSULTANT,
        Role.FINANCE,
        Role.SPECIALIST,
        Role.PARTNER,
        Role.HEADTEACHER,
    },
    "programmes.set_up": {Role.COORDINATOR},
    "consultants.name": {Role.COORDINATOR},
    "specialists.view": {Role.COORDINATOR, Role.CONSULTANT},
    "recruiting.manage": {Role.COORDINATOR},
    "release.keep": {Role.COORDINATOR, Role.SPECIALIST},
    "teaching.keep": {Role.COORDINATOR, Role.PARTNER},
    "closures.keep": {Role.COORDINATOR, Role.HEADTEACHER, Role.OFFICE},
    "calendars.manage": {Role.COORDINATOR},
    "inset.compare": {Role.COORDINATOR, Role.HEADTEACHER},
    "away.keep": {Role.COORDINATOR, *TEACHERS},
    "planner.view": {Role.COORDINATOR, Role.CONSULTANT},
    "plans.manage": {Role.COORDINATOR},
    "offer.view": {Role.COORDINATOR, Role.HEADTEACHER},
    "pairing.manage": {Role.COORDINATOR},
    "pairing.agree": {Role.HEADTEACHER},
    "pairing.object": {Role.HEADTEACHER},
    "partnerships.view": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS, Role.HEADTEACHER},
    "partnerships.move": {Role.COORDINATOR},
    "handover.view": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS},
    "agreements.view": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS, Role.HEADTEACHER},
    "agreements.sign": {*TEACHERS, Role.HEADTEACHER},
    "agreements.manage": {Role.COORDINATOR},
    "agreements.revisit": {Role.COORDINATOR, *TEACHERS},
    "actions.view": {Role.COORDINATOR, Role.BUDGET_HOLDER, Role.CONSULTANT, *TEACHERS, Role.HEADTEACHER},
    "actions.manage": {Role.COORDINATOR},
    "events.view": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS, Role.HEADTEACHER},
    "events.manage": {Role.COORDINATOR},
    "events.record": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS, Role.HEADTEACHER},
    "attendance.view": {Role.COORDINATOR, Role.CONSULTANT},
    "roster.view": {Role.COORDINATOR, Role.CONSULTANT},
    "nudges.send": {Role.COORDINATOR},
    "mail.view": {Role.COORDINATOR},
    "mail.send_again": {Role.COORDINATOR},
    "schools.search": {Role.COORDINATOR, Role.HEADTEACHER, Role.ADMINISTRATOR},
    "schools.view": {Role.COORDINATOR, Role.HEADTEACHER, Role.ADMINISTRATOR},
    "schools.succeed": {Role.COORDINATOR},
    "register.import": {Role.ADMINISTRATOR, Role.COORDINATOR},
    "visits.view": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS, Role.HEADTEACHER, Role.OFFICE},
    "visits.plan": {Role.COORDINATOR, *TEACHERS},
    "cover.view": {Role.HEADTEACHER, Role.OFFICE},
    "ledger.view": {Role.HEADTEACHER},
    "ledger.numbers": {Role.COORDINATOR, Role.BUDGET_HOLDER, Role.CONSULTANT, Role.FINANCE},
    "records.view": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS, Role.HEADTEACHER},
    "records.write": {*TEACHERS},
    "records.answer": {Role.HEADTEACHER},
    "records.follow_up": {Role.COORDINATOR},
    # A study is its members' and whom they show it to; who follows it sees its dates and how it stands.
    "studies.start": {*TEACHERS},
    "studies.read": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS, Role.HEADTEACHER},
    "studies.write": {Role.CONSULTANT, *TEACHERS},
    "studies.follow": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS, Role.HEADTEACHER},
    "lessons.see": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS, Role.HEADTEACHER, Role.OFFICE, Role.GUEST},
    "lessons.observe": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS, Role.HEADTEACHER, Role.OFFICE, Role.GUEST},
    # Whom a finding is shown to is chosen by its authors, who may take it back even after they have left the group.
    "findings.view": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS, Role.HEADTEACHER},
    "findings.withdraw": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS, Role.HEADTEACHER},
    "pupils.view": {*TEACHERS, Role.HEADTEACHER},
    "pupils.edit": {*TEACHERS},
    # A pupil who has moved gets a place in the other partnership: by reference, without a name.
    "pupils.move": {Role.COORDINATOR},
    "pupils.reference": {Role.COORDINATOR, Role.CONSULTANT},
    "progress.view": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS, Role.HEADTEACHER},
    "pupils.erase": {Role.COORDINATOR},
    # Everything on one pupil is given by the school, which owns the data; on a colleague by the organiser.
    "pupils.everything": {Role.HEADTEACHER},
    "access.person": {Role.COORDINATOR},
    "access.open": {Role.HEADTEACHER, Role.COORDINATOR},
    "results.view": {Role.COORDINATOR, Role.CONSULTANT, Role.BUDGET_HOLDER},
    "results.whole": {Role.COORDINATOR, Role.BUDGET_HOLDER},
    "returns.view": {Role.COORDINATOR, Role.CONSULTANT, Role.BUDGET_HOLDER, Role.FINANCE},
    # Teachers and the pupils' own head read the grades by name, the coordinator and the consultant by reference.
    "returns.read": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS, Role.HEADTEACHER},
    "returns.enter": {*TEACHERS},
    "moderation.view": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS},
    "returns.collect": {Role.COORDINATOR},
    "returns.correct": {Role.COORDINATOR, *TEACHERS},
    "returns.owed": {Role.COORDINATOR, Role.CONSULTANT, *TEACHERS, Role.HEADTEACHER},
    # Money: who draws the plan up, who approves, and who pays are three; heads see what their own school gets.
    "money.view": {Role.COORDINATOR, Role.BUDGET_HOLDER, Role.FINANCE},
    "money.school": {Role.COORDINATOR, Role.BUDGET_HOLDER, Role.FINANCE, Role.HEADTEACHER},
    "money.plan": {Role.COORDINATOR, Role.BUDGET_HOLDER},
    "money.record": {Role.COORDINATOR},
    "releases.approve": {Role.BUDGET_HOLDER},
    "releases.hold": {Role.COORDINATOR, Role.BUDGET_HOLDER},
    "releases.waive": {Role.COORDINATOR},
    "payments.authorise": {Role.FINANCE},
    "payments.view": {Role.COORDINATOR, Role.BUDGET_HOLDER, Role.FINANCE},
    # How a school is paid is entered by one person and confirmed by another: nobody leads money elsewhere alone.
    "payees.view": {Role.BUDGET_HOLDER, Role.FINANCE},
    "payees.keep": {Role.FINANCE},
    "payees.confirm": {Role.BUDGET_HOLDER, Role.FINANCE},
    "letters.issue": {Role.COORDINATOR, Role.BUDGET_HOLDER, Role.FINANCE},
    "recoveries.request": {Role.COORDINATOR, Role.FINANCE},
    "recoveries.approve": {Role.BUDGET_HOLDER},
    "recoveries.receive": {Role.FINANCE},
    "headlines.enter": {Role.HEADTEACHER},
    "headlines.view": {Role.HEADTEACHER, Role.COORDINATOR},
    "reports.school": {Role.HEADTEACHER},
    "reports.programme": {Role.COORDINATOR},
    "reports.rounds": {Role.COORDINATOR},
    "reports.area": {Role.COORDINATOR, Role.CONSULTANT},
    "reports.partnership": {*TEACHERS},
    "reports.signed": {Role.COORDINATOR, Role.CONSULTANT},
    "reports.year": {Role.SPECIALIST},
    "reports.view": {Role.HEADTEACHER, Role.COORDINATOR, Role.CONSULTANT, *TEACHERS},
    "people.view": {Role.COORDINATOR, Role.HEADTEACHER, Role.ADMINISTRATOR},
    "people.invite": {Role.COORDINATOR, Role.HEADTEACHER, Role.ADMINISTRATOR},
    "people.correct": {Role.COORDINATOR, Role.ADMINISTRATOR},
    "system.view": {Role.ADMINISTRATOR},
}

# Whom each role may invite: a coordinator the people of the own organisation and its schools, a head a deputy and
# the office of the own school, the administrator the first people of an organisation.
MAY_INVITE = {
    Role.COORDINATOR: [
        Role.COORDINATOR,
        Role.BUDGET_HOLDER,
        Role.CONSULTANT,
        Role.FINANCE,
        Role.SPECIALIST,
        Role.PARTNER,
        Role.HEADTEACHER,
        Role.OFFICE,
    ],
    Role.HEADTEACHER: [Role.HEADTEACHER, Role.OFFICE],
    Role.ADMINISTRATOR: [Role.COORDINATOR, Role.ADMINISTRATOR],
}

# What the role does here, for whoever takes it up or gives it.
DOES = {
    Role.COORDINATOR: "Runs the programmes: partnerships, visits, results, reports and people. "
    "Sees pupils by reference and initials only.",
    Role.BUDGET_HOLDER: "Approves what schools are owed, and follows the programmes, which grades are in, and the "
    "results. Sees no pupil.",
    Role.CONSULTANT: "Supports the partnerships of one area, with their visits and results. "
    "Sees pupils by reference and initials only.",
    Role.FINANCE: "Pays what somebody else approved, and sees how complete the grades of each area are, in counts. "
    "Sees no pupil.",
    Role.SPECIALIST: "Plans half-days with partner schools and looks after the target pupils of these partnerships.",
    Role.PARTNER: "Plans half-days with a specialist teacher, as an equal, and looks after their target pupils.",
    Role.HEADTEACHER: "Signs the school's agreements, sees its visits, target pupils and money, orders its impact "
    "report and names a deputy.",
    Role.OFFICE: "Sees who is out of class when, to arrange cover. Sees no pupil.",
    Role.GUEST: "Observes one research lesson that a group of teachers has invited them to, and sees no other. "
    "Sees no pupil by name.",
    Role.ADMINISTRATOR: "Adds organisations, invites their first coordinators and looks after the installation. "
    "Sees no programme.",
}
DEPUTY_DOES = (
    "Stands in for the headteacher: signs the school's agreements, sees its visits and target pupils, and orders its "
    "impact report."
)
