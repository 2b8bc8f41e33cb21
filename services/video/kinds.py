"""The kinds of job by their names, for those who queue, withdraw or cancel them."""

FETCH_SOURCES = "fetch_sources"
RENDER_PIECE = "render_piece"
ASK_PROVIDER = "ask_provider"
COMPILE_FILM = "compile_film"
DESCRIBE_TRACK = "describe_track"
PIECES = (RENDER_PIECE, ASK_PROVIDER)  # by which a piece is begun
