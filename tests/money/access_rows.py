"""The access policy of money, as rows of the table of all URLs: three of the office, and heads for their own school."""

MATRIX = {
    #                                  anon none coor budg cons fina spec part head offi gues admi
    "funding:home GET":                 (302, 403, 200, 200, 403, 200, 403, 403, 302, 403, 403, 403),
    "funding:school GET":               (302, 403, 200, 200, 403, 200, 403, 403, 200, 403, 403, 403),
    "funding:statement GET":            (302, 403, 200, 200, 403, 200, 403, 403, 200, 403, 403, 403),
    "funding:statement_order POST":      (403, 403, 302, 302, 403, 302, 403, 403, 302, 403, 403, 403),
    "funding:programme_statement GET":   (302, 403, 200, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:programme_statement_order POST": (403, 403, 302, 302, 403, 302, 403, 403, 403, 403, 403, 403),
    "funding:release GET":              (302, 403, 200, 200, 403, 200, 403, 403, 200, 403, 403, 403),
    "funding:hold POST":                (403, 403, 422, 422, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:end_hold POST":            (403, 403, 302, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:waive POST":               (403, 403, 422, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:take_waiver_back POST":    (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    # two people: whoever may approve may not pay, whoever may pay may not approve
    "funding:approve GET":              (302, 403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:approve POST":             (403, 403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:take_approval_back POST":  (403, 403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:approval GET":             (302, 403, 200, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:payments GET":             (302, 403, 200, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:authorise GET":            (302, 403, 403, 403, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:authorise POST":           (403, 403, 403, 403, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:batch GET":                (302, 403, 200, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:batch_file GET":           (302, 403, 403, 403, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:answer GET":               (302, 403, 403, 403, 403, 302, 403, 403, 403, 403, 403, 403),
    "funding:answer POST":              (403, 403, 403, 403, 403, 422, 403, 403, 403, 403, 403, 403),
    "funding:answer_look GET":          (302, 403, 403, 403, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:answer_look POST":         (403, 403, 403, 403, 403, 302, 403, 403, 403, 403, 403, 403),
    "funding:payees GET":               (302, 403, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:payee GET":                (302, 403, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:payee POST":               (403, 403, 403, 403, 403, 200, 403, 403, 403, 403, 403, 403),
    # who entered how a school is paid cannot confirm it; both come back to the page, which says why
    "funding:payee_confirm POST":       (403, 403, 403, 302, 403, 302, 403, 403, 403, 403, 403, 403),
    "funding:payee_refuse POST":        (403, 403, 403, 422, 403, 422, 403, 403, 403, 403, 403, 403),
    "funding:columns GET":              (302, 403, 403, 403, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:columns POST":             (403, 403, 403, 403, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:programme GET":            (302, 403, 200, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:schools GET":              (302, 403, 200, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:stage GET":                (302, 403, 200, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:stage_table GET":          (302, 403, 200, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    # a paper that is made holds what its reader may see: the report of a stage is the office's
    "funding:stage_report POST":        (403, 403, 302, 302, 403, 302, 403, 403, 403, 403, 403, 403),
    "funding:paper GET":                (302, 403, 200, 200, 403, 200, 403, 403, 404, 403, 403, 403),
    "funding:paper_progress GET":       (302, 403, 302, 302, 403, 302, 403, 403, 404, 403, 403, 403),
    "funding:paper_again POST":         (403, 403, 302, 302, 403, 302, 403, 403, 404, 403, 403, 403),
    "funding:paper_download GET":       (302, 403, 200, 200, 403, 200, 403, 403, 404, 403, 403, 403),
    # a letter is read by the office and the head to whose school it went, and checked by anybody (PUBLIC)
    "funding:letters GET":              (302, 403, 200, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:letters_progress GET":     (302, 403, 302, 302, 403, 302, 403, 403, 403, 403, 403, 403),
    "funding:letters_issue POST":       (403, 403, 302, 302, 403, 302, 403, 403, 403, 403, 403, 403),
    "funding:letter GET":               (302, 403, 200, 200, 403, 200, 403, 403, 200, 403, 403, 403),
    "funding:letter_progress GET":      (302, 403, 302, 302, 403, 302, 403, 403, 302, 403, 403, 403),
    "funding:letter_again POST":        (403, 403, 302, 302, 403, 302, 403, 403, 403, 403, 403, 403),
    "funding:letter_download GET":      (302, 403, 200, 200, 403, 200, 403, 403, 200, 403, 403, 403),
    "funding:recoveries GET":           (302, 403, 200, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:recovery GET":             (302, 403, 200, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:recovery_ask POST":        (403, 403, 302, 403, 403, 302, 403, 403, 403, 403, 403, 403),
    "funding:recovery_approve POST":    (403, 403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:recovery_receive POST":    (403, 403, 403, 403, 403, 302, 403, 403, 403, 403, 403, 403),
    "funding:recovery_set_against POST": (403, 403, 403, 403, 403, 422, 403, 403, 403, 403, 403, 403),
    "funding:recovery_take_off POST":   (403, 403, 403, 403, 403, 302, 403, 403, 403, 403, 403, 403),
    "funding:recovery_drop POST":       (403, 403, 422, 403, 403, 422, 403, 403, 403, 403, 403, 403),
    "funding:records GET":              (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:records POST":             (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:record_withdraw POST":     (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:evidence GET":             (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:evidence POST":            (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:evidence_withdraw POST":   (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:not_held GET":             (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:not_held POST":            (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:not_held_withdraw POST":   (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:plan GET":                 (302, 403, 200, 200, 403, 200, 403, 403, 403, 403, 403, 403),
    "funding:draw_up GET":              (302, 403, 302, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:draw_up POST":             (403, 403, 302, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:settings GET":             (302, 403, 200, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:settings POST":            (403, 403, 200, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:shares GET":               (302, 403, 200, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:shares POST":              (403, 403, 200, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:stage_add GET":            (302, 403, 200, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:stage_add POST":           (403, 403, 200, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:stage_change GET":         (302, 403, 200, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:stage_change POST":        (403, 403, 200, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:stage_delete POST":        (403, 403, 302, 302, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:item_add GET":             (302, 403, 200, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:item_add POST":            (403, 403, 200, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:item_change GET":          (302, 403, 200, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:item_change POST":         (403, 403, 200, 200, 403, 403, 403, 403, 403, 403, 403, 403),
    "funding:activate POST":            (403, 403, 302, 302, 403, 403, 403, 403, 403, 403, 403, 403),
}  # fmt: skip

OF_PROGRAMME = ["programme", "schools", "approve", "recoveries", "records", "plan", "draw_up", "settings", "shares"]
OF_PROGRAMME += ["stage_add", "item_add", "activate", "programme_statement_order", "evidence", "not_held"]
OF_LETTERS = ["letters", "letters_progress", "letters_issue"]
OF_STAGE, OF_ITEM = ["stage", "stage_change", "stage_delete", "stage_report", *OF_LETTERS], ["item_change"]
OF_RELEASE = ["release", "hold", "end_hold", "waive", "take_approval_back"]
OF_BATCH = ["batch", "batch_file", "answer", "answer_look"]
OF_LETTER = ["", "_progress", "_again", "_download"]
OF_PAPER = ["", "_progress", "_again", "_download"]
OF_RECOVERY = ["", "_ask", "_approve", "_receive", "_set_against", "_take_off", "_drop"]
KEYS = {
    "funding:school": lambda c: [c.school.urn],
    "funding:statement": lambda c: [c.school.urn, "csv"],
    "funding:statement_order": lambda c: [c.school.urn],
    "funding:programme_statement": lambda c: [c.programme.slug, "csv"],
    "funding:payee": lambda c: [c.school.urn],
    **{f"funding:payee_{name}": lambda c: [c.money.payee_waits.pk] for name in ("confirm", "refuse")},
    **{f"funding:{name}": lambda c: [c.money.release.pk] for name in OF_RELEASE},
    "funding:take_waiver_back": lambda c: [c.money.release.pk, c.money.waiver.pk],
    "funding:approval": lambda c: [c.money.approval.pk],
    **{f"funding:{name}": lambda c: [c.money.batch.pk] for name in OF_BATCH},
    **{f"funding:letter{name}": lambda c: [c.money.letter.pk] for name in OF_LETTER},
    **{f"funding:paper{name}": lambda c: [c.money.paper.pk] for name in OF_PAPER},
    **{f"funding:recovery{name}": lambda c: [c.money.recovery.pk] for name in OF_RECOVERY},
    **{f"funding:{name}": lambda c: [c.programme.slug] for name in OF_PROGRAMME},
    **{f"funding:{name}": lambda c: [c.programme.slug, c.money.stage.pk] for name in OF_STAGE},
    "funding:stage_table": lambda c: [c.programme.slug, c.money.stage.pk, "csv"],
    "funding:item_change": lambda c: [c.programme.slug, c.money.item.pk],
    "funding:record_withdraw": lambda c: [c.programme.slug, c.money.record.pk],
    "funding:evidence_withdraw": lambda c: [c.programme.slug, c.money.evidence.pk],
    "funding:not_held_withdraw": lambda c: [c.programme.slug, c.money.not_held.pk],
}
OF_RECORDS = ["record_withdraw", "evidence_withdraw", "not_held_withdraw"]
OF_A_PROGRAMME = {
    f"funding:{name}"
    for name in [*OF_PROGRAMME, *OF_STAGE, "stage_table", "programme_statement", *OF_ITEM, *OF_RECORDS]
}
