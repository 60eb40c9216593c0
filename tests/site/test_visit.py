"""The listener of the browser tests itself: it must hear what fails and nothing else."""

from visit import visit


def test_a_request_that_the_visitor_left_behind_is_no_complaint(chromium, address):
    with visit(chromium, address) as visitor:
        visitor.page.route("**/favicon.svg", lambda route: None)  # never answered
        with visitor.page.expect_request("**/favicon.svg"):
            visitor.page.goto(f"{address}index.html")
        visitor.page.unroute("**/favicon.svg")
        visitor.open("chapters/ledger.html")
        assert not visitor.complaints


def test_a_request_that_fails_is_a_complaint(chromium, address):
    with visit(chromium, address) as visitor:
        visitor.page.route("**/favicon.svg", lambda route: route.abort("connectionrefused"))
        with visitor.page.expect_event("requestfailed"):
            visitor.page.goto(f"{address}index.html")
        assert f"{address}_static/favicon.svg" in visitor.complaints
