from django.urls import path

from programmes.views import actions, by_hand, pairing, partnerships, programmes

app_name = "programmes"
urlpatterns = [
    path("programmes/", programmes.ProgrammeList.as_view(), name="list"),
    path("programmes/<slug:slug>/", programmes.ProgrammeDetail.as_view(), name="detail"),
    path("programmes/<slug:slug>/consultants/add/", programmes.consultant_add, name="consultant_add"),
    path("consultants/<int:pk>/remove/", programmes.consultant_remove, name="consultant_remove"),
    path("programmes/<slug:slug>/pairing/", pairing.PairingPage.as_view(), name="pairing"),
    path("programmes/<slug:slug>/pairing/start/", pairing.start, name="pairing_start"),
    path("programmes/<slug:slug>/partnerships/add/", by_hand.PartnershipAdd.as_view(), name="partnership_add"),
    path("pairing/<int:pk>/", pairing.RunPage.as_view(), name="pairing_run"),
    path("pairing/<int:pk>/progress/", pairing.progress, name="pairing_progress"),
    path("pairing/<int:pk>/rest/", pairing.accept_the_rest, name="pairing_rest"),
    path("pairing/<int:pk>/check/", pairing.CheckPage.as_view(), name="pairing_check"),
    path("pairing/<int:pk>/<int:school>-<int:specialist>/", pairing.decide, name="pairing_decide"),
    path("pairing/<int:pk>/<int:school>-<int:specialist>/change/", pairing.ChangePage.as_view(), name="pairing_change"),
    path("partner-schools/<int:pk>/pairing/", pairing.SchoolPage.as_view(), name="pairing_school"),
    path("partnerships/", partnerships.PartnershipList.as_view(), name="partnerships"),
    path("partnerships/<int:pk>/", partnerships.PartnershipDetail.as_view(), name="partnership"),
    path("programmes/<slug:slug>/actions/", actions.plan, name="actions"),
    path("programmes/<slug:slug>/actions/table.<str:ending>", actions.table, name="actions_table"),
    path("programmes/<slug:slug>/actions/add/", actions.ActionAdd.as_view(), name="action_add"),
    path("actions/<int:pk>/", actions.detail, name="action"),
    path("actions/<int:pk>/change/", actions.ActionChange.as_view(), name="action_change"),
    path("actions/<int:pk>/note/", actions.note, name="action_note"),
    path("actions/<int:pk>/done/", actions.done, name="action_done"),
    path("actions/<int:pk>/again/", actions.again, name="action_again"),
]
