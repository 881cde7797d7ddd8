from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self):
        """Say to accounts, which does not know this app, what follows a school to its successor here."""
        from accounts.register.succession import AFTER_SUCCESSION
        from reports.succession import FOLLOWING

        AFTER_SUCCESSION.extend(following for following in FOLLOWING if following not in AFTER_SUCCESSION)
        from pupils import retention
        from reports import freezing, keeping

        for part in keeping.PARTS:
            if part not in retention.ERASE:
                retention.ERASE.append(part)
        if freezing.freeze_pages not in retention.FREEZE:
            retention.FREEZE.append(freezing.freeze_pages)
            retention.STILL_OPEN.append(keeping.in_hand)
