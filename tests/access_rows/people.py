"""People, organisations, the register of schools, mail, and Today."""

from accounts.roles import Role

MATRIX = {
    #                                  anon none coor budg cons fina spec part head offi gues admi
    # nobody without a role sees more than Today and the own account
    "today GET":                        (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    "system GET":                       (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    "accounts:account GET":             (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    "accounts:own_name GET":            (302, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    "accounts:own_name POST":           (403, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200),
    "accounts:work_as POST":            (403, 404, 404, 404, 404, 404, 404, 404, 302, 404, 404, 404),
    "accounts:people GET":              (302, 403, 200, 403, 403, 403, 403, 403, 200, 403, 403, 200),
    "accounts:invite GET":              (302, 403, 200, 403, 403, 403, 403, 403, 200, 403, 403, 200),
    "accounts:invite POST":             (403, 403, 200, 403, 403, 403, 403, 403, 200, 403, 403, 200),
    "accounts:invite_again POST":       (403, 403, 302, 403, 403, 403, 403, 403, 302, 403, 403, 302),
    "accounts:withdraw POST":           (403, 403, 302, 403, 403, 403, 403, 403, 302, 403, 403, 302),
    "accounts:correct GET":             (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    "accounts:correct POST":            (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    "accounts:end POST":                (403, 403, 302, 403, 403, 403, 403, 403, 302, 403, 403, 302),
    "accounts:mail_preferences POST":   (403, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302, 302),
    "accounts:mails GET":               (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "accounts:mail_kinds GET":          (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "accounts:mail GET":                (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "accounts:mail_again POST":         (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "accounts:organisations GET":       (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    "accounts:organisation_create GET": (302, 403, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    "accounts:organisation_create POST": (403, 403, 403, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    # the register is public: whoever picks schools finds every one
    "accounts:schools GET":             (302, 403, 200, 403, 403, 403, 403, 403, 200, 403, 403, 200),
    "accounts:schools_found GET":       (302, 403, 200, 403, 403, 403, 403, 403, 200, 403, 403, 200),
    "accounts:school GET":              (302, 403, 200, 403, 403, 403, 403, 403, 200, 403, 403, 200),
    "accounts:succeed GET":             (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "accounts:succeed POST":            (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "accounts:register GET":            (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    "accounts:register POST":           (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    "accounts:register_file GET":       (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 200),
    "accounts:register_progress GET":   (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 302),
    "accounts:register_confirm POST":   (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 302),
    "accounts:register_again POST":     (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 302),
    "accounts:register_set_aside POST": (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 302),
}  # fmt: skip

KEYS = {
    "accounts:work_as": lambda c: [c.memberships[Role.HEADTEACHER].pk],
    "accounts:invite_again": lambda c: [c.invitation.pk],
    "accounts:withdraw": lambda c: [c.invitation.pk],
    "accounts:correct": lambda c: [c.people[Role.OFFICE].pk],
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
}
OF_A_PROGRAMME = {
    "accounts:register_file",
    "accounts:register_progress",
    "accounts:register_confirm",
    "accounts:register_again",
    "accounts:register_set_aside",
}
