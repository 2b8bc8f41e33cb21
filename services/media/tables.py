"""The metadata of media's tables."""

from sqlalchemy import MetaData

metadata = MetaData()
