"""What was: a record's versions, the state at a date, two releases compared, a load taken back, what may go."""
