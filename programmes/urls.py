from django.urls import path

from programmes import views

app_name = "programmes"
urlpatterns = [
    path("programmes/", views.ProgrammeList.as_view(), name="list"),
    path("programmes/<slug:slug>/", views.ProgrammeDetail.as_view(), name="detail"),
    path("partnerships/", views.PartnershipList.as_view(), name="partnerships"),
    path("partnerships/<int:pk>/", views.PartnershipDetail.as_view(), name="partnership"),
]
