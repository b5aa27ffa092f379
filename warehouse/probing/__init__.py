"""From an address to a source: what a site offers, a trial of it, and a person's word that puts it in force."""
