"""What teachers write: records, studies, sheets, observations, findings."""

from accounts.roles import Role

MATRIX = {
    #                                  anon none coor budg cons fina spec part head offi gues admi
    # a record that both have signed, of a visit that is still to come: nothing more can be written in it
    "lessons:list GET":                 (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403, 403),
    "lessons:record GET":               (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403, 403),
    "lessons:pdf GET":                  (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403, 403),
    "lessons:write GET":                (302, 403, 403, 403, 403, 403, 302, 302, 403, 403, 403, 403),
    "lessons:write POST":               (403, 403, 403, 403, 403, 403, 409, 409, 403, 403, 403, 403),
    "lessons:autosave GET":             (401, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "lessons:autosave POST":            (401, 403, 403, 403, 403, 403, 400, 400, 403, 403, 403, 403),
    "lessons:sign POST":                (403, 403, 403, 403, 403, 403, 302, 302, 403, 403, 403, 403),
    "lessons:reopen POST":              (403, 403, 403, 403, 403, 403, 302, 302, 403, 403, 403, 403),
    "lessons:correct POST":             (403, 403, 403, 403, 403, 403, 302, 302, 403, 403, 403, 403),
    "lessons:reply POST":               (403, 403, 403, 403, 403, 403, 403, 403, 409, 403, 403, 403),  # replied
    "lessons:see_reply POST":           (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "lessons:action_done POST":         (403, 403, 403, 403, 403, 403, 302, 302, 403, 403, 403, 403),
    "lessons:gap_task_done POST":       (403, 403, 403, 403, 403, 403, 302, 302, 403, 403, 403, 403),
    # a lesson is observed by its group and by its guests; the group reads it, and whom it shows its study
    "lessons:observe GET":              (302, 403, 404, 403, 404, 403, 200, 200, 404, 404, 200, 403),
    "lessons:observe POST":             (403, 403, 404, 403, 404, 403, 302, 302, 404, 404, 302, 403),
    "lessons:judge POST":               (403, 403, 404, 403, 404, 403, 302, 302, 404, 404, 409, 403),
    "lessons:judge_save GET":           (401, 403, 404, 403, 404, 403, 200, 200, 404, 404, 200, 403),
    "lessons:judge_save POST":          (401, 403, 404, 403, 404, 403, 400, 400, 404, 404, 400, 403),
    "lessons:observations GET":         (401, 403, 404, 403, 404, 403, 200, 200, 404, 404, 200, 403),
    "lessons:observations POST":        (401, 403, 404, 403, 404, 403, 400, 400, 404, 404, 400, 403),
    "lessons:photos GET":               (401, 403, 404, 403, 404, 403, 200, 200, 404, 404, 200, 403),
    "lessons:photos POST":              (401, 403, 404, 403, 404, 403, 400, 400, 404, 404, 400, 403),
    "lessons:from_paper GET":           (302, 403, 404, 403, 404, 403, 200, 200, 404, 404, 200, 403),
    "lessons:from_paper POST":          (403, 403, 404, 403, 404, 403, 302, 302, 404, 404, 302, 403),
    "lessons:timeline GET":             (302, 403, 404, 403, 404, 403, 200, 200, 404, 403, 403, 403),
    "lessons:photo GET":                (302, 403, 404, 403, 404, 403, 200, 200, 404, 404, 404, 403),
    # a study is its members': whoever follows it sees its dates, a consultant may be a member, and here is none
    "lessons:studies GET":              (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403, 403),
    "lessons:study GET":                (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403, 403),
    "lessons:study_start GET":          (302, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "lessons:study_start POST":         (403, 403, 403, 403, 403, 403, 422, 422, 403, 403, 403, 403),
    "lessons:study_pdf GET":            (302, 403, 403, 403, 404, 403, 200, 200, 403, 403, 403, 403),
    "lessons:study_pdf POST":           (403, 403, 403, 403, 404, 403, 422, 422, 403, 403, 403, 403),
    "lessons:study_bundle GET":         (302, 403, 403, 403, 404, 403, 200, 200, 403, 403, 403, 403),
    "lessons:study_bundle POST":        (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:study_export GET":         (302, 403, 403, 403, 404, 403, 404, 200, 403, 403, 403, 403),  # the partner's
    "lessons:study_export_progress GET": (302, 403, 403, 403, 404, 403, 404, 302, 403, 403, 403, 403),
    "lessons:study_export_download GET": (302, 403, 403, 403, 404, 403, 404, 200, 403, 403, 403, 403),
    "lessons:study_write GET":          (302, 403, 403, 403, 404, 403, 200, 200, 403, 403, 403, 403),
    "lessons:study_write POST":         (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:study_autosave GET":       (401, 403, 403, 403, 404, 403, 200, 200, 403, 403, 403, 403),
    "lessons:study_autosave POST":      (401, 403, 403, 403, 404, 403, 400, 400, 403, 403, 403, 403),
    "lessons:case_pupils GET":          (302, 403, 403, 403, 404, 403, 200, 200, 403, 403, 403, 403),
    "lessons:case_pupils POST":         (403, 403, 403, 403, 404, 403, 422, 422, 403, 403, 403, 403),
    "lessons:member_add POST":          (403, 403, 403, 403, 404, 403, 422, 422, 403, 403, 403, 403),
    "lessons:member_end POST":          (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:reader_add POST":          (403, 403, 403, 403, 404, 403, 422, 422, 403, 403, 403, 403),
    "lessons:reader_end POST":          (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:study_lessons POST":       (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:study_finish POST":        (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    # the sheet is for its members and, of this one lesson, its guest
    "lessons:sheet GET":                (302, 403, 404, 403, 404, 403, 200, 200, 404, 404, 200, 403),
    "lessons:paper GET":                (302, 403, 404, 403, 404, 403, 200, 200, 404, 404, 200, 403),
    "lessons:sheet POST":               (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:lesson_autosave GET":      (401, 403, 403, 403, 404, 403, 200, 200, 403, 403, 403, 403),
    "lessons:lesson_autosave POST":     (401, 403, 403, 403, 404, 403, 400, 400, 403, 403, 403, 403),
    "lessons:plan GET":                 (302, 403, 403, 403, 404, 403, 200, 200, 403, 403, 403, 403),
    "lessons:plan POST":                (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:lesson_start POST":        (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:begin_with POST":          (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:interviews GET":           (302, 403, 404, 403, 404, 403, 200, 200, 404, 403, 403, 403),
    "lessons:interviews POST":          (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:discussion GET":           (302, 403, 404, 403, 404, 403, 200, 200, 404, 403, 403, 403),
    "lessons:discussion POST":          (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:private GET":              (302, 403, 403, 403, 404, 403, 200, 200, 403, 403, 403, 403),
    "lessons:private POST":             (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:private_autosave GET":     (401, 403, 403, 403, 404, 403, 200, 200, 403, 403, 403, 403),
    "lessons:private_autosave POST":    (401, 403, 403, 403, 404, 403, 400, 400, 403, 403, 403, 403),
    "lessons:private_share POST":       (403, 403, 403, 403, 404, 403, 404, 302, 403, 403, 403, 403),  # his own
    "lessons:guests GET":               (302, 403, 403, 403, 404, 403, 200, 200, 403, 403, 403, 403),
    "lessons:guests POST":              (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),  # it is over
    "lessons:guest_end POST":           (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:lesson_cancel POST":       (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    # a finding that is shown to two schools; drafted and agreed to by the two teachers
    "lessons:findings GET":             (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403, 403),
    "lessons:finding GET":              (302, 403, 404, 403, 404, 403, 200, 200, 200, 403, 403, 403),
    "lessons:finding_file GET":         (302, 403, 404, 403, 404, 403, 200, 200, 200, 403, 403, 403),
    "lessons:finding_poster GET":       (302, 403, 404, 403, 404, 403, 200, 200, 200, 403, 403, 403),
    "lessons:finding_begin POST":       (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:finding_write GET":        (302, 403, 403, 403, 404, 403, 200, 200, 403, 403, 403, 403),
    "lessons:finding_write POST":       (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:finding_save GET":         (401, 403, 403, 403, 404, 403, 200, 200, 403, 403, 403, 403),
    "lessons:finding_save POST":        (401, 403, 403, 403, 404, 403, 400, 400, 403, 403, 403, 403),
    "lessons:finding_agree GET":        (302, 403, 403, 403, 404, 403, 200, 200, 403, 403, 403, 403),
    "lessons:finding_agree POST":       (403, 403, 403, 403, 404, 403, 422, 422, 403, 403, 403, 403),
    "lessons:finding_name POST":        (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:finding_file_add POST":    (403, 403, 403, 403, 404, 403, 422, 422, 403, 403, 403, 403),
    "lessons:finding_file_remove POST": (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:finding_withdraw POST":    (403, 403, 404, 403, 404, 403, 302, 302, 404, 403, 403, 403),
    "lessons:finding_set_aside POST":   (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:finding_take_up POST":     (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:finding_cite POST":        (403, 403, 403, 403, 404, 403, 404, 404, 403, 403, 403, 403),  # in no own one
    "lessons:finding_uncite POST":      (403, 403, 403, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "lessons:booklet_choose GET":       (302, 403, 302, 403, 302, 403, 302, 302, 302, 403, 403, 403),  # none is ticked
    "lessons:booklet_choose POST":      (403, 403, 302, 403, 302, 403, 302, 302, 302, 403, 403, 403),
    "lessons:booklet GET":              (302, 403, 404, 403, 404, 403, 404, 200, 404, 403, 403, 403),
    "lessons:booklet_progress GET":     (302, 403, 404, 403, 404, 403, 404, 302, 404, 403, 403, 403),
    "lessons:booklet_again POST":       (403, 403, 404, 403, 404, 403, 404, 302, 404, 403, 403, 403),
    "lessons:booklet_download GET":     (302, 403, 404, 403, 404, 403, 404, 200, 404, 403, 403, 403),
}  # fmt: skip

KEYS = {
    **{
        f"lessons:{name}": lambda c: [c.visit.pk]
        for name in ("record", "pdf", "write", "autosave", "sign", "reopen", "correct", "reply")
    },
    "lessons:study_start": lambda c: [c.partnership.pk],
    **{
        f"lessons:{name}": lambda c: [c.study.pk]
        for name in (
            "study",
            "study_pdf",
            "study_bundle",
            "study_write",
            "study_autosave",
            "case_pupils",
            "member_add",
            "reader_add",
            "study_finish",
            "study_lessons",
        )
    },
    **{f"lessons:study_export{what}": lambda c: [c.study.exports.get().pk] for what in ("", "_progress", "_download")},
    "lessons:member_end": lambda c: [c.study.pk, c.people[Role.PARTNER].pk],
    "lessons:reader_end": lambda c: [c.study.readers.get().pk],
    **{
        f"lessons:{name}": lambda c: [c.lesson.pk]
        for name in ("sheet", "paper", "lesson_autosave", "plan", "lesson_start", "lesson_cancel", "begin_with")
    },
    **{
        f"lessons:{name}": lambda c: [c.lesson.pk]
        for name in ("interviews", "discussion", "private", "private_autosave", "private_share", "guests")
    },
    "lessons:guest_end": lambda c: [c.lesson.pk, c.lesson.guests.get().pk],
    "lessons:see_reply": lambda c: [c.record.replies.get().pk],
    "lessons:finding_begin": lambda c: [c.study.pk],
    **{
        f"lessons:finding{name}": lambda c: [c.finding.pk]
        for name in ("", "_write", "_save", "_agree", "_name", "_withdraw", "_file_add", "_poster", "_cite")
    },
    **{f"lessons:finding_{name}": lambda c: [c.finding.pk] for name in ("set_aside", "take_up")},
    **{f"lessons:finding_file{name}": lambda c: [c.finding.files.get().pk] for name in ("", "_remove")},
    "lessons:finding_uncite": lambda c: [c.study.citations.get().pk],
    **{f"lessons:booklet{name}": lambda c: [c.booklet.pk] for name in ("", "_progress", "_again", "_download")},
    "lessons:action_done": lambda c: [c.record.actions.get().pk],
    "lessons:gap_task_done": lambda c: [c.record.gap_tasks.get().pk],
    **{
        f"lessons:{name}": lambda c: [c.lesson.pk]
        for name in ("observe", "judge", "judge_save", "observations", "photos", "from_paper", "timeline")
    },
    "lessons:photo": lambda c: [c.lesson.pk, c.lesson.photos.get().pk],
}
OF_A_PROGRAMME = set()
