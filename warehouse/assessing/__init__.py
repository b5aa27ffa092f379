"""What is found out about records as a whole: duplicates and quality."""
