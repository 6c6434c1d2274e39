# One image for web, worker, beat and migrate: docker-compose.yml gives each its command.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    HOME=/tmp

RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin saypro
WORKDIR /app

# The packages first: they change less often than the code. Wheels only, so that no compiler is needed.
COPY requirements.txt ./
RUN pip install --require-hashes --only-binary=:all: -r requirements.txt

# All of it belongs to root: the process can read its code and not change it.
COPY . .
RUN python -m compileall -q . \
    && DATABASE_URL=postgres://build@localhost/build REDIS_URL=redis://localhost/0 \
       SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
       python manage.py collectstatic --noinput --verbosity 0

USER saypro
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["python", "docker/health.py", "web"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", \
     "--no-ws", "--log-level", "warning", "--respawn-failed-workers", "--workers-kill-timeout", "5", \
     "saypro_review.wsgi:application"]
