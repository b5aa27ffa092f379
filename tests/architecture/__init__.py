"""How the house is built: who knows whom, how large things are, what is said of them."""
