# Ekiden with everything it drives, in one image. BASE is any Debian-based image with Node.js 20.19 or newer:
#   docker build --build-arg BASE=node:20-bookworm-slim -t ekiden .
#   docker run --stop-timeout 60 -v ekiden:/var/lib/ekiden -p 8080:8080 -p 8880:8880 -p 10000-10100:10000-10100 ekiden
# One role alone (the health check is that of the scheduler): docker run --no-healthcheck ekiden dns --master 10.0.0.5:5050
# Of several schedulers one: docker run -p 8080:8080 ekiden scheduler --master zk://…/mesos --zk zk://…/marathon --hostname HOST
ARG BASE=node:20-bookworm-slim

FROM ${BASE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --include=dev
COPY scripts ./scripts
COPY src ./src
COPY templates ./templates
RUN node scripts/build.mjs && npm prune --omit=dev --ignore-scripts

FROM ${BASE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends haproxy tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --home-dir /var/lib/ekiden --create-home ekiden
WORKDIR /opt/ekiden
COPY LICENSE package.json ./
COPY bin ./bin
COPY templates ./templates
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist

USER ekiden
ENV EKIDEN_WORK_DIR=/var/lib/ekiden \
    EKIDEN_HOST=0.0.0.0 \
    EKIDEN_LOG_FORMAT=json
VOLUME /var/lib/ekiden
EXPOSE 8080 5050 5051 8053/udp 8053/tcp 8123 8000 8880 8843 9090 10000-20000
# 503: this one lives, and another scheduler leads; no password is asked for.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.EKIDEN_HTTP_PORT ?? 8080}/ekiden/v1/leading`).then((r) => process.exit(r.status === 200 || r.status === 503 ? 0 : 1), () => process.exit(1))"]
# tini passes signals on and collects the processes that tasks leave behind.
ENTRYPOINT ["tini", "--", "node", "/opt/ekiden/bin/ekiden"]
CMD ["up"]
