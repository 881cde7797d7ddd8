from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "visits"

    def ready(self):
        """Say to programmes, which does not know this app, what a step of a partnership brings about here."""
        from programmes.services import life, people  # noqa: PLC0415 (models load after the apps)
        from visits.services import cancel_visits_after, hand_bookings_over  # noqa: PLC0415

        if cancel_visits_after not in life.AFTER_FOLD:
            life.AFTER_FOLD.append(cancel_visits_after)
            people.AFTER_PEOPLE_CHANGE.append(hand_bookings_over)
