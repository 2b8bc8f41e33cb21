"""Stand-ins for what lies outside: each marked as one, for development, tests and the demo."""
