"""A mail server of aiosmtpd on a free loopback port, with STARTTLS and a login: a real peer for the tests.

    mail_server.py CERTIFICATE KEY USER PASSWORD

Prints its port, then one line of JSON for each mail. Ends with its standard input.
"""
import base64
import json
import socket
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

certificate, key, user, password = sys.argv[1:]


class Mailbox:
    async def handle_DATA(self, server, session, envelope):
        say({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "isEncrypted": session.ssl is not None,
            "isLoggedIn": bool(session.authenticated),
            "hello": session.host_name,
            "mechanism": getattr(session, "mechanism", None),
            "session": id(session),
            "data": base64.b64encode(envelope.original_content).decode(),
        })
        return "250 2.0.0 taken"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"


def say(what):
    print(json.dumps(what), flush=True)


def authenticate(server, session, envelope, mechanism, data):
    session.mechanism = mechanism
    success = data.login == user.encode() and data.password == password.encode()
    # Not handled: the server itself says 535.
    return AuthResult(success=success, handled=success)


class Server(Controller):
    def factory(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return SMTP(
            self.handler, hostname="mail.test", tls_context=context, require_starttls=True,
            authenticator=authenticate, auth_required=True)


with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
Server(Mailbox(), hostname="127.0.0.1", port=port).start()
say(port)
sys.stdin.read()
