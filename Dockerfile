# The pgfleet command: exporters, status page and notifier. Prometheus, Alertmanager and Grafana are images of
# their own (docker-compose.yml). No PostgreSQL binaries: the demo fleet is for a machine, not for a container.

FROM node:20.19.5-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build.mjs \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/postgres-[0-9]* node_modules/.bin

FROM node:20.19.5-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# Data that is read at run time and published to the other containers: rules, dashboards, runbooks.
COPY alert-rules ./alert-rules
COPY dashboards/generated ./dashboards/generated
COPY docs ./docs
COPY LICENSE pgfleet.example.yml ./
RUN install -d -o node -g node /var/lib/pgfleet
USER node
VOLUME /var/lib/pgfleet
EXPOSE 9432
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9432/-/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/cli/main.js"]
CMD ["export", "--config", "/etc/pgfleet/pgfleet.yml", "--listen", "0.0.0.0:9432"]
