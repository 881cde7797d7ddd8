from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self):
        """Say to accounts, which does not know this app, what follows a school to its successor here."""
        from accounts.register.succession import AFTER_SUCCESSION  # noqa: PLC0415 (models load after the apps)
        from reports.succession import FOLLOWING  # noqa: PLC0415

        AFTER_SUCCESSION.extend(following for following in FOLLOWING if following not in AFTER_SUCCESSION)
