FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/ttdn
ENV PATH="/opt/ttdn/bin:$PATH"
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock
COPY . .
RUN pip install --no-deps --no-build-isolation . \
    && pip uninstall --yes setuptools pip

FROM python:3.11-slim-bookworm
ENV PATH="/opt/ttdn/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# A number, so that an orchestrator can see for itself that it is not root.
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin ttdn \
    && install --directory --owner=ttdn --group=ttdn /data /data/var
COPY --from=build /opt/ttdn /opt/ttdn
# The embedded database's default place, var/ttdn.sqlite3, falls into the volume.
WORKDIR /data
VOLUME /data/var
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/readyz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["ttdn"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
