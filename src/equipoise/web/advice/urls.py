"""Addresses of the room of advice: the requests here, the board itself in urls_board."""

from equipoise.web.advice import urls_board

app_name = "advice"
urlpatterns = []
urlpatterns += urls_board.urlpatterns
