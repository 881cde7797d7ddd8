"""The access policy, as its reader would check it: every URL by every role, at home, next door and elsewhere.

The table names statuses, not code, and is not made from GRANTS. A URL without a row fails the suite.
"""

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from tests import set_up_pages
from tests.world import build_world, nobody

# Open to anyone, or pages of the sign-in with a table of their own (test_sign_in_pages).
PUBLIC = {
    "health": 200,
    "accounts:invitation": 404,
    "accounts:demo": 404,
    "accounts:demo_sign_in": 404,
}

WHO = ["anon", "none", *Role]
ORDER = "anon none coordinator budget_holder consultant finance specialist partner headteacher office administrator"
MATRIX = {
    # nobody without a role sees more than Today and the own account
    #                                  anon none coor budg cons fina spec part head offi admi
    "today GET":                        (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    "system GET":                       (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    "accounts:account GET":             (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    "accounts:work_as POST":            (302, 404, 404, 404, 404, 404, 404, 404, 302, 404, 404),
    "accounts:people GET":              (302, 403, 200, 403, 403, 403, 403, 403, 200, 403, 200),
    "accounts:invite GET":              (302, 403, 200, 403, 403, 403, 403, 403, 200, 403, 200),
    "accounts:invite POST":             (302, 403, 200, 403, 403, 403, 403, 403, 200, 403, 200),
    "accounts:invite_again POST":       (302, 403, 302, 403, 403, 403, 403, 403, 302, 403, 302),
    "accounts:withdraw POST":           (302, 403, 302, 403, 403, 403, 403, 403, 302, 403, 302),
    "accounts:end POST":                (302, 403, 302, 403, 403, 403, 403, 403, 302, 403, 302),
    "accounts:mail_preferences POST":   (302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    "accounts:mails GET":               (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "accounts:mail_kinds GET":          (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "accounts:mail GET":                (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "accounts:mail_again POST":         (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "accounts:organisations GET":       (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    "accounts:organisation_create GET": (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    "accounts:organisation_create POST": (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    # the register is public: whoever picks schools finds every one
    "accounts:schools GET":             (302, 403, 200, 403, 403, 403, 403, 403, 200, 403, 200),
    "accounts:schools_found GET":       (302, 403, 200, 403, 403, 403, 403, 403, 200, 403, 200),
    "accounts:school GET":              (302, 403, 200, 403, 403, 403, 403, 403, 200, 403, 200),
    "accounts:succeed GET":             (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "accounts:succeed POST":            (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "accounts:register GET":            (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 200),
    "accounts:register POST":           (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 200),
    "accounts:register_file GET":       (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 200),
    "accounts:register_progress GET":   (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 302),
    "accounts:register_confirm POST":   (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 302),
    "accounts:register_again POST":     (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 302),
    "accounts:register_set_aside POST": (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 302),
    "programmes:list GET":              (302, 403, 200, 200, 200, 200, 200, 200, 200, 403, 403),
    "programmes:detail GET":            (302, 403, 200, 200, 200, 200, 200, 200, 200, 403, 403),
    "programmes:consultant_add POST":   (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:consultant_remove POST": (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:pairing GET":          (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:pairing_start POST":   (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:pairing_run GET":      (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:pairing_progress GET": (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:pairing_rest POST":    (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:pairing_check GET":    (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:pairing_check POST":   (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:pairing_decide POST":  (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:pairing_change GET":   (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:pairing_change POST":  (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:pairing_school GET":   (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:partnership_add GET":  (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:partnership_add POST": (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:objection_add GET":    (302, 403, 403, 403, 403, 403, 403, 403, 200, 403, 403),
    "programmes:objection_add POST":   (302, 403, 403, 403, 403, 403, 403, 403, 200, 403, 403),
    "programmes:objection_answer GET": (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:objection_answer POST": (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:partnerships GET":      (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403),
    "programmes:partnership GET":       (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403),
    # an action is its owner's (here the partner teacher) and the coordinator's
    "programmes:actions GET":           (302, 403, 200, 200, 200, 403, 200, 200, 200, 403, 403),
    "programmes:actions_table GET":     (302, 403, 200, 200, 200, 403, 200, 200, 200, 403, 403),
    "programmes:action_add GET":        (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:action_add POST":       (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:action GET":            (302, 403, 200, 404, 404, 403, 404, 200, 404, 403, 403),
    "programmes:action_change GET":     (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:action_change POST":    (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:action_note POST":      (302, 403, 200, 404, 404, 403, 404, 200, 404, 403, 403),
    "programmes:action_done POST":      (302, 403, 302, 404, 404, 403, 404, 302, 404, 403, 403),
    "programmes:action_again POST":     (302, 403, 302, 404, 404, 403, 404, 302, 404, 403, 403),
    # recruiting is the coordinator's; a consultant reads who teaches, a specialist teacher keeps the own week
    "programmes:specialists GET":       (302, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "programmes:specialist GET":        (302, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "programmes:specialist_release GET": (302, 403, 200, 403, 403, 403, 200, 403, 403, 403, 403),
    "programmes:specialist_release POST": (302, 403, 200, 403, 403, 403, 200, 403, 403, 403, 403),
    "programmes:specialist_add GET":    (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:specialist_add POST":   (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:specialist_change GET": (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:specialist_change POST":(302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:specialist_nomination GET":(302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:specialist_nomination POST":(302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:specialist_move GET":   (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:specialist_move POST":  (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:specialist_conflicts GET":(302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:specialist_conflicts POST":(302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:conflict_remove POST":  (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:schools GET":           (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:school_add GET":        (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:school_add POST":       (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:schools_carry GET":     (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:schools_carry POST":    (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:partner_school GET":    (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:partner_school_change GET":(302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:partner_school_change POST":(302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:partner_school_move GET":(302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:partner_school_move POST":(302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:contact_add POST":      (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:letter_preview GET":    (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:letters GET":           (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:letters POST":          (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:letters_make POST":     (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:letters_send GET":      (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:letters_send POST":     (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    # the letter is its school's head's too, once it was sent
    "programmes:letter GET":            (302, 403, 200, 403, 403, 403, 403, 403, 200, 403, 403),
    "programmes:letter_progress GET":   (302, 403, 302, 403, 403, 403, 403, 403, 302, 403, 403),
    "programmes:letter_download GET":   (302, 403, 200, 403, 403, 403, 403, 403, 200, 403, 403),
    "programmes:move GET":              (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:move POST":             (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:specialist_replace GET": (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:specialist_replace POST": (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:partner_teacher_add GET": (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:partner_teacher_add POST": (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:partner_teacher_replace GET": (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:partner_teacher_replace POST": (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "reports:handover GET":             (302, 403, 200, 403, 200, 403, 200, 200, 403, 403, 403),
    "reports:handover_order POST":      (302, 403, 302, 403, 302, 403, 302, 302, 403, 403, 403),
    "reports:handover_progress GET":    (302, 403, 302, 403, 302, 403, 302, 302, 403, 403, 403),
    "reports:handover_download GET":    (302, 403, 200, 403, 200, 403, 200, 200, 403, 403, 403),
    "programmes:agreement_text GET":    (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:agreement_text POST":   (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:agreement_text_change GET": (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:agreement_text_change POST": (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:agreement_make GET":    (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:agreement_make POST":   (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    # whoever has nothing to sign reads it; whoever signs is told here what is missing
    "programmes:agreements GET":        (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403),
    "programmes:agreement GET":         (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403),
    "programmes:agreement_pdf GET":     (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403),
    "programmes:agreement_sign POST":   (302, 403, 403, 403, 403, 403, 200, 200, 200, 403, 403),
    "programmes:agreement_holds POST":  (302, 403, 302, 403, 403, 403, 302, 302, 403, 403, 403),
    "programmes:agreement_renew GET":   (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:agreement_renew POST":  (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "programmes:agreement_remind POST": (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    **set_up_pages.MATRIX,
    "visits:list GET":                  (302, 403, 200, 403, 200, 403, 200, 200, 200, 200, 403),
    "visits:choose GET":                (302, 403, 200, 403, 403, 403, 200, 200, 403, 403, 403),
    "visits:create GET":                (302, 403, 200, 403, 403, 403, 200, 200, 403, 403, 403),
    "visits:create POST":               (302, 403, 200, 403, 403, 403, 200, 200, 403, 403, 403),
    "visits:detail GET":                (302, 403, 200, 403, 200, 403, 200, 200, 200, 200, 403),
    "visits:change GET":                (302, 403, 200, 403, 403, 403, 200, 200, 403, 403, 403),
    "visits:change POST":               (302, 403, 200, 403, 403, 403, 200, 200, 403, 403, 403),
    "visits:cancel GET":                (302, 403, 200, 403, 403, 403, 200, 200, 403, 403, 403),
    "visits:cancel POST":               (302, 403, 302, 403, 403, 403, 302, 302, 403, 403, 403),
    "visits:took_place POST":           (302, 403, 302, 403, 403, 403, 302, 302, 403, 403, 403),
    "events:list GET":                  (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403),
    "events:choose GET":                (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:create GET":                (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:create POST":               (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:detail GET":                (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403),
    "events:answer POST":               (302, 403, 302, 403, 302, 403, 302, 302, 302, 403, 403),
    "events:calendar GET":              (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403),
    "events:change GET":                (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:change POST":               (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:cancel GET":                (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:cancel POST":               (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:people GET":                (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:put_on POST":               (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:take_off POST":             (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:invite GET":                (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:invite POST":               (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:remind POST":               (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    # of those invited only the one who takes the minutes, here the partner teacher, keeps what belongs to the day
    "events:order GET":                 (302, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403),
    "events:slot_add POST":             (302, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403),
    "events:slots_fill POST":           (302, 403, 302, 403, 302, 403, 404, 302, 404, 403, 403),
    "events:slot GET":                  (302, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403),
    "events:slot POST":                 (302, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403),
    "events:slot_move POST":            (302, 403, 302, 403, 302, 403, 404, 302, 404, 403, 403),
    "events:slot_remove POST":          (302, 403, 302, 403, 302, 403, 404, 302, 404, 403, 403),
    "events:sheet GET":                 (302, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403),
    "events:attendance GET":            (302, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403),
    "events:mark POST":                 (302, 403, 302, 403, 302, 403, 404, 302, 404, 403, 403),
    "events:walk_in POST":              (302, 403, 302, 403, 302, 403, 404, 302, 404, 403, 403),
    "events:guest POST":                (302, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403),
    "events:close POST":                (302, 403, 302, 403, 302, 403, 404, 302, 404, 403, 403),
    "events:minutes GET":               (302, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403),
    "events:minutes POST":              (302, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403),
    "events:action_add POST":           (302, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403),
    "events:action_done POST":          (302, 403, 302, 403, 302, 403, 302, 302, 302, 403, 403),
    "events:series GET":                (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403),
    "events:series_change GET":         (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:series_change POST":        (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:year GET":                  (302, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "events:year_table GET":            (302, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "pupils:list GET":                  (302, 403, 403, 403, 403, 403, 200, 200, 200, 403, 403),
    "pupils:detail GET":                (302, 403, 403, 403, 403, 403, 200, 200, 200, 403, 403),
    "pupils:change GET":                (302, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403),
    "pupils:change POST":               (302, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403),
    "reports:roster GET":               (302, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "reports:roster_csv GET":           (302, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "reports:roster_xlsx GET":          (302, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "reports:roster_nudge POST":        (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "reports:nudges GET":               (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "reports:nudges POST":              (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    # a saved view is its owner's alone
    "reports:saved_views GET":          (302, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "reports:view_save GET":            (302, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "reports:view_save POST":           (302, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "reports:view_change GET":          (302, 403, 404, 403, 200, 403, 403, 403, 403, 403, 403),
    "reports:view_change POST":         (302, 403, 404, 403, 200, 403, 403, 403, 403, 403, 403),
    "reports:view_delete POST":         (302, 403, 404, 403, 302, 403, 403, 403, 403, 403, 403),
    "reports:results GET":              (302, 403, 200, 200, 200, 403, 403, 403, 403, 403, 403),
    "reports:results_table GET":        (302, 403, 200, 200, 200, 403, 403, 403, 403, 403, 403),
    "reports:places GET":               (302, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "reports:list GET":                 (302, 403, 200, 403, 403, 403, 403, 403, 200, 403, 403),
    "reports:order_school POST":        (302, 403, 403, 403, 403, 403, 403, 403, 302, 403, 403),
    "reports:order_programme POST":     (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    # a school's report is its head's alone, the programme's its coordinator's
    "reports:detail GET":               (302, 403, 404, 403, 403, 403, 403, 403, 200, 403, 403),
    "reports:progress GET":             (302, 403, 404, 403, 403, 403, 403, 403, 302, 403, 403),
    "reports:again POST":               (302, 403, 404, 403, 403, 403, 403, 403, 302, 403, 403),
    "reports:download GET":             (302, 403, 404, 403, 403, 403, 403, 403, 200, 403, 403),
    "reports:detail/programme GET":     (302, 403, 200, 403, 403, 403, 403, 403, 404, 403, 403),
    "reports:download/programme GET":   (302, 403, 200, 403, 403, 403, 403, 403, 404, 403, 403),
}  # fmt: skip

KEYS = {  # what a URL is about, in a corner of the world
    "accounts:work_as": lambda c: [c.memberships[Role.HEADTEACHER].pk],
    "accounts:invite_again": lambda c: [c.invitation.pk],
    "accounts:withdraw": lambda c: [c.invitation.pk],
    "accounts:end": lambda c: [c.memberships[Role.OFFICE].pk],
    "accounts:mail": lambda c: [c.mail.pk],
    "accounts:mail_again": lambda c: [c.mail.pk],
    "accounts:school": lambda c: [c.school.urn],
    "accounts:succeed": lambda c: [c.school.urn],
    "accounts:register_file": lambda c: [c.register_file.pk],
    "accounts:register_progress": lambda c: [c.register_file.pk],
    "accounts:register_confirm": lambda c: [c.register_file.pk],
    "accounts:register_again": lambda c: [c.register_file.pk],
    "accounts:register_set_aside": lambda c: [c.register_file.pk],
    "programmes:detail": lambda c: [c.programme.slug],
    "programmes:consultant_add": lambda c: [c.programme.slug],
    "programmes:consultant_remove": lambda c: [c.partnership.area.consultants.get().pk],
    "programmes:pairing": lambda c: [c.programme.slug],
    "programmes:pairing_start": lambda c: [c.programme.slug],
    "programmes:pairing_run": lambda c: [c.run.pk],
    "programmes:pairing_progress": lambda c: [c.run.pk],
    "programmes:pairing_rest": lambda c: [c.run.pk],
    "programmes:pairing_check": lambda c: [c.run.pk],
    "programmes:pairing_decide": lambda c: [c.run.pk, c.partner_school.pk, c.partnership.specialist_id],
    "programmes:pairing_change": lambda c: [c.run.pk, c.partner_school.pk, c.partnership.specialist_id],
    "programmes:pairing_school": lambda c: [c.partner_school.pk],
    "programmes:partnership_add": lambda c: [c.programme.slug],
    "programmes:objection_add": lambda c: [c.partnership.pk],
    "programmes:objection_answer": lambda c: [c.objection.pk],
    "programmes:partnership": lambda c: [c.partnership.pk],
    "programmes:actions": lambda c: [c.programme.slug],
    "programmes:actions_table": lambda c: [c.programme.slug, "csv"],
    "programmes:action_add": lambda c: [c.programme.slug],
    **{f"programmes:action{verb}": lambda c: [c.action.pk] for verb in ("", "_change", "_note", "_done", "_again")},
    "programmes:specialists": lambda c: [c.programme.slug],
    "programmes:specialist_add": lambda c: [c.programme.slug],
    "programmes:schools": lambda c: [c.programme.slug],
    "programmes:school_add": lambda c: [c.programme.slug],
    "programmes:schools_carry": lambda c: [c.programme.slug],
    "programmes:letters": lambda c: [c.programme.slug],
    "programmes:letters_make": lambda c: [c.programme.slug],
    "programmes:letters_send": lambda c: [c.programme.slug],
    "programmes:specialist": lambda c: [c.specialist.pk],
    "programmes:specialist_change": lambda c: [c.specialist.pk],
    "programmes:specialist_nomination": lambda c: [c.specialist.pk],
    "programmes:specialist_move": lambda c: [c.specialist.pk],
    "programmes:specialist_release": lambda c: [c.specialist.pk],
    "programmes:specialist_conflicts": lambda c: [c.specialist.pk],
    "programmes:conflict_remove": lambda c: [c.conflict.pk],
    "programmes:partner_school": lambda c: [c.listed_school.pk],
    "programmes:partner_school_change": lambda c: [c.listed_school.pk],
    "programmes:partner_school_move": lambda c: [c.listed_school.pk],
    "programmes:contact_add": lambda c: [c.listed_school.pk],
    "programmes:letter_preview": lambda c: [c.listed_school.pk],
    "programmes:letter": lambda c: [c.letter.pk],
    "programmes:letter_progress": lambda c: [c.letter.pk],
    "programmes:letter_download": lambda c: [c.letter.pk],
    "programmes:agreement_text": lambda c: [c.programme.slug],
    "programmes:agreement_text_change": lambda c: [c.programme.slug],
    "programmes:agreement_make": lambda c: [c.programme.slug],
    "programmes:agreement": lambda c: [c.agreement.pk],
    "programmes:agreement_pdf": lambda c: [c.agreement.pk],
    "programmes:agreement_sign": lambda c: [c.agreement.pk],
    "programmes:agreement_holds": lambda c: [c.agreement.pk],
    "programmes:agreement_renew": lambda c: [c.agreement.pk],
    "programmes:agreement_remind": lambda c: [c.agreement.pk],
    **set_up_pages.KEYS,
    "visits:create": lambda c: [c.partnership.pk],
    "programmes:move": lambda c: [c.partnership.pk, "paused"],
    "programmes:specialist_replace": lambda c: [c.partnership.pk],
    "programmes:partner_teacher_add": lambda c: [c.partnership.pk],
    "programmes:partner_teacher_replace": lambda c: [c.partnership.pk, c.partnership.partner_teachers.get().pk],
    "reports:handover": lambda c: [c.partnership.pk],
    "reports:handover_order": lambda c: [c.partnership.pk],
    "reports:handover_progress": lambda c: [c.partnership.pk],
    "reports:handover_download": lambda c: [c.partnership.pk],
    "visits:detail": lambda c: [c.visit.pk],
    "visits:change": lambda c: [c.visit.pk],
    "visits:cancel": lambda c: [c.visit.pk],
    "visits:took_place": lambda c: [c.visit.pk],
    "events:create": lambda c: [c.programme.slug],
    **{
        f"events:{name}": lambda c: [c.event.pk]
        for name in [
            "detail",
            "answer",
            "calendar",
            "change",
            "cancel",
            "people",
            "put_on",
            "take_off",
            "invite",
            "remind",
            "order",
            "slot_add",
            "slots_fill",
            "sheet",
            "attendance",
            "mark",
            "walk_in",
            "guest",
            "close",
            "minutes",
            "action_add",
        ]
    },
    **{f"events:{name}": lambda c: [c.event.slots.get().pk] for name in ("slot", "slot_move", "slot_remove")},
    "events:action_done": lambda c: [c.event.pk, c.event.actions.get().pk],
    "events:series": lambda c: [c.event.series_id],
    "events:series_change": lambda c: [c.event.series_id],
    "events:year": lambda c: [c.programme.slug],
    "events:year_table": lambda c: [c.programme.slug, "csv"],
    "pupils:detail": lambda c: [c.pupil.pk],
    "pupils:change": lambda c: [c.pupil.pk],
    "reports:roster_nudge": lambda c: [c.partnership.pk],
    "reports:view_change": lambda c: [c.saved_view.pk],
    "reports:view_delete": lambda c: [c.saved_view.pk],
    "reports:results": lambda c: [c.programme.slug],
    "reports:results_table": lambda c: [c.programme.slug, "csv"],
    "reports:places": lambda c: [c.programme.slug],
    "reports:order_school": lambda c: [c.programme.slug, c.school.pk],
    "reports:order_programme": lambda c: [c.programme.slug],
    "reports:detail": lambda c: [c.school_report.pk],
    "reports:progress": lambda c: [c.school_report.pk],
    "reports:again": lambda c: [c.school_report.pk],
    "reports:download": lambda c: [c.school_report.pk],
    "reports:detail/programme": lambda c: [c.programme_report.pk],
    "reports:download/programme": lambda c: [c.programme_report.pk],
}
OF_A_PROGRAMME = {  # shared by the school next door, which is in the same programme
    *set_up_pages.OF_A_PROGRAMME,
    "programmes:specialists",
    "programmes:specialist_add",
    "programmes:schools",
    "programmes:school_add",
    "programmes:schools_carry",
    "programmes:letters",
    "programmes:letters_make",
    "programmes:letters_send",
    "programmes:agreement_text",
    "programmes:agreement_text_change",
    "programmes:agreement_make",
    "accounts:register_file",
    "accounts:register_progress",
    "accounts:register_confirm",
    "accounts:register_again",
    "accounts:register_set_aside",
    "programmes:detail",
    "programmes:consultant_add",
    "programmes:actions",
    "programmes:actions_table",
    "programmes:action_add",
    "events:create",
    "events:year",
    "events:year_table",
    "reports:results",
    "reports:results_table",
    "reports:places",
    "reports:order_programme",
    "reports:detail/programme",
    "reports:download/programme",
}
OF_THE_OFFICE = {Role.COORDINATOR, Role.BUDGET_HOLDER, Role.FINANCE, Role.ADMINISTRATOR}
BODY = {
    "programmes:letters": {"heads_letter_words": "Welcome"},
    "visits:cancel": {"reason": "Snow"},
    "events:cancel": {"reason": "Snow"},
    "programmes:move": {"on": "1/9/2026", "reason": "Staff+change"},
    "programmes:partner_teacher_replace": {"on": "1/9/2026", "because": "Parental+leave", "who": "nobody"},
    "programmes:agreement_renew": {"because": "Snow"},
}
OF_EVERYBODY = {  # the administrator's reach has no end
    "accounts:invite_again",
    "accounts:withdraw",
    "accounts:end",
    "accounts:school",
    "accounts:register_file",
    "accounts:register_progress",
    "accounts:register_confirm",
    "accounts:register_again",
    "accounts:register_set_aside",
}
OTHER_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
PUPIL_NAMES = {"pupils:list", "pupils:detail", "pupils:change"}
TEACHERS_SEE_NAMES = {"reports:handover"}  # others who open it see reference and initials
UPN_PAGES = {"pupils:detail", "pupils:change"}


def url_names(patterns, namespace=""):
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from url_names(entry.url_patterns, f"{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}"


def is_sign_in(name):
    return name.startswith(("account_", "mfa_", "usersessions_"))


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Built once; each cell is rolled back to a savepoint.

    Not the `db` fixture: it ends each test with the connection closed, and the world with it.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield (*build_world(), nobody())
        transaction.set_rollback(True)


@pytest.fixture
def ask(world, client):
    """Ask for a URL as someone, about a corner of the world; nothing that it did stays."""

    def asked(name, method, person, corner):
        keys = KEYS[name](corner) if name in KEYS else []
        with transaction.atomic():
            client.logout()
            if person is not None:
                client.force_login(person)
            url = reverse(name.partition("/")[0], args=keys)
            response = client.generic(method, url, **form_of(name, method))
            body = b"".join(response.streaming_content) if response.streaming else response.content
            transaction.set_rollback(True)
        return response.status_code, body.decode(errors="replace")

    return asked


def form_of(name, method):
    if method != "POST":
        return {}
    pairs = "&".join(f"{key}={value}" for key, value in BODY.get(name, {}).items())
    return {"data": pairs, "content_type": "application/x-www-form-urlencoded"}


def who_is(world, who, corner):
    return {"anon": None, "none": world[3]}.get(who, corner.people.get(who))


def test_the_columns_are_the_roles():
    assert ORDER.split() == [str(getattr(who, "value", who)) for who in WHO]


def test_every_url_has_a_row():
    named = set(url_names(get_resolver().url_patterns))

    assert {name for name in named if not is_sign_in(name)} == {
        row.split()[0].partition("/")[0] for row in MATRIX
    } | set(PUBLIC)


@pytest.mark.parametrize("row", MATRIX)
def test_at_home(world, ask, row):
    name, method = row.split()
    ours = world[0]

    answers = {who: ask(name, method, who_is(world, who, ours), ours)[0] for who in WHO}

    assert answers == dict(zip(WHO, MATRIX[row], strict=True))


def expected_elsewhere(name, who, at_home):
    """Whatever a role opens at home is 404 where it does not belong; what it may not open stays closed."""
    if who in {"anon", "none"} or at_home == 403:
        return at_home
    if who == Role.ADMINISTRATOR and name in OF_EVERYBODY:
        return at_home
    return 404


@pytest.mark.parametrize("row", [row for row in MATRIX if row.split()[0] in KEYS])
def test_in_another_organisation(world, ask, row):
    name, method = row.split()
    ours, _, elsewhere, _ = world
    at_home = dict(zip(WHO, MATRIX[row], strict=True))

    answers = {who: ask(name, method, who_is(world, who, elsewhere), ours)[0] for who in WHO}

    assert answers == {who: expected_elsewhere(name, who, at_home[who]) for who in WHO}


@pytest.mark.parametrize(
    "row", [row for row in MATRIX if row.split()[0] in KEYS and row.split()[0] not in OF_A_PROGRAMME]
)
def test_the_school_next_door(world, ask, row):
    name, method = row.split()
    ours, next_door, _, _ = world
    at_home = dict(zip(WHO, MATRIX[row], strict=True))
    neighbours = [who for who in WHO if who not in OF_THE_OFFICE]

    answers = {who: ask(name, method, who_is(world, who, next_door), ours)[0] for who in neighbours}

    assert answers == {who: expected_elsewhere(name, who, at_home[who]) for who in neighbours}


@pytest.mark.parametrize("name", sorted({row.split()[0] for row in MATRIX}))
def test_no_other_method_does_anything(world, ask, name):
    """A method without a row is refused to everyone, and the refusal is all that is recorded."""
    ours = world[0]
    others = [m for m in OTHER_METHODS if f"{name} {m}" not in MATRIX]

    answers = {(m, who): ask(name, m, who_is(world, who, ours), ours)[0] for m in others for who in WHO}

    assert {cell: status for cell, status in answers.items() if status not in {302, 403, 404, 405}} == {}
    assert {status for (_, who), status in answers.items() if who == "anon"} <= {302, 405}
    assert {status for (_, who), status in answers.items() if who not in {"anon"}} <= {403, 404, 405}


@pytest.mark.parametrize("row", [row for row in MATRIX if row.endswith("GET")])
def test_no_page_shows_what_its_reader_may_not_see(world, ask, row):
    """Canaries: names of another organisation, of the school next door, of pupils, and pupil numbers."""
    name, method = row.split()
    ours, next_door, elsewhere, _ = world
    leaks = []
    for who in WHO:
        status, body = ask(name, method, who_is(world, who, ours), ours)
        if status != 200:
            continue
        everywhere = who == Role.ADMINISTRATOR
        if "Elsewhere" in body and not everywhere:
            leaks.append((who, "another organisation"))
        if "Nextdoor" in body and who not in OF_THE_OFFICE and name not in {"reports:download"}:
            leaks.append((who, "the school next door"))
        named = name in PUPIL_NAMES or (name in TEACHERS_SEE_NAMES and who in {Role.SPECIALIST, Role.PARTNER})
        if not named and ("OursideForename" in body or "OursideFamily" in body):
            leaks.append((who, "a pupil's name"))
        if name not in UPN_PAGES and ours.upn in body:
            leaks.append((who, "a pupil's number"))
        if next_door.upn in body or elsewhere.upn in body:
            leaks.append((who, "another school's pupil number"))

    assert leaks == []


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_say_nothing_of_anyone(world, name, client):
    keys = {"accounts:invitation": ["unknown"], "accounts:demo_sign_in": [1]}.get(name, [])
    method = client.post if name == "accounts:demo_sign_in" else client.get

    response = method(reverse(name, args=keys))

    assert response.status_code == PUBLIC[name]
    assert "Ourside" not in response.content.decode()


def test_a_refusal_is_recorded_with_ids_only(world, client):
    person = world[0].people[Role.FINANCE]
    client.force_login(person)

    client.get(reverse("pupils:list"))

    event = AuditEvent.objects.filter(who=person).values("did", "about", "model", "row").first()
    assert event == {"did": "refused", "about": "pupils.view", "model": "", "row": None}


def test_the_number_of_cells_is_told(capsys):
    """For whoever reads the log: how much of the policy was walked."""
    homes = len(MATRIX) * len(WHO)
    elsewhere = sum(row.split()[0] in KEYS for row in MATRIX) * len(WHO)
    next_door = sum(row.split()[0] in KEYS and row.split()[0] not in OF_A_PROGRAMME for row in MATRIX) * (
        len(WHO) - len(OF_THE_OFFICE)
    )
    names = {row.split()[0] for row in MATRIX}
    others = sum(f"{name} {m}" not in MATRIX for name in names for m in OTHER_METHODS) * len(WHO)
    with capsys.disabled():
        print(f"\nAccess matrix: {homes} + {elsewhere} + {next_door} + {others} cells")

    assert min(homes, elsewhere, next_door, others) > 0
