"""Scrapy, and nothing else imports it: the crawl of one site, run as `python -m harvesters.spiders`."""
