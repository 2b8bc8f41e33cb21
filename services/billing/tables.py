"""The metadata of billing's tables."""

from sqlalchemy import MetaData

metadata = MetaData()
