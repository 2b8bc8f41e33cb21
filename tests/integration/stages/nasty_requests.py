"""Requests for a route, each with one thing in it that is not as it should be."""

from collections.abc import Iterator

METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "POST", "DELETE", "TRACE", "CONNECT", "é", "get", "*")
SEGMENTS = (
    *("x", ".", "..", "%2e%2e", "%00", "%ff", "%C3%B8", "%ED%A0%80", "%", "%zz", "%0d%0aA:b", "~"),
    *(
        "a.b",
        ".eJw.x",
        "a" * 8_000,
        "?a=b",
        "?" + "a=%ff&" * 500,
        ";a",
        "#",
        "*",
        "//x",
        "x/",
        "\xff",
    ),
)
HEADERS = (
    *(f"Host: {each}" for each in ("", "\xff", "a:b:c", "[::1", "a" * 300, "\u0000", "x\nA: b")),
    *(
        f"Range: {each}"
        for each in ("bytes=-", "bytes=5-1", "bytes=9-,-9", "x=1-2", "bytes=" + "9" * 5_000)
    ),
    *(f"Range: bytes={each}" for each in ("0-0,1-1," * 900, "-0", "\xb2-", "0-9", "-999", "1_0-")),
    *(f"If-Range: {each}" for each in ('"', 'W/"a"', "Thu, 99 Foo 9999 99:99:99 GMT", "\xff", "0")),
    *(f"If-None-Match: {each}" for each in ("*", '"', "W/", '"a",' * 1_000, "\xff")),
    *(
        f"If-Modified-Since: {each}"
        for each in ("0", "Mon, 01 Jan 0000 00:00:00 GMT", "\xff", "9" * 4_000)
    ),
    *(
        f"Content-Length: {each}"
        for each in ("-1", "+4", "4, 4", "1_0", "\xb2", "", "9" * 30, "9" * 5_000)
    ),
    *(f"Transfer-Encoding: {each}" for each in ("chunked", "gzip, chunked", "\xff", "identity")),
    *(
        f"Content-Type: {each}"
        for each in ("", "\xff", "image/jpeg; charset=\xff", ";", "multipart/x")
    ),
    *(f"Origin: {each}" for each in ("null", "\xff", "https://ai-studio.example", "a" * 5_000)),
    *(
        f"Stripe-Signature: {each}"
        for each in ("\xff", "t=1,v1=\xff", "t=" + "9" * 5_000, "t,v1,=")
    ),
    *(f"X-Forwarded-For: {each}" for each in ("\xff", ",,,", "::1%1", "1.1.1.1" * 500)),
    *("Expect: 100-continue", "Expect: \xff", "Cookie: \xff=\xff", "Authorization: Basic \xff"),
    *("Upgrade: websocket\r\nConnection: Upgrade", "A b: c", ": x", "\xff: x", "x", " folded: x"),
    *("A: b\r\n" * 90, "A: b\r\n" * 200, "A: " + "b" * 9_000),
)
LINES = (
    b"",
    b"\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /blobs/x\r\n\r\n",
    b"\x16\x03\x01\x00\xa5\r\n\r\n",
)


def request(method: str, path: str, header: str = "A: b", body: bytes = b"") -> bytes:
    length = "" if "Content-Length" in header or not body else f"Content-Length: {len(body)}\r\n"
    head = f"{method} {path} HTTP/1.1\r\n{header}\r\n{length}\r\n"
    return head.encode("latin-1") + body


def nasty(route: str, methods: list[str]) -> Iterator[bytes]:
    """Yield them; `route` is a rule of werkzeug's."""
    plain = route.replace("<token>", "x")
    begun = route.partition("<")[0].rpartition("/")[0]
    for method in (*METHODS, *methods):
        yield request(method, plain)
    for segment in SEGMENTS:
        yield request("GET", f"{begun}/{segment}")
    for method in methods:
        body = b"" if method in ("GET", "HEAD") else b"body"
        for header in HEADERS:
            yield request(method, plain, header, body)
    yield request(methods[-1], plain, body=b"x" * (2 << 20))
