from django.urls import include, path

from lessonstudy import views
from reports.views import today

urlpatterns = [
    path("", today, name="today"),
    path("health/", views.healthy, name="health"),
    path("system/", views.system, name="system"),
    path("sign-in/", include("lessonstudy.sign_in")),
    path("", include("accounts.urls")),
    path("", include("programmes.urls")),
    path("planner/", include("visits.year_planner.urls")),
    path("visits/", include("visits.urls")),
    path("calendars/", include("visits.feeds.urls")),
    path("events/", include("visits.events.urls")),
    path("", include("pupils.urls")),
    path("", include("lessons.urls")),
    path("", include("desks.urls")),
    path("money/", include("funding.urls")),
    path("", include("reports.urls")),
]
