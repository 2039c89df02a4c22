# The command in an image of its own:
#   docker build . -t escalation
#   docker run --rm -v escalation:/data --env-file secrets.env escalation sweep
# config.toml, mappings/ and an SQLite ledger live in /data. Where no disk is kept: PostgreSQL.
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE config.example.toml ./
COPY connector connector
COPY mappings mappings
RUN python -m venv /opt/escalation \
 && /opt/escalation/bin/pip install --no-cache-dir ".[postgres]"

FROM python:3.13-slim
COPY --from=build /opt/escalation /opt/escalation
RUN useradd --system --uid 10001 --create-home --home-dir /data escalation
ENV PATH=/opt/escalation/bin:$PATH
USER 10001
WORKDIR /data
ENTRYPOINT ["escalation"]
CMD ["--help"]
