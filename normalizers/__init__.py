"""From `RawRecord` to `CommonRecord`: pure functions, with no clock, no network and no disk."""
