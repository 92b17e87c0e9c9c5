"""Slack's sign-in as docs.slack.dev/authentication/installing-with-oauth tells it, and the webhook that it gives."""

from itertools import count

from tests.servers.recorder import Reply

CLIENT, SECRET = "12345.67890", "slack-client-secret"


class FakeSlack:
    def __init__(self):
        self.codes, self.hooks, self.said = {}, set(), []
        self.numbers = count(1)
        self.base = ""

    def say_yes(self, query):
        """The admin chooses a channel on Slack's page and says yes; the code that Slack sends back, good once."""
        assert query["client_id"] == [CLIENT]
        assert query["scope"] == ["incoming-webhook"]
        code = f"code-{next(self.numbers)}"
        self.codes[code] = query["redirect_uri"][0]
        return code

    def __call__(self, request):
        if request.route == "/api/oauth.v2.access":
            return self.access(request.form())
        if request.route not in self.hooks:
            return Reply(404, b"no_service")
        self.said.append(request.json())
        return Reply(200, b"ok")

    def access(self, form):
        # Slack answers 200 to everything, and says in the body what it thinks of it.
        if (form["client_id"], form["client_secret"]) != (CLIENT, SECRET):
            return Reply(200, {"ok": False, "error": "bad_client_secret"})
        if self.codes.pop(form["code"], "") != form["redirect_uri"]:
            return Reply(200, {"ok": False, "error": "invalid_code"})
        hook = f"/services/T1/B{next(self.numbers)}/secret"
        self.hooks.add(hook)
        there = {"channel": "#press", "channel_id": "C1", "configuration_url": "https://acme.slack.com/services/B1"}
        return Reply(
            200,
            {
                "ok": True,
                "access_token": "xoxb-canary",
                "token_type": "bot",
                "scope": "incoming-webhook",
                "team": {"id": "T1", "name": "Acme"},
                "incoming_webhook": there | {"url": f"{self.base}{hook}"},
            },
        )
