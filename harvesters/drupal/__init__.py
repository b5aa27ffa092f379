"""Drupal's JSON:API: what is asked, the languages of one page together, and the census of what a site still has."""
