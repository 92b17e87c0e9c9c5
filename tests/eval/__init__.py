"""How much the policy engine sees, and how often it objects to nothing: `make eval`."""
