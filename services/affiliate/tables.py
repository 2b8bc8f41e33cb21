"""The metadata of affiliate's tables."""

from sqlalchemy import MetaData

metadata = MetaData()
