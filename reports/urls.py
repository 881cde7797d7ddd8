from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("programmes/<slug:slug>/results/", views.results, name="results"),
    path("programmes/<slug:slug>/results/places/", views.places, name="places"),
    path("programmes/<slug:slug>/results/table.<str:ending>", views.results_table, name="results_table"),
    path("reports/", views.ReportList.as_view(), name="list"),
    path("reports/schools/<slug:slug>/<int:school>/order/", views.order_school, name="order_school"),
    path("reports/programmes/<slug:slug>/order/", views.order_programme, name="order_programme"),
    path("reports/<int:pk>/", views.ReportDetail.as_view(), name="detail"),
    path("reports/<int:pk>/progress/", views.progress, name="progress"),
    path("reports/<int:pk>/again/", views.again, name="again"),
    path("reports/<int:pk>/download/", views.download, name="download"),
]
