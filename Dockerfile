# syntax=docker/dockerfile:1
# One image for the app and for the refresher; see docs/hosting.md.
# A private mirror: docker build --build-arg BASE=registry.example/python:3.11-slim-bookworm .
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS packages
COPY requirements.txt /tmp/requirements.txt
# Wheels only: nothing is compiled, so no compiler is needed. What packages bring for
# their tests, for C compilers and for other servers stays behind.
RUN --mount=type=cache,target=/root/.cache/pip \
    python3 -m venv /opt/venv \
 && /opt/venv/bin/pip install --only-binary :all: --no-compile \
        --disable-pip-version-check -r /tmp/requirements.txt \
 && find /opt/venv/lib -type d \( -name tests -o -name include \) -prune -exec rm -rf {} + \
 && find /opt/venv/lib \( -path '*/pyarrow/*flight*' -o -path '*/site-packages/pip*' \
        -o -path '*/pydeck/nbextension*' \) -delete \
 && python3 -m compileall -q -j 0 /opt/venv/lib \
 && /opt/venv/bin/python -c 'import pyarrow.parquet, pandas, polars, duckdb, scipy, streamlit'

FROM ${BASE}
LABEL org.opencontainers.image.title="Customer journey dashboard"
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    JOURNEY_HOME=/shop \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501 \
    STREAMLIT_SERVER_HEADLESS=true \
    STREAMLIT_SERVER_FILE_WATCHER_TYPE=none \
    STREAMLIT_SERVER_RUN_ON_SAVE=false
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
# The code belongs to root and cannot be changed by who runs it; /shop is the team's own.
RUN python3 -m compileall -q /app \
 && mkdir -p /shop/data/app /shop/queries \
 && chown -R 10001:10001 /shop
USER 10001:10001
EXPOSE 8501
# As process 1 Python hears this signal and no other, whichever of the two it runs.
STOPSIGNAL SIGINT
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=4 \
    CMD ["python", "deploy/ready.py"]
CMD ["python", "-m", "streamlit", "run", "app.py"]
