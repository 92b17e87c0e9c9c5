"""What operators and probes ask."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
