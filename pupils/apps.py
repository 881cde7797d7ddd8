from django.apps import AppConfig


class PupilsConfig(AppConfig):
    name = "pupils"

    def ready(self):
        """Say to programmes, which does not know this app, what a step of a partnership brings about here."""
        from programmes.services import life  # noqa: PLC0415 (models load after the apps)
        from pupils.services import ask_for_grades_again, excuse_missing_grades  # noqa: PLC0415

        if excuse_missing_grades not in life.AFTER_FOLD:
            life.AFTER_FOLD.append(excuse_missing_grades)
            life.AFTER_TAKING_BACK.append(ask_for_grades_again)
