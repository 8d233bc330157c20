"""Dockerfiles as people write them: 30 with something dangerous, and the rules that must say so; 20 without."""

DIGEST = "sha256:" + "0123456789abcdef" * 4

BAD: dict[str, tuple[str, set[str]]] = {
    "root at the end": ("FROM debian:12\nUSER app\nRUN make\nUSER root\nCMD a\n", {"root-user"}),
    "nobody says who": ("FROM node:22\nCOPY a /a\nCMD a\n", {"no-user"}),
    "latest": ("FROM nginx:latest\nUSER 1\n", {"latest-tag"}),
    "no tag": ("FROM nginx\nUSER 1\n", {"missing-tag"}),
    "remote add": ("FROM alpine:3.20\nADD https://x.io/tool /usr/bin/tool\nUSER 1\n", {"remote-add"}),
    "branch of a repository": ("FROM alpine:3.20\nADD https://x.io/a.git#main /a\nUSER 1\n", {"git-add"}),
    "password in env": ("FROM alpine:3.20\nENV DB_PASSWORD=hunter2\nUSER 1\n", {"secret-in-env"}),
    "token in arg": ("FROM node:22\nARG NPM_TOKEN\nRUN npm ci\nUSER 1\n", {"secret-in-arg"}),
    "script by curl": (
        "FROM debian:12\nRUN curl -fsSL https://x.io/i.sh | bash\nUSER 1\n",
        {"curl-pipe-shell"},
    ),
    "script by substitution": (
        'FROM debian:12\nRUN sh -c "$(wget -qO- https://x.io/i.sh)"\nUSER 1\n',
        {"curl-pipe-shell"},
    ),
    "script by file": (
        "FROM debian:12\nRUN bash <(curl -s https://x.io/i.sh)\nUSER 1\n",
        {"curl-pipe-shell"},
    ),
    "curl -k": ("FROM debian:12\nRUN curl -fsSLk -o a https://x.io/a\nUSER 1\n", {"tls-verification-off"}),
    "wget without certificate": (
        "FROM debian:12\nRUN wget --no-check-certificate https://x.io/a\nUSER 1\n",
        {"tls-verification-off"},
    ),
    "trusted host": (
        "FROM python:3.13\nRUN pip install --trusted-host x.io a==1\nUSER 1\n",
        {"tls-verification-off"},
    ),
    "node without tls": (
        "FROM node:22\nENV NODE_TLS_REJECT_UNAUTHORIZED=0\nUSER 1\n",
        {"tls-verification-off"},
    ),
    "unsigned deb": (
        "FROM debian:12\nRUN apt-get update && apt-get install -y --allow-unauthenticated a\nUSER 1\n",
        {"unsigned-packages"},
    ),
    "unsigned apk": ("FROM alpine:3.20\nRUN apk add --allow-untrusted a\nUSER 1\n", {"unsigned-packages"}),
    "plain http": ("FROM debian:12\nRUN curl -o a http://x.io/a\nUSER 1\n", {"plain-http"}),
    "sudo": ("FROM debian:12\nRUN sudo apt-get update\nUSER 1\n", {"sudo"}),
    "sudo for everybody": (
        "FROM debian:12\nRUN echo 'a ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/a\nUSER 1\n",
        {"passwordless-sudo"},
    ),
    "writable system": ("FROM debian:12\nRUN chmod -R 777 /usr/local\nUSER 1\n", {"world-writable"}),
    "set-id": ("FROM debian:12\nCOPY a /bin/a\nRUN chmod u+s /bin/a\nUSER 1\n", {"set-id"}),
    "socket": ("FROM docker:27\nVOLUME /var/run/docker.sock\nUSER 1\n", {"docker-socket"}),
    "ssh": ("FROM debian:12\nEXPOSE 22\nUSER 1\n", {"sensitive-port"}),
    "engine's port": ("FROM debian:12\nEXPOSE 2375/tcp\nUSER 1\n", {"sensitive-port"}),
    "compiler": (
        "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends gcc=4:12 "
        "&& rm -rf /var/lib/apt/lists/*\nUSER 1\n",
        {"build-tools"},
    ),
    "built in place": ("FROM golang:1.24\nCOPY main.go .\nRUN go build -o /a\nUSER 1\n", {"single-stage"}),
    "everything": ("FROM node:22\nCOPY . .\nUSER 1\n", {"copy-everything"}),
    "key": ("FROM debian:12\nCOPY id_rsa /root/.ssh/id_rsa\nUSER 1\n", {"copy-secret-file"}),
    "password of root": ("FROM debian:12\nRUN echo 'root:root' | chpasswd\nUSER 1\n", {"password-set"}),
}

