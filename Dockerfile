# syntax=docker/dockerfile:1
# One image for the web server, both workers, the scheduler and the preparation step: docker-compose.yml and deploy/k8s say
# which is which. It runs as nobody in particular and needs to write to /tmp and CVMATCH_VAR_DIR only.

FROM python:3.11.14-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements.txt requirements-torch.txt ./
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt \
 && /opt/venv/bin/pip install --no-cache-dir --no-deps --index-url https://download.pytorch.org/whl/cpu \
      -r requirements-torch.txt

FROM python:3.11.14-slim-bookworm
# A volume that is mounted on a folder of the image takes its owner from there.
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
COPY deploy/gunicorn.conf.py deploy/healthcheck.py deploy/
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    CVMATCH_VAR_DIR=/var/lib/cvmatch \
    CVMATCH_STATIC_DIR=/app/collected \
    PROMETHEUS_MULTIPROC_DIR=/tmp/cvmatch-metrics
# Static files belong to the version of the code: in the image, so that two versions can serve side by side.
RUN CVMATCH_VAR_DIR=/tmp/build PROMETHEUS_MULTIPROC_DIR=/tmp/build SECRET_KEY=of-the-build DATABASE_URL=postgresql://none/none \
      python manage.py collectstatic --no-input --verbosity=0 \
 && rm -rf /tmp/build
# By number, so that Kubernetes can see that it is not root.
USER 10001:10001
VOLUME /var/lib/cvmatch
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "cvmatch.wsgi"]
