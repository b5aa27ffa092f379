"""What a load would do, whether it may, and what people answered to one that was held."""
