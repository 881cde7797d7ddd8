from django.urls import path

from lessons.views import observing, offline, recording, records

app_name = "lessons"
urlpatterns = [
    path("records/", records.RecordList.as_view(), name="list"),
    path("records/replies/<int:pk>/seen/", records.see_reply, name="see_reply"),
    path("records/actions/<int:pk>/done/", records.action_done, name="action_done"),
    path("records/gap-tasks/<int:pk>/done/", records.gap_task_done, name="gap_task_done"),
    path("visits/<int:visit>/record/", records.record, name="record"),
    path("visits/<int:visit>/record/write/", recording.write, name="write"),
    path("visits/<int:visit>/record/save/", recording.autosave, name="autosave"),
    path("visits/<int:visit>/record/sign/", records.sign, name="sign"),
    path("visits/<int:visit>/record/change/", records.reopen, name="reopen"),
    path("visits/<int:visit>/record/correction/", records.correct, name="correct"),
    path("visits/<int:visit>/record/answer/", records.reply, name="reply"),
    path("visits/<int:visit>/record/pdf/", records.paper, name="pdf"),
    path("lessons/<int:pk>/observe/", observing.observe, name="observe"),
    path("lessons/<int:pk>/observe/end/", observing.judge, name="judge"),
    path("lessons/<int:pk>/observe/end/save/", observing.judge_save, name="judge_save"),
    path("lessons/<int:pk>/observations/", observing.observations, name="observations"),
    path("lessons/<int:pk>/photos/", observing.photos, name="photos"),
    path("lessons/<int:pk>/photos/<int:photo>/", observing.photo, name="photo"),
    path("offline/", offline.shell, name="shell"),
    path("sw.js", offline.worker, name="worker"),
]
