"""What people take out of the index: withdrawn, erased, or taken over by a site's successor."""
