"""The metadata of auth's tables."""

from sqlalchemy import MetaData

metadata = MetaData()
