"""Certificates for the servers of the lab, made when they are needed: so that one has expired, and none will next year.

An authority of its own signs them; nobody trusts it who is not told to. openssl-req(1), openssl-x509(1).
"""
from collections import namedtuple

from tests.lab.network import run

Identity = namedtuple("Identity", "certificate key")
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Authority:
    def __init__(self, directory, name="lab-ca"):
        self.certificate = directory / f"{name}.pem"
        self._key = directory / f"{name}.key"
        self._directory = directory
        run(["openssl", "req", "-x509", *NEW_KEY, "-subj", f"/CN={name}", "-days", 2, "-keyout", self._key, "-out",
             self.certificate])

    def issue(self, server, label=None, days=2):
        """A certificate for a server's name, PEM, and its key; negative `days`: it has expired by as many."""
        certificate, key, request = (self._directory / f"{label or server}.{end}" for end in ("pem", "key", "csr"))
        run(["openssl", "req", *NEW_KEY, "-subj", f"/CN={server}", "-keyout", key, "-out", request])
        run(["openssl", "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-days", days,
             "-extfile", "/dev/stdin", "-out", certificate], stdin=f"subjectAltName=DNS:{server}\n")
        return Identity(certificate, key)
