"""Whom we trust where a key or a password goes out: accounts at platforms, mail servers.

Link checks have rules of their own (`app.linkcheck.net.tls`): they judge as a browser does.
"""

import ssl


def trusting() -> ssl.SSLContext:
    """The system's certificates; certifi's where OpenSSL sees none of the system. TLS 1.2 at least.

    Takes tens of ms.
    """
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"] and not ssl.get_default_verify_paths().capath:
        import certifi

        context.load_verify_locations(certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
