"""What each rule finds and what it leaves alone: one row a point, the rest of the Dockerfile silent."""

import pytest

from bot.dockerfile.rules import RULES, lint

HEAD = "FROM alpine:3.20\n"


def hits(text: str, rule: str, **options):
    return [found for found in lint(text, **options) if found.id == rule]


def row(rule, text, subject="", severity=""):
    return pytest.param(rule, text, subject, severity, id=f"{rule}: {text[:60]}")


FOUND = [
    row("root-user", "USER root", "user", "medium"),
    row("root-user", "USER 0:0", "user"),
    row("root-user", "USER app\nUSER 00"),
    row("root-user", "ARG U=root\nUSER $U"),
    row("no-user", "RUN true", "user", "medium"),
    row("no-user", "ONBUILD USER app"),
    row("latest-tag", "FROM a/b:latest", "docker.io/a/b", "low"),
    row("latest-tag", "COPY --from=nginx:latest /a /b", "docker.io/library/nginx"),
    row("missing-tag", "FROM ghcr.io/a/b", "ghcr.io/a/b", "low"),
    row("no-digest", "FROM a:1", "docker.io/library/a", "negligible"),
    row("remote-add", "ADD https://x.io/a.tgz /a", "x.io", "medium"),
    row("remote-add", "ARG V=1\nADD https://x.io/a-$V.tgz /a", "x.io"),
    row("remote-add", 'ADD ["https://x.io/a b", "/a"]', "x.io"),
    row("git-add", "ADD https://x.io/a.git#main /a", "git from x.io", "low"),
    row("git-add", "ADD git@x.io:a/b.git /a", "git from git@x.io"),
    row("secret-in-env", "ENV DB_PASSWORD=hunter2", "ENV DB_PASSWORD", "high"),
    row("secret-in-env", "ENV A=1 npmToken='abc def'", "ENV npmToken"),
    row("secret-in-env", "ENV SECRET_KEY_BASE abc", "ENV SECRET_KEY_BASE"),
    row("secret-in-env", "ENV API_KEY=changeme", "ENV API_KEY", "low"),
    row("secret-in-env", "ENV AWS_SECRET_ACCESS_KEY=abc", "ENV AWS_SECRET_ACCESS_KEY"),
    row("secret-in-arg", "ARG NPM_TOKEN", "ARG NPM_TOKEN", "medium"),
    row("secret-in-arg", "ARG A B_PASSWORD=x", "ARG B_PASSWORD"),
    row("curl-pipe-shell", "RUN curl -fsSL https://x.io/i.sh | sh", "script from x.io", "medium"),
    row("curl-pipe-shell", "RUN curl https://x.io/i.sh | sudo -E bash -"),
    row("curl-pipe-shell", "RUN curl https://x.io/i.sh | tr -d x | bash -s -- --yes"),
    row("curl-pipe-shell", "RUN wget -qO- http://x.io/i.sh | sh", "script from x.io", "high"),
    row("curl-pipe-shell", "RUN bash <(curl -s https://x.io/i.sh)"),
    row("curl-pipe-shell", "RUN bash -s stable < <(curl -s https://x.io/i.sh)"),
    row("curl-pipe-shell", 'RUN sh -c "$(curl -fsSL https://x.io/i.sh)"'),
    row("curl-pipe-shell", 'RUN eval "$(wget -qO- https://x.io/i.sh)"'),
    row("curl-pipe-shell", "RUN curl https://x.io/i.py | python3 -"),
    row("curl-pipe-shell", "RUN bash -c 'curl https://x.io/i.sh | sh'"),
    row("curl-pipe-shell", "RUN <<E\ncurl https://x.io/i.sh | sh\nE"),
    row("curl-pipe-shell", "RUN . <(curl https://x.io/i.sh)"),
    row("tls-verification-off", "RUN curl -fsSLk https://x.io/a -o a", "curl from x.io", "high"),
    row("tls-verification-off", "RUN wget --no-check-certificate https://x.io/a"),
    row("tls-verification-off", "RUN V=$(curl --insecure https://x.io/v) && echo $V"),
    row("tls-verification-off", "RUN git config --global http.sslVerify false"),
    row("tls-verification-off", "RUN git -c http.sslVerify=false clone https://x.io/a"),
    row("tls-verification-off", "RUN GIT_SSL_NO_VERIFY=1 git clone https://x.io/a"),
    row("tls-verification-off", "RUN export GIT_SSL_NO_VERIFY=true; git clone https://x.io/a"),
    row("tls-verification-off", "RUN npm config set strict-ssl false"),
    row("tls-verification-off", "RUN npm config set strict-ssl=false"),
    row("tls-verification-off", "RUN pip install --trusted-host index.example.com a==1"),
    row("tls-verification-off", "RUN pip config set global.trusted-host index.example.com"),
    row("tls-verification-off", "RUN yum --setopt=sslverify=0 install -y a"),
    row("tls-verification-off", "RUN apt-get -o Acquire::https::Verify-Peer=false update"),
    row("tls-verification-off", "ENV NODE_TLS_REJECT_UNAUTHORIZED=0"),
    row("tls-verification-off", "ARG PYTHONHTTPSVERIFY=0"),
    row("unsigned-packages", "RUN apt-get install -y --allow-unauthenticated a", "apt-get", "high"),
    row("unsigned-packages", "RUN apt-get -o APT::Get::AllowUnauthenticated=true install a"),
    row("unsigned-packages", "RUN apk add --allow-untrusted -X https://x.io/r a", "apk", "high"),
    row("unsigned-packages", "RUN apk add --allow-untrusted /tmp/a.apk", "apk", "medium"),
    row("unsigned-packages", "RUN dnf install -y --nogpgcheck a"),
    row("unsigned-packages", "RUN yum install -y --setopt=gpgcheck=0 a"),
    row(
        "unsigned-packages", 'RUN echo "deb [trusted=yes] https://x.io/ ./" > /etc/apt/sources.list.d/x.list'
    ),
    row("plain-http", "RUN curl -o a http://x.io/a", "x.io", "medium"),
    row("plain-http", "ADD http://x.io/a /a", "x.io"),
    row("plain-http", "RUN git clone http://x.io/a", "x.io"),
    row("unverified-download", "RUN curl -fsSLo a https://x.io/a", "download from x.io", "low"),
    row("unverified-download", "RUN wget https://x.io/a && tar xf a"),
    row("unverified-download", "RUN curl -L https://x.io/a | tar xz"),
    row("unverified-key", "RUN curl https://x.io/k | apt-key add -", "key from x.io", "low"),
    row("unverified-key", "RUN wget -qO- https://x.io/k | gpg --dearmor -o /etc/apt/keyrings/x.gpg"),
    row("unverified-key", "RUN wget -O /etc/apk/keys/x.pub https://x.io/k"),
    row("unverified-key", "RUN rpm --import https://x.io/k"),
    row("sudo", "RUN sudo apt-get update", "sudo", "low"),
    row("sudo", "RUN true && sudo -u x sh -c 'a; b'"),
    row("passwordless-sudo", "RUN echo 'x ALL=(ALL) NOPASSWD:ALL' >> /etc/sudoers", "NOPASSWD", "medium"),
    row("world-writable", "RUN chmod -R 777 /app", "mode of /app", "low"),
    row("world-writable", "RUN chmod 0666 /etc/passwd", "mode of /etc/passwd", "medium"),
    row("world-writable", "RUN chmod a+rwx /", "mode of /", "medium"),
    row("world-writable", "RUN chmod u+x,o=rw /app/x"),
    row("world-writable", "COPY --chmod=777 a /usr/bin/a", "mode of /usr/bin/a", "medium"),
    row("world-writable", "RUN mkdir -m 777 /x"),
    row("world-writable", "RUN find /opt -type d -exec chmod 777 {} +", "mode of /opt"),
    row("set-id", "RUN chmod u+s /bin/a", "set-id of /bin/a", "medium"),
    row("set-id", "RUN chmod 4755 /bin/a"),
    row("set-id", "RUN chmod +s /bin/a", "set-id of /bin/a", "medium"),
    row("set-id", "RUN chmod g+s /srv", "set-id of /srv", "low"),
    row("set-id", "ADD --chmod=6755 a /a", "set-id of /a", "medium"),
    row("set-id", "RUN install -o root -m 4755 a /usr/bin/a", "set-id of /usr/bin/a"),
    row("docker-socket", "VOLUME /var/run/docker.sock", "volume /var/run/docker.sock", "high"),
    row("docker-socket", 'VOLUME ["/data", "/run/containerd/containerd.sock"]'),
    row("docker-socket", "RUN --mount=type=bind,source=/var/run/docker.sock,target=/x true"),
    row("docker-socket", "RUN chmod 666 /var/run/docker.sock"),
    row("sensitive-port", "EXPOSE 80 22/tcp", "port 22", "medium"),
    row("sensitive-port", "EXPOSE 2375", "port 2375", "high"),
    row("sensitive-port", "EXPOSE 20-22", "port 22"),
    row("sensitive-port", "ARG P=5900\nEXPOSE $P", "port 5900"),
    row("build-tools", "RUN apk add gcc", "package gcc", "low"),
    row("build-tools", "RUN apt-get install -y libpq-dev", "package libpq-dev"),
    row("build-tools", "RUN apt-get install -y gcc-12", "package gcc-12"),
    row("single-stage", "RUN go build ./...", "builds in place", "low"),
    row("single-stage", "RUN npm ci && npm run build"),
    row("copy-everything", "COPY . .", "whole context", "low"),
    row("copy-everything", "COPY --chown=a:b ./ /app/", "whole context", "low"),
    row("copy-secret-file", "COPY id_rsa /root/.ssh/", "file id_rsa", "high"),
    row("copy-secret-file", "COPY .npmrc package.json ./", "file .npmrc", "high"),
    row("copy-secret-file", "COPY deploy/tls/server.key /etc/", "file deploy/tls/server.key", "high"),
    row("copy-secret-file", "ADD .docker/config.json /root/.docker/", "file .docker/config.json", "high"),
    row("copy-secret-file", "COPY .env /app/", "file .env", "medium"),
    row("copy-secret-file", "COPY .aws /root/.aws", "file .aws", "high"),
    row("copy-secret-file", "COPY .git /app/.git", "file .git", "low"),
    row("package-cache", "RUN apt-get update && apt-get install -y a=1", "cache of apt-get", "negligible"),
    row("package-cache", "RUN apk add a=1", "cache of apk"),
    row("package-cache", "RUN dnf install -y a-1.0", "cache of dnf"),
    row("package-cache", "RUN pip install a==1", "cache of pip"),
    row("package-cache", "RUN yarn install", "cache of yarn"),
    row("unpinned-packages", "RUN apk add --no-cache a b=1", "apk packages", "low"),
    row("unpinned-packages", "RUN npm install -g a@latest", "npm packages"),
    row("unpinned-packages", "RUN pip install 'a>=1'", "pip packages"),
    row("recommended-packages", "RUN apt-get install -y a=1", "apt-get recommends", "negligible"),
    row("package-upgrade", "RUN apt-get update && apt-get -y dist-upgrade", "apt-get upgrade", "low"),
    row("package-upgrade", "RUN apk upgrade --no-cache", "apk upgrade"),
    row("deprecated-image", "FROM openjdk:17", "docker.io/library/openjdk", "medium"),
    row("deprecated-image", "FROM docker.io/library/centos:7", "docker.io/library/centos"),
    row("deprecated-image", "FROM k8s.gcr.io/pause:3.1", "k8s.gcr.io/pause"),
    row("no-healthcheck", "HEALTHCHECK NONE", "health check", "negligible"),
    row("password-set", "RUN echo 'root:root' | chpasswd", "password by chpasswd", "high"),
    row("password-set", "RUN passwd -d root", "password taken away"),
    row("password-set", "RUN useradd -p abc x", "password by useradd"),
    row("privileged-build", "RUN --security=insecure true", "--security=insecure", "medium"),
    row("privileged-build", "RUN --network=host true", "--network=host", "low"),
    row("ignore-without-reason", "# plimsoll ignore=sudo\nRUN sudo a", "plimsoll ignore=sudo", "low"),
]

