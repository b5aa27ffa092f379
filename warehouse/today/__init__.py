"""What an operator should see today, worst first, and who is told."""
