"""Commands that `scrapy` offers in this project."""
