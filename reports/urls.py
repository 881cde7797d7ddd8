from django.urls import path

from reports import steering, views
from reports.access import views as access
from reports.erasing import views as erasing
from reports.exporting import views as exporting
from reports.handover import views as handover
from reports.headlines import views as headlines
from reports.progress import views as followed
from reports.roster import views as roster
from reports.rounds import views as rounds

app_name = "reports"
urlpatterns = [
    path("roster/", roster.roster, name="roster"),
    path("roster/roster.csv", roster.table, {"ending": "csv"}, name="roster_csv"),
    path("roster/roster.xlsx", roster.table, {"ending": "xlsx"}, name="roster_xlsx"),
    path("roster/<int:pk>/nudge/", roster.nudge, name="roster_nudge"),
    path("roster/nudges/", roster.nudges, name="nudges"),
    path("roster/views/", roster.SavedViewList.as_view(), name="saved_views"),
    path("roster/views/add/", roster.SavedViewCreate.as_view(), name="view_save"),
    path("roster/views/<int:pk>/change/", roster.SavedViewUpdate.as_view(), name="view_change"),
    path("roster/views/<int:pk>/delete/", roster.view_delete, name="view_delete"),
    path("programmes/<slug:slug>/results/", views.results, name="results"),
    path("programmes/<slug:slug>/results/places/", views.places, name="places"),
    path("programmes/<slug:slug>/results/table.<str:ending>", views.results_table, name="results_table"),
    path("programmes/<slug:slug>/results/years.<str:ending>", views.years_table, name="years_table"),
    path("programmes/<slug:slug>/progress/", followed.of_programme, name="followed"),
    path("programmes/<slug:slug>/progress/brief/", followed.brief_of_programme, name="followed_brief"),
    path("programmes/<slug:slug>/progress/table.<str:ending>", followed.of_programme_table, name="followed_table"),
    path("programmes/<slug:slug>/grades-in/", followed.completeness, name="completeness"),
    path("programmes/<slug:slug>/grades-in/table.<str:ending>", followed.completeness_file, name="completeness_table"),
    path("partnerships/<int:pk>/progress/", followed.of_partnership, name="partnership_followed"),
    path(
        "partnerships/<int:pk>/progress/table.<str:ending>",
        followed.of_partnership_table,
        name="partnership_followed_table",
    ),
    path("pupils/<int:pk>/everything/", access.of_pupil, name="access_pupil"),
    path("people/<int:pk>/everything/", access.of_person, name="access_person"),
    path("account/everything/", access.of_oneself, name="access_oneself"),
    path("everything/<int:pk>/progress/", access.progress, name="access_progress"),
    path("everything/<int:pk>/download.<str:ending>", access.download, name="access_download"),
    path("programmes/<slug:slug>/erasing/", erasing.look, name="erasing"),
    path("programmes/<slug:slug>/erasing/progress/", erasing.progress, name="erase_progress"),
    path("programmes/<slug:slug>/erasing/go-on/", erasing.go_on, name="erase_go_on"),
    path("programmes/<slug:slug>/erasing/copy/", erasing.copy, name="erase_copy"),
    path("programmes/<slug:slug>/erasing/copy/progress/", erasing.copy_progress, name="erase_copy_progress"),
    path("programmes/<slug:slug>/erasing/copy/download/", erasing.copy_download, name="erase_copy_download"),
    path("programmes/<slug:slug>/erasing/kept/<str:ending>/", erasing.kept_grades, name="erased_grades"),
    path("programmes/<slug:slug>/erasing/<str:how>/", erasing.confirm, name="erase_confirm"),
    path("partnerships/<int:pk>/hand-over/", handover.page, name="handover"),
    path("partnerships/<int:pk>/hand-over/make/", handover.order, name="handover_order"),
    path("partnerships/<int:pk>/hand-over/progress/", handover.progress, name="handover_progress"),
    path("partnerships/<int:pk>/hand-over/download/", handover.download, name="handover_download"),
    path("programmes/<slug:slug>/reports/", rounds.of_programme, name="rounds"),
    path("programmes/<slug:slug>/reports/<slug:kind>/order/", rounds.order, name="round_order"),
    path("programmes/<slug:slug>/reports/<slug:kind>/schedule/", rounds.schedule, name="round_schedule"),
    path("reports/rounds/<int:pk>/", rounds.detail, name="round"),
    path("reports/rounds/<int:pk>/progress/", rounds.progress, name="round_progress"),
    path("reports/rounds/<int:pk>/again/", rounds.again, name="round_again"),
    path("reports/rounds/<int:pk>/download/", rounds.download, name="round_download"),
    path("reports/link/<str:token>/", rounds.told, name="told"),
    path("programmes/<slug:slug>/steering-pack/", steering.choose, name="steering"),
    path("schools/<int:urn>/headlines/", headlines.of_school, name="headlines"),
    path("schools/<int:urn>/headlines/<int:year>/", headlines.year, name="headlines_year"),
    path("export/", exporting.exports, name="exports"),
    path("export/<int:pk>/make/", exporting.order, name="export_order"),
    path("export/<int:pk>/progress/", exporting.progress, name="export_progress"),
    path("export/<int:pk>/download/", exporting.download, name="export_download"),
    path("reports/", views.ReportList.as_view(), name="list"),
    path("reports/order/", views.order, name="order"),
    path("reports/<int:pk>/", views.detail, name="detail"),
    path("reports/<int:pk>/progress/", views.progress, name="progress"),
    path("reports/<int:pk>/again/", views.again, name="again"),
    path("reports/<int:pk>/download/", views.download, name="download"),
    path("reports/<int:pk>/figures.<str:ending>", views.download, name="figures"),
]
