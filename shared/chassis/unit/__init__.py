"""The unit: read, fold, decide, append, project, in one transaction; and reading on from there.

Read `handling` (a unit is run, again where a rival was faster), `deciding` (what happens in one),
`store` (streams), `projection`. `feed` gives positions and reads on; `rebuilding` fills a table
anew.
"""
