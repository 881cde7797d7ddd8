from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "visits"

    def ready(self):
        """Say to the apps that do not know this one what their steps bring about here, which events are ahead, which
        visit took place last, and which planned ones fall on a school's closures or stand against a week or a limit."""
        from accounts.register.succession import AFTER_SUCCESSION
        from programmes.letters.facts import ALSO_AHEAD
        from programmes.services import life, people
        from programmes.services.against import AGAINST_LIMITS, AGAINST_WEEK
        from programmes.services.closures import WHAT_IT_HITS
        from programmes.services.held import LAST_HELD
        from programmes.services.inset import OCCUPIED
        from visits.events.letters import events_ahead
        from visits.services import cancel_visits_after, last_visit_held, let_visits_follow
        from visits.services.against import visits_against_limits, visits_against_week
        from visits.services.displaced import visits_on_closures
        from visits.services.occupied import days_taken
        from visits.succession import FOLLOWING

        if cancel_visits_after not in life.AFTER_FOLD:
            life.AFTER_FOLD.append(cancel_visits_after)
            people.AFTER_PEOPLE_CHANGE.append(let_visits_follow)
            ALSO_AHEAD.append(events_ahead)
            LAST_HELD.append(last_visit_held)
            WHAT_IT_HITS.append(visits_on_closures)
            OCCUPIED.append(days_taken)
            AGAINST_WEEK.append(visits_against_week)
            AGAINST_LIMITS.append(visits_against_limits)
        AFTER_SUCCESSION.extend(following for following in FOLLOWING if following not in AFTER_SUCCESSION)
