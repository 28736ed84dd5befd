"""Two hundred fictional counties, each a site on a loopback address of its own, 127.0.1.1–200.

Each county's portal runs one CMS family with that family's traps, has a home page, and
three columns of reports: the government's (with its departments), the finance bureau's and
a town's. Pages are rendered when they are asked for. In tests::

    with serve([county(1, "vsb")]) as portal:
        portal.address(1)  # http://127.0.1.1:port
"""

from tests.portal.counties.county import County, Listing, Post, county
from tests.portal.counties.families import SKELETONS, kinds
from tests.portal.counties.site import expected, registry, routes, serve

__all__ = [
    "SKELETONS",
    "County",
    "Listing",
    "Post",
    "county",
    "expected",
    "kinds",
    "registry",
    "routes",
    "serve",
]
