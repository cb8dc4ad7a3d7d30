"""The key by which push services know this service (VAPID, RFC 8292): a private one on the curve P-256."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

KEY_BYTES, POINT_BYTES = 32, 65


def decoded(text: str, size: int) -> bytes:
    """Return so many bytes from base64url, padded or not. Raises ValueError."""
    if not (text.isascii() and len(text) <= 2 * size):
        raise ValueError
    plain = text.rstrip("=")
    found = urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
    # The decoder skips what is no letter of its alphabet.
    if len(found) != size or encoded(found)[:-1] != plain[:-1] or len(encoded(found)) != len(plain):
        raise ValueError
    return found


def encoded(data: bytes) -> str:
    """Return base64url without padding, as browsers write it."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def is_point(data: bytes) -> bool:
    """Tell whether this is a public key: an uncompressed point of the curve."""
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), data)
    except ValueError:
        return False
    return len(data) == POINT_BYTES


def new_key() -> str:
    """Make a private key, in base64url."""
    return _written(generate_private_key(SECP256R1()))


def read_key(text: str) -> str:
    """Return a private key in base64url, given that or the path of a PEM file. Raises ValueError, without it."""
    try:
        return _written(_key(decoded(text, KEY_BYTES)))
    except ValueError:
        pass
    try:
        found = load_pem_private_key(Path(text).read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        found = None
    if isinstance(found, EllipticCurvePrivateKey) and isinstance(found.curve, SECP256R1):
        return _written(found)
    raise ValueError("is no P-256 key in base64url, nor a PEM file with one (barker push-key makes one)")


def public_key(private: str) -> str:
    """Return the public half of a private key, in base64url: what browsers call the application server key."""
    point = _key(decoded(private, KEY_BYTES)).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return encoded(point)


def _key(data: bytes) -> EllipticCurvePrivateKey:
    return derive_private_key(int.from_bytes(data, "big"), SECP256R1())


def _written(key: EllipticCurvePrivateKey) -> str:
    return encoded(key.private_numbers().private_value.to_bytes(KEY_BYTES, "big"))
