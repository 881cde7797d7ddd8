from django.urls import path

from visits.year_planner import views

app_name = "planner"
urlpatterns = [
    path("", views.planner, name="year"),
    path("visits.csv", views.table, {"ending": "csv"}, name="csv"),
    path("visits.xlsx", views.table, {"ending": "xlsx"}, name="xlsx"),
    path("half-day/<slug:slug>/", views.half_day, name="half_day"),
]
