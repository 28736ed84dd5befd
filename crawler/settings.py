"""Scrapy's settings: only what differs, with the default beside it and the reason."""

BOT_NAME = "nianbao"  # default "scrapybot"
SPIDER_MODULES = ["crawler.spiders"]  # default []
COMMANDS_MODULE = "crawler.commands"  # default ""

# Politeness. USER_AGENT, DOWNLOAD_DELAY and AUTOTHROTTLE_* follow the registry: see the spider.
USER_AGENT = "nianbao/0.1"  # default Scrapy/…; the registry's contact is added to it
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # default 8; a county's server is small
CONCURRENT_REQUESTS = 64  # default 16; one a host, so as many hosts side by side
CONCURRENT_ITEMS = 1  # default 100 tasks for each answer, idle ones too; there are no items
DOWNLOAD_DELAY = 3  # default 0
AUTOTHROTTLE_ENABLED = True  # default False; a slow host is asked more slowly
AUTOTHROTTLE_TARGET_CONCURRENCY = 0.5  # default 1.0; idle at least as long as busy
COOKIES_ENABLED = False  # default True; nothing here needs a session
DEFAULT_REQUEST_HEADERS = {  # default: Accept-Language en
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
    # Scrapy would add br and zstd, which not every reader of a WARC can undo.
    "Accept-Encoding": "gzip, deflate",
}

# TLS: a host that cannot be verified is asked only if the registry says so (unverified_tls).
DOWNLOAD_VERIFY_CERTIFICATES = True  # default False

# Limits. A wall or a dead host must cost seconds.
DOWNLOAD_TIMEOUT = 30  # default 180; for the whole answer, not from byte to byte
ATTACHMENT_TIMEOUT = 180  # our own; a scan of 20 MB takes its time
DNS_TIMEOUT = 10  # default 60
DOWNLOAD_MAXSIZE = 50 * 1024 * 1024  # default 1073741824, a gigabyte; no report comes near
REDIRECT_MAX_TIMES = 5  # default 20
METAREFRESH_MAXDELAY = 5  # default 100; a home page that reloads itself is no redirect
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524]  # default: 408 and 429 too, which ask for peace
RETRY_EXCEPTIONS = [  # default: also unknown hosts and refusals, which seconds do not mend
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.DownloadTimeoutError",
    "scrapy.exceptions.ResponseDataLossError",
    "twisted.internet.error.ConnectionDone",
    "twisted.internet.error.ConnectionLost",
    "twisted.internet.error.TCPTimedOutError",
]
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # default ERROR; the spider keeps it as an issue

# The gate stands at the wire, for requests wait behind all middlewares.
DOWNLOAD_HANDLERS = {  # default HTTP11DownloadHandler
    "http": "crawler.handler.GatedHandler",
    "https": "crawler.handler.GatedHandler",
    "file": None,  # a list page must not lead to this disk
    "data": None,
    "ftp": None,
    "s3": None,
}
DOWNLOADER_MIDDLEWARES = {  # default {}
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # the guard knows each portal
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # not as RFC 9309 has it
    "crawler.middlewares.GuardMiddleware": 50,  # before robots.txt, after retries (550)
    "crawler.robots.RobotsMiddleware": 100,  # robots.txt is obeyed always: no setting turns it off
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,  # the next is its child
    "crawler.middlewares.ForwardMiddleware": 580,  # plain scripts that send the browser on, too
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,  # likewise
    "crawler.middlewares.DecodedMiddleware": 590,  # each body is decoded once for all
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,  # nothing is behind a login
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,  # the ledger keeps the figures
    "crawler.middlewares.CaptureMiddleware": 955,  # before the body is decoded (590)
}
EXTENSIONS = {  # default {}
    "scrapy.extensions.logstats.LogStats": None,  # Progress says more
    "crawler.progress.Progress": 500,
    "crawler.ending.Ending": 500,  # ends the run at UNTIL, or after a signal
}
TELNETCONSOLE_ENABLED = False  # default True; nothing listens
REMOTE_CONTROL_ENABLED = False  # default True; nothing listens

# Portals that were longest not complete are finished first.
UNTIL = ""  # our own; the hour at which a run ends in order, e.g. "06:00", local time
SPIDER_MIDDLEWARES = {  # default {}
    "crawler.middlewares.TurnsMiddleware": 900,  # nearest to the spider
    # Each wraps every answer's requests once more. What they would drop, nobody would count.
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # levels are the walk's
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # every answer is wanted
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,  # marks what nobody reads
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
}

# The log: what a person reads.
LOG_LEVEL = "INFO"  # default DEBUG
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"  # default with the module's name
LOG_DATEFORMAT = "%H:%M:%S"  # default with the date
LOG_VERSIONS: list[str] = []  # default ten libraries; the WARC keeps what matters
STATS_DUMP = False  # default True; the ledger keeps the figures
