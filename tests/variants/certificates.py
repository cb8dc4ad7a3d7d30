"""Certificates made for a run: an authority, and one for servers on this machine that it signed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from barker.local.ports import LOOPBACK

HOST = "localhost"


class Certificates:
    """Files in one folder: `authority` is what clients trust, `key` and `certificate` are the servers'."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.authority, self.key = folder / "ca.pem", folder / "server.key"
        self.certificate, self.both = folder / "server.pem", folder / "server-with-key.pem"
        signer, own = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
        authority = _certificate("Test authority", signer, "Test authority", signer, _of_authority(signer))
        server = _certificate(HOST, own, "Test authority", signer, _of_server(signer))
        self.authority.write_bytes(authority.public_bytes(Encoding.PEM))
        self.certificate.write_bytes(server.public_bytes(Encoding.PEM))
        self.key.write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.both.write_bytes(self.certificate.read_bytes() + self.key.read_bytes())
        for secret in (self.key, self.both):
            secret.chmod(0o600)


Extensions = Sequence[tuple[x509.ExtensionType, bool]]


def _of_authority(key: EllipticCurvePrivateKey) -> Extensions:
    use = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return [
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **use), True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    ]


def _of_server(signer: EllipticCurvePrivateKey) -> Extensions:
    both_ways = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]  # members of a set call each other
    names = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.IPAddress(ip_address(LOOPBACK))])
    return [
        (names, False),
        (x509.ExtendedKeyUsage(both_ways), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False),
    ]


def _certificate(
    name: str, key: EllipticCurvePrivateKey, issuer: str, signer: EllipticCurvePrivateKey, extensions: Extensions
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=2))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(signer, SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
