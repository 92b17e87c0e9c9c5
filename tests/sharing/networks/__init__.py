"""Networks that cannot run here, written from their public documentation; `docs/connectors.md` lists what differs."""
