"""Shares, and the public press page."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
