from django.apps import AppConfig


class LessonsConfig(AppConfig):
    name = "lessons"

    def ready(self):
        """Say to programmes, which does not know this app, what follows from its steps here."""
        from lessons.services.studies import let_studies_follow
        from programmes.services import people

        if let_studies_follow not in people.AFTER_PEOPLE_CHANGE:
            people.AFTER_PEOPLE_CHANGE.append(let_studies_follow)
        from lessons import keeping
        from lessons.services.naming import words_naming
        from programmes import naming

        if words_naming not in naming.MAY_NAME:
            naming.MAY_NAME.append(words_naming)
        from pupils import retention

        for part in keeping.PARTS:
            if part not in retention.ERASE:
                retention.ERASE.append(part)
        if keeping.exports_in_hand not in retention.STILL_OPEN:
            retention.STILL_OPEN.append(keeping.exports_in_hand)
