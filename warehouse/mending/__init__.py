"""Whether what was written is still whole, what serves readers meanwhile, and how it is mended."""
