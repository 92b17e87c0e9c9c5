"""The company's directory: signing in through it, and keeping Corpblog's people as it has them."""
