from django.urls import path

from visits.ledger import views

urlpatterns = [
    path("", views.school, name="ledger_school"),
    path("half-days.csv", views.school_table, {"ending": "csv"}, name="ledger_school_csv"),
    path("half-days.xlsx", views.school_table, {"ending": "xlsx"}, name="ledger_school_xlsx"),
    path("<slug:slug>/", views.numbers, name="ledger"),
    path("<slug:slug>/numbers.<str:ending>", views.numbers_table, name="ledger_table"),
]
