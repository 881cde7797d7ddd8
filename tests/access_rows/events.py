"""Events: who comes, what happens there, minutes."""

MATRIX = {
    #                                  anon none coor budg cons fina spec part head offi gues admi
    "events:list GET":                  (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403, 403),
    "events:choose GET":                (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:create GET":                (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:create POST":               (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:detail GET":                (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403, 403),
    "events:answer POST":               (403, 403, 302, 403, 302, 403, 302, 302, 302, 403, 403, 403),
    "events:calendar GET":              (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403, 403),
    "events:change GET":                (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:change POST":               (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:cancel GET":                (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:cancel POST":               (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:people GET":                (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:put_on POST":               (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:take_off POST":             (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:invite GET":                (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:invite POST":               (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:remind POST":               (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    # of those invited only the one who takes the minutes, here the partner teacher, keeps what belongs to the day
    "events:order GET":                 (302, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403, 403),
    "events:slot_add POST":             (403, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403, 403),
    "events:slots_fill POST":           (403, 403, 302, 403, 302, 403, 404, 302, 404, 403, 403, 403),
    "events:slot GET":                  (302, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403, 403),
    "events:slot POST":                 (403, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403, 403),
    "events:slot_move POST":            (403, 403, 302, 403, 302, 403, 404, 302, 404, 403, 403, 403),
    "events:slot_remove POST":          (403, 403, 302, 403, 302, 403, 404, 302, 404, 403, 403, 403),
    "events:sheet GET":                 (302, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403, 403),
    "events:attendance GET":            (302, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403, 403),
    "events:mark POST":                 (403, 403, 302, 403, 302, 403, 404, 302, 404, 403, 403, 403),
    "events:register_news GET":         (302, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403, 403),
    "events:walk_in POST":              (403, 403, 302, 403, 302, 403, 404, 302, 404, 403, 403, 403),
    "events:guest POST":                (403, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403, 403),
    "events:close POST":                (403, 403, 302, 403, 302, 403, 404, 302, 404, 403, 403, 403),
    "events:minutes GET":               (302, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403, 403),
    "events:minutes POST":              (403, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403, 403),
    "events:action_add POST":           (403, 403, 200, 403, 200, 403, 404, 200, 404, 403, 403, 403),
    "events:action_done POST":          (403, 403, 302, 403, 302, 403, 302, 302, 302, 403, 403, 403),
    "events:series GET":                (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403, 403),
    "events:series_change GET":         (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:series_change POST":        (403, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:series_invite GET":         (302, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:series_invite POST":        (403, 403, 302, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    "events:series_answer POST":        (403, 403, 302, 403, 302, 403, 302, 302, 302, 403, 403, 403),
    "events:series_calendar GET":       (302, 403, 200, 403, 200, 403, 200, 200, 200, 403, 403, 403),
    "events:year GET":                  (302, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403, 403),
    "events:year_table GET":            (302, 403, 200, 403, 200, 403, 403, 403, 403, 403, 403, 403),
}  # fmt: skip

KEYS = {
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
            "register_news",
            "walk_in",
            "guest",
            "close",
            "minutes",
            "action_add",
        ]
    },
    **{f"events:{name}": lambda c: [c.event.slots.get().pk] for name in ("slot", "slot_move", "slot_remove")},
    "events:action_done": lambda c: [c.event.pk, c.event.actions.get().pk],
    **{
        f"events:{name}": lambda c: [c.event.series_id]
        for name in ("series", "series_change", "series_invite", "series_answer", "series_calendar")
    },
    "events:year": lambda c: [c.programme.slug],
    "events:year_table": lambda c: [c.programme.slug, "csv"],
}
OF_A_PROGRAMME = {
    "events:create",
    "events:year",
    "events:year_table",
}
