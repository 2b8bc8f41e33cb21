"""media: what it tells others (`events`), and by subject what it is asked and replies."""
