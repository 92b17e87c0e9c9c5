"""What one missed, topics, trends, and what one keeps for oneself."""

from django.urls import URLPattern, path

from corpblog.web.views import discovery

urlpatterns: list[URLPattern] = [
    path("missed/", discovery.missed, name="missed"),
    path("topics/", discovery.topics, name="topics"),
    path("trending/", discovery.trending, name="trending"),
    path("tags/<str:name>/follow/", discovery.follow_tag, name="tag_follow"),
    path("search/kept/", discovery.kept_searches, name="kept_searches"),
    path("search/save/", discovery.save_search, name="search_save"),
    path("search/<int:search_id>/drop/", discovery.drop_search, name="search_drop"),
    path("p/<int:post_id>/folder/", discovery.folder, name="folder"),
]
