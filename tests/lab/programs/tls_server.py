"""A web server on port 443 that answers everything with 204. Usage: tls_server.py FILE

The file holds a private key and its certificate, and is read for each connection: there may be others in it by then.
Prints "ready".
"""
import http.server
import ssl
import sys


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()


class Server(http.server.ThreadingHTTPServer):
    def get_request(self):
        connection, client = super().get_request()
        connection.settimeout(10)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1])
        return context.wrap_socket(connection, server_side=True), client


with Server(("0.0.0.0", 443), Answers) as server:
    print("ready", flush=True)
    server.serve_forever()
