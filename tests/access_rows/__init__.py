"""The access policy as a table: every URL by every role, what each is about, and who shares it.

The table names statuses, not code, and is not made from GRANTS. Its rows stand by what the pages are about, each module
with a `MATRIX` of statuses, `KEYS` (what an address is about, in a corner of the world) and `OF_A_PROGRAMME` (what the
school next door shares, as it is in the same programme).
"""

from django.urls import reverse

from accounts.roles import Role
from tests import set_up_pages
from tests.access_rows import events, lessons, people, programmes, pupils, reports, visits
from tests.money import access_rows as money
from tests.rounds import access_rows as rounds

TABLES = [people, programmes, set_up_pages, visits, events, lessons, pupils, reports, rounds, money]
MATRIX = {name: row for table in TABLES for name, row in table.MATRIX.items()}
KEYS = {name: key for table in TABLES for name, key in table.KEYS.items()}
OF_A_PROGRAMME = {name for table in TABLES for name in table.OF_A_PROGRAMME}

# Open to anyone, or pages of the sign-in with a table of their own (test_sign_in_pages).
PUBLIC = {
    "health": 200,
    "accounts:invitation": 404,
    "calendars:feed": 404,
    "desks:shell": 200,
    "desks:worker": 200,
    "lessons:finding_public": 404,
    "lessons:finding_public_poster": 404,
    "lessons:finding_public_file": 404,
    "funding:check": 200,
    "accounts:demo": 404,
    "accounts:demo_sign_in": 404,
}

WHO = ["anon", "none", *Role]
ORDER = (
    "anon none coordinator budget_holder consultant finance specialist partner headteacher office guest administrator"
)

OF_THE_OFFICE = {Role.COORDINATOR, Role.BUDGET_HOLDER, Role.FINANCE, Role.ADMINISTRATOR}
BODY = {
    "programmes:letters": {"heads_letter_words": "Welcome"},
    "visits:cancel": {"reason": "Snow"},
    "events:cancel": {"reason": "Snow"},
    "lessons:correct": {"correction-text": "It+was+Year+5"},
    "lessons:reply": {"is_accurate": "yes"},
    "programmes:move": {"on": "1/9/2026", "reason": "Staff+change"},
    "programmes:partner_teacher_replace": {"on": "1/9/2026", "because": "Parental+leave", "who": "nobody"},
    "programmes:agreement_renew": {"because": "Snow"},
}
OF_EVERYBODY = {  # the administrator's reach has no end
    "programmes:invited",
    "accounts:invite_again",
    "accounts:withdraw",
    "accounts:correct",
    "accounts:end",
    "accounts:school",
    "accounts:register_file",
    "accounts:register_progress",
    "accounts:register_confirm",
    "accounts:register_again",
    "accounts:register_set_aside",
}
OTHER_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
PUPIL_NAMES = {
    *("pupils:list", "pupils:detail", "pupils:change"),
    *("pupils:choose", "pupils:add", "pupils:list_check", "pupils:list_rows"),
    *("pupils:place_end", "pupils:place_back", "pupils:place_change"),
    "pupils:targets",
}
TEACHERS_SEE_NAMES = {
    "reports:handover",
    "lessons:study",
    "lessons:study_start",
    "lessons:case_pupils",
}  # others who open it see reference and initials
# the teachers and the pupils' own head; others reference and initials
SCHOOL_SEES_NAMES = {
    "reports:detail",
    "reports:figures",
    "reports:detail/partnership",
    "reports:figures/partnership",
    "reports:detail/records",
    "reports:figures/records",
    "lessons:record",
    "pupils:moderation",
    "pupils:return",
    "reports:followed",
    "reports:followed_table",
    "reports:partnership_followed",
    "reports:partnership_followed_table",
}
MEMBERS = {Role.SPECIALIST, Role.PARTNER}  # of the study, who alone read what its members write
GUESTS_READ = {"lessons:sheet", "lessons:observe"}  # of the one lesson to which they are invited
UPN_PAGES = {"pupils:detail", "pupils:change"}
NOMINATION_PAGES = {"programmes:specialist", "programmes:specialist_nomination"}  # the coordinator's alone


def address_of(name, corner):
    """The address of a row of the table, about a corner of the world. What follows a slash tells rows apart."""
    return reverse(name.partition("/")[0], args=KEYS[name](corner) if name in KEYS else [])
