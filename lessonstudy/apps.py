from django.apps import AppConfig


class LessonStudyConfig(AppConfig):
    name = "lessonstudy"
