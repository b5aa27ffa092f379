"""What people decided of terms, the vocabularies that they may renew, and the terms that none knows."""
