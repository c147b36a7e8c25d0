"""Addresses of the board and its meetings."""

urlpatterns = []
