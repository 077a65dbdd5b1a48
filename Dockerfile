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
 && useradd --system --uid 10001 --create-home paperlark \
 && mkdir /data && chown paperlark /data
COPY --from=build /opt/paperlark /opt/paperlark
ENV PATH=/opt/paperlark/bin:$PATH PYTHONUNBUFFERED=1
USER paperlark
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["paperlark"]
CMD ["run"]
