"""Lists of records that an API gives page by page as JSON: reading a page, paginating, and walking to the end."""
