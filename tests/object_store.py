"""An S3 in the test process, as moto plays one.

It checks neither a signature nor an expiry nor a checksum: what a link binds, it cannot show.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

from gateways import blobs_s3

REGION = "eu-north-1"
KEYS = {"BLOBS_ACCESS_KEY": "only-for-tests", "BLOBS_SECRET_KEY": "only-for-tests"}
ACCOUNT = "123456789012"  # moto's own


@contextmanager
def object_store(*buckets: str) -> Iterator[str]:
    """Yield the address of an S3 that has these buckets."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        speaking = blobs_s3.client(endpoint, REGION, *KEYS.values())
        for bucket in buckets:
            place = {"LocationConstraint": REGION}
            speaking.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
        yield endpoint
    finally:
        server.stop()


def settings_of(endpoint: str, bucket: str, prefix: str = "") -> Mapping[str, str]:
    """Return the variables by which a service has its blobs there."""
    where = {"BLOBS_ENDPOINT": endpoint, "BLOBS_REGION": REGION}
    return {"BLOBS": "s3", "BLOBS_BUCKET": bucket, "BLOBS_PREFIX": prefix, **where, **KEYS}


def filled(bucket: str, keys: Iterator[str]) -> None:
    """Put a byte under each key, past the network: thousands take no time."""
    for key in keys:
        s3_backends[ACCOUNT]["aws"].put_object(bucket, key, b"x")
