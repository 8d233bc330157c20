"""What a client of plain HTTP on loopback verifies with: nothing.

httpx loads the certificate authorities for each client it makes, which costs more than all the requests of a test.
"""

import ssl

NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
