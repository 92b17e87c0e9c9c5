"""The door for programs: addresses and shapes of the Mastodon client API, with access tokens."""
