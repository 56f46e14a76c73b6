from django.urls import path

from apps.teams.views import access, entrances, namespaces, people, teams, trail

app_name = "teams"
PERSON, TEAM, SPACE = "admin/people/<int:pk>", "admin/teams/<int:pk>", "admin/namespaces/<int:pk>"

urlpatterns = [
    path("admin/teams/new/", teams.create_team, name="create_team"),
    path(f"{TEAM}/change/", teams.change_team, name="change_team"),
    path(f"{TEAM}/add/", teams.add_member, name="add_member"),
    path(f"{TEAM}/remove/<int:person>/", teams.remove_member, name="remove_member"),
    path("admin/namespaces/new/", namespaces.create_namespace, name="create_namespace"),
    path(f"{SPACE}/change/", namespaces.change_namespace, name="change_namespace"),
    path(f"{SPACE}/rights/", namespaces.give_rights, name="give_rights"),
    path(
        f"{SPACE}/rights/<str:kind>/<int:holder_pk>/",
        namespaces.change_rights,
        name="change_rights",
    ),
    path("admin/people/invite/", people.invite_person, name="invite_person"),
    path(
        "admin/invitations/<int:pk>/withdraw/",
        people.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path(f"{PERSON}/switch-off/", people.deactivate_person, name="deactivate_person"),
    path(f"{PERSON}/switch-on/", people.reactivate_person, name="reactivate_person"),
    path(f"{PERSON}/erase/", people.erase_person, name="erase_person"),
    path("account/invitation/<str:token>/", entrances.accept_invitation, name="accept_invitation"),
    path("account/begin/<str:token>/", entrances.first_admin, name="first_admin"),
    path("access/<int:pk>/<str:capability>/", access.request_access, name="request_access"),
    path("admin/access/<int:pk>/grant/", access.grant_request, name="grant_request"),
    path("admin/access/<int:pk>/decline/", access.decline_request, name="decline_request"),
    path("audit/check/", trail.check_trail, name="check_trail"),
    path("audit/restored/", trail.acknowledge_restore, name="acknowledge_restore"),
]
