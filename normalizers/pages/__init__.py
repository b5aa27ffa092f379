"""What a web page states of itself for machines, what it shows to people, and which of both is believed."""
