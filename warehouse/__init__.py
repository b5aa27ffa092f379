"""Everything on disk, and the four verbs: harvest, normalize, load, publish."""
