"""Whether this session has shown a second factor. allauth offers TOTP; requiring it is ours."""

import datetime as dt

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from django.conf import settings


def has_second_factor(request):
    """True once a code was given at this sign-in, or the factor was set up within it; in the demo, for anyone."""
    if settings.DEMO and request.session.get("demo_sign_in"):
        return True
    records = get_authentication_records(request, request.user)
    if any(record["method"] == "mfa" for record in records):
        return True
    signed_in_at = min((record["at"] for record in records), default=0)
    set_up_since = dt.datetime.fromtimestamp(signed_in_at, dt.UTC)
    return Authenticator.objects.filter(
        user=request.user, type=Authenticator.Type.TOTP, created_at__gte=set_up_since
    ).exists()


class SetUp(ActivateTOTPView):
    """The code that sets the factor up is one given at this sign-in: the recovery codes are shown without another."""

    def form_valid(self, form):
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, method="mfa", type="totp", reauthenticated=True)
        return response
