# syntax=docker/dockerfile:1
# One image for the web server, both workers and the preparation step; docker-compose.yml says which is which.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements.txt requirements-torch.txt ./
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt \
 && /opt/venv/bin/pip install --no-cache-dir --no-deps --index-url https://download.pytorch.org/whl/cpu \
      -r requirements-torch.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin cvmatch \
 && install -d -o cvmatch -g cvmatch -m 0750 /var/lib/cvmatch
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY manage.py pyproject.toml ./
COPY cvmatch cvmatch
COPY jobs jobs
COPY ingestion ingestion
COPY matching matching
COPY templates templates
COPY locale locale
COPY static static
COPY deploy deploy
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    CVMATCH_VAR_DIR=/var/lib/cvmatch \
    PROMETHEUS_MULTIPROC_DIR=/tmp/cvmatch-metrics
USER cvmatch
VOLUME /var/lib/cvmatch
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "cvmatch.wsgi"]
