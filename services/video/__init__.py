"""video: films made of photographs, from clips, transitions and their joining."""
