from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "programmes"

    def ready(self):
        """Say to accounts, which does not know this app, which schools take part in an organisation's programmes, what
        of them follows a school to its successor, and that an unfinished agreement then names that one; close the
        objections of a folded partnership; and let an agreement follow the people of its partnership."""
        from accounts.models.organisations import TAKING_PART
        from accounts.register.succession import AFTER_SUCCESSION, ONCE_MOVED
        from programmes.models import partnerships
        from programmes.services import life, people
        from programmes.services.agreements import after_people_change
        from programmes.services.objections import close_objections
        from programmes.succession import FOLLOWING, make_agreements_anew

        for schools in (partnerships.partner_schools, partnerships.home_schools):
            if schools not in TAKING_PART:
                TAKING_PART.append(schools)
        if close_objections not in life.AFTER_FOLD:
            life.AFTER_FOLD.append(close_objections)
        if after_people_change not in people.AFTER_PEOPLE_CHANGE:
            people.AFTER_PEOPLE_CHANGE.append(after_people_change)
        AFTER_SUCCESSION.extend(following for following in FOLLOWING if following not in AFTER_SUCCESSION)
        if make_agreements_anew not in ONCE_MOVED:
            ONCE_MOVED.append(make_agreements_anew)
