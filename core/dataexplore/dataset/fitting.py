"""Reads each row of a mixed file by the schema that fits it."""

from collections.abc import Mapping

from dataexplore.dataset.schema import Schema, same_kind, schema_of

_UNKNOWN = Schema("unknown")
"""One for all rows of no known schema: what they hold is looked for when they are read."""


def own_schema(record: Mapping[str, object], schema: Schema) -> Schema:
    """Return the schema by which one record of a dataset of `schema` is read."""
    return Fitting(schema)(record)[0]


class Fitting:
    """Tells by which schema a record is read, and names the problem if that is another than most have.

    The answer for each schema met is kept.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._known: dict[int, tuple[Schema, Schema, str]] = {}
        self._fields = frozenset(schema.text_fields)

    def __call__(self, record: Mapping[str, object]) -> tuple[Schema, str]:
        """Return the schema for a record, and the name of the problem or ""."""
        own = schema_of(record)
        if own.kind == "unknown":
            return self._unknown(record)
        known = self._known.get(id(own))
        if known is None:
            known = self._known[id(own)] = (own, *self._compared(own))  # held, so that its id stays its own
        return known[1], known[2]

    def _compared(self, own: Schema) -> tuple[Schema, str]:
        schema = self.schema
        if schema.kind == "kto" and (own.prompt, own.response, own.turns) == (
            schema.prompt,
            schema.response,
            schema.turns,
        ):
            return schema, ""
        if not same_kind(schema, own):
            names = ", ".join(own.required) if own.kind == schema.kind else ""
            return own, f"other schema: {own.kind}" + (f" ({names})" if names else "")
        more = any(name not in self._fields for name in own.text_fields)
        return (own if more or own.kind != schema.kind else schema), ""

    def _unknown(self, record: Mapping[str, object]) -> tuple[Schema, str]:
        if self.schema.kind == "unknown" or self._fields & record.keys():
            return self.schema, ""
        if not any(isinstance(value, str) for value in record.values()):
            return self.schema, ""
        return _UNKNOWN, "other schema: unknown"
