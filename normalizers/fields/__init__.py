"""What one value means: a small module per kind of field, and no function in them knows a record or a source."""
