"""The frame of every service: event store, unit, feed, inbox, jobs. It knows no service."""
