"""The values of JSON as fields of marshmallow: no type is taken for another."""

import re
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from marshmallow import fields as field

from chassis.bounds import MOST_FAULTS


class Text(field.String):
    """A string without NUL and half characters, which PostgreSQL cannot hold."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, *args, **kwargs)
        if re.search("[\x00\ud800-\udfff]", text):
            raise ValidationError("Holds a NUL or half a character.")
        return text


class Boolean(field.Field[bool]):
    """True or false; neither 1 nor "yes"."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> bool:
        if type(value) is not bool:
            raise ValidationError("Not a boolean.")
        return value


class Integer(field.Field[int]):
    """An int of at most 64 bits; neither a float nor a boolean nor a string."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if type(value) is not int or not -(2**63) <= value < 2**63:
            raise ValidationError("Not a whole number.")
        return value


class Identity(field.UUID):
    """A UUID in its usual form."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> UUID:
        if not isinstance(value, str) or len(value) != 36:
            raise ValidationError("Not a UUID.")
        return super()._deserialize(value, *args, **kwargs)


class Object(field.Field[Any]):
    """A JSON object as it was sent."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            raise ValidationError("Not an object.")
        return value


class Tuple(field.List[Any]):
    """A JSON array, held as a tuple; it is read no further than to the faults that are named."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise self.make_error("invalid")
        read, wrong = [], {}
        for index, each in enumerate(value):
            try:
                read.append(self.inner.deserialize(each))
            except ValidationError as fault:
                wrong[index] = fault.messages
                if len(wrong) == MOST_FAULTS:
                    break
        if wrong:
            raise ValidationError(wrong)
        return tuple(read)
