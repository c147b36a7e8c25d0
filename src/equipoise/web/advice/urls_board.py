"""Addresses of the board and its meetings."""

from django.urls import path, register_converter

from equipoise.web.advice.views import board, clinics, measures, sessions, votes


class Step:
    """What can be done with a session in one step."""

    regex = "cancel|again|held"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Step, "session_step")
urlpatterns = [
    path("members/", board.index, name="board"),
    path("programmes/<int:pk>/members/new/", board.seat, name="seat"),
    path("members/<int:pk>/", board.member, name="member"),
    path("members/<int:pk>/change/", board.change, name="member-change"),
    path("members/<int:pk>/conflicts/new/", board.conflict, name="conflict"),
    path("members/<int:pk>/conflicts/<int:number>/end/", board.end_conflict, name="conflict-end"),
    path("meetings/", clinics.index, name="meetings"),
    path("programmes/<int:pk>/clinics/new/", clinics.new, name="clinic-new"),
    path("clinics/<int:pk>/", clinics.detail, name="clinic"),
    path("clinics/<int:pk>/change/", clinics.change, name="clinic-change"),
    path("clinics/<int:pk>/end/", clinics.end, name="clinic-end"),
    path("sessions/<int:pk>/", sessions.detail, name="session"),
    path("sessions/<int:pk>/meeting.ics", sessions.calendar, name="session-calendar"),
    path("sessions/<int:pk>/change/", sessions.change, name="session-change"),
    path("sessions/<int:pk>/<session_step:name>/", sessions.step, name="session-step"),
    path("sessions/<int:pk>/notes/", sessions.notes, name="session-notes"),
    path("sessions/<int:pk>/agenda/", sessions.put_on, name="agenda-put"),
    path("sessions/<int:pk>/agenda/<int:number>/off/", sessions.take_off, name="agenda-off"),
    path("sessions/<int:pk>/agenda/<int:number>/earlier/", sessions.earlier, name="agenda-earlier"),
    path("<int:pk>/time/", sessions.agree, name="agree"),
    path("<int:pk>/votes/new/", votes.new, name="vote-new"),
    path("<int:pk>/votes/<int:number>/", votes.detail, name="vote"),
    path("<int:pk>/votes/<int:number>/ballot/", votes.ballot, name="ballot"),
    path("<int:pk>/votes/<int:number>/close/", votes.close, name="vote-close"),
    path("measures/", measures.index, name="measures"),
    path("measures.csv", measures.table, name="measures-csv"),
]