SILENT = [
    ("root-user", "USER root\nUSER app"),
    ("root-user", "USER $UNKNOWN"),
    ("no-user", "USER 1000"),
    ("no-user", "FROM gcr.io/distroless/static:nonroot"),
    ("latest-tag", "FROM a:latest@sha256:" + "a" * 64),
    ("missing-tag", "FROM a@sha256:" + "a" * 64),
    ("missing-tag", "FROM scratch"),
    ("no-digest", "FROM a:1@sha256:" + "a" * 64),
    ("remote-add", f"ADD --checksum=sha256:{'a' * 64} https://x.io/a /a"),
    ("remote-add", "ADD a.tgz /a"),
    ("remote-add", "ADD https://x.io/a.git#main /a"),
    ("git-add", f"ADD https://x.io/a.git#{'a' * 40} /a"),
    ("secret-in-env", "ENV PASSWORD_FILE=/run/secrets/x TOKEN_URL=https://x.io SECRET="),
    ("secret-in-env", "ENV DB_PASSWORD=$PW A_TOKEN=${T:-} TOKEN_TTL=5 PASSWORD_MIN_LENGTH=8 USE_TOKEN=true"),
    ("secret-in-env", "ENV TOKENIZERS_PARALLELISM=x KEY=1 PWD=/x PASSENGER=1 MONKEY=a COMPASS=x"),
    ("secret-in-arg", "ARG PASSWORD= TOKEN_FILE"),
    ("curl-pipe-shell", "RUN curl https://x.io/a | tar xz"),
    ("curl-pipe-shell", "RUN cat a | sh"),
    ("curl-pipe-shell", "RUN curl https://x.io/a | bash install.sh"),
    ("curl-pipe-shell", "RUN curl https://x.io/a > a || sh b"),
    ("curl-pipe-shell", "RUN echo 'curl https://x.io/a | sh'"),
    ("curl-pipe-shell", "RUN curl https://x.io/a | jq . | tee b"),
    ("tls-verification-off", "RUN curl -fsSLo k https://x.io/k"),
    ("tls-verification-off", "RUN curl -H 'X: -k' -okey https://x.io/k"),
    ("tls-verification-off", "RUN git config http.sslVerify true; npm config set strict-ssl true"),
    ("tls-verification-off", "ENV NODE_TLS_REJECT_UNAUTHORIZED=1 PIP_TRUSTED_HOST="),
    ("unsigned-packages", "RUN apt-get install -y a && dnf install b"),
    ("unsigned-packages", 'RUN echo "deb [signed-by=/k] https://x.io/ ./" > /etc/apt/x.list'),
    (
        "plain-http",
        "HEALTHCHECK CMD curl http://localhost/\nRUN curl -f http://127.0.0.1:80/ && curl http://localhost/",
    ),
    ("plain-http", "RUN wget http://x.io/a && echo 'abc  a' | sha256sum -c -"),
    ("unverified-download", "RUN curl -o a https://x.io/a && sha256sum -c sums"),
    ("unverified-download", "RUN curl -fsS https://x.io/ping"),
    ("unverified-download", "RUN wget --spider https://x.io/ping"),
    ("unverified-key", "RUN curl https://x.io/k -o k && gpg --show-keys k && gpg --dearmor k"),
    ("sudo", "RUN apk add sudo && echo sudo"),
    ("passwordless-sudo", "RUN echo 'x ALL=(ALL) ALL' >> /etc/sudoers"),
    (
        "world-writable",
        "RUN chmod 755 /app && chmod +w a && chmod 1777 /tmp && chmod o-w /x && chmod -R g+w /y",
    ),
    ("world-writable", "COPY --chmod=0644 a /a"),
    ("set-id", "RUN chmod 0755 /a && chmod u-s /b && chmod -R a-s /c && find / -exec chmod a-s {} +"),
    ("docker-socket", "VOLUME /var/run/app.sock"),
    ("sensitive-port", "EXPOSE 80 443/tcp $PORT 8022"),
    ("build-tools", "RUN apk add --virtual .deps gcc && make && apk del .deps"),
    ("build-tools", "RUN apt-get install -y gcc && make && apt-get purge -y gcc"),
    ("build-tools", "RUN apk add nodejs libgcc make-up"),
    ("single-stage", "COPY --from=build /a /a\nRUN make install"),
    ("single-stage", "RUN echo make && go version"),
    ("copy-everything", "COPY src /app\nCOPY --from=build . .\nCOPY --exclude=.git . /b"),
    (
        "copy-secret-file",
        "COPY .env.example id_rsa.pub cert.pem ca.pem tests/ /a/\nCOPY --from=build /id_rsa /a",
    ),
    ("package-cache", "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*"),
    ("package-cache", "RUN --mount=type=cache,target=/var/lib/apt apt-get install -y a"),
    (
        "package-cache",
        "RUN apk add --no-cache a; dnf install -y b && dnf clean all; pip install --no-cache-dir c",
    ),
    ("package-cache", "ENV PIP_NO_CACHE_DIR=1\nRUN pip install c"),
    (
        "unpinned-packages",
        "RUN apk add a=1 b~2; pip install -r r.txt; npm ci; dnf install -y a-1.2; pip install . ./x",
    ),
    ("unpinned-packages", "RUN apt-get install -y ./a.deb $PACKAGES"),
    ("recommended-packages", "RUN apt-get install -y --no-install-recommends a"),
    (
        "recommended-packages",
        "RUN echo 'APT::Install-Recommends 0;' > /etc/apt/apt.conf.d/x && apt-get install a",
    ),
    ("package-upgrade", "RUN apt-get install --only-upgrade -y openssl"),
    ("deprecated-image", "FROM openjdk:24-ea-jdk"),
    ("deprecated-image", "FROM eclipse-temurin:21\nFROM me/openjdk:17"),
    ("no-healthcheck", "HEALTHCHECK CMD true"),
    ("password-set", 'RUN echo "root:$PW" | chpasswd; passwd -l root; useradd -r x'),
    ("privileged-build", "RUN --network=none true"),
    ("ignore-without-reason", "# plimsoll ignore=sudo the tests need it\nRUN sudo a"),
    ("ignore-without-reason", "# a comment that says plimsoll\nRUN a"),
]


@pytest.mark.parametrize(("rule", "text", "subject", "severity"), FOUND)
def test_found(rule, text, subject, severity):
    (found, *more) = hits(text if text.startswith("FROM") else HEAD + text, rule)[-1:]
    assert not subject or found.package == f"final stage: {subject}"
    assert not severity or found.severity.word == severity
    assert found.shipped
    assert not more


@pytest.mark.parametrize(("rule", "text"), SILENT)
def test_left_alone(rule, text):
    assert hits(text if text.startswith("FROM") else HEAD + text, rule) == []


def test_every_rule_is_shown_and_left_alone_somewhere():
    ids = {rule.id for rule in RULES}
    assert {param.values[0] for param in FOUND} == ids == {rule for rule, _ in SILENT}


def test_ids_of_rules_are_kept_apart():
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(rule.title and rule.explanation and rule.remedy for rule in RULES)
