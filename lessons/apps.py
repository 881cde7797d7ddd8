from django.apps import AppConfig


class LessonsConfig(AppConfig):
    name = "lessons"

    def ready(self):
        """Say to programmes, which does not know this app, what follows from its steps here."""
        from lessons.services.studies import let_studies_follow
        from programmes.services import people

        if let_studies_follow not in people.AFTER_PEOPLE_CHANGE:
            people.AFTER_PEOPLE_CHANGE.append(let_studies_follow)
