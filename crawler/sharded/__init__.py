"""One crawl in several shards, each a Scrapy process with WARC files and a ledger of its own."""
