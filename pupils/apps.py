from django.apps import AppConfig


class PupilsConfig(AppConfig):
    name = "pupils"

    def ready(self):
        """Say to programmes, which does not know this app, what follows from its steps here, and what is lacking."""
        from programmes import setting_up
        from programmes.services import data_points, life, programmes
        from pupils.choosing.services import cut_lists
        from pupils.expectations import without_a_rate
        from pupils.returns.folding import typed_before_fold
        from pupils.services import (
            ask_for_grades,
            ask_for_grades_again,
            count_returns,
            excuse_missing_grades,
        )

        if excuse_missing_grades not in life.AFTER_FOLD:
            life.AFTER_FOLD.append(excuse_missing_grades)
            life.AFTER_TAKING_BACK.append(ask_for_grades_again)
            life.AFTER_AGREEING.append(ask_for_grades)
            life.TOLD_BEFORE_FOLD.append(typed_before_fold)
        if count_returns not in data_points.AFTER_DATA_POINTS:
            data_points.AFTER_DATA_POINTS.append(count_returns)
        if cut_lists not in programmes.AFTER_INITIALS_ONLY:
            programmes.AFTER_INITIALS_ONLY.append(cut_lists)
        if without_a_rate not in setting_up.ASSESSMENT_GAPS:
            setting_up.ASSESSMENT_GAPS.append(without_a_rate)
        from pupils import retention
        from pupils.retention import freezing, own

        for part in (*own.PARTS, *own.WORDS):
            if part not in retention.ERASE:
                retention.ERASE.append(part)
        if freezing.freeze_results not in retention.FREEZE:
            retention.FREEZE.append(freezing.freeze_results)
            retention.STILL_OPEN.append(own.open_partnerships)
