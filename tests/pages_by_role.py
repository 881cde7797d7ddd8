"""Every page that a role opens."""

from django.urls import reverse

from accounts.roles import Role
from tests import set_up_pages
from tests.rounds import access_rows as rounds

AFTERWARDS = ("interviews", "discussion", "private", "guests")


def pages_of(corner):
    """Every page by role, in one corner of the world."""
    ours = corner
    partnership, visit = reverse("programmes:partnership", args=[ours.partnership.pk]), ours.visit.pk
    slug = ours.programme.slug
    everyone = [reverse("today"), reverse("accounts:account"), reverse("usersessions_list")]
    everyone += [reverse("calendars:own")]
    everyone += [reverse("accounts:own_name"), reverse("account_email"), reverse("reports:access_oneself")]
    programme = reverse("programmes:detail", args=[slug])
    roster = [
        reverse("reports:roster"),
        reverse("reports:roster") + "?sort=area",
        reverse("reports:saved_views"),
        reverse("reports:view_save"),
    ]
    results = [reverse("reports:results", args=[slug]), f"{reverse('reports:results', args=[slug])}?by=years"]
    by = [
        f"{results[0]}?by=area",
        f"{results[0]}?by=school",
        f"{results[0]}?by=group",
        reverse("reports:places", args=[slug]),
    ]
    grades_in = [reverse("reports:completeness", args=[slug])]
    progress = [
        reverse("reports:followed", args=[slug]),
        reverse("reports:partnership_followed", args=[ours.partnership.pk]),
        f"{reverse('reports:followed', args=[slug])}?years=1",
    ]
    visits = [reverse(f"visits:{name}") for name in ("list", "month", "agenda")]
    records = [reverse("lessons:list"), reverse("lessons:record", args=[visit])]
    records += [reverse("lessons:studies"), reverse("lessons:study", args=[ours.study.pk])]
    of_a_lesson = ("observe", "sheet", "plan", "timeline", "from_paper", *AFTERWARDS)
    observing = [reverse(f"lessons:{name}", args=[ours.lesson.pk]) for name in of_a_lesson]
    observing += [f"{observing[1]}?pupil=A", reverse("lessons:study_start", args=[ours.partnership.pk])]
    observing += [reverse(f"lessons:{name}", args=[ours.study.pk]) for name in ("study_write", "study_pdf")]
    observing += [reverse(f"lessons:{name}", args=[ours.study.pk]) for name in ("case_pupils", "study_bundle")]
    finding = ours.finding.pk
    findings = [reverse("lessons:findings"), f"{reverse('lessons:findings')}?q=headline&subject=maths"]
    reading = [reverse("lessons:finding", args=[finding])]
    writing = [reverse(f"lessons:finding_{name}", args=[finding]) for name in ("write", "agree")]
    writing += [f"{reverse('lessons:booklet_choose')}?all=1"]
    visits += [reverse("visits:detail", args=[visit]), f"{reverse('visits:month')}?month=2027-02"]
    plan = [
        reverse("visits:choose"),
        reverse("visits:create", args=[ours.partnership.pk]),
        reverse("visits:change", args=[visit]),
        reverse("visits:cancel", args=[visit]),
        reverse("visits:confirm_all"),
        *(reverse(f"visits:{name}", args=[visit]) for name in ("move", "propose", "swap")),
    ]
    cover = [reverse("visits:cover")]
    ledger = [reverse("visits:ledger", args=[slug])]
    planner = [reverse("planner:year"), f"{reverse('planner:year')}?show=spring&by=area"]
    half_day = [reverse("planner:half_day", args=[f"{ours.partnership.pk}-{ours.programme.timetable.get().pk}-1"])]
    half_day += [reverse("planner:half_day", args=[f"v{visit}"])]
    event = ours.event.pk
    series = ours.event.series_id
    events = [reverse("events:list"), reverse("events:detail", args=[event]), reverse("events:series", args=[series])]
    of_the_day = [reverse(f"events:{name}", args=[event]) for name in ("order", "attendance", "sheet", "minutes")]
    of_the_day += [reverse("events:slot", args=[ours.event.slots.get().pk])]
    arranging = [
        f"{reverse('events:list')}?when=past",
        reverse("events:choose"),
        reverse("events:create", args=[slug]) + f"?kind=twilight&area={ours.partnership.area_id}",
        *(reverse(f"events:{name}", args=[event]) for name in ("change", "cancel", "people", "invite")),
        *(reverse(f"events:series_{name}", args=[series]) for name in ("change", "invite")),
    ]
    year = [reverse("events:year", args=[slug])]
    pupil = ours.pupil.pk
    grades = [reverse("pupils:return", args=[ours.data_return.pk])]
    moderating = [reverse("pupils:moderation", args=[ours.moderation.pk])]
    correcting = [reverse("pupils:return_correct", args=[ours.data_return.pk])]
    choosing = [reverse(f"pupils:{name}", args=[ours.partnership.pk]) for name in ("choose", "add")]
    choosing += [reverse("pupils:take_over", args=[ours.partnership.pk])]
    choosing += [reverse(f"pupils:place_{name}", args=[ours.place.pk]) for name in ("end", "back", "change")]
    choosing += [reverse(f"pupils:{name}", args=[ours.pupil_list.pk]) for name in ("list_check", "list_rows")]
    partnerships = [reverse("programmes:partnerships"), partnership]
    agreements = [reverse("programmes:agreements"), ours.agreement.get_absolute_url()]
    agreement_words = [
        reverse("programmes:agreement_text", args=[slug]),
        reverse("programmes:agreement_text_change", args=[slug]),
        reverse("programmes:agreement_make", args=[slug]),
        reverse("programmes:agreement_renew", args=[ours.agreement.pk]),
    ]
    schools = [
        reverse("accounts:schools"),
        f"{reverse('accounts:schools')}?q=ourside",
        reverse("accounts:school", args=[ours.school.urn]),
        reverse("accounts:register"),
        reverse("accounts:register_file", args=[ours.register_file.pk]),
    ]
    suggestion = [ours.run.pk, ours.partner_school.pk, ours.partnership.specialist_id]
    pairing = [
        reverse("programmes:pairing", args=[slug]),
        reverse("programmes:pairing_run", args=[ours.run.pk]),
        reverse("programmes:pairing_change", args=suggestion),
        reverse("programmes:pairing_check", args=[ours.run.pk]),
        reverse("programmes:pairing_school", args=[ours.partner_school.pk]),
        reverse("programmes:partnership_add", args=[slug]),
        reverse("programmes:objection_answer", args=[ours.objection.pk]),
    ]
    actions = [
        reverse("programmes:actions", args=[slug]),
        reverse("programmes:action_add", args=[slug]),
        reverse("programmes:action", args=[ours.action.pk]),
        reverse("programmes:action_change", args=[ours.action.pk]),
    ]
    plans = [
        *(reverse(f"visits:{name}", args=[slug]) for name in ("plans", "plan_absence", "plan_wishes")),
        *(reverse(f"visits:{name}", args=[ours.plan.pk]) for name in ("plan", "plan_accept")),
        reverse("visits:plan", args=[ours.other_plan.pk]),
        reverse("visits:plan_compare", args=[ours.plan.pk, ours.other_plan.pk]),
    ]
    specialist, school = ours.specialist.pk, ours.listed_school.pk
    people = [reverse("programmes:specialists", args=[slug]), reverse("programmes:specialist", args=[specialist])]
    recruiting = [
        reverse(f"programmes:{name}", args=[key])
        for key, names in {
            slug: [
                "specialist_add",
                "specialists_move",
                "schools",
                "schools_move",
                "school_add",
                "schools_carry",
                "letters",
                "letters_send",
            ],
            specialist: ["specialist_change", "specialist_nomination", "specialist_move", "specialist_conflicts"],
            school: ["partner_school", "partner_school_change", "partner_school_move", "letter_preview"],
        }.items()
        for name in names
    ]
    week, letter = reverse("programmes:specialist_release", args=[specialist]), ours.letter.get_absolute_url()
    key = [ours.partnership.pk]
    handover = reverse("reports:handover", args=key)
    calendar = [
        *(reverse(f"programmes:{name}", args=[ours.school.urn]) for name in ("school_calendar", "closure_add")),
        reverse("programmes:school_limits", args=[ours.school.urn]),
        reverse("programmes:closure_change", args=[ours.closure.pk]),
    ]
    own_week = [
        reverse("programmes:partner_week", args=[ours.partnership.partner_teachers.get().pk]),
        reverse("visits:away", args=[ours.people[Role.PARTNER].pk]),
    ]
    calendars = [reverse(f"programmes:{name}", args=[slug]) for name in ("calendars", "calendars_enter", "inset")]
    m = ours.money
    money = [
        reverse("funding:home"),
        reverse("funding:payments"),
        *(reverse(f"funding:{name}", args=[slug]) for name in ("programme", "schools", "recoveries", "plan")),
        reverse("funding:stage", args=[slug, m.stage.pk]),
        reverse("funding:recovery", args=[m.recovery.pk]),
        m.paper.get_absolute_url(),
        reverse("funding:letters", args=[slug, m.stage.pk]),
        m.approval.get_absolute_url(),
        m.batch.get_absolute_url(),
    ]
    own_money = [reverse("funding:school", args=[ours.school.urn]), m.release.get_absolute_url()]
    own_money += [
        m.letter.get_absolute_url(),
        reverse("funding:check"),
        f"{reverse('funding:check')}?reference=x&code=y",
    ]
    planning = [
        *(reverse(f"funding:{name}", args=[slug]) for name in ("settings", "shares", "stage_add", "item_add")),
        reverse("funding:stage_change", args=[slug, m.stage.pk]),
        reverse("funding:item_change", args=[slug, m.item.pk]),
    ]
    payees = [reverse("funding:payees"), reverse("funding:payee", args=[ours.school.urn])]
    ways_to_pay = [reverse(f"funding:{name}") for name in ("authorise", "columns")]
    ways_to_pay += [reverse("funding:answer_look", args=[m.batch.pk])]
    approving = [f"{reverse('funding:approve', args=[slug])}?release={m.release.pk}"]
    life = [
        reverse("programmes:move", args=[*key, "paused"]),
        reverse("programmes:move", args=[*key, "folded"]),
        reverse("programmes:partnership_area", args=key),
        reverse("programmes:specialist_replace", args=key),
        reverse("programmes:partner_teacher_add", args=key),
        reverse("programmes:partner_teacher_replace", args=[*key, ours.partnership.partner_teachers.get().pk]),
    ]
    return {
        Role.COORDINATOR: [
            *everyone,
            reverse("pupils:moved", args=[slug]),
            *money,
            *own_money,
            *planning,
            *(reverse(f"funding:{name}", args=[slug]) for name in ("records", "evidence", "not_held")),
            *people,
            *recruiting,
            week,
            letter,
            *agreements,
            *agreement_words,
            *pairing,
            *plans,
            *roster,
            *rounds.pages_of(ours),
            reverse("reports:nudges"),
            reverse("accounts:mails"),
            reverse("accounts:mail", args=[ours.mail.pk]),
            reverse("accounts:mail_kinds"),
            reverse("mfa_index"),
            reverse("accounts:people"),
            reverse("accounts:correct", args=[ours.people[Role.OFFICE].pk]),
            reverse("accounts:invite"),
            reverse("programmes:invite_many"),
            reverse("programmes:invited", args=[ours.invitation_mail.batch]),
            *schools,
            reverse("accounts:succeed", args=[ours.school.urn]),
            reverse("programmes:list"),
            programme,
            *actions,
            *set_up_pages.pages(ours),
            *partnerships,
            *life,
            *calendar,
            *calendars,
            *own_week,
            handover,
            *visits,
            *records,
            *findings,
            *plan,
            reverse("visits:move_many"),
            *half_day,
            *planner,
            *events,
            *of_the_day,
            *arranging,
            *year,
            *results,
            *by,
            *progress,
            *grades_in,
            *grades,
            *correcting,
            *moderating,
            reverse("pupils:collect", args=[slug]),
            reverse("pupils:collect_look", args=[slug]),
            reverse("reports:list"),
            reverse("reports:detail", args=[ours.programme_report.pk]),
            reverse("reports:exports"),
            reverse("reports:steering", args=[slug]),
            reverse("reports:steering", args=[slug]) + "?parts=risks&parts=visits",
        ],
        Role.BUDGET_HOLDER: [
            *everyone,
            *grades_in,
            programme,
            *results,
            *ledger,
            *money,
            *own_money,
            *planning,
            *approving,
            *payees,
        ],
        Role.CONSULTANT: [
            *everyone,
            *agreements,
            *roster,
            reverse("reports:view_change", args=[ours.saved_view.pk]),
            programme,
            *partnerships,
            handover,
            *visits,
            *records,
            *findings,
            *planner,
            *events,
            *of_the_day,
            *year,
            *results,
            *by,
            *progress,
            *grades_in,
            reverse("reports:list"),
            reverse("reports:detail", args=[ours.reports["area progress"].pk]),
            reverse("reports:detail", args=[ours.reports["signed records"].pk]),
        ],
        Role.FINANCE: [*everyone, *grades_in, programme, *ledger, *money, *own_money, *ways_to_pay, *payees],
        Role.SPECIALIST: [
            *everyone,
            *progress,
            *observing,
            week,
            *partnerships,
            *agreements,
            handover,
            *visits,
            *records,
            *findings,
            *reading,
            *writing,
            *plan,
            *half_day,
            *events,
            reverse("pupils:list"),
            reverse("pupils:returns"),
            *grades,
            *correcting,
            *moderating,
            reverse("reports:list"),
            reverse("reports:detail", args=[ours.reports["partnership progress"].pk]),
            reverse("reports:detail", args=[ours.reports["visit records"].pk]),
            reverse("reports:detail", args=[ours.reports["specialist year"].pk]),
        ],
        Role.PARTNER: [
            *everyone,
            reverse("pupils:targets", args=[ours.partnership.pk]),
            *progress,
            *own_week,
            *agreements,
            *visits,
            *records,
            *findings,
            *reading,
            *writing,
            reverse("lessons:booklet", args=[ours.booklet.pk]),
            *plan,
            *half_day,
            *events,
            *of_the_day,
            reverse("pupils:list"),
            reverse("pupils:detail", args=[pupil]),
            reverse("pupils:change", args=[pupil]),
            *choosing,
            reverse("reports:list"),
            reverse("reports:detail", args=[ours.reports["partnership progress"].pk]),
        ],
        Role.HEADTEACHER: [
            *everyone,
            *own_money,
            *progress,
            letter,
            *cover,
            reverse("visits:ledger_school"),
            reverse("programmes:objection_add", args=[ours.partnership.pk]),
            reverse("programmes:agree", args=[ours.partnership.pk]),
            *calendar,
            calendars[-1],
            *agreements,
            *partnerships,
            *visits,
            *records,
            *findings,
            *reading,
            *events,
            *grades,
            reverse("pupils:list"),
            reverse("pupils:detail", args=[pupil]),
            reverse("reports:access_pupil", args=[pupil]),
            reverse("accounts:people"),
            reverse("accounts:invite"),
            reverse("reports:list"),
            reverse("reports:headlines", args=[ours.school.urn]),
            reverse("reports:headlines_year", args=[ours.school.urn, 2025]),
            reverse("reports:detail", args=[ours.school_report.pk]),
        ],
        Role.OFFICE: [*everyone, *visits, *cover, *calendar],
        Role.GUEST: [*everyone, *observing[:2]],
        Role.ADMINISTRATOR: [
            *everyone,
            reverse("system"),
            reverse("accounts:organisations"),
            reverse("accounts:organisation_create"),
            reverse("accounts:people"),
            *schools,
        ],
        None: [
            reverse("account_login"),
            reverse("account_request_login_code"),
            reverse("account_reset_password"),
            reverse("account_signup"),
        ],
    }
