from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "visits"

    def ready(self):
        """Say to the apps that do not know this one what a fold, or a school's succession, brings about here."""
        from accounts.register.succession import AFTER_SUCCESSION  # noqa: PLC0415 (models load after the apps)
        from programmes.services import life, people  # noqa: PLC0415
        from visits.services import cancel_visits_after, hand_bookings_over  # noqa: PLC0415
        from visits.succession import FOLLOWING  # noqa: PLC0415

        if cancel_visits_after not in life.AFTER_FOLD:
            life.AFTER_FOLD.append(cancel_visits_after)
            people.AFTER_PEOPLE_CHANGE.append(hand_bookings_over)
        AFTER_SUCCESSION.extend(following for following in FOLLOWING if following not in AFTER_SUCCESSION)
