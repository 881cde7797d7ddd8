from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "funding"

    def ready(self):
        """Say to programmes, which does not know this app, what follows for money from a fold, that a partnership that
        is agreed has releases, and to visits what follows from half-days that are used or not."""
        from funding.services import folding, paying, recovering, releasing, settling
        from programmes.services import life
        from visits import used

        for functions, function in (
            (life.AFTER_FOLD, recovering.follow_fold),
            (life.TOLD_BEFORE_FOLD, folding.money_after),
            (life.AFTER_TAKING_BACK, recovering.follow_taking_back),
            (life.TOLD_BEFORE_TAKING_BACK, folding.money_taken_back),
            (life.AFTER_AGREEING, recovering.follow_agreeing),
            (used.AFTER_USE, settling.follow_use),
            (paying.AFTER_REJECTION, recovering.after_rejection),
            (releasing.AFTER_TAKING_APPROVAL_BACK, recovering.after_approval_taken_back),
        ):
            if function not in functions:
                functions.append(function)
