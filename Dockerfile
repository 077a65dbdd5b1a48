# syntax=docker/dockerfile:1
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY bot bot
COPY handlers handlers
COPY prompts prompts
RUN pip install --no-cache-dir build \
 && python -m build --wheel \
 && python -m venv /opt/paperlark \
 && /opt/paperlark/bin/pip install --no-cache-dir -c constraints.txt dist/*.whl

FROM python:3.12-slim
# openai trusts the operating system's certificates, which slim images lack.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --home-dir /data paperlark \
 && mkdir -p /data/db && chown 10001 /data/db
COPY --from=build /opt/paperlark /opt/paperlark
# The file system may be read-only but for the volume and /tmp; settings and topics are mounted into /data.
ENV PATH=/opt/paperlark/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PAPERLARK_DATA_DIR=/data/db MPLCONFIGDIR=/tmp/matplotlib
# By number, so that whoever runs it can see that this is not root.
USER 10001
WORKDIR /data
VOLUME /data/db
STOPSIGNAL SIGTERM
# With `enabled = false` in [health] run it with --no-healthcheck.
HEALTHCHECK --interval=60s --timeout=10s --start-period=120s \
    CMD ["python", "-c", "import http.client as h, sys; c = h.HTTPConnection('127.0.0.1', 8321, timeout=8); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["paperlark"]
CMD ["run"]