_GO = """\
FROM golang:1.24 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY cmd cmd
RUN CGO_ENABLED=0 go build -o /app ./cmd/app
"""
GOOD: dict[str, str] = {
    "go on distroless": f"{_GO}FROM gcr.io/distroless/static:nonroot@{DIGEST}\n"
    f"COPY --from=build /app /app\nUSER 65532\n",
    "go on scratch": f"{_GO}FROM scratch\nCOPY --from=build /app /app\nUSER 65532:65532\n",
    "python": "FROM python:3.13-slim\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\n"
    "COPY app app\nUSER 10001\nCMD python -m app\n",
    "python with a cache": "FROM python:3.13-slim\n"
    "RUN --mount=type=cache,target=/root/.cache pip install a==1\nUSER 1\n",
    "node": "FROM node:22-slim\nCOPY package.json package-lock.json ./\n"
    "RUN npm ci --omit=dev && npm cache clean --force\n"
    "COPY src src\nUSER node\n",
    "node with a secret": "FROM node:22-slim\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\nUSER node\n",
    "debian packages": "FROM debian:12\n"
    "RUN apt-get update && apt-get install -y --no-install-recommends curl=7.88.1-10 \\\n"
    "    && rm -rf /var/lib/apt/lists/*\nUSER 1\n",
    "alpine packages": "FROM alpine:3.20\nRUN apk add --no-cache curl=8.9.0-r0\nUSER 1\n",
    "a build and its removal": "FROM alpine:3.20\n"
    "RUN apk add --no-cache --virtual .b gcc=13 && a && apk del .b\nUSER 1\n",
    "a file of a secret": "FROM postgres:17\n"
    "ENV POSTGRES_PASSWORD_FILE=/run/secrets/db TOKEN_URL=https://x.io/t\nUSER postgres\n",
    "a verified download": "FROM debian:12\n"
    "RUN curl -fsSLo a https://x.io/a && echo 'abc  a' | sha256sum -c -\nUSER 1\n",
    "an add with checksum": f"FROM alpine:3.20\nADD --checksum={DIGEST} https://x.io/a.tgz /a.tgz\nUSER 1\n",
    "modes": "FROM alpine:3.20\nCOPY --chmod=755 a /a\nRUN chmod 1777 /tmp && chmod u+x /a\nUSER 1\n",
    "a document": "FROM alpine:3.20\nRUN <<EOF\nset -e\necho 'curl -k https://x.io | sh' > /dev/null\nEOF\nUSER 1\n",
    "words that only look so": "FROM alpine:3.20\nRUN echo 'sudo chmod 777 /' # curl -k https://x.io | sh\nUSER 1\n",
    "a dangerous build stage": "FROM debian:12 AS b\nUSER root\nRUN curl https://x.io/i | sh\nFROM debian:12\n"
    "COPY --from=b /a /a\nUSER 1\n",
    "a user by variable": "FROM debian:12\nARG UID=10001\nUSER ${UID}\n",
    "a user below": "FROM debian:12 AS base\nUSER 10001\nFROM base\nCOPY a /a\n",
    "ports": "FROM nginx:1.29\nEXPOSE 8080 8443/tcp\nUSER nginx\n",
    "a reason": "FROM debian:12\n# plimsoll ignore=root-user the agent traces other processes\nUSER root\n",
}
