"""The metadata of video's tables."""

from sqlalchemy import MetaData

metadata = MetaData()
