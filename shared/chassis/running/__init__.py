"""A service put together (`parts`), its two processes (`serve`, `work`) and its command line."""
