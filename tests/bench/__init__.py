"""What our code costs beside its peers': the same records, served the same way, told as ratios. `make bench`."""
