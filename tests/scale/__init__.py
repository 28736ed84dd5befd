"""A fictional country as a data root: what a crawl of a million reports would have left.

Ledger and readings stand there as a crawl and a reader would have written them; the WARC
files do not, for a build from ready readings opens none. What is made follows from its
number alone: two roots of one size are alike, whatever number of processes made them.
"""
