import datetime as dt

from allauth.usersessions.middleware import UserSessionsMiddleware
from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts import acting, audit, signed_out
from accounts.second_factor import has_second_factor
from papers.downloads import sheets_response, table_response
from papers.page_tables import asked_for, tables_of

__all__ = ["LastSeen", "NoStore", "SecondFactor", "SignedIn", "TablesAsFiles", "login_not_required"]

# What someone may reach who has signed in but not set the second factor up: to set it up, or to leave.
WITHOUT_SECOND_FACTOR = {"account_logout", "account_reauthenticate", "mfa_reauthenticate", "mfa_activate_totp"}

SEEN_EVERY = dt.timedelta(minutes=5)

# The pages of the sign-in, by how their names begin: what is typed there is typed to get in, and given back to nobody.
SIGN_IN_PAGES = ("account_", "mfa_", "usersessions_")


class SignedIn(LoginRequiredMiddleware):
    """Being signed in is the default; `login_not_required` marks the few exceptions.

    An htmx request whose session has ended is told to load the sign-in page as a whole: a redirect would put the page
    into the fragment. Whoever sends a form after the session has ended gets back what they typed.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        request.acting = acting.current(request)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request, view_func):
        response = super().handle_no_permission(request, view_func)
        if request.htmx:
            return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
        if request.method == "POST" and not request.resolver_match.url_name.startswith(SIGN_IN_PAGES):
            return signed_out.answer(request)
        return response


class SecondFactor:
    """Whoever reaches many schools, money or accounts uses a second factor, or sees nothing but the way to it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        public = not getattr(view_func, "login_required", True)
        if public or not request.user.is_authenticated:
            return None
        if not request.user.needs_second_factor or has_second_factor(request):
            return None
        if request.resolver_match.url_name in WITHOUT_SECOND_FACTOR:
            return None
        where = reverse("mfa_activate_totp")
        return HttpResponse(status=204, headers={"HX-Redirect": where}) if request.htmx else redirect(where)


class LastSeen(UserSessionsMiddleware):
    """When and from where a device was last seen is noted every five minutes: with each request it took half of the
    queries of a page."""

    def __call__(self, request):
        key = request.session.session_key
        if key is None:
            return self.get_response(request)
        lately = UserSession.objects.filter(session_key=key, last_seen_at__gt=timezone.now() - SEEN_EVERY)
        return self.get_response(request) if lately.exists() else super().__call__(request)


class TablesAsFiles:
    """`?table=csv` on a page gives its tables instead of the page, to whoever may read it; that is written down."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        ending = asked_for(request)
        is_page = response.status_code == 200 and response.headers.get("Content-Type", "").startswith("text/html")
        if not ending or not is_page or response.streaming or not request.user.is_authenticated:
            return response
        sheets = tables_of(response.content.decode(), request.GET.get("of", ""))
        if not sheets:
            return response
        page = request.resolver_match
        name = "-".join([page.view_name.replace(":", "-").replace("_", "-"), *filter(None, [page.kwargs.get("slug")])])
        audit.record(request.user, "table.downloaded", about=f"{page.view_name} {ending}")
        if len(sheets) == 1:
            return table_response(name, ending, sheets[0].columns, sheets[0].rows, sheets[0].title or name)
        return sheets_response(name, ending, sheets, name)


class NoStore:
    """Pages about people are kept in no cache, so that Back after signing out shows nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store, private"
        return response
