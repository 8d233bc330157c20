"""Texts that look like secrets and are none: samples of documentations, checksums, code, references."""

# ruff: noqa: E501 - a table with a text a line
import base64
import hashlib
import json

_ = "".join
_HEX = hashlib.sha256(b"negative").hexdigest()
_B64 = base64.b64encode(hashlib.sha512(b"negative").digest()).decode()
_HEADER = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")


def _jwt(claims: dict[str, object], header: str = _HEADER) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{header}.{body}.{_B64[:43].replace('+', '-').replace('/', '_')}"


_NO_ALGORITHM = base64.urlsafe_b64encode(b'{"typ":"JWT","kid":"1234"}').decode().rstrip("=")
_RSA = "-----BEGIN RSA PRIVATE " + "KEY-----"
_END = "-----END RSA PRIVATE " + "KEY-----"

NEGATIVES: list[tuple[str, str]] = [
    # Samples that providers publish.
    ("app/c.py", _(["AKIA", "IOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCY", "EXAMPLEKEY"])),
    ("root/.aws/credentials", "aws_secret_access_key = " + _(["wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY"])),
    ("app/c.py", "the id alone: " + _(["AKIA", "QWERTZUIOPASDFGH"])),
    ("app/c.py", _(["AKIA", "QWERTZUIOPASDFGH"]) + " commit " + _HEX[:40]),
    ("app/c.py", _(["ghp_", "16C7e42F292c6912E7710c838347Ae178B4a"])),
    ("app/c.py", _(["ghp_", _B64[:36].replace("+", "a").replace("/", "b")])),
    ("app/c.py", _(["npm_", _B64[:36].replace("+", "a").replace("/", "b")])),
    ("app/c.txt", _jwt({"sub": "1234567890", "name": "John Doe", "iat": 1516239022})),
    ("app/c.txt", _jwt({"sub": "me", "exp": 1_500_000_000})),
    ("app/c.txt", _jwt({"role": "anon", "iss": "supabase"})),
    ("app/c.txt", _jwt({"sub": "me"}, _NO_ALGORITHM)),
    ("app/c.txt", _HEADER + ".eyJhbm90IGpzb24" + "." + _B64[:43]),
    # Keys that are none.
    ("usr/lib/libx.txt", _RSA + "\n" + _END),
    ("app/c.py", f"if '{_RSA}' in text: return '{_END}'"),
    ("app/c.py", f"{_RSA}\n{'x' * 64}\n{'x' * 64}\n{_END}"),
    ("app/c.py", f"{_RSA}\n{_B64}\n{_END}"),
    ("app/c.pem", _RSA.replace("RSA PRIVATE", "PUBLIC") + "\n" + _B64 + "\n" + _END.replace("RSA PRIVATE", "PUBLIC")),
    ("app/c.pem", "-----BEGIN CERTIFICATE-----\n" + _B64 + "\n-----END CERTIFICATE-----"),
    ("app/vault.yml", "$ANSIBLE_VAULT;1.1;AES256\n" + _HEX * 3),
    # Addresses.
    ("app/c.py", "postgresql://user:password@localhost/db"),
    ("app/c.py", "postgres://postgres:postgres@db:5432/app"),
    ("app/c.py", "mysql://root:${MYSQL_ROOT_PASSWORD}@db/app"),
    ("app/c.py", 'f"redis://:{password}@{host}:6379"'),
    ("app/c.py", "amqp://guest:guest@rabbit:5672"),
    ("app/c.py", "mongodb://<user>:<pass>@cluster.mongodb.net"),
    ("app/c.py", "https://user:pass@example.com/x"),
    ("app/c.py", "https://alice:s3cr3tVa1ue@example.com/x"),
    ("app/c.py", "http://proxyuser:proxypass@proxy:3128"),
    ("app/c.py", "https://host:8080/a@b and http://[::1]:80/@x"),
    ("usr/lib/python3/dist-packages/x/y.py", "postgresql://scott:tiger9Zq@db.internal/x"),
    ("app/c.json", "Server=db;Database=x;Password=${DB_PASSWORD};"),
    # Variables.
    ("app/.env", "PASSWORD_FILE=/run/secrets/db\nTOKEN_URL=https://id.shop.net/token\nDB_PASSWORD=\nAPI_KEY=changeme\n"),
    ("app/.env", "PWD=/srv/app/current\nSSH_ASKPASS=/usr/bin/ask-pass\nTOKEN_TTL=3600s12\nPASSWORD_MIN_LENGTH=12345678\n"),
    ("app/.env", "DB_PASSWORD=$(cat /run/secret)\nSECRET=${SECRET:-none}\nAUTH_TOKEN=<token>\nSECRET_KEY={{ key }}\n"),
    ("app/.env", "# DB_PASSWORD=\nPUBLIC_KEY=" + _B64[:40] + "\nCSRF_TOKEN_NAME=x-csrf-token\nDISABLE_AUTH=abcd1234\n"),
    ("app/.env.example", "DB_PASSWORD=correct4horse9\n"),
    ("usr/lib/python3/dist-packages/x/.env", "DB_PASSWORD=correct4horse9\n"),
    # Assignments.
    ("app/c.py", 'password = os.environ["DB_PASSWORD"]\ntoken = get_token(request.headers["x"])\n'),
    ("app/c.py", 'secret = "this-is-a-sentence-of-words"\ntoken_url = "https://id.shop.net/v1/token/AbC123xyz999"\n'),
    ("app/c.py", f'token_sha256 = "{_HEX}"\npassword_hash = "{_B64[:40]}"\ncommit_token = "{_HEX[:40]}"\n'),
    ("app/c.py", f'public_key = "{_B64[:44]}"\nintegrity = "sha512-{_B64}"\ntokenizer = "{_B64[:40]}"\n'),
    ("app/c.js", "var passwordFieldNameForUserRegistration1 = passwordFieldNameForUserLogin2;"),
    ("app/package-lock.json", f'"token": {{"version": "1.0.0", "integrity": "sha512-{_B64}"}}'),
    ("app/dist/app.min.js", "x" * 3000 + f'apiKey:"{_B64[:32]}"'),
    ("app/dist/app.js", "x" * 3000 + f'apiKey:"{_B64[:32].replace("+", "a").replace("/", "b")}"'),
    ("usr/share/x/c.py", f'api_key = "{_B64[:32]}"'),
    ("app/readme.md", f'api_key = "{_B64[:32]}"'),
    ("app/tests/test_x.py", f'api_key = "{_B64[:32]}"'),
    # Files of clients.
    ("root/.npmrc", "//registry.example.com/:_authToken=${NPM_TOKEN}\nregistry=https://registry.example.com/\n"),
    ("root/.docker/config.json", '{"auths":{"r":{"auth":"bm90IGEgcGFpcg=="}},"credsStore":"desktop"}'),
    ("root/.docker/config.json", '{"auths":{"r":{"auth":""}}}'),
    ("root/.kube/config", "clusters:\n- name: a\nusers:\n- user:\n    tokenFile: /var/run/token\n    client-key: /a/b.key\n"),
    ("root/.netrc", "machine git.shop.net login robot password ${TOKEN}\n"),
    ("etc/shadow", "root:*:19000:0:99999:7:::\ndaemon:!:19000::::::\n"),
    ("etc/nginx/.htpasswd", "robot:\n"),
    ("app/terraform.tfstate", '{"attributes": {"password": "", "secret": null, "token": "${var.token}"}}'),
    # Identifiers and checksums.
    ("app/c.yml", f"sha256: {_HEX}\nuuid: 3f2a1b60-9c1d-4e6e-8a51-9d6f0a7b1c2d\n"),
    ("app/c.sh", f"echo {_HEX} | sha256sum -c\nheroku ps --app 3f2a1b60-9c1d-4e6e-8a51-9d6f0a7b1c2d\n"),
    ("app/c.yml", "slack: " + _(["xoxb-", "not-a-real-token"]) + "\nhook: https://hooks.slack.com/services/T00000000/B00000000/XXXX\n"),
]  # fmt: skip
