from django.urls import path

from visits.feeds import views

app_name = "calendars"
urlpatterns = [
    path("", views.own, name="own"),
    path("make/", views.make, name="make"),
    path("<int:pk>/revoke/", views.revoke, name="revoke"),
    path("<str:token>.ics", views.feed, name="feed"),
]
