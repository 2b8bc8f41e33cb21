"""The metadata of media's tables."""

from sqlalchemy import MetaData

metadata = MetaData()
REF = "blob:"  # a stable reference, as the seed's `*_url` columns hold it: 'blob:<key>'
