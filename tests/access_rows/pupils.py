"""Target pupils, their places, data returns, moderation."""

MATRIX = {
    #                                  anon none coor budg cons fina spec part head offi gues admi
    "pupils:list GET":                  (302, 403, 403, 403, 403, 403, 200, 200, 200, 403, 403, 403),
    "pupils:detail GET":                (302, 403, 403, 403, 403, 403, 200, 200, 200, 403, 403, 403),
    "pupils:change GET":                (302, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:change POST":               (403, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:returns GET":               (302, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    # submitted already: read by who reads its grades, opened again by who answers for it, typed into by nobody
    "pupils:return GET":                (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403, 403),
    "pupils:return POST":               (403, 403, 403, 403, 403, 403, 409, 409, 403, 403, 403, 403),
    "pupils:return_save GET":           (401, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:return_save POST":          (401, 403, 403, 403, 403, 403, 400, 400, 403, 403, 403, 403),
    "pupils:return_paste GET":          (302, 403, 403, 403, 403, 403, 302, 302, 403, 403, 403, 403),
    "pupils:return_paste POST":         (403, 403, 403, 403, 403, 403, 302, 302, 403, 403, 403, 403),
    "pupils:return_check GET":          (302, 403, 403, 403, 403, 403, 302, 302, 403, 403, 403, 403),
    "pupils:return_check POST":         (403, 403, 403, 403, 403, 403, 302, 302, 403, 403, 403, 403),
    "pupils:return_correct GET":        (302, 403, 200, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:return_correct POST":       (403, 403, 200, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    # choosing target pupils: their teachers alone
    "pupils:choose GET":                (302, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:choose POST":               (403, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:add GET":                   (302, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:add POST":                  (403, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:list_check GET":            (302, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:list_check POST":           (403, 403, 403, 403, 403, 403, 302, 302, 403, 403, 403, 403),
    "pupils:list_rows GET":             (302, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:list_rows POST":            (403, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:list_columns POST":         (403, 403, 403, 403, 403, 403, 302, 302, 403, 403, 403, 403),
    "pupils:list_set_aside POST":       (403, 403, 403, 403, 403, 403, 302, 302, 403, 403, 403, 403),
    "pupils:lists_set_aside POST":      (403, 403, 403, 403, 403, 403, 302, 302, 403, 403, 403, 403),
    # a place ends, goes on, changes: its teachers; the coordinator gives who has moved a place, by reference
    "pupils:take_over GET":             (302, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:take_over POST":            (403, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:place_end GET":             (302, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:place_end POST":            (403, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:place_back GET":            (302, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:place_back POST":           (403, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:place_change GET":          (302, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:place_change POST":         (403, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:moved GET":                 (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "pupils:move_on GET":               (302, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "pupils:move_on POST":              (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "pupils:collect GET":               (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "pupils:collect POST":              (403, 403, 422, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "pupils:collect_look GET":          (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "pupils:collect_look POST":         (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "pupils:collect_template GET":      (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "pupils:moderation GET":            (302, 403, 200, 403, 200, 403, 200, 200, 403, 403, 403, 403),
    "pupils:moderation POST":           (403, 403, 404, 403, 404, 403, 302, 302, 403, 403, 403, 403),
    "pupils:targets GET":               (302, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
    "pupils:targets POST":              (403, 403, 403, 403, 403, 403, 200, 200, 403, 403, 403, 403),
}  # fmt: skip

KEYS = {
    "pupils:detail": lambda c: [c.pupil.pk],
    "pupils:change": lambda c: [c.pupil.pk],
    **{f"pupils:return{name}": lambda c: [c.data_return.pk] for name in ("", "_save", "_paste", "_check", "_correct")},
    "pupils:choose": lambda c: [c.partnership.pk],
    "pupils:take_over": lambda c: [c.partnership.pk],
    **{f"pupils:{name}": lambda c: [c.place.pk] for name in ("place_end", "place_back", "place_change")},
    "pupils:moved": lambda c: [c.programme.slug],
    "pupils:move_on": lambda c: [c.programme.slug, c.pupil.pk],
    "pupils:add": lambda c: [c.partnership.pk],
    "pupils:lists_set_aside": lambda c: [c.partnership.pk],
    **{
        f"pupils:{name}": lambda c: [c.pupil_list.pk]
        for name in ("list_check", "list_rows", "list_columns", "list_set_aside")
    },
    "pupils:moderation": lambda c: [c.moderation.pk],
    "pupils:collect": lambda c: [c.programme.slug],
    "pupils:collect_look": lambda c: [c.programme.slug],
    "pupils:collect_template": lambda c: [c.programme.slug, c.data_return.data_point_id, "csv"],
    "pupils:targets": lambda c: [c.partnership.pk],
}
OF_A_PROGRAMME = {
    "pupils:collect",
    "pupils:collect_look",
    "pupils:collect_template",
    "pupils:moved",
    "pupils:move_on",
}
